// Package content finds where a page shows something: the boxes of its text
// and pictures, in default user space. It measures, it does not render: widths
// of characters are estimated, which is enough to tell whether a mark would
// lie on top of what people are meant to read.
package content

import (
	"math"

	"vanban/internal/pdf"
)

// Limits of one page.
const (
	maxStream = 16 << 20
	maxBoxes  = 20_000
	maxForms  = 8    // inside each other
	maxDrawn  = 1000 // in all
	maxStack  = 256
)

// Box is a rectangle in points: left, bottom, right, top.
type Box [4]float64

// Overlaps says whether two boxes share at least the given area in square
// points.
func (b Box) Overlaps(c Box, area float64) bool {
	w := math.Min(b[2], c[2]) - math.Max(b[0], c[0])
	h := math.Min(b[3], c[3]) - math.Max(b[1], c[1])
	return w > 0 && h > 0 && w*h >= area
}

type matrix [6]float64

func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// box is where a rectangle of m's own space ends up.
func (m matrix) box(x0, y0, x1, y1 float64) Box {
	out := Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range [4][2]float64{{x0, y0}, {x0, y1}, {x1, y0}, {x1, y1}} {
		x, y := p[0]*m[0]+p[1]*m[2]+m[4], p[0]*m[1]+p[1]*m[3]+m[5]
		out[0], out[1] = math.Min(out[0], x), math.Min(out[1], y)
		out[2], out[3] = math.Max(out[2], x), math.Max(out[3], y)
	}
	return out
}

var identity = matrix{1, 0, 0, 1, 0, 0}

// painter follows the graphics state as far as positions need it.
type painter struct {
	f     *pdf.File
	boxes []Box
	ctm   matrix
	stack []matrix
	text  matrix // text matrix
	line  matrix // start of the line
	size  float64
	lead  float64
	wide  bool // two bytes a character
	drawn int  // forms that were run
}

// Boxes lists where a page shows text and pictures. An error means that the
// page could not be read.
func Boxes(f *pdf.File, p *pdf.Page) ([]Box, error) {
	data, err := streams(f, p.Dict["Contents"])
	if err != nil {
		return nil, err
	}
	resources, err := f.Dict(inherited(f, p.Dict))
	if err != nil {
		return nil, err
	}
	w := &painter{f: f, ctm: identity}
	w.run(data, resources, 0)
	return w.boxes, nil
}

// inherited finds the resources of a page or of its nearest ancestor.
func inherited(f *pdf.File, d pdf.Dict) pdf.Object {
	for range 64 {
		if d["Resources"] != nil {
			return d["Resources"]
		}
		next, err := f.Dict(d["Parent"])
		if err != nil || len(next) == 0 {
			return nil
		}
		d = next
	}
	return nil
}

func streams(f *pdf.File, o pdf.Object) ([]byte, error) {
	o, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	list := pdf.Array{o}
	if a, ok := o.(pdf.Array); ok {
		list = a
	}
	var out []byte
	for _, e := range list {
		e, err := f.Resolve(e)
		if err != nil {
			return nil, err
		}
		s, ok := e.(*pdf.Stream)
		if !ok {
			continue
		}
		b, err := f.Decode(s, maxStream-int64(len(out)))
		if err != nil {
			return nil, err
		}
		out = append(append(out, b...), '\n')
	}
	return out, nil
}

func (w *painter) run(data []byte, resources pdf.Dict, depth int) {
	base := len(w.stack)
	for op := range pdf.Operations(data) {
		if len(w.boxes) >= maxBoxes {
			return
		}
		if op.Name == "Do" {
			w.xobject(op, resources, depth)
			continue
		}
		w.state(op, base)
		w.show(op, resources)
	}
	if len(w.stack) > base {
		w.ctm, w.stack = w.stack[base], w.stack[:base]
	}
}

// state follows the operators that move things.
func (w *painter) state(op pdf.Operation, base int) {
	n := numbers(op.Operands)
	switch op.Name {
	case "q":
		if len(w.stack) < maxStack {
			w.stack = append(w.stack, w.ctm)
		}
	case "Q":
		if len(w.stack) > base {
			w.ctm, w.stack = w.stack[len(w.stack)-1], w.stack[:len(w.stack)-1]
		}
	case "cm":
		if len(n) == 6 {
			w.ctm = matrix(n).times(w.ctm)
		}
	case "BT":
		w.text, w.line = identity, identity
	case "Tm":
		if len(n) == 6 {
			w.text, w.line = matrix(n), matrix(n)
		}
	case "TL":
		if len(n) == 1 {
			w.lead = n[0]
		}
	case "Td", "TD":
		if len(n) == 2 {
			w.move(n[0], n[1])
			if op.Name == "TD" {
				w.lead = -n[1]
			}
		}
	case "T*", "'", "\"":
		w.move(0, -w.lead)
	case "BI":
		w.add(w.ctm.box(0, 0, 1, 1))
	}
}

func (w *painter) move(x, y float64) {
	w.line = matrix{1, 0, 0, 1, x, y}.times(w.line)
	w.text = w.line
}

// show follows the operators that show text.
func (w *painter) show(op pdf.Operation, resources pdf.Dict) {
	switch op.Name {
	case "Tf":
		if len(op.Operands) == 2 {
			w.size, _ = pdf.Float(op.Operands[1])
			w.wide = w.composite(resources, op.Operands[0])
		}
	case "Tj", "'", "\"":
		if n := len(op.Operands); n > 0 {
			w.string(op.Operands[n-1])
		}
	case "TJ":
		if len(op.Operands) != 1 {
			return
		}
		list, _ := op.Operands[0].(pdf.Array)
		for _, o := range list {
			if v, ok := pdf.Float(o); ok {
				w.advance(-v / 1000 * w.size)
				continue
			}
			w.string(o)
		}
	}
}

func (w *painter) advance(x float64) { w.text = matrix{1, 0, 0, 1, x, 0}.times(w.text) }

// string adds the box of a shown string; half an em is a usual width.
func (w *painter) string(o pdf.Object) {
	s, ok := o.(pdf.String)
	if !ok || len(s) == 0 {
		return
	}
	n := float64(len(s))
	if w.wide {
		n /= 2
	}
	width := n * w.size / 2
	if len(blank(s)) > 0 {
		w.add(w.text.times(w.ctm).box(0, -0.2*w.size, width, 0.75*w.size))
	}
	w.advance(width)
}

// blank removes spaces: they cover nothing.
func blank(s pdf.String) pdf.String {
	var out pdf.String
	for _, c := range s {
		if c != ' ' {
			out = append(out, c)
		}
	}
	return out
}

func (w *painter) add(b Box) {
	for _, v := range b {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
	}
	w.boxes = append(w.boxes, b)
}

func (w *painter) composite(resources pdf.Dict, name pdf.Object) bool {
	n, _ := name.(pdf.Name)
	fonts, err := w.f.Dict(resources["Font"])
	if err != nil {
		return false
	}
	font, err := w.f.Dict(fonts[n])
	return err == nil && font["Subtype"] == pdf.Name("Type0")
}

func (w *painter) xobject(op pdf.Operation, resources pdf.Dict, depth int) {
	if len(op.Operands) != 1 || depth >= maxForms || w.drawn >= maxDrawn {
		return
	}
	name, _ := op.Operands[0].(pdf.Name)
	list, err := w.f.Dict(resources["XObject"])
	if err != nil {
		return
	}
	o, err := w.f.Resolve(list[name])
	s, ok := o.(*pdf.Stream)
	if err != nil || !ok {
		return
	}
	if s.Dict["Subtype"] != pdf.Name("Form") {
		w.add(w.ctm.box(0, 0, 1, 1))
		return
	}
	data, err := w.f.Decode(s, maxStream)
	if err != nil {
		return
	}
	inner := resources
	if s.Dict["Resources"] != nil {
		if inner, err = w.f.Dict(s.Dict["Resources"]); err != nil {
			return
		}
	}
	w.drawn++
	saved := *w
	if a, err := w.f.Array(s.Dict["Matrix"]); err == nil {
		if n := numbers(a); len(n) == 6 {
			w.ctm = matrix(n).times(w.ctm)
		}
	}
	w.run(data, inner, depth+1)
	boxes, drawn := w.boxes, w.drawn
	*w = saved
	w.boxes, w.drawn = boxes, drawn
}

func numbers(list []pdf.Object) []float64 {
	out := make([]float64, 0, 6)
	for _, o := range list {
		v, ok := pdf.Float(o)
		if !ok || len(out) == 6 {
			return nil
		}
		out = append(out, v)
	}
	return out
}
