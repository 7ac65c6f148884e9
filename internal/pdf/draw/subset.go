package draw

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"sort"
)

// Flags of a component in a composite glyph (OpenType, glyf table).
const (
	argsAreWords  = 0x0001
	haveScale     = 0x0008
	moreFollow    = 0x0020
	haveXYScale   = 0x0040
	haveTwoByTwo  = 0x0080
	checksumMagic = 0xB1B0AFBA // head.checkSumAdjustment = this - sum of the file
)

// keptTables are copied whole: programs that hint the kept glyphs.
var keptTables = []string{"cvt ", "fpgm", "prep"}

// subset makes a font file that holds only the given glyphs, renumbered 1, 2,
// 3 … in their order (0 stays the missing glyph), followed by the components
// that they are composed of. A glyph may be asked for twice and then is there
// twice, so that two runes of one shape still have a number each.
//
// The file has the tables that ISO 32000-2 9.9.1 asks for in a CIDFontType2
// font and no others: glyphs are found by number, never through a cmap.
func (f *Font) subset(glyphs []uint16) ([]byte, error) {
	tables, err := f.subsetTables(glyphs)
	if err != nil {
		return nil, err
	}
	return assemble(tables), nil
}

func (f *Font) subsetTables(glyphs []uint16) (map[string][]byte, error) {
	order := append([]uint16{0}, glyphs...)
	renumbered := make(map[uint16]uint16, len(order))
	for i, g := range order {
		if _, ok := renumbered[g]; !ok {
			renumbered[g] = uint16(i)
		}
	}
	var glyf []byte
	loca := []uint32{0}
	// order grows while components are met; each is appended once, so the
	// loop ends after at most all glyphs of the font.
	for i := 0; i < len(order); i++ {
		if len(order) > len(f.loca)+len(glyphs) {
			return nil, fmt.Errorf("%w: more glyphs than the font has", errFont)
		}
		data, err := f.glyphData(order[i])
		if err != nil {
			return nil, err
		}
		start := len(glyf)
		glyf = append(glyf, data...)
		err = eachComponent(glyf[start:], func(id []byte) {
			old := binary.BigEndian.Uint16(id)
			if _, ok := renumbered[old]; !ok {
				renumbered[old] = uint16(len(order))
				order = append(order, old)
			}
			binary.BigEndian.PutUint16(id, renumbered[old])
		})
		if err != nil {
			return nil, fmt.Errorf("glyph %d: %w", order[i], err)
		}
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		loca = append(loca, uint32(len(glyf)))
	}
	tables := map[string][]byte{"glyf": glyf, "loca": longs(loca)}
	for _, tag := range keptTables {
		if t := f.tables[tag]; len(t) > 0 {
			tables[tag] = t
		}
	}
	f.metricTables(tables, order)
	return tables, nil
}

// metricTables adds the tables whose content depends on the glyph count.
func (f *Font) metricTables(tables map[string][]byte, order []uint16) {
	head := append([]byte(nil), f.tables["head"]...)
	binary.BigEndian.PutUint32(head[8:], 0)  // checkSumAdjustment, set by assemble
	binary.BigEndian.PutUint16(head[50:], 1) // indexToLocFormat: long offsets
	hhea := append([]byte(nil), f.tables["hhea"]...)
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(order)))
	maxp := append([]byte(nil), f.tables["maxp"]...)
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(order)))
	hmtx := make([]byte, 0, 4*len(order))
	for _, g := range order {
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(f.advance(g)))
		hmtx = binary.BigEndian.AppendUint16(hmtx, f.sideBearing(g))
	}
	tables["head"], tables["hhea"], tables["maxp"], tables["hmtx"] = head, hhea, maxp, hmtx
}

func (f *Font) glyphData(g uint16) ([]byte, error) {
	if int(g) >= len(f.loca)-1 {
		return nil, fmt.Errorf("%w: no glyph %d", errFont, g)
	}
	return f.tables["glyf"][f.loca[g]:f.loca[g+1]], nil
}

// eachComponent calls visit with the two bytes that name each component of a
// composite glyph; a simple glyph (numberOfContours >= 0) has none.
func eachComponent(glyph []byte, visit func(id []byte)) error {
	if len(glyph) < 10 || int16(binary.BigEndian.Uint16(glyph)) >= 0 {
		return nil
	}
	for at := 10; ; {
		if at+4 > len(glyph) {
			return fmt.Errorf("%w: composite is cut short", errFont)
		}
		flags := binary.BigEndian.Uint16(glyph[at:])
		visit(glyph[at+2 : at+4])
		at += 6 // flags, glyph, two one-byte arguments
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&haveScale != 0:
			at += 2
		case flags&haveXYScale != 0:
			at += 4
		case flags&haveTwoByTwo != 0:
			at += 8
		}
		if flags&moreFollow == 0 {
			return nil
		}
	}
}

// assemble writes a font file: directory in ascending order of tags, tables on
// four-byte boundaries padded with zeros, checksums of the padded tables.
func assemble(tables map[string][]byte) []byte {
	tags := make([]string, 0, len(tables))
	for tag := range tables {
		tags = append(tags, tag)
	}
	sort.Strings(tags)

	n := uint16(len(tags))
	log := uint16(bits.Len16(n) - 1)
	file := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []uint16{n, 16 << log, log, 16*n - 16<<log} {
		file = binary.BigEndian.AppendUint16(file, v)
	}
	at := uint32(12 + 16*len(tags))
	headAt := uint32(0)
	var body []byte
	for _, tag := range tags {
		data := tables[tag]
		if tag == "head" {
			headAt = at
		}
		padded := append(append([]byte(nil), data...), make([]byte, -len(data)&3)...)
		file = append(file, tag...)
		for _, v := range []uint32{checksum(padded), at, uint32(len(data))} {
			file = binary.BigEndian.AppendUint32(file, v)
		}
		body = append(body, padded...)
		at += uint32(len(padded))
	}
	file = append(file, body...)
	if headAt != 0 {
		binary.BigEndian.PutUint32(file[headAt+8:], checksumMagic-checksum(file))
	}
	return file
}

// checksum adds b up as big-endian words; len(b) is a multiple of four.
func checksum(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	return sum
}

func longs(v []uint32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, n := range v {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return out
}
