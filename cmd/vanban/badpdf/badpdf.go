// Package badpdf makes the files of the tests that no honest program writes,
// and the smallest that one could.
package badpdf

import (
	"bytes"
	"fmt"
	"strings"
)

// Write writes a PDF with the given objects (1, 2, ...); object 1 is the
// catalog. It is for input that no honest program writes.
func Write(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

// The objects of an empty page.
const (
	Catalog = "<< /Type /Catalog /Pages 2 0 R >>"
	Pages   = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
	Page    = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 4 0 R >>"
	Content = "<< /Length 0 >>\nstream\n\nendstream"
)

// Good is an empty page that can be signed.
func Good() []byte { return Write(Catalog, Pages, Page, Content) }

// HugeStream claims a stream of 4 GB.
func HugeStream() []byte {
	return Write(Catalog, Pages, Page, "<< /Length 4294967295 /Filter /FlateDecode >>\nstream\nx\nendstream")
}

// DeepArray nests an array 100,000 deep.
func DeepArray() []byte {
	const depth = 100_000
	return Write("<< /Type /Catalog /Pages 2 0 R /Deep "+strings.Repeat("[", depth)+strings.Repeat("]", depth)+" >>",
		Pages, Page, Content)
}

// CyclicPages has a page tree that leads back to its root.
func CyclicPages() []byte {
	return Write(Catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>", Content)
}

// WrongStartxref points to where no cross-reference table is.
func WrongStartxref() []byte {
	good := Good()
	i := bytes.LastIndex(good, []byte("startxref\n"))
	return append(bytes.Clone(good[:i]), []byte("startxref\n7\n%%EOF\n")...)
}
