package words

import (
	"fmt"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"
)

// vietnamTime is UTC+07:00 without summer time, fixed so that no zone file is
// needed.
var vietnamTime = time.FixedZone("+07", 7*60*60)

// Time is dd/MM/yyyy HH:mm in Vietnam; "" for the zero time.
func (w Words) Time(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(vietnamTime).Format("02/01/2006 15:04")
}

// Stamp is the machine form of a time for <time datetime>.
func (w Words) Stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(vietnamTime).Format(time.RFC3339)
}

// Size is a file size for people, with the decimal comma of Vietnamese.
func (w Words) Size(bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + " B"
	case bytes < 1000_000:
		return strconv.FormatInt((bytes+500)/1000, 10) + " kB"
	}
	tenths := (bytes + 50_000) / 100_000
	return fmt.Sprintf("%d%s%d MB", tenths/10, w.t(",", "."), tenths%10)
}

// Date turns the 2026-01-05 of the exchange into 05/01/2026; anything else is
// given back as it is.
func (w Words) Date(iso string) string {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return day.Format("02/01/2006")
}

// typesInEnglish names the types of document of Decree 30 appendix III by
// their codes (NUM-12); the Vietnamese names come from the exchange.
var typesInEnglish = map[string]string{
	"CV": "official letter", "NQ": "resolution", "QĐ": "decision", "CT": "directive", "QC": "regulation",
	"QyĐ": "rules", "TC": "communiqué", "TB": "notice", "HD": "guidance", "CTr": "programme", "KH": "plan",
	"PA": "scheme", "ĐA": "proposal", "DA": "project", "BC": "report", "BB": "minutes", "TTr": "submission",
	"HĐ": "contract", "CĐ": "urgent dispatch", "BGN": "memorandum", "BTT": "agreement",
	"GUQ": "authorisation", "GM": "invitation", "GGT": "letter of introduction", "GNP": "leave permit",
	"PG": "dispatch slip", "PC": "transfer slip", "PB": "notification slip",
	"SY": "certified copy", "TrS": "certified extract", "SL": "secondary copy",
}

// Type names a type of document; vietnamese is its name at home.
func (w Words) Type(code, vietnamese string) string {
	name := vietnamese
	if english, ok := typesInEnglish[code]; ok && w.Lang() == "en" {
		name = english
	}
	if name == "" {
		return code
	}
	return w.Capital(name)
}

// Capital begins a phrase with a capital letter.
func (w Words) Capital(phrase string) string {
	first, size := utf8.DecodeRuneInString(phrase)
	if size == 0 {
		return phrase
	}
	return string(unicode.ToUpper(first)) + phrase[size:]
}
