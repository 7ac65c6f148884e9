package draw

import (
	"bytes"
	"compress/zlib"
	"image"
	"image/color"
	"image/png"
	"io"
	"sync"
)

// Bounds of an image. A seal of 45 mm at 600 dpi is 1,063 pixels a side; the
// bounds leave room for large scans and keep decoding under about 150 MB.
const (
	MaxImageBytes = 8 << 20 // of the PNG file
	MaxImageSide  = 4000    // pixels

	maxPixels       = 16 << 20
	maxDecodedBytes = 64 << 20 // so 16-bit images may have half as many pixels

	// MaxOpaqueShare is LAY-01: more than this and the background of a
	// signature image was not removed.
	MaxOpaqueShare = 0.60
)

// bleed is how far in pixels the colour of a stroke is carried on under the
// transparent pixels around it. Renderers shrink colour and mask separately
// and average up to 600/80 pixels into one, so the colour next to an edge must
// be the stroke's own or a fringe appears.
const bleed = 8

// Image is a picture with transparency, split into the two deflated planes
// that a PDF holds. It is immutable, may be used by many goroutines at once
// and in any number of documents: nothing is compressed again.
type Image struct {
	W, H int // pixels

	rgb    []byte // deflated, 8 bits a channel, not premultiplied
	alpha  []byte // deflated, 8 bits
	opaque float64
}

// DecodePNG reads a PNG with a transparent background. It looks at the size in
// the header before it decodes anything. The errors are ImageNotPNG,
// ImageDamaged, ImageFileTooLarge, ImageTooLarge, ImageNoAlpha and ImageEmpty.
func DecodePNG(b []byte) (*Image, error) {
	if len(b) > MaxImageBytes {
		return nil, ImageFileTooLarge.New(len(b), MaxImageBytes)
	}
	if !bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) {
		return nil, ImageNotPNG.New()
	}
	config, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, ImageDamaged.Wrap(err)
	}
	w, h := config.Width, config.Height
	if w < 1 || h < 1 || w > MaxImageSide || h > MaxImageSide || w*h > maxPixels ||
		w*h*bytesPerPixel(config.ColorModel) > maxDecodedBytes {
		return nil, ImageTooLarge.New(w, h, MaxImageSide)
	}
	decoded, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, ImageDamaged.Wrap(err)
	}
	planes := newPlanes(w, h)
	if !planes.read(decoded) {
		return nil, ImageNoAlpha.New()
	}
	return planes.image()
}

// bytesPerPixel is what image/png allocates, upper bound. A colour that is not
// listed may become NRGBA through a tRNS chunk.
func bytesPerPixel(m color.Model) int {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		return 8
	}
	return 4
}

// OpaqueShare is the share (0 to 1) of pixels that are at least half opaque.
func (im *Image) OpaqueShare() float64 { return im.opaque }

// CheckBackground is LAY-01: ImageTooOpaque when more than MaxOpaqueShare of
// the image is opaque, which means that its background is still there.
func (im *Image) CheckBackground() error {
	if im.opaque > MaxOpaqueShare {
		return ImageTooOpaque.New(int(im.opaque*100+0.5), int(MaxOpaqueShare*100))
	}
	return nil
}

// planes is an image while it is being taken apart.
type planes struct {
	w, h  int
	rgb   []byte
	alpha []byte
}

func newPlanes(w, h int) *planes {
	return &planes{w: w, h: h, rgb: make([]byte, 3*w*h), alpha: make([]byte, w*h)}
}

// read takes the pixels over. False means that the picture has no transparent
// pixel. image/png gives one of these three types whenever there can be one.
func (p *planes) read(decoded image.Image) bool {
	switch m := decoded.(type) {
	case *image.NRGBA:
		p.fill(func(i int) color.NRGBA {
			at := m.Pix[i/p.w*m.Stride+i%p.w*4:]
			return color.NRGBA{R: at[0], G: at[1], B: at[2], A: at[3]}
		})
	case *image.NRGBA64:
		p.fill(func(i int) color.NRGBA {
			at := m.Pix[i/p.w*m.Stride+i%p.w*8:] // big-endian: the high bytes
			return color.NRGBA{R: at[0], G: at[2], B: at[4], A: at[6]}
		})
	case *image.Paletted:
		var palette [256]color.NRGBA
		for i, c := range m.Palette {
			palette[i&255] = color.NRGBAModel.Convert(c).(color.NRGBA)
		}
		p.fill(func(i int) color.NRGBA { return palette[m.Pix[i/p.w*m.Stride+i%p.w]] })
	default:
		return false
	}
	for _, a := range p.alpha {
		if a != 255 {
			return true
		}
	}
	return false
}

// fill stores every pixel; those that cannot be seen become white, whatever
// colour the file kept under them.
func (p *planes) fill(pixel func(i int) color.NRGBA) {
	for i := range p.alpha {
		c := pixel(i)
		if c.A == 0 {
			c.R, c.G, c.B = 255, 255, 255
		}
		p.alpha[i] = c.A
		p.rgb[3*i], p.rgb[3*i+1], p.rgb[3*i+2] = c.R, c.G, c.B
	}
}

func (p *planes) image() (*Image, error) {
	seen, opaque := 0, 0
	for _, a := range p.alpha {
		if a > 0 {
			seen++
		}
		if a >= 128 {
			opaque++
		}
	}
	if seen == 0 {
		return nil, ImageEmpty.New()
	}
	p.spread()
	return &Image{
		W: p.w, H: p.h, rgb: deflate(p.rgb), alpha: deflate(p.alpha),
		opaque: float64(opaque) / float64(len(p.alpha)),
	}, nil
}

// spread carries colours up to bleed pixels into the transparent surroundings,
// in two passes over the image (a chessboard distance transform).
func (p *planes) spread() {
	const far = bleed + 1
	distance := make([]uint8, len(p.alpha))
	for i, a := range p.alpha {
		if a == 0 {
			distance[i] = far
		}
	}
	take := func(x, y, fromX, fromY int) {
		if fromX < 0 || fromX >= p.w || fromY < 0 || fromY >= p.h {
			return
		}
		to, from := y*p.w+x, fromY*p.w+fromX
		if d := distance[from] + 1; d < distance[to] {
			distance[to] = d
			copy(p.rgb[3*to:3*to+3], p.rgb[3*from:3*from+3])
		}
	}
	for y := 0; y < p.h; y++ {
		for x := 0; x < p.w; x++ {
			if distance[y*p.w+x] == 0 {
				continue
			}
			take(x, y, x-1, y)
			take(x, y, x-1, y-1)
			take(x, y, x, y-1)
			take(x, y, x+1, y-1)
		}
	}
	for y := p.h - 1; y >= 0; y-- {
		for x := p.w - 1; x >= 0; x-- {
			if distance[y*p.w+x] == 0 {
				continue
			}
			take(x, y, x+1, y)
			take(x, y, x+1, y+1)
			take(x, y, x, y+1)
			take(x, y, x-1, y+1)
		}
	}
}

// compressors are kept because each has 800 KB of tables, more than the work
// of compressing an appearance.
var compressors = sync.Pool{New: func() any { return zlib.NewWriter(io.Discard) }}

// deflate compresses for /FlateDecode. Writing to memory cannot fail.
func deflate(b []byte) []byte {
	var out bytes.Buffer
	w := compressors.Get().(*zlib.Writer)
	defer compressors.Put(w)
	w.Reset(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}
