package pdf

import (
	"bytes"
	"fmt"
	"testing"
)

// tiny is a whole PDF with a table, for seeds.
func tiny(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offs := []int{}
	for i, o := range objects {
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

const (
	tinyCatalog = "<</Type/Catalog/Pages 2 0 R>>"
	tinyPages   = "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>"
	tinyPage    = "<</Type/Page/Parent 2 0 R>>"
)

// FuzzXref opens whole files with damaged cross-reference data.
func FuzzXref(f *testing.F) {
	f.Add(tiny(tinyCatalog, tinyPages, tinyPage))
	f.Add([]byte("%PDF-1.5\n1 0 obj\n<</Type/XRef/W[1 2 1]/Size 3/Root 1 0 R/Length 12>>\nstream\n\x01\x00\x09\x00\x01\x00\x09\x00\x02\x00\x01\x00\nendstream\nendobj\nstartxref\n9\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = exercise(b)
	})
}

// FuzzObjectStream opens files whose objects stand in an object stream.
func FuzzObjectStream(f *testing.F) {
	f.Add([]byte("1 0 2 30 3 80 "+tinyCatalog+" "+tinyPages+" "+tinyPage), 3, 14)
	f.Add([]byte("4 0 4 0 "), 2, 8)
	f.Fuzz(func(t *testing.T, data []byte, n, first int) {
		var b bytes.Buffer
		b.WriteString("%PDF-1.5\n")
		fmt.Fprintf(&b, "4 0 obj\n<</Type/ObjStm/N %d/First %d/Length %d>>\nstream\n", n, first, len(data))
		b.Write(data)
		b.WriteString("\nendstream\nendobj\n")
		start := b.Len()
		rows := []byte{0, 0, 0, 0, 2, 0, 4, 0, 2, 0, 4, 1, 2, 0, 4, 2, 1, 0, 9, 0}
		fmt.Fprintf(&b, "5 0 obj\n<</Type/XRef/W[1 2 1]/Size 5/Root 1 0 R/Length %d>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", len(rows), rows, start)
		_ = exercise(b.Bytes())
	})
}

// FuzzPageTree walks page trees of any shape.
func FuzzPageTree(f *testing.F) {
	f.Add(tinyPages, tinyPage, tinyPage)
	f.Add("<</Type/Pages/Kids[3 0 R 3 0 R 2 0 R]/Count -1>>", "<</Kids[2 0 R]>>", "[3 0 R]")
	f.Fuzz(func(t *testing.T, root, kid, other string) {
		_ = exercise(tiny(tinyCatalog, root, kid, other))
	})
}
