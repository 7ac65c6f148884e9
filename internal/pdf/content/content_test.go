package content

import (
	"bytes"
	"fmt"
	"testing"

	"vanban/internal/pdf"
)

// page builds a one-page file with a content stream.
func page(stream string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var offs []int
	for i, o := range []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(stream), stream),
		"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
		"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Length 16>>\nstream\n/X Do /X Do /X Do\nendstream",
	} {
		offs = append(offs, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offs)+1)
	for _, o := range offs {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offs)+1, start)
	return b.Bytes()
}

func boxes(t testing.TB, stream string) []Box {
	b := page(stream)
	f, err := pdf.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Page(1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Boxes(f, p)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestBoxes(t *testing.T) {
	for _, c := range []struct {
		stream string
		hit    Box
		want   bool
	}{
		{"BT /F 12 Tf 72 700 Td (Van ban) Tj ET", Box{70, 690, 110, 715}, true},
		{"BT /F 12 Tf 72 700 Td (Van ban) Tj ET", Box{70, 600, 110, 650}, false},
		{"BT /F 12 Tf 72 700 Td (      ) Tj ET", Box{70, 690, 110, 715}, false},
		{"q 2 0 0 2 0 0 cm BT /F 12 Tf 36 350 Td [(A) -50 (B)] TJ ET Q", Box{70, 690, 110, 715}, true},
		{"q 100 0 0 50 300 300 cm BI /W 1 /H 1 ID x EI Q", Box{310, 310, 350, 340}, true},
	} {
		hit := false
		for _, b := range boxes(t, c.stream) {
			hit = hit || b.Overlaps(c.hit, 10)
		}
		if hit != c.want {
			t.Errorf("%s: covered %v, want %v", c.stream, hit, c.want)
		}
	}
}

// TestSelfReference: a form that draws itself three times over ends.
func TestSelfReference(t *testing.T) { boxes(t, "/X Do") }

func FuzzBoxes(f *testing.F) {
	f.Add("BT /F 12 Tf 72 700 Td (Van ban) Tj T* [(A) 5] TJ ET q 1 0 0 1 5 5 cm /X Do Q BI ID EI ")
	f.Fuzz(func(t *testing.T, s string) { boxes(t, s) })
}
