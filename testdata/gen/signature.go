package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// signature is a made-up hand signature: pen strokes through points in mm, and
// the word that makes clear that it is a sample.
type signature struct {
	person  string
	strokes [][][2]float64
}

const signatureWidth, signatureHeight = 44.0, 18.0 // mm

var signatures = []signature{
	{"nguyen-thi-nghia", [][][2]float64{
		// A tall N, a running hand that dies away, a flourish back below it.
		{{5, 14.5}, {6.4, 9}, {8.2, 3}, {8.6, 2.4}, {9.2, 6}, {10.4, 12.4}, {11, 13.6}, {12.4, 8}, {14.6, 2.2}, {15.6, 1.6}, {15.4, 4}, {13.8, 9.4}, {15.2, 10.8}, {17, 8.2}, {18.4, 8}, {17.6, 10.6}, {18.8, 11}, {20.6, 8.2}, {20.8, 10.4}, {22.4, 10.2}, {23.6, 8.4}, {24, 12.6}, {22.2, 16.4}, {21, 14.6}, {24.6, 10.2}, {27, 8.6}, {27.2, 10.2}, {28.8, 9.8}, {30, 8.9}, {31.6, 9.6}, {36.4, 8.4}, {40.6, 6.6}},
		{{39.6, 11.6}, {31, 13.4}, {20, 14.8}, {9, 16.6}, {4, 16.2}, {7, 14.9}, {19, 13.6}, {27, 13.2}},
	}},
	{"pham-van-long", [][][2]float64{
		{{7.6, 15.6}, {8.4, 9.8}, {9.8, 3.4}, {10.8, 2.6}, {15, 2}, {17.6, 4.4}, {15.8, 7.6}, {10.4, 9}, {9.4, 8.2}},
		{{15.6, 10.8}, {17, 9.2}, {18.6, 9.8}, {17.6, 12}, {19.2, 11.6}, {21, 9.4}, {21.8, 11.6}, {23.4, 9.2}, {25.8, 4.4}, {27.4, 1.8}, {28.2, 2.8}, {25.6, 8.4}, {24.2, 12.6}, {25.4, 13}, {28.2, 10.6}, {29.8, 10}, {29.4, 12}, {31.2, 11.6}, {33, 10.2}, {34, 11.4}, {38.6, 9.8}},
		{{3.6, 13.8}, {12, 14.8}, {24, 15.2}, {35.4, 14}, {39.6, 12.6}},
	}},
}

func (s signature) png() ([]byte, error) {
	label := newRaster(signatureWidth, signatureHeight)
	label.straight(italic, 2.6, 37.5, 17.2, "MẪU THỬ")
	mask := image.NewAlpha(image.Rect(0, 0, label.w, label.h))
	label.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	for _, points := range s.strokes {
		pen(mask, points)
	}
	return inked(mask, color.NRGBA{R: 22, G: 48, B: 158, A: 245})
}

// pen draws a smooth line (Catmull-Rom) through the points as a row of round
// dots; a hand presses more where it goes slowly and downwards.
func pen(mask draw.Image, points [][2]float64) {
	m := mask.(*image.Alpha)
	point := func(i int) [2]float64 { return points[min(max(i, 0), len(points)-1)] }
	const steps = 120
	width := 0.16
	for i := 0; i+1 < len(points); i++ {
		a, b, c, d := point(i-1), point(i), point(i+1), point(i+2)
		slope := math.Atan2(c[1]-b[1], math.Hypot(c[0]-b[0], 0.01))
		speed := math.Hypot(c[0]-b[0], c[1]-b[1])
		target := 0.2 + 0.11*math.Sin(slope) - 0.008*speed
		for s := range steps {
			t := float64(s) / steps
			width += (max(target, 0.1) - width) * 0.02
			at := func(k int) float64 {
				return 0.5 * (2*b[k] + (c[k]-a[k])*t + (2*a[k]-5*b[k]+4*c[k]-d[k])*t*t + (3*b[k]-a[k]-3*c[k]+d[k])*t*t*t)
			}
			dot(m, pixels(at(0)), pixels(at(1)), pixels(width))
		}
	}
}

// dot darkens the mask to a disc with a soft edge.
func dot(m *image.Alpha, x, y, radius float64) {
	for py := int(y - radius - 1); py <= int(y+radius+1); py++ {
		for px := int(x - radius - 1); px <= int(x+radius+1); px++ {
			if !image.Pt(px, py).In(m.Rect) {
				continue
			}
			cover := min(max(radius+0.5-math.Hypot(float64(px)+0.5-x, float64(py)+0.5-y), 0), 1)
			if v := uint8(cover * 255); v > m.AlphaAt(px, py).A {
				m.SetAlpha(px, py, color.Alpha{A: v})
			}
		}
	}
}
