// Package notation writes and reads the number, symbol and date of an official
// document as Decree 30/2020 appendix I prints them (vietnam-rules 1.2):
//
//	Số: 05/SNV-VP                             official letter: <ORG>-<UNIT>
//	Số: 12/QĐ-SNV                             named type: <TYPE>-<ORG>
//	Hà Tĩnh, ngày 05 tháng 01 năm 2026        day < 10 and months 1 and 2 padded
//
// Writing is strict, one form only. Reading accepts what real offices wrote in
// the last twenty years. The clock of all of it is Asia/Ho_Chi_Minh, which has
// had no other offset than +07:00 since 1975, so no time zone data is needed.
package notation

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxLength bounds what is parsed, in bytes; a real notation has about 40.
const maxLength = 200

var zone = time.FixedZone("+07:00", 7*60*60)

// Local is t on the one official clock (LAY-09), to the second, which is the
// resolution of every stored time.
func Local(t time.Time) time.Time { return t.In(zone).Truncate(time.Second) }

// FormatNumber pads numbers below 10 to two digits (NUM-06).
func FormatNumber(n int) string { return fmt.Sprintf("%02d", n) }

// Symbol is what follows the slash: <ORG>-<UNIT> for an official letter,
// <TYPE>-<ORG> for every named type (NUM-07).
func Symbol(typeCode, agency, unit string) string {
	if typeCode != OfficialLetter {
		return typeCode + "-" + agency
	}
	if unit == "" {
		return agency
	}
	return agency + "-" + unit
}

// Format joins number and symbol: "05/SNV-VP" (NUM-06).
func Format(n int, symbol string) string { return FormatNumber(n) + "/" + symbol }

// NumberLine is box 3 of the page: "Số: 05/SNV-VP".
func NumberLine(n int, symbol string) string { return "Số: " + Format(n, symbol) }

// Day is the day of the month with two digits.
func Day(t time.Time) string { return fmt.Sprintf("%02d", Local(t).Day()) }

// Month pads January and February only (NUM-08).
func Month(t time.Time) string {
	m := int(Local(t).Month())
	if m <= 2 {
		return fmt.Sprintf("%02d", m)
	}
	return strconv.Itoa(m)
}

// DateLine is box 4 of the page: "Hà Tĩnh, ngày 05 tháng 01 năm 2026".
func DateLine(place string, t time.Time) string {
	return fmt.Sprintf("%s, ngày %s tháng %s năm %d", place, Day(t), Month(t), Local(t).Year())
}

// ISODate is the date of issue as it is stored: "2026-01-05".
func ISODate(t time.Time) string { return Local(t).Format(time.DateOnly) }

// ValidGroup says whether s may be an agency symbol or a unit in a notation:
// 1 to 20 letters, digits, & or dots, without spaces, slashes and dashes.
func ValidGroup(s string) bool {
	n := utf8.RuneCountInString(s)
	if n < 1 || n > 20 || !norm.NFC.IsNormalString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '&' && r != '.' {
			return false
		}
	}
	return true
}

// CleanText makes text that a person typed fit for one printed line: NFC, runs
// of white space as one space, and without characters that cannot be seen
// (soft hyphens, direction marks), which come along with copied text and could
// turn a sentence around. What is not UTF-8 stays as it is, for ValidText to
// refuse.
func CleanText(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}

// ValidText says whether s is such a line of minimum to maximum characters
// (ND30 appendix VI counts characters, not bytes) and valid UTF-8 without
// control characters.
func ValidText(s string, minimum, maximum int) bool {
	n := utf8.RuneCountInString(s)
	return n >= minimum && n <= maximum && utf8.ValidString(s) && CleanText(s) == s && !strings.ContainsFunc(s, unicode.IsControl)
}

// Notation is a number and symbol that was read.
type Notation struct {
	Number int    // 0 when still empty: "/UBND-KGVX"
	Suffix string // letter after the number: "c" in 30c/NQ-CP
	Year   int    // of a normative act: 2011 in 43/2011/NĐ-CP; else 0
	Symbol string // "QĐ-UBND", "CTr/TU", "QH11"
	Party  bool   // Party style, where a dash follows the number: 322-CTr/TU
}

// String is the canonical form: padded, without spaces, NFC.
func (n Notation) String() string {
	var b strings.Builder
	if n.Number > 0 {
		b.WriteString(FormatNumber(n.Number) + n.Suffix)
	}
	if n.Party {
		return b.String() + "-" + n.Symbol
	}
	if n.Year > 0 {
		fmt.Fprintf(&b, "/%d", n.Year)
	}
	return b.String() + "/" + n.Symbol
}

var errNotation = errors.New("not a number and symbol of an official document")

// Parse reads a notation with or without "Số:" in front, with stray spaces,
// in any Unicode normal form.
func Parse(s string) (Notation, error) {
	if len(s) > maxLength || !utf8.ValidString(s) {
		return Notation{}, errNotation
	}
	s = strings.Join(strings.Fields(norm.NFC.String(s)), "")
	s = strings.TrimPrefix(s, "Số:")
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	var n Notation
	if digits > 0 {
		number, err := strconv.Atoi(s[:digits])
		if err != nil || number < 1 || digits > 9 {
			return Notation{}, errNotation
		}
		n.Number, s = number, s[digits:]
	}
	if r, size := utf8.DecodeRuneInString(s); n.Number > 0 && unicode.IsLower(r) {
		n.Suffix, s = s[:size], s[size:]
	}
	return n.symbol(s)
}

// symbol reads what follows the number, beginning with "/" or "-".
func (n Notation) symbol(s string) (Notation, error) {
	switch {
	case strings.HasPrefix(s, "/"):
		s = s[1:]
		if year, rest, ok := strings.Cut(s, "/"); ok && len(year) == 4 {
			y, err := strconv.Atoi(year)
			if err != nil || y < 1900 || y > 2999 {
				return Notation{}, errNotation
			}
			n.Year, s = y, rest
		}
		n.Symbol = s
		if strings.Contains(s, "/") || !validGroups(s, "-") {
			return Notation{}, errNotation
		}
	case strings.HasPrefix(s, "-") && n.Number > 0:
		n.Party, n.Symbol = true, s[1:]
		if strings.Count(n.Symbol, "/") != 1 || !validGroups(n.Symbol, "/") {
			return Notation{}, errNotation
		}
	default:
		return Notation{}, errNotation
	}
	return n, nil
}

func validGroups(s, separator string) bool {
	for group := range strings.SplitSeq(s, separator) {
		if !ValidGroup(group) {
			return false
		}
	}
	return true
}

// Date is a date line that was read.
type Date struct {
	Place            string // may be empty
	Day, Month, Year int
}

var errDate = errors.New("not a date line of an official document")

// ParseDateLine reads "Hà Nội, ngày 05 tháng 01 năm 2020", also without the
// place, with missing or superfluous zeros ("tháng 04") and stray spaces.
func ParseDateLine(s string) (Date, error) {
	if len(s) > maxLength || !utf8.ValidString(s) {
		return Date{}, errDate
	}
	words := strings.Fields(norm.NFC.String(s))
	if len(words) < 6 {
		return Date{}, errDate
	}
	tail := words[len(words)-6:]
	if strings.ToLower(tail[0]) != "ngày" || tail[2] != "tháng" || tail[4] != "năm" {
		return Date{}, errDate
	}
	var d Date
	for i, field := range []*int{&d.Day, &d.Month, &d.Year} {
		n, err := strconv.Atoi(tail[2*i+1])
		if err != nil || n < 0 {
			return Date{}, errDate
		}
		*field = n
	}
	d.Place = strings.TrimSuffix(strings.Join(words[:len(words)-6], " "), ",")
	if t := time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC); d.Year < 1900 || d.Year > 2999 ||
		t.Day() != d.Day || int(t.Month()) != d.Month {
		return Date{}, errDate
	}
	return d, nil
}
