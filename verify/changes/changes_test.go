package changes

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"vanban/internal/pdf"
)

// write appends a revision with these objects to base; root is the catalog as
// the trailer names it.
func write(base []byte, root string, objects map[int]string) []byte {
	b := bytes.NewBuffer(bytes.Clone(base))
	if len(base) == 0 {
		b.WriteString("%PDF-1.7\n")
	}
	rows := ""
	for n, o := range objects {
		rows += fmt.Sprintf("%d 1\n%010d 00000 n \n", n, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", n, o)
	}
	prev := ""
	if i := bytes.LastIndex(base, []byte("startxref\n")); i >= 0 {
		prev = "/Prev " + strings.Fields(string(base[i:]))[1]
	}
	start := b.Len()
	fmt.Fprintf(b, "xref\n%strailer\n<</Size 100/Root %s%s>>\nstartxref\n%d\n%%%%EOF\n", rows, root, prev, start)
	return b.Bytes()
}

func compare(t *testing.T, old, now []byte) Result {
	t.Helper()
	var forms [2]*Form
	var file *pdf.File
	for i, b := range [][]byte{old, now} {
		f, err := pdf.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Repaired() != nil {
			t.Fatal(f.Repaired())
		}
		if forms[i], err = ReadForm(f); err != nil {
			t.Fatal(err)
		}
		file = f
	}
	return Compare(forms[0], forms[1], NewHistory(file))
}

func base(catalog string) map[int]string {
	return map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R" + catalog + ">>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>",
		3: "<</Type/Page/Parent 2 0 R/Annots 9 0 R>>",
		9: "[]",
	}
}

// TestDirectRoot: catalogs that stand in the trailer are compared, not panicked
// about.
func TestDirectRoot(t *testing.T) {
	o := base("")
	delete(o, 1)
	old := write(nil, "<</Type/Catalog/Pages 2 0 R>>", o)
	if r := compare(t, old, write(old, "<</Type/Catalog/Pages 2 0 R/Lang(vi)>>", map[int]string{50: "(x)"})); len(r.Forbidden) == 0 {
		t.Errorf("another catalog is allowed: %+v", r)
	}
}

// TestWide: nodes that refer to themselves many times over are looked at once.
func TestWide(t *testing.T) {
	many := strings.Repeat("10 0 R ", 2000)
	names := ""
	for i := range 2000 {
		names += fmt.Sprintf("/k%d 11 0 R", i)
	}
	o := base("/DSS<</Certs 10 0 R>>/AcroForm<</Fields[12 0 R]>>")
	o[10] = "[" + many + "]"
	o[11] = "<<" + names + ">>"
	o[12] = "<</FT/Tx/T(a)/Rect[0 0 9 9]/AP<</N 11 0 R>>>>"
	old := write(nil, "1 0 R", o)
	compare(t, old, write(old, "1 0 R", map[int]string{50: "(x)"}))
}

// TestSharedAppearance: a stream may not be redrawn through a field that may be
// filled when a locked one shows it too, by whatever dictionary they share.
func TestSharedAppearance(t *testing.T) {
	stream := func(s string) string {
		return fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length %d>>\nstream\n%s\nendstream", len(s), s)
	}
	file := func(other string) (old, now []byte) {
		o := base("/AcroForm<</Fields[12 0 R 13 0 R 14 0 R]>>")
		o[11] = "<</N 15 0 R>>"
		o[12] = "<</FT/Tx/T(open)/Rect[0 0 9 9]/AP 11 0 R>>"
		o[13] = "<</FT/Tx/T(locked)/Rect[0 0 9 9]/AP " + other + ">>"
		o[14] = "<</FT/Sig/T(s)/Lock<</Action/Include/Fields[(locked)]>>/V<</Type/Sig>>>>"
		o[15], o[16], o[17] = stream("0 g"), stream("1 g"), "<</N 16 0 R>>"
		old = write(nil, "1 0 R", o)
		return old, write(old, "1 0 R", map[int]string{15: stream("1 0 0 rg")})
	}
	if r := compare(t, first(file("17 0 R")), second(file("17 0 R"))); len(r.Forbidden) > 0 || r.Unsure != nil {
		t.Errorf("redrawing an open field: %+v", r)
	}
	if r := compare(t, first(file("11 0 R")), second(file("11 0 R"))); len(r.Forbidden) == 0 {
		t.Errorf("redrawing a locked field through an open one: %+v", r)
	}
}

func first(a, _ []byte) []byte  { return a }
func second(_, b []byte) []byte { return b }
