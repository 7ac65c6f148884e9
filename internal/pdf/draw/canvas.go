package draw

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"vanban/internal/pdf"
)

// minFit is the size in points below which TextFit gives up: smaller print
// cannot be read on paper.
const minFit = 4

// Canvas collects what is to be drawn in a box. The first error is kept and
// returned by Build, so that a drawing can be written down without checks in
// between; nothing is given to the Sink then.
type Canvas struct {
	w, h     float64
	rotation int
	field    bool
	ops      []op
	runes    map[*Font]map[rune]struct{}
	fonts    []*Font // keys of runes in the order of first use
	images   []*Image
	err      error
}

// op writes one drawing into a content stream, once fonts and images have
// their names.
type op func(b *bytes.Buffer, n *names)

// NewCanvas makes an empty canvas of w by h points.
func NewCanvas(w, h float64) *Canvas {
	c := &Canvas{w: w, h: h, runes: map[*Font]map[rune]struct{}{}}
	c.finite(w, h)
	if w <= 0 || h <= 0 {
		c.fail(fmt.Errorf("a canvas of %v by %v points", w, h))
	}
	return c
}

// SetRotation turns the form so that it stands upright on a page whose /Rotate
// is degrees, a multiple of 90 (ISO 32000-2, 12.5.5: the viewer fits the
// turned box into the annotation's rectangle). BuildContents ignores it.
func (c *Canvas) SetRotation(degrees int) { c.rotation = ((degrees/90)%4 + 4) % 4 }

// SetField marks the drawing as the variable text of a form field
// (ISO 32000-2, 12.7.4.3), which viewers look for when they edit the field.
func (c *Canvas) SetField() { c.field = true }

// Image draws im stretched to the box w by h points with its lower left corner
// at x, y.
func (c *Canvas) Image(im *Image, x, y, w, h float64) {
	c.finite(x, y, w, h)
	if !slices.Contains(c.images, im) {
		c.images = append(c.images, im)
	}
	c.ops = append(c.ops, func(b *bytes.Buffer, n *names) {
		fmt.Fprintf(b, "q %s 0 0 %s %s %s cm /%s Do Q\n", num(w), num(h), num(x), num(y), n.image[im])
	})
}

// ImageFit draws im as large as it goes into the box without changing its
// proportions, centred.
func (c *Canvas) ImageFit(im *Image, x, y, w, h float64) {
	scale := min(w/float64(im.W), h/float64(im.H))
	iw, ih := scale*float64(im.W), scale*float64(im.H)
	c.Image(im, x+(w-iw)/2, y+(h-ih)/2, iw, ih)
}

// Text draws one line of s with its baseline starting at x, y. A rune that the
// font lacks is the error GlyphMissing, never an empty box on the page.
func (c *Canvas) Text(f *Font, size, x, y float64, color Color, s string) {
	c.finite(size, x, y)
	runes, err := f.Runes(s)
	if err != nil {
		c.fail(err)
		return
	}
	if c.runes[f] == nil {
		c.runes[f] = map[rune]struct{}{}
		c.fonts = append(c.fonts, f)
	}
	for _, r := range runes {
		c.runes[f][r] = struct{}{}
	}
	c.ops = append(c.ops, func(b *bytes.Buffer, n *names) {
		font := n.font[f]
		fmt.Fprintf(b, "q BT %s /%s %s Tf %s %s Td <", fill(color), font.name, num(size), num(x), num(y))
		for _, r := range runes {
			fmt.Fprintf(b, "%04X", font.glyphs[r])
		}
		b.WriteString("> Tj ET Q\n")
	})
}

// TextFit draws s on a baseline at height y, aligned in the w points right of
// x, at size points or as much smaller as it must be to fit. Below 4 points it
// is the error TextTooLong.
func (c *Canvas) TextFit(f *Font, size, x, y, w float64, align Align, color Color, s string) {
	if full := f.Width(s, size); full > w {
		size *= w / full
	}
	if size < minFit || math.IsNaN(size) {
		c.fail(TextTooLong.New(clip(s), w/MM))
		return
	}
	c.Text(f, size, x+slack(align, w-f.Width(s, size)), y, color, s)
}

// TextBox is TextFit over the whole canvas, centred vertically by
// Font.Baseline.
func (c *Canvas) TextBox(f *Font, size float64, align Align, color Color, s string) {
	if full := f.Width(s, size); full > c.w {
		size *= c.w / full
	}
	c.TextFit(f, size, 0, f.Baseline(size, c.h), c.w, align, color, s)
}

// Line draws a straight rule of the given width in points.
func (c *Canvas) Line(x1, y1, x2, y2, width float64, color Color) {
	c.finite(x1, y1, x2, y2, width)
	c.ops = append(c.ops, func(b *bytes.Buffer, _ *names) {
		fmt.Fprintf(b, "q %s %s w %s %s m %s %s l S Q\n", stroke(color), num(width), num(x1), num(y1), num(x2), num(y2))
	})
}

// Build adds the canvas to the sink as a Form XObject with /BBox [0 0 w h] and
// gives its reference.
func (c *Canvas) Build(sink Sink) (pdf.Ref, error) {
	refs, err := Build(sink, c)
	if err != nil {
		return pdf.Ref{}, err
	}
	return refs[0], nil
}

func slack(align Align, free float64) float64 {
	switch align {
	case Center:
		return free / 2
	case Right:
		return free
	}
	return 0
}

func (c *Canvas) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *Canvas) finite(values ...float64) {
	for _, v := range values {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			c.fail(errors.New("a coordinate is not a usable number"))
		}
	}
}

// content writes the operators of the canvas.
func (c *Canvas) content(n *names) []byte {
	var b bytes.Buffer
	if c.field {
		b.WriteString("/Tx BMC\n")
	}
	for _, draw := range c.ops {
		draw(&b, n)
	}
	if c.field {
		b.WriteString("EMC\n")
	}
	return b.Bytes()
}

func fill(c Color) string   { return components(c, "g", "rg") }
func stroke(c Color) string { return components(c, "G", "RG") }

// components writes a colour; greys stay in DeviceGray so that black text
// prints with black ink only.
func components(c Color, gray, rgb string) string {
	part := func(v uint8) string { return num(float64(v) / 255) }
	if c.R == c.G && c.G == c.B {
		return part(c.R) + " " + gray
	}
	return part(c.R) + " " + part(c.G) + " " + part(c.B) + " " + rgb
}

// num writes a number with at most three decimals (a third of a micrometre).
func num(v float64) string {
	s := strings.TrimRight(strconv.FormatFloat(v, 'f', 3, 64), "0")
	s = strings.TrimSuffix(s, ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// clip shortens a text for an error message.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
