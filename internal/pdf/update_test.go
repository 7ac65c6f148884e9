package pdf

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanban/internal/tooltest"
)

func open(t *testing.T, b []byte) *File {
	t.Helper()
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// extend adds an object and a catalog key, as every signing does.
func extend(t *testing.T, b []byte) []byte {
	t.Helper()
	f := open(t, b)
	u, err := NewUpdate(f)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := f.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	r := u.Add(Dict{"Hello": TextString("Nghĩa Hành"), "Place": Hole{ID: "h", Width: 8, Hex: true}})
	cat["VbTest"] = r
	u.Replace(u.CatalogRef(), cat)
	out, err := u.Render()
	if err != nil {
		t.Fatal(err)
	}
	whole := append(bytes.Clone(b), out.Tail...)
	if h := out.Holes["h"]; string(whole[h.Start:h.End]) != "<00000000>" {
		t.Fatalf("the hole is %q", whole[h.Start:h.End])
	}
	return whole
}

func TestUpdate(t *testing.T) {
	one := extend(t, tiny(tinyCatalog, tinyPages, tinyPage))
	two := extend(t, one)
	f := open(t, two)
	if f.Repaired() != nil || len(f.Revisions()) != 3 {
		t.Fatalf("repaired %v, revisions %v", f.Repaired(), f.Revisions())
	}
	if end := f.Revisions()[1].End; end != int64(len(one)) {
		t.Errorf("revision 2 ends at %d, the file of then had %d bytes", end, len(one))
	}
	cat, _ := f.Catalog()
	d, err := f.Dict(cat["VbTest"])
	if err != nil || d["Hello"].(String).Text() != "Nghĩa Hành" {
		t.Errorf("read back %v, %v", d, err)
	}
}

// TestUpdateQPDF asks qpdf what it thinks of our updates on every structure
// that the corpus has.
func TestUpdateQPDF(t *testing.T) {
	tooltest.Need(t, "qpdf")
	files, _ := filepath.Glob(filepath.Join(tooltest.Corpus(t), "vn", "variants", "*.pdf"))
	for _, path := range files {
		if strings.Contains(path, "encrypted") || strings.Contains(path, "junk") || strings.Contains(path, "truncated") {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "out.pdf")
		if err := os.WriteFile(out, extend(t, extend(t, b)), 0o600); err != nil {
			t.Fatal(err)
		}
		if msg, err := exec.Command("qpdf", "--check", out).CombinedOutput(); err != nil || bytes.Contains(msg, []byte("WARNING")) {
			t.Errorf("%s: %v\n%s", filepath.Base(path), err, msg)
		}
	}
}

func TestRefused(t *testing.T) {
	plain := tiny(tinyCatalog, tinyPages, tinyPage)
	cases := map[string]struct {
		in   []byte
		want error
	}{
		"empty":        {nil, Empty},
		"text":         {[]byte("Cộng hòa xã hội chủ nghĩa Việt Nam"), NotPDF},
		"truncated":    {plain[:len(plain)-180], Truncated},
		"leading junk": {append([]byte("junk\n"), plain...), LeadingJunk},
		"startxref":    {bytes.Replace(plain, []byte("startxref\n"), []byte("startxref\n9"), 1), Damaged},
		"encrypted":    {bytes.Replace(plain, []byte("/Root"), []byte("/Encrypt<<>>/Root"), 1), Encrypted},
		"4 GB stream":  {tiny(tinyCatalog, tinyPages, "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>", "<</Length 4294967296>>\nstream\nabc\nendstream"), Damaged},
		"deep array":   {tiny(strings.Repeat("[", 100_000), tinyPages, tinyPage), Damaged},
	}
	for name, c := range cases {
		f, err := Open(bytes.NewReader(c.in), int64(len(c.in)))
		if err == nil {
			_, err = NewUpdate(f)
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestPageTreeCycle(t *testing.T) {
	f := open(t, tiny(tinyCatalog, "<</Type/Pages/Kids[3 0 R 2 0 R]/Count 1>>", tinyPage))
	if _, err := f.Page(2); !errors.Is(err, Damaged) {
		t.Errorf("got %v", err)
	}
	if p, err := f.Page(1); err != nil || p.Ref.Num != 3 {
		t.Errorf("the first page before the circle: %v, %v", p, err)
	}
}
