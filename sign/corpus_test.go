package sign_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanban/internal/fault"
	"vanban/internal/pdf"
	"vanban/internal/pdf/draw"
	"vanban/internal/tooltest"
	"vanban/sign"
	"vanban/testdata"
)

// corpusFiles lists unsigned documents of every structure.
func corpusFiles(t testing.TB) []string {
	root := tooltest.Corpus(t)
	files, err := filepath.Glob(filepath.Join(root, "plain", "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(filepath.Join(root, "vn", "*", "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Glob(filepath.Join(root, "vn", "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	return append(append(files, more...), top...)
}

// spread puts the marks of the main job on whatever the last page measures.
func spread(b []byte) []mark {
	w, h := 210.0, 297.0
	if f, err := pdf.Open(bytes.NewReader(b), int64(len(b))); err == nil {
		if p, err := f.Page(0); err == nil {
			w, h = p.Size()
			w, h = w/draw.MM, h/draw.MM
		}
	}
	at := func(kind string, x, y, rw, rh float64) mark {
		rw, rh = max(rw*w, 1), max(rh*h, 1)
		return mark{kind, 0, min(x*w, w-rw), min(y*h, h-rh), rw, rh}
	}
	return []mark{at("number", 0.2, 0.1, 0.1, 0.03), at("date-line", 0.5, 0.1, 0.35, 0.03),
		at("signature", 0.55, 0.7, 0.2, 0.08), at("seal", 0.45, 0.66, 0.17, 0.12)}
}

// TestCorpusSignedAndSealed signs and then seals every document: either both
// signatures are valid for poppler and qpdf finds nothing new, or the document
// is refused with a code.
func TestCorpusSignedAndSealed(t *testing.T) {
	tooltest.Need(t, "pdfsig", "qpdf")
	w := getWorld(t)
	seal := picture(t, testdata.Seal, "snv-ha-tinh")
	evidence, err := w.pki.Evidence(w.key(t, "p256").id.Certificate, w.key(t, "rsa2048").id.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, file := range corpusFiles(t) {
		name := filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
		in, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		places := spread(in)
		signed, _, err := try(in, w.key(t, "p256"), leaderRequest(t, places))
		var sealed []byte
		if err == nil {
			req := sealRequest(t, places)
			req.Visible = &sign.Visible{Image: seal}
			sealed, _, err = try(signed, w.key(t, "rsa2048"), req)
		}
		if err != nil {
			code := fault.From(err).Code
			counts["refused: "+code.ID()]++
			if code == fault.Unexpected {
				t.Errorf("%s: %v", name, err)
			}
			t.Logf("%s: %v", name, err)
			continue
		}
		counts["signed and sealed"]++
		before := 0
		if bytes.Contains(in, []byte("ByteRange")) {
			before, _ = validSignatures(t, in)
		}
		if all, valid := validSignatures(t, sealed); all != before+2 || valid < 2 {
			t.Errorf("%s: pdfsig sees %d signatures, %d valid (%d before)", name, all, valid, before)
		}
		if wrong := judged(t, w, sealed, evidence); wrong != "" {
			t.Errorf("%s: verify: %s", name, wrong)
		}
		if fresh := newComplaints(t, in, sealed); len(fresh) > 0 {
			t.Errorf("%s: qpdf: %s", name, strings.Join(fresh, "; "))
		}
	}
	lines := []string{}
	for k, n := range counts {
		lines = append(lines, k+": "+strconv.Itoa(n))
	}
	sort.Strings(lines)
	t.Logf("corpus: %s", strings.Join(lines, ", "))
}

// TestSignsWhatOthersSigned adds a signature to documents of other people's
// software: whatever was valid there stays so.
func TestSignsWhatOthersSigned(t *testing.T) {
	tooltest.Need(t, "pdfsig")
	w := getWorld(t)
	files, err := filepath.Glob(filepath.Join(tooltest.Corpus(t), "signed", "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	done, refused := 0, map[string]int{}
	for _, file := range files {
		in, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out, _, err := try(in, w.key(t, "p256"), sign.Request{Reason: "Ký tiếp"})
		if err != nil {
			code := fault.From(err).Code
			refused[code.ID()]++
			if code == fault.Unexpected {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
			continue
		}
		done++
		all, valid := validSignatures(t, in)
		if nowAll, nowValid := validSignatures(t, out); nowAll != all+1 || nowValid != valid+1 {
			t.Errorf("%s: pdfsig saw %d signatures, %d valid, and now %d, %d", filepath.Base(file), all, valid, nowAll, nowValid)
		}
	}
	t.Logf("%d signed again, refused: %v", done, refused)
}

// TestHostileDocuments signs what was made to break readers. Whatever happens
// takes little time and has a code.
func TestHostileDocuments(t *testing.T) {
	w := getWorld(t)
	root := tooltest.Corpus(t)
	for _, folder := range []string{"malformed", "attacks"} {
		files, err := filepath.Glob(filepath.Join(root, folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			in, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			_, _, err = try(in, w.key(t, "p256"), sign.Request{Fill: map[string]string{}, Visible: &sign.Visible{Page: 0,
				Rect: sign.Rect{X: 1, Y: 1, W: 5, H: 5}, Text: []string{"x"}}})
			if err != nil && fault.From(err).Code == fault.Unexpected {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%s: %v", filepath.Base(file), took)
			} else if took > time.Second {
				t.Logf("%s: %v", filepath.Base(file), took)
			}
		}
	}
}
