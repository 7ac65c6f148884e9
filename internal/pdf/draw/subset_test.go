package draw

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// vietnamese has every letter of the language with every mark, twice 134.
const vietnamese = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ" +
	"AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴ" +
	"fjwzFJWZ0123456789 .,;:!?()[]-–—/\"'“”‘’…%&+=*@#§°₫№"

var faces = []*Font{serif(), serifBold(), serifItalic(), serifBoldItalic()}

func TestSubsetKeepsTheOutlines(t *testing.T) {
	for _, f := range faces {
		runes, err := f.Runes(vietnamese)
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		checkSubset(t, f, runes)
	}
}

func TestSubsetIsDeterministic(t *testing.T) {
	glyphs := glyphsOf(t, serif(), []rune("Hà Tĩnh"))
	a, err := serif().subset(glyphs)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := serif().subset(glyphs)
	if !reflect.DeepEqual(a, b) {
		t.Error("two subsets of the same glyphs differ")
	}
	if len(a) > 14<<10 {
		t.Errorf("a subset of 7 letters has %d bytes", len(a))
	}
}

func TestSubsetFileIsWellFormed(t *testing.T) {
	file, err := serif().subset(glyphsOf(t, serif(), []rune("ếộữĩ")))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := fontTables(file)
	if err != nil {
		t.Fatal(err)
	}
	zeroed := append([]byte(nil), file...)
	adjustment := binary.BigEndian.Uint32(tables["head"][8:])
	copy(zeroed[bytes.Index(file, tables["head"])+8:], make([]byte, 4))
	if sum := checksum(zeroed); sum+adjustment != checksumMagic {
		t.Errorf("head.checkSumAdjustment is %08x, want %08x", adjustment, checksumMagic-sum)
	}
	want := map[string]bool{"head": true, "hhea": true, "maxp": true, "hmtx": true, "loca": true, "glyf": true,
		"cvt ": true, "fpgm": true, "prep": true}
	n := int(binary.BigEndian.Uint16(file[4:]))
	for i := range n {
		e := file[12+16*i:]
		tag, sum := string(e[:4]), binary.BigEndian.Uint32(e[4:])
		at, length := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
		if !want[tag] {
			t.Errorf("table %q is in the subset", tag)
		}
		delete(want, tag)
		if at%4 != 0 {
			t.Errorf("table %q starts at %d, not on a four-byte boundary", tag, at)
		}
		data := append([]byte(nil), file[at:(at+length+3)&^3]...)
		if tag == "head" {
			binary.BigEndian.PutUint32(data[8:], 0)
		}
		if checksum(data) != sum {
			t.Errorf("table %q has a wrong checksum", tag)
		}
	}
	if len(want) > 0 {
		t.Errorf("tables missing from the subset: %v", want)
	}
}

func TestSubsetRefusesUnknownGlyphs(t *testing.T) {
	if _, err := serif().subset([]uint16{0xffff}); !errors.Is(err, errFont) {
		t.Errorf("glyph 65535: %v", err)
	}
}

func TestCompositeCutShort(t *testing.T) {
	full := make([]byte, 10, 18)
	full[0], full[1] = 0xff, 0xff      // composite
	full = append(full, 0, 0x21, 0, 5) // more follow, words: glyph 5
	full = append(full, 0, 1, 0, 2)    // arguments
	for n := 10; n < len(full)+3; n++ {
		glyph := append([]byte(nil), full[:min(n, len(full))]...)
		if err := eachComponent(glyph, func([]byte) {}); err == nil {
			t.Errorf("a composite of %d bytes that promises more is accepted", n)
		}
	}
}

func FuzzSubset(f *testing.F) {
	f.Add("Hà Tĩnh, Vĩnh Long, Nghĩa Hành", uint8(0))
	f.Add("ế ộ ữ ĩ Ữ Ễ ₫", uint8(1))
	f.Add("e\u0302\u0301 o\u0323\u0302 \u00a0 \u200b 中 🂡", uint8(2))
	f.Add("\x00\t\n\xff", uint8(0))
	f.Add(vietnamese, uint8(2))
	f.Fuzz(func(t *testing.T, s string, face uint8) {
		font := faces[int(face)%len(faces)]
		runes, err := font.Runes(s)
		if err != nil {
			if !errors.Is(err, GlyphMissing) && !errors.Is(err, TextInvalid) {
				t.Fatalf("uncoded error: %v", err)
			}
			return
		}
		if !utf8.ValidString(s) {
			t.Fatal("invalid UTF-8 was accepted")
		}
		checkSubset(t, font, runes)
	})
}

func glyphsOf(t *testing.T, f *Font, runes []rune) []uint16 {
	t.Helper()
	out := make([]uint16, len(runes))
	for i, r := range runes {
		g, err := f.glyph(r)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = g
	}
	return out
}

// checkSubset parses the subset with an independent reader and compares every
// outline and advance with the original. The reader insists on the tables cmap
// and post, which a PDF font file does not have: they are added here only.
func checkSubset(t *testing.T, f *Font, runes []rune) {
	t.Helper()
	glyphs := glyphsOf(t, f, runes)
	tables, err := f.subsetTables(glyphs)
	if err != nil {
		t.Fatal(err)
	}
	tables["cmap"] = []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12, // one subtable, Windows Unicode
		0, 6, 0, 12, 0, 0, 0, 32, 0, 1, 0, 0} // format 6: U+0020 -> missing glyph
	tables["post"] = append([]byte{0, 3, 0, 0}, make([]byte, 28)...)
	parsed, err := sfnt.Parse(assemble(tables))
	if err != nil {
		t.Fatalf("%s: subset of %q: %v", f.name, string(runes), err)
	}
	var a, b sfnt.Buffer
	for i, g := range glyphs {
		const ppem = fixed.Int26_6(2048 << 6) // the em of the font: no rounding
		want, err := f.face.LoadGlyph(&a, sfnt.GlyphIndex(g), ppem, nil)
		if err != nil {
			t.Fatalf("%q: original: %v", runes[i], err)
		}
		got, err := parsed.LoadGlyph(&b, sfnt.GlyphIndex(i+1), ppem, nil)
		if err != nil {
			t.Fatalf("%q: subset: %v", runes[i], err)
		}
		if len(want)+len(got) > 0 && !reflect.DeepEqual(want, got) {
			t.Fatalf("%q: the outline changed", runes[i])
		}
		wantAdv, _ := f.face.GlyphAdvance(&a, sfnt.GlyphIndex(g), ppem, 0)
		gotAdv, _ := parsed.GlyphAdvance(&b, sfnt.GlyphIndex(i+1), ppem, 0)
		if wantAdv != gotAdv {
			t.Fatalf("%q: advance %v became %v", runes[i], wantAdv, gotAdv)
		}
	}
}
