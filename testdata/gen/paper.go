package main

import (
	"encoding/json"
	"math"
	"strings"

	"vanban/internal/pdf/draw"
)

// A4 and the margins of ND30 PL I I.3, in mm.
const (
	pageWidth   = 210
	pageHeight  = 297
	leftEdge    = 30
	rightEdge   = pageWidth - 18
	topEdge     = 20
	bottomEdge  = pageHeight - 20
	leftColumn  = 66  // centre of boxes 2, 3 and 5b
	rightColumn = 147 // centre of boxes 1, 4 and 7
)

var (
	regular = draw.LiberationSerif()
	bold    = draw.LiberationSerifBold()
	italic  = draw.LiberationSerifItalic()
	slanted = draw.LiberationSerifBoldItalic()

	black = draw.Color{}
	grey  = draw.Color{R: 128, G: 128, B: 128}
)

// paper is a document while it is laid out: sheets from the first, the marks
// of issuing, and the height y in mm at which the next line goes.
type paper struct {
	title  string
	sheets []*sheet
	marks  []mark
	y      float64
}

// sheet is one page, measured in mm from its top left corner.
type sheet struct{ canvas *draw.Canvas }

// mark is one place of a Layout.
type mark struct {
	Kind string  `json:"kind"`
	Page int     `json:"page"`
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	W    float64 `json:"w"`
	H    float64 `json:"h"`
}

const footer = "Văn bản mẫu dùng để kiểm thử, không có giá trị pháp lý"

func newPaper(title string) *paper {
	p := &paper{title: title}
	p.turn(0)
	return p
}

// turn begins a new sheet; number is printed in the top margin unless it is 0
// (ND30 PL I I.6: not on the first page).
func (p *paper) turn(number int) {
	s := &sheet{draw.NewCanvas(pageWidth*draw.MM, pageHeight*draw.MM)}
	p.sheets = append(p.sheets, s)
	s.text(regular, 9, pageWidth/2, 286, draw.Center, grey, footer)
	if number > 0 {
		s.text(regular, 13, pageWidth/2, 14, draw.Center, black, string(rune('0'+number)))
	}
	p.y = topEdge + 5
}

func (p *paper) last() *sheet { return p.sheets[len(p.sheets)-1] }

// mark adds a place on the newest sheet, rounded to hundredths of a mm.
func (p *paper) mark(kind string, x, y, w, h float64) {
	round := func(v float64) float64 { return math.Round(v*100) / 100 }
	p.marks = append(p.marks, mark{kind, len(p.sheets), round(x), round(y), round(w), round(h)})
}

// lineMark adds a place for one printed line of size points whose baseline is
// at height y, so that it stands exactly there when it is centred vertically.
func (p *paper) lineMark(kind string, size, x, y, w float64) {
	const h = 6.0
	p.mark(kind, x, y+regular.Baseline(size, h*draw.MM)/draw.MM-h, w, h)
}

func (p *paper) marksJSON() ([]byte, error) {
	b, err := json.MarshalIndent(map[string]any{"marks": p.marks}, "", "  ")
	return append(b, '\n'), err
}

// text puts a line with its baseline at y and its left edge, centre or right
// edge at x. It gives the width in mm.
func (s *sheet) text(f *draw.Font, size, x, y float64, align draw.Align, color draw.Color, t string) float64 {
	w := width(f, size, t)
	switch align {
	case draw.Center:
		x -= w / 2
	case draw.Right:
		x -= w
	}
	s.canvas.Text(f, size, x*draw.MM, (pageHeight-y)*draw.MM, color, t)
	return w
}

// rule is a thin horizontal line.
func (s *sheet) rule(x, y, w float64) {
	at := (pageHeight - y) * draw.MM
	s.canvas.Line(x*draw.MM, at, (x+w)*draw.MM, at, 0.6, black)
}

// width of a line in mm.
func width(f *draw.Font, size float64, t string) float64 { return f.Width(t, size) / draw.MM }

// center puts lines one below the other, centred on x, from p.y on.
func (p *paper) center(f *draw.Font, size, x float64, lines ...string) {
	for _, l := range lines {
		p.last().text(f, size, x, p.y, draw.Center, black, l)
		p.y += leading(size)
	}
}

// leading is the height of a line in mm: 1.2 times the size.
func leading(size float64) float64 { return size * 1.2 / draw.MM }

// span is a part of a paragraph in one face.
type span struct {
	font *draw.Font
	text string
}

// word is what may not be broken.
type word struct {
	font  *draw.Font
	text  string
	width float64 // mm, with the space behind it left out
}

const (
	bodySize    = 14.0
	firstIndent = 12.7 // mm
	paraGap     = 2.2  // mm, a little over 6 pt
)

// paragraph sets justified text with an indented first line and turns the
// sheet when it is full.
func (p *paper) paragraph(spans ...span) {
	var words []word
	for _, s := range spans {
		for _, t := range strings.Fields(s.text) {
			words = append(words, word{s.font, t, width(s.font, bodySize, t)})
		}
	}
	x := leftEdge + firstIndent
	for len(words) > 0 {
		n := fitting(words, rightEdge-x)
		if p.y > bottomEdge {
			p.turn(len(p.sheets) + 1)
		}
		p.line(words[:n], x, n == len(words))
		words, x = words[n:], leftEdge
		p.y += leading(bodySize) * 1.06
	}
	p.y += paraGap
}

// fitting is how many words go into a line of w mm, at least one.
func fitting(words []word, w float64) int {
	space, used := width(regular, bodySize, " "), 0.0
	for i, word := range words {
		if i > 0 && used+space+word.width > w {
			return i
		}
		if i > 0 {
			used += space
		}
		used += word.width
	}
	return len(words)
}

// line spreads words from x to the right edge, the last line of a paragraph
// with plain spaces. A space is drawn behind each word, so that text that is
// taken from the file has one.
func (p *paper) line(words []word, x float64, last bool) {
	gap := width(regular, bodySize, " ")
	if !last && len(words) > 1 {
		total := 0.0
		for _, w := range words {
			total += w.width
		}
		gap = (rightEdge - x - total) / float64(len(words)-1)
	}
	for i, w := range words {
		t := w.text
		if i < len(words)-1 {
			t += " "
		}
		p.last().text(w.font, bodySize, x, p.y, draw.Left, black, t)
		x += w.width + gap
	}
}
