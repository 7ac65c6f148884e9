package draw

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf16"

	"vanban/internal/pdf"
)

// names are the resources that the canvases of one build share.
type names struct {
	font  map[*Font]embedded
	image map[*Image]pdf.Name
	refs  map[pdf.Name]pdf.Ref
}

// embedded is one font with the subset that was made of it.
type embedded struct {
	name   pdf.Name
	glyphs map[rune]uint16 // character codes, which are glyph numbers (Identity-H)
}

// Build adds every canvas to the sink as a Form XObject; the references come
// in the order of the canvases, which share fonts and images. When any of them
// has an error nothing is added.
func Build(sink Sink, canvases ...*Canvas) ([]pdf.Ref, error) {
	n, err := gather(sink, canvases)
	if err != nil {
		return nil, err
	}
	refs := make([]pdf.Ref, len(canvases))
	for i, c := range canvases {
		dict := pdf.Dict{
			"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "FormType": int64(1),
			"BBox":      pdf.Array{int64(0), int64(0), c.w, c.h},
			"Resources": c.resources(n),
		}
		if c.rotation != 0 {
			dict["Matrix"] = quarterTurn(c.rotation)
		}
		refs[i] = sink.Add(stream(dict, deflate(c.content(n))))
	}
	return refs, nil
}

// BuildContents is Build for whole pages.
func BuildContents(sink Sink, canvases ...*Canvas) ([]Contents, error) {
	n, err := gather(sink, canvases)
	if err != nil {
		return nil, err
	}
	out := make([]Contents, len(canvases))
	for i, c := range canvases {
		out[i] = Contents{
			Stream:    sink.Add(stream(pdf.Dict{}, deflate(c.content(n)))),
			Resources: c.resources(n),
		}
	}
	return out, nil
}

// BuildFont embeds the subset of f that has the runes of s, for the default
// resources of a form (/AcroForm /DR).
func BuildFont(sink Sink, f *Font, s string) (pdf.Ref, error) {
	runes, err := f.Runes(s)
	if err != nil {
		return pdf.Ref{}, err
	}
	set := make(map[rune]struct{}, len(runes))
	for _, r := range runes {
		set[r] = struct{}{}
	}
	ref, _, err := f.embed(sink, sortedRunes(set))
	return ref, err
}

// gather embeds what the canvases use: one subset of each font, one copy of
// each image, in the order of first use.
func gather(sink Sink, canvases []*Canvas) (*names, error) {
	for _, c := range canvases {
		if c.err != nil {
			return nil, c.err
		}
	}
	n := &names{font: map[*Font]embedded{}, image: map[*Image]pdf.Name{}, refs: map[pdf.Name]pdf.Ref{}}
	for _, c := range canvases {
		for _, f := range c.fonts {
			if _, ok := n.font[f]; ok {
				continue
			}
			ref, glyphs, err := f.embed(sink, sortedRunes(runesOf(f, canvases)))
			if err != nil {
				return nil, err
			}
			name := pdf.Name(fmt.Sprintf("F%d", len(n.font)+1))
			n.font[f], n.refs[name] = embedded{name, glyphs}, ref
		}
	}
	for _, c := range canvases {
		for _, im := range c.images {
			if _, ok := n.image[im]; !ok {
				name := pdf.Name(fmt.Sprintf("Im%d", len(n.image)+1))
				n.image[im], n.refs[name] = name, im.embed(sink)
			}
		}
	}
	return n, nil
}

// runesOf is everything that the canvases set in f.
func runesOf(f *Font, canvases []*Canvas) map[rune]struct{} {
	set := map[rune]struct{}{}
	for _, c := range canvases {
		for r := range c.runes[f] {
			set[r] = struct{}{}
		}
	}
	return set
}

// resources lists what this canvas uses and nothing else.
func (c *Canvas) resources(n *names) pdf.Dict {
	out, fonts, images := pdf.Dict{}, pdf.Dict{}, pdf.Dict{}
	for _, f := range c.fonts {
		fonts[n.font[f].name] = n.refs[n.font[f].name]
	}
	for _, im := range c.images {
		images[n.image[im]] = n.refs[n.image[im]]
	}
	if len(fonts) > 0 {
		out["Font"] = fonts
	}
	if len(images) > 0 {
		out["XObject"] = images
	}
	return out
}

// quarterTurn is the matrix of n counter-clockwise quarter turns.
func quarterTurn(n int) pdf.Array {
	sin, cos := [4]int64{0, 1, 0, -1}[n], [4]int64{1, 0, -1, 0}[n]
	return pdf.Array{cos, sin, -sin, cos, int64(0), int64(0)}
}

// embed adds the two planes of the image (ISO 32000-2, 8.9 and 11.6.5.2).
func (im *Image) embed(sink Sink) pdf.Ref {
	plane := func(space pdf.Name) pdf.Dict {
		return pdf.Dict{
			"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"),
			"Width": int64(im.W), "Height": int64(im.H),
			"ColorSpace": space, "BitsPerComponent": int64(8),
		}
	}
	rgb := plane("DeviceRGB")
	rgb["SMask"] = sink.Add(stream(plane("DeviceGray"), im.alpha))
	return sink.Add(stream(rgb, im.rgb))
}

// embed adds a Type0 font with the given runes, in ascending order, as its
// characters 1, 2, 3 … (ISO 32000-2, 9.7), and gives the code of each rune.
func (f *Font) embed(sink Sink, runes []rune) (pdf.Ref, map[rune]uint16, error) {
	glyphs := make([]uint16, len(runes))
	codes := make(map[rune]uint16, len(runes))
	for i, r := range runes {
		g, err := f.glyph(r)
		if err != nil {
			return pdf.Ref{}, nil, err
		}
		glyphs[i], codes[r] = g, uint16(i+1)
	}
	file, err := f.subset(glyphs)
	if err != nil {
		return pdf.Ref{}, nil, fmt.Errorf("subset of %s: %w", f.name, err)
	}
	name := pdf.Name(subsetTag(f.name, runes) + "+" + f.name)
	fontFile := sink.Add(stream(pdf.Dict{"Length1": int64(len(file))}, deflate(file)))
	cid := sink.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("CIDFontType2"), "BaseFont": name,
		"CIDSystemInfo": pdf.Dict{
			"Registry": pdf.String("Adobe"), "Ordering": pdf.String("Identity"), "Supplement": int64(0),
		},
		"FontDescriptor": sink.Add(f.descriptor(name, fontFile)),
		"CIDToGIDMap":    pdf.Name("Identity"),
		"DW":             f.permille(f.advance(0)),
		"W":              pdf.Array{int64(1), f.widths(glyphs)},
	})
	return sink.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type0"), "BaseFont": name,
		"Encoding":        pdf.Name("Identity-H"),
		"DescendantFonts": pdf.Array{cid},
		"ToUnicode":       sink.Add(stream(pdf.Dict{}, deflate(toUnicode(runes)))),
	}), codes, nil
}

// descriptor is the FontDescriptor (ISO 32000-2, 9.8). The font is symbolic
// because it has glyphs outside the standard Latin set.
func (f *Font) descriptor(name pdf.Name, fontFile pdf.Ref) pdf.Dict {
	const serifs, symbolic, italic = 2, 4, 64
	flags := int64(serifs | symbolic)
	if f.italicAngle != 0 {
		flags |= italic
	}
	em := func(share float64) int64 { return int64(math.Round(share * 1000)) }
	return pdf.Dict{
		"Type": pdf.Name("FontDescriptor"), "FontName": name, "Flags": flags,
		"FontBBox":    pdf.Array{em(f.bbox[0]), em(f.bbox[1]), em(f.bbox[2]), em(f.bbox[3])},
		"ItalicAngle": f.italicAngle, "Ascent": em(f.ascent), "Descent": em(f.descent),
		"CapHeight": em(f.capHeight), "StemV": f.stemV, "FontFile2": fontFile,
	}
}

// permille turns font units into thousandths of the em. PDF/A wants the width
// to agree with the font file within one unit, so a fraction is kept.
func (f *Font) permille(units int) pdf.Object {
	return math.Round(float64(units)*1000/f.unitsPerEm*100) / 100
}

func (f *Font) widths(glyphs []uint16) pdf.Array {
	out := make(pdf.Array, len(glyphs))
	for i, g := range glyphs {
		out[i] = f.permille(f.advance(g))
	}
	return out
}

// subsetTag is the six letters before the name of a subset (ISO 32000-2,
// 9.9.2), made from its content: equal subsets have equal tags.
func subsetTag(name string, runes []rune) string {
	sum := sha256.Sum256([]byte(name + "\x00" + string(runes)))
	n := binary.BigEndian.Uint64(sum[:])
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + byte(n%26)
		n /= 26
	}
	return string(tag)
}

// toUnicode is the CMap that turns character codes back into text
// (ISO 32000-2, 9.10.3), at most 100 in a block.
func toUnicode(runes []rune) []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for at := 0; at < len(runes); at += 100 {
		block := runes[at:min(at+100, len(runes))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for i, r := range block {
			fmt.Fprintf(&b, "<%04X> <", at+i+1)
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}

// stream makes a stream object of data that is deflated already.
func stream(dict pdf.Dict, deflated []byte) *pdf.Stream {
	dict["Filter"] = pdf.Name("FlateDecode")
	return &pdf.Stream{Dict: dict, Data: deflated}
}
