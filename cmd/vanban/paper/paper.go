// Package paper prints lines of text as a PDF of A4 pages, for a verdict that
// goes into a file of paper. The font is embedded with full Vietnamese.
package paper

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"vanban/internal/pdf"
	"vanban/internal/pdf/draw"
)

// The sheet: A4 with the margins of Decree 30/2020 appendix I, in millimetres,
// and sizes in points.
const (
	width, height = 210, 297
	left, right   = 30, 18
	top, bottom   = 20, 20
	titleSize     = 14
	textSize      = 11
	leading       = 15
	indent        = 6    // points for each leading space of a line
	maxLines      = 5000 // printed; more would be a book
)

// Write prints a title and lines. Leading spaces indent a line; long lines are
// wrapped at words. A letter that the font lacks is printed as a question mark.
func Write(w io.Writer, title string, lines []string) error {
	s := &sheets{}
	s.turn()
	s.print(draw.LiberationSerifBold(), titleSize, title)
	for i, line := range lines {
		if i == maxLines {
			s.print(draw.LiberationSerif(), textSize, "…")
			break
		}
		s.print(draw.LiberationSerif(), textSize, line)
	}
	s.number()
	b, err := s.file(title)
	if err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	_, err = w.Write(b)
	return err
}

// sheets are the pages so far; y is the baseline of the next line on the last.
type sheets struct {
	pages []*draw.Canvas
	y     float64
}

func (s *sheets) turn() {
	s.pages = append(s.pages, draw.NewCanvas(width*draw.MM, height*draw.MM))
	s.y = (height-top)*draw.MM - titleSize
}

// print sets one line of input, which may take several on paper.
func (s *sheets) print(f *draw.Font, size float64, line string) {
	text := strings.TrimLeft(line, " ")
	x := left*draw.MM + float64(len(line)-len(text))*indent
	x = min(x, width*draw.MM/2)
	for _, part := range wrap(f, size, (width-right)*draw.MM-x, printable(f, text)) {
		if s.y < bottom*draw.MM {
			s.turn()
		}
		s.pages[len(s.pages)-1].Text(f, size, x, s.y, draw.Color{}, part)
		s.y -= leading
	}
}

// number writes the page numbers when there are several pages.
func (s *sheets) number() {
	if len(s.pages) < 2 {
		return
	}
	for i, page := range s.pages {
		page.TextFit(draw.LiberationSerif(), textSize, left*draw.MM, bottom*draw.MM/2, (width-left-right)*draw.MM, draw.Center,
			draw.Color{}, fmt.Sprintf("%d/%d", i+1, len(s.pages)))
	}
}

// wrap breaks text into parts that are at most w points wide, at spaces where
// there are any.
func wrap(f *draw.Font, size, w float64, text string) []string {
	var parts []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && f.Width(line+" "+word, size) <= w {
			line += " " + word
			continue
		}
		if line != "" {
			parts = append(parts, line)
		}
		for line = word; f.Width(line, size) > w; {
			head := fitting(f, size, w, line)
			parts, line = append(parts, head), line[len(head):]
		}
	}
	return append(parts, line)
}

// fitting is the longest start of a word that fits, at least one letter.
func fitting(f *draw.Font, size, w float64, word string) string {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if end > 0 && f.Width(word[:next], size) > w {
			break
		}
		end = next
	}
	return word[:end]
}

// printable replaces what the font lacks, and gives the marks of a report
// signs that it has.
func printable(f *draw.Font, text string) string {
	text = strings.NewReplacer("✗", "[X]", "✓", "[V]").Replace(text)
	return strings.Map(func(r rune) rune {
		if _, err := f.Runes(string(r)); err != nil {
			return '?'
		}
		return r
	}, text)
}

// objects collects what is drawn; number i+1 is objects[i]. It is a draw.Sink.
type objects []pdf.Object

// Add takes the next number.
func (o *objects) Add(v pdf.Object) pdf.Ref {
	*o = append(*o, v)
	return pdf.Ref{Num: uint32(len(*o))}
}

// file builds the pages and writes them with a cross-reference table.
func (s *sheets) file(title string) ([]byte, error) {
	o := &objects{}
	tree := o.Add(nil) // pages name it before it can name them
	contents, err := draw.BuildContents(o, s.pages...)
	if err != nil {
		return nil, err
	}
	var kids pdf.Array
	for _, c := range contents {
		kids = append(kids, o.Add(pdf.Dict{
			"Type": pdf.Name("Page"), "Parent": tree, "Resources": c.Resources, "Contents": c.Stream,
			"MediaBox": pdf.Array{int64(0), int64(0), width * draw.MM, height * draw.MM},
		}))
	}
	(*o)[tree.Num-1] = pdf.Dict{"Type": pdf.Name("Pages"), "Count": int64(len(kids)), "Kids": kids}
	root := o.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": tree, "Lang": pdf.String("vi-VN"),
		"ViewerPreferences": pdf.Dict{"DisplayDocTitle": true}})
	info := o.Add(pdf.Dict{"Title": pdf.TextString(title), "Producer": pdf.String("vanban")})
	return o.write(root, info), nil
}

func (o *objects) write(root, info pdf.Ref) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(*o))
	for i, v := range *o {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n", i+1)
		if stream, ok := v.(*pdf.Stream); ok {
			stream.Dict["Length"] = int64(len(stream.Data))
			fmt.Fprintf(&b, "%s\nstream\n%s\nendstream", pdf.Marshal(stream.Dict), stream.Data)
		} else {
			b.Write(pdf.Marshal(v))
		}
		b.WriteString("\nendobj\n")
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	digest := sha256.Sum256(b.Bytes())
	id := pdf.String(digest[:16])
	trailer := pdf.Dict{"Size": int64(len(offsets) + 1), "Root": root, "Info": info, "ID": pdf.Array{id, id}}
	fmt.Fprintf(&b, "trailer\n%s\nstartxref\n%d\n%%%%EOF\n", pdf.Marshal(trailer), start)
	return b.Bytes()
}
