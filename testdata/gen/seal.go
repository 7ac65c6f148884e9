package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"vanban/internal/pdf/draw"
)

// dpi is the resolution of all pictures.
const dpi = 300

// seal is one sample seal: a double ring, the agency's name along the top, the
// words that make clear that it is none, and a star.
type seal struct{ agency, name string }

const sealDiameter = 36.0 // mm, the default of LAY-04

var seals = []seal{
	{"snv-ha-tinh", "SỞ NỘI VỤ TỈNH HÀ TĨNH"},
	{"ubnd-vinh-long", "ỦY BAN NHÂN DÂN TỈNH VĨNH LONG"},
	{"ubnd-nghia-hanh", "ỦY BAN NHÂN DÂN XÃ NGHĨA HÀNH"},
	{"stc-ha-tinh", "SỞ TÀI CHÍNH TỈNH HÀ TĨNH"},
}

func (s seal) png() ([]byte, error) {
	r := newRaster(sealDiameter, sealDiameter)
	const mid = sealDiameter / 2
	r.ring(mid, mid, 17.95, 17.05)
	r.ring(mid, mid, 16.6, 16.35)
	r.ring(mid, mid, 11.6, 11.35)
	// Names take at most 220 degrees, so that they do not run into the words
	// along the bottom.
	size := min(3.0, 3.84*12.9/1.06/advance(bold, 1, s.name))
	r.arc(bold, size, mid, mid, 12.9, s.name, false)
	r.arc(bold, 2.6, mid, mid, 14.9, "KHÔNG CÓ GIÁ TRỊ", true)
	r.star(mid, mid-4.6, 4.8)
	r.straight(bold, 4.1, mid, mid+4.7, "MẪU THỬ")
	r.straight(regular, 2.4, mid, mid+8.2, "(kiểm thử)")
	return r.png(color.NRGBA{R: 208, G: 18, B: 36, A: 235})
}

// raster fills outlines given in mm from the top left. Outlines may not
// overlap; a hole runs the other way round.
type raster struct {
	*vector.Rasterizer
	w, h int
}

func pixels(mm float64) float64 { return mm / 25.4 * dpi }

func newRaster(w, h float64) *raster {
	pw, ph := int(math.Round(pixels(w))), int(math.Round(pixels(h)))
	return &raster{vector.NewRasterizer(pw, ph), pw, ph}
}

func (r *raster) png(ink color.NRGBA) ([]byte, error) {
	mask := image.NewAlpha(image.Rect(0, 0, r.w, r.h))
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	return inked(mask, ink)
}

// inked is a picture of one colour whose transparency comes from a mask. As a
// palette of 256 transparencies it is a third of the size.
func inked(mask *image.Alpha, ink color.NRGBA) ([]byte, error) {
	palette := make(color.Palette, 256)
	for a := range palette {
		palette[a] = color.NRGBA{R: ink.R, G: ink.G, B: ink.B, A: uint8(a * int(ink.A) / 255)}
	}
	palette[0] = color.NRGBA{R: 255, G: 255, B: 255} // for viewers that ignore transparency
	out := image.NewPaletted(mask.Rect, palette)
	copy(out.Pix, mask.Pix)
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out)
	return b.Bytes(), err
}

// ring is the area between two circles.
func (r *raster) ring(x, y, outer, inner float64) {
	circle := func(radius, direction float64) {
		const steps = 360
		for i := range steps {
			sin, cos := math.Sincos(direction * 2 * math.Pi * float64(i) / steps)
			r.point(i == 0, x+radius*cos, y+radius*sin)
		}
		r.ClosePath()
	}
	circle(outer, 1)
	circle(inner, -1)
}

func (r *raster) point(first bool, x, y float64) {
	px, py := float32(pixels(x)), float32(pixels(y))
	if first {
		r.MoveTo(px, py)
		return
	}
	r.LineTo(px, py)
}

// star is the outline of a five-pointed star.
func (r *raster) star(x, y, radius float64) {
	outline := func(radius float64, direction int) {
		for i := range 10 {
			k := (direction*i + 10) % 10
			length := radius
			if k%2 == 1 {
				length *= 0.382 // where the sides of the star cross
			}
			sin, cos := math.Sincos(math.Pi * float64(k) / 5)
			r.point(i == 0, x+length*sin, y-length*cos)
		}
		r.ClosePath()
	}
	outline(radius, 1)
	outline(radius*0.72, -1)
}

// straight sets a line of text centred on x with its baseline at y.
func (r *raster) straight(f *draw.Font, size, x, y float64, text string) {
	x -= advance(f, size, text) / 2
	for _, c := range text {
		r.glyph(f, size, c, func(gx, gy float64) (float64, float64) { return x + gx, y + gy })
		x += advance(f, size, string(c))
	}
}

// arc sets text around a circle whose radius reaches the baselines, centred at
// the top, or at the bottom and readable from there.
func (r *raster) arc(f *draw.Font, size, x, y, radius float64, text string, bottom bool) {
	const spacing = 1.06
	angle := -advance(f, size, text) * spacing / 2 / radius
	for _, c := range text {
		step := advance(f, size, string(c)) * spacing
		at := angle + step/2/radius
		half := advance(f, size, string(c)) / 2
		r.glyph(f, size, c, func(gx, gy float64) (float64, float64) {
			sin, cos := math.Sincos(at)
			gx -= half
			if bottom { // up points to the middle
				return x + (radius+gy)*sin + gx*cos, y + (radius+gy)*cos - gx*sin
			}
			return x + (radius-gy)*sin + gx*cos, y - (radius-gy)*cos + gx*sin
		})
		angle += step / radius
	}
}

// advance is the width in mm of text size mm high.
func advance(f *draw.Font, size float64, text string) float64 { return f.Width(text, size) }

// glyph adds the outline of a rune, moved by place: it is given mm right of
// the origin and below the baseline. size is the em in mm.
func (r *raster) glyph(f *draw.Font, size float64, c rune, place func(x, y float64) (float64, float64)) {
	const em = 2048
	var b sfnt.Buffer
	face := f.Outlines()
	index, err := face.GlyphIndex(&b, c)
	if err != nil || index == 0 {
		panic("no glyph for " + string(c)) // the words above are fixed
	}
	segments, err := face.LoadGlyph(&b, index, fixed.I(em), nil)
	if err != nil {
		panic(err)
	}
	at := func(p fixed.Point26_6) (float32, float32) {
		x, y := place(float64(p.X)/64/em*size, float64(p.Y)/64/em*size)
		return float32(pixels(x)), float32(pixels(y))
	}
	for i, s := range segments {
		x, y := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				r.ClosePath()
			}
			r.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			r.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			x1, y1 := at(s.Args[1])
			r.QuadTo(x, y, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x1, y1 := at(s.Args[1])
			x2, y2 := at(s.Args[2])
			r.CubeTo(x, y, x1, y1, x2, y2)
		}
	}
	r.ClosePath()
}
