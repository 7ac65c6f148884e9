package draw

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// maxText bounds one line of text in bytes. The longest line that an office
// prints is a page wide; this is far above it and keeps subsets small.
const maxText = 4096

// Font is one TrueType face that can be embedded. It is immutable and may be
// used by many goroutines at once.
type Font struct {
	name   string     // PostScript name, without a subset tag
	face   *sfnt.Font // finds glyphs of runes and their outlines
	tables map[string][]byte
	loca   []uint32 // offsets into glyf, one more than there are glyphs

	unitsPerEm  float64
	ascent      float64 // share of the em above the baseline
	descent     float64 // share of the em below the baseline, negative
	capHeight   float64 // share of the em
	bbox        [4]float64
	italicAngle float64 // degrees, negative when leaning right
	stemV       int64
	hMetrics    int // glyphs that have a full entry in hmtx
}

var (
	serif           = sync.OnceValue(func() *Font { return mustFont("LiberationSerif", liberationserifregular.TTF, 85) })
	serifBold       = sync.OnceValue(func() *Font { return mustFont("LiberationSerif-Bold", liberationserifbold.TTF, 140) })
	serifItalic     = sync.OnceValue(func() *Font { return mustFont("LiberationSerif-Italic", liberationserifitalic.TTF, 80) })
	serifBoldItalic = sync.OnceValue(func() *Font { return mustFont("LiberationSerif-BoldItalic", liberationserifbolditalic.TTF, 130) })
)

// LiberationSerif is the regular face: the metrics of Times New Roman, which
// ND30 PL I I.2 asks for, with all letters of Vietnamese.
func LiberationSerif() *Font { return serif() }

// LiberationSerifBold is the bold face.
func LiberationSerifBold() *Font { return serifBold() }

// LiberationSerifItalic is the italic face.
func LiberationSerifItalic() *Font { return serifItalic() }

// LiberationSerifBoldItalic is the bold italic face ("Nơi nhận").
func LiberationSerifBoldItalic() *Font { return serifBoldItalic() }

// mustFont reads a face that is part of the binary. It panics when that is
// damaged, as regexp.MustCompile does: no input can make it happen.
func mustFont(name string, ttf []byte, stemV int64) *Font {
	f, err := parseFont(name, ttf)
	if err != nil {
		panic("draw: built-in font " + name + ": " + err.Error())
	}
	f.stemV = stemV
	return f
}

var errFont = errors.New("not a usable TrueType font")

func parseFont(name string, ttf []byte) (*Font, error) {
	face, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	tables, err := fontTables(ttf)
	if err != nil {
		return nil, err
	}
	for tag, min := range map[string]int{"head": 54, "hhea": 36, "maxp": 6, "OS/2": 90, "post": 32} {
		if len(tables[tag]) < min {
			return nil, fmt.Errorf("%w: table %s is too short", errFont, tag)
		}
	}
	head, hhea, os2 := tables["head"], tables["hhea"], tables["OS/2"]
	em := float64(binary.BigEndian.Uint16(head[18:]))
	if em < 16 {
		return nil, fmt.Errorf("%w: %v units per em", errFont, em)
	}
	share := func(b []byte) float64 { return float64(int16(binary.BigEndian.Uint16(b))) / em }
	f := &Font{
		name: name, face: face, tables: tables, unitsPerEm: em,
		ascent: share(hhea[4:]), descent: share(hhea[6:]), capHeight: share(os2[88:]),
		bbox:        [4]float64{share(head[36:]), share(head[38:]), share(head[40:]), share(head[42:])},
		italicAngle: float64(int32(binary.BigEndian.Uint32(tables["post"][4:]))) / 65536,
		hMetrics:    int(binary.BigEndian.Uint16(hhea[34:])),
	}
	glyphs := int(binary.BigEndian.Uint16(tables["maxp"][4:]))
	if f.hMetrics < 1 || f.hMetrics > glyphs || len(tables["hmtx"]) < 4*f.hMetrics+2*(glyphs-f.hMetrics) {
		return nil, fmt.Errorf("%w: hmtx is too short", errFont)
	}
	f.loca, err = parseLoca(tables["loca"], len(tables["glyf"]), glyphs, binary.BigEndian.Uint16(head[50:]) != 0)
	return f, err
}

// fontTables splits a font file into its tables (OpenType, "Table Directory").
func fontTables(ttf []byte) (map[string][]byte, error) {
	if len(ttf) < 12 {
		return nil, errFont
	}
	n := int(binary.BigEndian.Uint16(ttf[4:]))
	if len(ttf) < 12+16*n {
		return nil, fmt.Errorf("%w: table directory is cut short", errFont)
	}
	tables := make(map[string][]byte, n)
	for i := range n {
		entry := ttf[12+16*i:]
		off, length := uint64(binary.BigEndian.Uint32(entry[8:])), uint64(binary.BigEndian.Uint32(entry[12:]))
		if off+length > uint64(len(ttf)) {
			return nil, fmt.Errorf("%w: table %q is cut short", errFont, entry[:4])
		}
		tables[string(entry[:4])] = ttf[off : off+length]
	}
	return tables, nil
}

// parseLoca reads the glyph offsets and makes sure that each glyph lies inside
// the glyf table, so that the subsetter need not check again.
func parseLoca(loca []byte, glyfLen, glyphs int, long bool) ([]uint32, error) {
	size := 2
	if long {
		size = 4
	}
	if len(loca) < size*(glyphs+1) {
		return nil, fmt.Errorf("%w: loca is too short", errFont)
	}
	out := make([]uint32, glyphs+1)
	for i := range out {
		if long {
			out[i] = binary.BigEndian.Uint32(loca[4*i:])
		} else {
			out[i] = 2 * uint32(binary.BigEndian.Uint16(loca[2*i:]))
		}
		if int64(out[i]) > int64(glyfLen) || i > 0 && out[i] < out[i-1] {
			return nil, fmt.Errorf("%w: loca entry %d is out of range", errFont, i)
		}
	}
	return out, nil
}

// Outlines is the parsed face, for whoever turns glyphs into pixels.
func (f *Font) Outlines() *sfnt.Font { return f.face }

// Width is the length in points of s set at size points on one line. A rune
// that the font lacks counts as its empty box; drawing it is an error.
func (f *Font) Width(s string, size float64) float64 {
	units := 0
	for _, r := range norm.NFC.String(s) {
		g, err := f.face.GlyphIndex(nil, r)
		if err != nil {
			g = 0
		}
		units += f.advance(uint16(g))
	}
	return float64(units) / f.unitsPerEm * size
}

// Baseline is the height in points above the lower edge of a box h points high
// at which a line of size points must stand to be centred between the font's
// ascent and descent. Form fields and prepared layouts share this rule.
func (f *Font) Baseline(size, h float64) float64 {
	return (h-(f.ascent-f.descent)*size)/2 - f.descent*size
}

// Runes checks that s can be drawn in f and gives it NFC-normalised. The error
// is GlyphMissing for the first rune without a glyph, or TextInvalid.
func (f *Font) Runes(s string) ([]rune, error) {
	if len(s) > maxText || !utf8.ValidString(s) {
		return nil, TextInvalid.New(maxText)
	}
	runes := []rune(norm.NFC.String(s))
	for _, r := range runes {
		if _, err := f.glyph(r); err != nil {
			return nil, err
		}
	}
	return runes, nil
}

func (f *Font) glyph(r rune) (uint16, error) {
	if unicode.IsControl(r) {
		return 0, GlyphMissing.New(r, r)
	}
	g, err := f.face.GlyphIndex(nil, r)
	if err != nil {
		return 0, GlyphMissing.Wrap(err, r, r)
	}
	if g == 0 || int(g) >= len(f.loca)-1 {
		return 0, GlyphMissing.New(r, r)
	}
	return uint16(g), nil
}

// advance is the advance width of a glyph in font units; glyphs past the last
// full entry of hmtx share its width.
func (f *Font) advance(glyph uint16) int {
	i := min(int(glyph), f.hMetrics-1)
	return int(binary.BigEndian.Uint16(f.tables["hmtx"][4*i:]))
}

// sideBearing is the left side bearing of a glyph in font units.
func (f *Font) sideBearing(glyph uint16) uint16 {
	hmtx := f.tables["hmtx"]
	if i := int(glyph); i >= f.hMetrics {
		return binary.BigEndian.Uint16(hmtx[4*f.hMetrics+2*(i-f.hMetrics):])
	}
	return binary.BigEndian.Uint16(hmtx[4*int(glyph)+2:])
}

// sortedRunes gives a rune set in ascending order: subsets are deterministic.
func sortedRunes(set map[rune]struct{}) []rune {
	out := make([]rune, 0, len(set))
	for r := range set {
		out = append(out, r)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}
