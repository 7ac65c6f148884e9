package draw

import (
	"bytes"
	"compress/zlib"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"sync"
	"testing"

	"vanban/internal/fault"
)

func TestDecodePNGRefuses(t *testing.T) {
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	ring := encode(t, disc(100, 40, color.NRGBA{200, 0, 0, 255}))
	opaque := image.NewNRGBA(image.Rect(0, 0, 4, 4))
	for i := range opaque.Pix {
		opaque.Pix[i] = 255
	}
	cases := []struct {
		name string
		in   []byte
		want *fault.Code
	}{
		{"nothing", nil, ImageNotPNG},
		{"text", []byte("hello, not a picture"), ImageNotPNG},
		{"jpeg", jpg.Bytes(), ImageNotPNG},
		{"only the mark", ring[:8], ImageDamaged},
		{"header only", ring[:33], ImageDamaged},
		{"cut in the middle", ring[:len(ring)/2], ImageDamaged},
		{"file over the limit", append(append([]byte(nil), ring...), make([]byte, MaxImageBytes)...), ImageFileTooLarge},
		{"4001 wide", header(4001, 1, 8, 6), ImageTooLarge},
		{"4001 high", header(1, 4001, 8, 6), ImageTooLarge},
		{"100,000 a side", header(100_000, 100_000, 8, 6), ImageTooLarge},
		{"2^31-1 a side", header(1<<31-1, 1<<31-1, 8, 6), ImageDamaged},
		{"16 Mpixel of 16 bits", header(4000, 4000, 16, 6), ImageTooLarge},
		{"fully opaque", encode(t, opaque), ImageNoAlpha},
		{"grey without alpha", encode(t, image.NewGray(image.Rect(0, 0, 4, 4))), ImageNoAlpha},
		{"RGB without alpha", encode(t, opaqueRGB()), ImageNoAlpha},
		{"wholly transparent", encode(t, image.NewNRGBA(image.Rect(0, 0, 4, 4))), ImageEmpty},
	}
	for _, c := range cases {
		if _, err := DecodePNG(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want.ID())
		}
	}
}

func TestDecodePNGKinds(t *testing.T) {
	want := color.NRGBA{180, 20, 30, 128}
	wide := image.NewNRGBA64(image.Rect(0, 0, 20, 20))
	wide.Set(10, 10, color.NRGBA64{180 * 257, 20 * 257, 30 * 257, 128 * 257})
	indexed := image.NewPaletted(image.Rect(0, 0, 20, 20), color.Palette{color.NRGBA{}, want})
	indexed.SetColorIndex(10, 10, 1)
	plain := image.NewNRGBA(image.Rect(0, 0, 20, 20))
	plain.Set(10, 10, want)
	for name, m := range map[string]image.Image{"8 bit": plain, "16 bit": wide, "palette": indexed} {
		im, err := DecodePNG(encode(t, m))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		rgb, alpha := inflate(t, im.rgb), inflate(t, im.alpha)
		at := 10*20 + 10
		if got := (color.NRGBA{rgb[3*at], rgb[3*at+1], rgb[3*at+2], alpha[at]}); got != want {
			t.Errorf("%s: the half transparent pixel is %v, want %v (not premultiplied)", name, got, want)
		}
		if alpha[0] != 0 || rgb[0] != 255 {
			t.Errorf("%s: the far corner is %v alpha %d, want white alpha 0", name, rgb[:3], alpha[0])
		}
		if beside := rgb[3*(at+1):]; beside[0] != 180 || alpha[at+1] != 0 {
			t.Errorf("%s: the stroke's colour was not carried on: %v", name, beside[:3])
		}
	}
}

func TestHiddenColoursAreDropped(t *testing.T) {
	m := disc(64, 10, color.NRGBA{200, 0, 0, 255})
	for i := 0; i < len(m.Pix); i += 4 {
		if m.Pix[i+3] == 0 {
			m.Pix[i+1] = 99 // what an editor left under the transparent part
		}
	}
	im, err := DecodePNG(encode(t, m))
	if err != nil {
		t.Fatal(err)
	}
	rgb := inflate(t, im.rgb)
	for i := 1; i < len(rgb); i += 3 {
		if rgb[i] == 99 {
			t.Fatalf("pixel %d keeps a colour that nobody may see", i/3)
		}
	}
}

func TestCheckBackground(t *testing.T) {
	thin, err := DecodePNG(encode(t, disc(100, 40, color.NRGBA{0, 0, 160, 255})))
	if err != nil {
		t.Fatal(err)
	}
	if err := thin.CheckBackground(); err != nil || thin.OpaqueShare() < 0.45 || thin.OpaqueShare() > 0.55 {
		t.Errorf("a disc of 0.4: share %v, %v", thin.OpaqueShare(), err)
	}
	full, err := DecodePNG(encode(t, disc(100, 60, color.NRGBA{0, 0, 160, 255})))
	if err != nil {
		t.Fatal(err)
	}
	if err := full.CheckBackground(); !errors.Is(err, ImageTooOpaque) {
		t.Errorf("a disc that fills the square: share %v, %v", full.OpaqueShare(), err)
	}
}

// An image is used by many signings at once; the race detector watches.
func TestImageIsShared(t *testing.T) {
	im, err := DecodePNG(encode(t, disc(100, 40, color.NRGBA{200, 0, 0, 255})))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			c := NewCanvas(100, 100)
			c.Image(im, 0, 0, 100, 100)
			c.Text(LiberationSerif(), 10, 0, 0, Color{}, "Nghĩa Hành")
			if _, err := c.Build(&file{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// The largest image that is let in must not cost more than a server can spare:
// 180 MiB for 16 megapixels, measured on a quarter of them.
func TestDecodingIsFrugal(t *testing.T) {
	in := encode(t, disc(2000, 800, color.NRGBA{200, 0, 0, 255}))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := DecodePNG(in); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 180/4 {
		t.Errorf("decoding 2000 x 2000 pixels allocated %d MiB in all", used)
	}
}

func FuzzDecodePNG(f *testing.F) {
	ring := encode(f, disc(40, 15, color.NRGBA{200, 0, 0, 255}))
	f.Add(ring)
	f.Add(ring[:60])
	f.Add(header(4000, 4000, 8, 6))
	f.Add(header(3, 3, 1, 3))
	f.Add(encode(f, image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.NRGBA{}, color.Black})))
	f.Add(encode(f, image.NewNRGBA64(image.Rect(0, 0, 9, 9))))
	f.Fuzz(func(t *testing.T, b []byte) {
		im, err := DecodePNG(b)
		if err != nil {
			if fault.From(err).Code == fault.Unexpected {
				t.Fatalf("uncoded error: %v", err)
			}
			return
		}
		if im.W*im.H > 1<<20 {
			return
		}
		if got := len(inflate(t, im.rgb)); got != 3*im.W*im.H {
			t.Fatalf("%d bytes of colour for %d x %d", got, im.W, im.H)
		}
		if got := len(inflate(t, im.alpha)); got != im.W*im.H {
			t.Fatalf("%d bytes of mask for %d x %d", got, im.W, im.H)
		}
	})
}

func BenchmarkDecodePNG(b *testing.B) {
	in := encode(b, disc(850, 400, color.NRGBA{200, 0, 0, 255}))
	for b.Loop() {
		if _, err := DecodePNG(in); err != nil {
			b.Fatal(err)
		}
	}
}

// disc is a square of size pixels with an anti-aliased disc in its middle.
func disc(size int, radius float64, c color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	mid := float64(size) / 2
	for y := range size {
		for x := range size {
			dx, dy := float64(x)+0.5-mid, float64(y)+0.5-mid
			cover := min(max(radius*radius-dx*dx-dy*dy, 0)/(2*radius), 1)
			if cover > 0 {
				m.SetNRGBA(x, y, color.NRGBA{c.R, c.G, c.B, uint8(cover * float64(c.A))})
			}
		}
	}
	return m
}

func opaqueRGB() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 4, 4))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	return m
}

func encode(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// header is a PNG that ends after a header claiming the given size.
func header(w, h uint32, depth, colour byte) []byte {
	be := func(v uint32) []byte { return []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)} }
	chunk := append([]byte("IHDR"), be(w)...)
	chunk = append(append(chunk, be(h)...), depth, colour, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), be(13)...)
	return append(append(out, chunk...), be(crc32.ChecksumIEEE(chunk))...)
}

func inflate(t testing.TB, b []byte) []byte {
	t.Helper()
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
