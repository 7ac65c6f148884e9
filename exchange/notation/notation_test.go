package notation_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanban/exchange/notation"
)

// NUM-06, NUM-07: the printed form.
func TestFormat(t *testing.T) {
	for _, c := range []struct {
		n                    int
		typ, org, unit, want string
	}{
		{5, "CV", "BNV", "VP", "Số: 05/BNV-VP"},
		{9, "QĐ", "UBND", "", "Số: 09/QĐ-UBND"},
		{10, "QĐ", "UBND", "ignored", "Số: 10/QĐ-UBND"},
		{4259, "CV", "UBND", "KGVX", "Số: 4259/UBND-KGVX"},
		{1, "CV", "SNV", "", "Số: 01/SNV"},
		{57, "TTr", "STTTT", "", "Số: 57/TTr-STTTT"},
	} {
		if got := notation.NumberLine(c.n, notation.Symbol(c.typ, c.org, c.unit)); got != c.want {
			t.Errorf("%d %s %s %s: %q, want %q", c.n, c.typ, c.org, c.unit, got, c.want)
		}
	}
}

// NUM-08: day below 10 and months 1 and 2 only are padded; the clock is +07:00
// whatever zone the time came in.
func TestDateLine(t *testing.T) {
	for _, c := range []struct{ at, want string }{
		{"2020-01-05T10:00:00+07:00", "Hà Nội, ngày 05 tháng 01 năm 2020"},
		{"2020-02-28T10:00:00+07:00", "Hà Nội, ngày 28 tháng 02 năm 2020"},
		{"2020-03-09T10:00:00+07:00", "Hà Nội, ngày 09 tháng 3 năm 2020"},
		{"2020-06-10T10:00:00+07:00", "Hà Nội, ngày 10 tháng 6 năm 2020"},
		{"2020-12-31T10:00:00+07:00", "Hà Nội, ngày 31 tháng 12 năm 2020"},
		{"2025-12-31T16:59:59Z", "Hà Nội, ngày 31 tháng 12 năm 2025"},
		{"2025-12-31T17:00:00Z", "Hà Nội, ngày 01 tháng 01 năm 2026"},
		{"2025-12-31T12:00:00-05:00", "Hà Nội, ngày 01 tháng 01 năm 2026"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := notation.DateLine("Hà Nội", at); got != c.want {
			t.Errorf("%s: %q, want %q", c.at, got, c.want)
		}
		back, err := notation.ParseDateLine(c.want)
		if local := notation.Local(at); err != nil || back.Place != "Hà Nội" || back.Day != local.Day() ||
			back.Month != int(local.Month()) || back.Year != local.Year() {
			t.Errorf("%q reads back as %+v, %v", c.want, back, err)
		}
	}
}

// The fixtures of vietnam-rules 1.2, from real provincial plans.
func TestParseSeedFixtures(t *testing.T) {
	for _, c := range []struct {
		in   string
		want notation.Notation
		out  string // canonical; "" = the same as in
	}{
		{"2077/QĐ-UBND", notation.Notation{Number: 2077, Symbol: "QĐ-UBND"}, ""},
		{"2077 /QĐ-UBND", notation.Notation{Number: 2077, Symbol: "QĐ-UBND"}, "2077/QĐ-UBND"},
		{"57/TTr-STTTT", notation.Notation{Number: 57, Symbol: "TTr-STTTT"}, ""},
		{"213/TTr- STT&TT", notation.Notation{Number: 213, Symbol: "TTr-STT&TT"}, "213/TTr-STT&TT"},
		{"2268/SKHĐT-CN", notation.Notation{Number: 2268, Symbol: "SKHĐT-CN"}, ""},
		{"2092/BTTTT-KHTC", notation.Notation{Number: 2092, Symbol: "BTTTT-KHTC"}, ""},
		{"4259/UBND-KGVX", notation.Notation{Number: 4259, Symbol: "UBND-KGVX"}, ""},
		{"/UBND-KGVX", notation.Notation{Symbol: "UBND-KGVX"}, ""},
		{"30c/NQ-CP", notation.Notation{Number: 30, Suffix: "c", Symbol: "NQ-CP"}, ""},
		{"36a/NQ-CP", notation.Notation{Number: 36, Suffix: "a", Symbol: "NQ-CP"}, ""},
		{"43/2011/NĐ-CP", notation.Notation{Number: 43, Year: 2011, Symbol: "NĐ-CP"}, ""},
		{"32/2015/QĐ-UBND", notation.Notation{Number: 32, Year: 2015, Symbol: "QĐ-UBND"}, ""},
		{"2192/2007/QĐ-UBND", notation.Notation{Number: 2192, Year: 2007, Symbol: "QĐ-UBND"}, ""},
		{"2192/QĐ-UBND", notation.Notation{Number: 2192, Symbol: "QĐ-UBND"}, ""},
		{"67/2006/QH11", notation.Notation{Number: 67, Year: 2006, Symbol: "QH11"}, ""},
		{"322-CTr/TU", notation.Notation{Number: 322, Symbol: "CTr/TU", Party: true}, ""},
		{"05-NQ/TU", notation.Notation{Number: 5, Symbol: "NQ/TU", Party: true}, ""},
		{"36-NQ/TW", notation.Notation{Number: 36, Symbol: "NQ/TW", Party: true}, ""},
		{"01/QĐ-UBND", notation.Notation{Number: 1, Symbol: "QĐ-UBND"}, ""},
		{"Số: 1/QĐ-UBND", notation.Notation{Number: 1, Symbol: "QĐ-UBND"}, "01/QĐ-UBND"},
		{norm.NFD.String("12/QĐ-SNV"), notation.Notation{Number: 12, Symbol: "QĐ-SNV"}, "12/QĐ-SNV"},
	} {
		got, err := notation.Parse(c.in)
		if err != nil || got != c.want {
			t.Errorf("%q: %+v, %v; want %+v", c.in, got, err, c.want)
			continue
		}
		if c.out == "" {
			c.out = c.in
		}
		if got.String() != c.out {
			t.Errorf("%q prints as %q, want %q", c.in, got, c.out)
		}
	}
	for _, bad := range []string{"", "5", "abc", "0/QĐ", "05/", "05/QĐ--UBND", "05-NQ", "1/2/3/4", "05/QĐ_UBND",
		"9999999999/QĐ-UBND", "\xff/QĐ", strings.Repeat("1", 300), "-NQ/TU"} {
		if got, err := notation.Parse(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, got)
		}
	}
}

func TestParseDateLineIsTolerantOnlyOfPadding(t *testing.T) {
	for _, good := range []string{"Ninh Thuận, ngày 4 tháng 04 năm 2016", "ngày 04  tháng 4 năm 2016", "TP. Huế , ngày 04 tháng 4 năm 2016"} {
		if d, err := notation.ParseDateLine(good); err != nil || d.Day != 4 || d.Month != 4 || d.Year != 2016 {
			t.Errorf("%q: %+v, %v", good, d, err)
		}
	}
	for _, bad := range []string{"", "Hà Nội, ngày    tháng 01 năm 2020", "ngày 30 tháng 02 năm 2020", "ngày 1 tháng 13 năm 2020",
		"ngày -1 tháng 1 năm 2020", "ngày 1 tháng 1 năm 20", "5/1/2020"} {
		if d, err := notation.ParseDateLine(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, d)
		}
	}
}

// NUM-12: 27 named types, 3 copies and the official letter; case matters.
func TestTypes(t *testing.T) {
	all := notation.Types()
	seen := map[string]bool{}
	for _, typ := range all {
		if seen[typ.Code] || typ.Name == "" || !notation.ValidGroup(typ.Code) {
			t.Errorf("bad entry %+v", typ)
		}
		seen[typ.Code] = true
	}
	if len(all) != 31 {
		t.Errorf("%d types, want 27 + 3 copies + official letter", len(all))
	}
	for _, code := range []string{"QyĐ", "CTr", "TTr", "TrS", "QĐ"} {
		if _, ok := notation.TypeByCode(code); !ok {
			t.Errorf("%s is missing", code)
		}
	}
	for _, code := range []string{"qđ", "QYĐ", "TTR", ""} {
		if _, ok := notation.TypeByCode(code); ok {
			t.Errorf("%q is no type", code)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"  Về việc\r\n\tnghỉ lễ ": "Về việc nghỉ lễ", norm.NFD.String("Nghĩa Hành"): "Nghĩa Hành",
		"công\u00ad văn \u202egnôc": "công văn gnôc", "\ufeff": "",
	} {
		if got := notation.CleanText(in); got != want || want != "" && !notation.ValidText(got, 1, 20) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for _, bad := range []string{"", " a", "a\x07b", "\xff", "a\u200bb", "a  b", norm.NFD.String("ế"), strings.Repeat("ế", 21)} {
		if notation.ValidText(bad, 1, 20) {
			t.Errorf("%q is valid", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2077/QĐ-UBND", "322-CTr/TU", "43/2011/NĐ-CP", "30c/NQ-CP", "/UBND-KGVX", "Số: 05/BNV-VP"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := notation.Parse(s)
		if err != nil {
			return
		}
		again, err := notation.Parse(n.String())
		if err != nil || again != n {
			t.Fatalf("%q -> %+v -> %q -> %+v, %v", s, n, n.String(), again, err)
		}
	})
}
