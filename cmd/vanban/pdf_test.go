package main

import (
	"bytes"
	"fmt"
	"strings"
)

// tinyPDF writes a PDF with the given objects (1, 2, ...); object 1 is the
// catalog. It is for input that no honest program writes.
func tinyPDF(objects ...string) []byte {
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

const (
	tinyCatalog = "<< /Type /Catalog /Pages 2 0 R >>"
	tinyPages   = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
	tinyPage    = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 4 0 R >>"
	tinyContent = "<< /Length 0 >>\nstream\n\nendstream"
)

// goodTiny is an empty page that can be signed.
func goodTiny() []byte { return tinyPDF(tinyCatalog, tinyPages, tinyPage, tinyContent) }

// The bad PDFs of the issue.
func hugeStream() []byte {
	return tinyPDF(tinyCatalog, tinyPages, tinyPage, "<< /Length 4294967295 /Filter /FlateDecode >>\nstream\nx\nendstream")
}

func deepArray() []byte {
	const depth = 100_000
	return tinyPDF("<< /Type /Catalog /Pages 2 0 R /Deep "+strings.Repeat("[", depth)+strings.Repeat("]", depth)+" >>",
		tinyPages, tinyPage, tinyContent)
}

func cyclicPages() []byte {
	return tinyPDF(tinyCatalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>", tinyContent)
}

func wrongStartxref() []byte {
	good := goodTiny()
	i := bytes.LastIndex(good, []byte("startxref\n"))
	return append(bytes.Clone(good[:i]), []byte("startxref\n7\n%%EOF\n")...)
}
