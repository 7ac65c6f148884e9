package main

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"vanban/internal/pdf"
	"vanban/internal/pdf/draw"
)

// form is the shape of a PDF file. All forms of one paper look the same.
type form struct {
	streams bool // cross-reference stream and object stream instead of a table
	rotate  int  // /Rotate; the content is turned the other way
	crop    bool // a CropBox inside a larger MediaBox, both away from 0,0
}

// file collects objects; number i+1 is objects[i]. It is a draw.Sink.
type file struct{ objects []pdf.Object }

// Add takes the next number.
func (f *file) Add(o pdf.Object) pdf.Ref {
	f.objects = append(f.objects, o)
	return pdf.Ref{Num: uint32(len(f.objects))}
}

// write makes the file.
func (m form) write(p *paper) ([]byte, error) {
	f := &file{}
	tree := f.Add(nil) // the pages name it before it can name them
	canvases := make([]*draw.Canvas, len(p.sheets))
	for i, s := range p.sheets {
		canvases[i] = s.canvas
	}
	contents, err := draw.BuildContents(f, canvases...)
	if err != nil {
		return nil, err
	}
	var kids pdf.Array
	for _, c := range contents {
		kids = append(kids, f.Add(m.page(f, tree, c)))
	}
	f.objects[tree.Num-1] = pdf.Dict{"Type": pdf.Name("Pages"), "Count": int64(len(kids)), "Kids": kids}
	trailer := pdf.Dict{
		"Root": f.Add(pdf.Dict{
			"Type": pdf.Name("Catalog"), "Pages": tree, "Lang": pdf.String("vi-VN"),
			"ViewerPreferences": pdf.Dict{"DisplayDocTitle": true},
		}),
		"Info": f.Add(pdf.Dict{"Title": pdf.TextString(p.title), "Producer": pdf.String("vanban testdata/gen")}),
	}
	if m.streams {
		return f.withStreams(trailer), nil
	}
	return f.withTable(trailer), nil
}

// page places the content, which is drawn upright from 0,0, so that a viewer
// who crops and turns the page sees it upright from the corner again.
func (m form) page(f *file, tree pdf.Ref, c draw.Contents) pdf.Dict {
	w, h := float64(pageWidth)*draw.MM, float64(pageHeight)*draw.MM
	matrix := [6]float64{1, 0, 0, 1, 0, 0}
	switch m.rotate {
	case 90:
		w, h = h, w
		matrix = [6]float64{0, 1, -1, 0, w, 0}
	case 270:
		w, h = h, w
		matrix = [6]float64{0, -1, 1, 0, 0, h}
	}
	page := pdf.Dict{
		"Type": pdf.Name("Page"), "Parent": tree, "Resources": c.Resources,
		"MediaBox": pdf.Array{int64(0), int64(0), w, h},
	}
	if m.rotate != 0 {
		page["Rotate"] = int64(m.rotate)
	}
	if m.crop {
		const x, y = 40, 50
		page["MediaBox"] = pdf.Array{int64(10), int64(20), w + 80, h + 90}
		page["CropBox"] = pdf.Array{int64(x), int64(y), w + x, h + y}
		matrix[4] += x
		matrix[5] += y
	}
	if !m.crop && m.rotate == 0 {
		page["Contents"] = c.Stream
		return page
	}
	var before bytes.Buffer
	before.WriteString("q")
	for _, v := range matrix {
		fmt.Fprintf(&before, " %s", pdf.Marshal(v))
	}
	before.WriteString(" cm\n")
	page["Contents"] = pdf.Array{
		f.Add(&pdf.Stream{Dict: pdf.Dict{}, Data: before.Bytes()}), c.Stream,
		f.Add(&pdf.Stream{Dict: pdf.Dict{}, Data: []byte("Q\n")}),
	}
	return page
}

// body writes the header and the objects that keep may say; it gives the
// offset of each object that was written.
func (f *file) body(version string, keep func(pdf.Object) bool) (*bytes.Buffer, []int) {
	b := &bytes.Buffer{}
	fmt.Fprintf(b, "%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n", version)
	offsets := make([]int, len(f.objects))
	for i, o := range f.objects {
		if keep(o) {
			offsets[i] = b.Len()
			fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, pdf.Marshal(o))
		}
	}
	return b, offsets
}

// withTable is the classic form (ISO 32000-2, 7.5.4).
func (f *file) withTable(trailer pdf.Dict) []byte {
	b, offsets := f.body("1.7", func(pdf.Object) bool { return true })
	trailer["Size"], trailer["ID"] = int64(len(offsets)+1), identifier(b.Bytes())
	start := b.Len()
	fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(b, "trailer\n%s\nstartxref\n%d\n%%%%EOF\n", pdf.Marshal(trailer), start)
	return b.Bytes()
}

// withStreams puts everything but streams into one object stream and ends with
// a cross-reference stream (ISO 32000-2, 7.5.7 and 7.5.8).
func (f *file) withStreams(trailer pdf.Dict) []byte {
	isStream := func(o pdf.Object) bool { _, ok := o.(*pdf.Stream); return ok }
	b, offsets := f.body("1.7", isStream)

	var index, packed bytes.Buffer
	place := map[int]int{}
	for i, o := range f.objects {
		if !isStream(o) {
			place[i] = len(place)
			fmt.Fprintf(&index, "%d %d ", i+1, packed.Len())
			fmt.Fprintf(&packed, "%s\n", pdf.Marshal(o))
		}
	}
	container := len(f.objects) + 1
	containerAt := b.Len()
	fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", container, pdf.Marshal(&pdf.Stream{
		Dict: pdf.Dict{"Type": pdf.Name("ObjStm"), "N": int64(len(place)), "First": int64(index.Len()), "Filter": pdf.Name("FlateDecode")},
		Data: deflate(append(index.Bytes(), packed.Bytes()...)),
	}))

	start := b.Len()
	entry := func(kind byte, a, c int) []byte { // widths 1, 3 and 2 bytes
		out := append([]byte{kind}, binary.BigEndian.AppendUint32(nil, uint32(a))[1:]...)
		return binary.BigEndian.AppendUint16(out, uint16(c))
	}
	table := entry(0, 0, 65535)
	for i := range f.objects {
		if n, ok := place[i]; ok {
			table = append(table, entry(2, container, n)...)
		} else {
			table = append(table, entry(1, offsets[i], 0)...)
		}
	}
	table = append(table, entry(1, containerAt, 0)...)
	table = append(table, entry(1, start, 0)...)
	dict := pdf.Dict{
		"Type": pdf.Name("XRef"), "W": pdf.Array{int64(1), int64(3), int64(2)}, "Filter": pdf.Name("FlateDecode"),
		"Size": int64(container + 2), "ID": identifier(b.Bytes()), "Root": trailer["Root"], "Info": trailer["Info"],
	}
	fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", container+1,
		pdf.Marshal(&pdf.Stream{Dict: dict, Data: deflate(table)}), start)
	return b.Bytes()
}

func identifier(b []byte) pdf.Array {
	sum := sha256.Sum256(b)
	return pdf.Array{pdf.String(sum[:16]), pdf.String(sum[:16])}
}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(b) // memory does not fail
	_ = w.Close()
	return out.Bytes()
}
