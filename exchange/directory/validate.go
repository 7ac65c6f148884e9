package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vanban/exchange/notation"
	"vanban/internal/fault"
)

// The generations of agency codes (REG-13).
const (
	QCVN102 = "qcvn102" // 000.00.00.H40
	QD20    = "qd20"    // H40.1.2
)

// Bounds and defaults of LAY-04, mm.
const (
	minSeal, defaultSeal, maxSeal = 28.0, 36.0, 45.0
	maxEntries                    = 100_000
)

var (
	codeInvalid = fault.Define("directory-invalid", fault.Input,
		"Danh bạ: %s có giá trị không hợp lệ %q.", "Directory: %s has a wrong value %q.",
		"Người vận hành sửa mục đó trong tệp danh bạ rồi nạp lại; chưa có mục nào được nạp.",
		"The operator corrects the entry in the directory file and loads it again; nothing was loaded.")
	codeDuplicate = fault.Define("directory-duplicate", fault.Input,
		"Danh bạ: %s trùng giá trị %q đã dùng ở mục khác.", "Directory: %s repeats the value %q of another entry.",
		"Mã định danh, chứng thư và mã đăng nhập chỉ thuộc về một nơi và không dùng lại.",
		"Identifiers, certificates and log-in tokens belong to one owner and are never used again.")
	codeNoAgency = fault.Define("directory-no-such-agency", fault.Input,
		"Danh bạ: %s nhắc tới cơ quan %q không có trong danh bạ.", "Directory: %s names the agency %q, which is not in the directory.",
		"Thêm cơ quan đó vào danh bạ trước.", "Add that agency to the directory first.")
)

// Validate checks the whole directory and reports the first thing that is
// wrong with its path, for instance agencies[sonv].codes[0].code.
func (d Directory) Validate() error {
	if len(d.Agencies) > maxEntries || len(d.People) > maxEntries {
		return codeInvalid.New("agencies/people", fmt.Sprint(len(d.Agencies)+len(d.People)))
	}
	c := checker{ids: map[string]bool{}, agencies: map[string]bool{}, unique: map[string]bool{}}
	for _, a := range d.Agencies {
		c.agency(a)
	}
	for _, p := range d.People {
		c.person(p)
	}
	return c.err
}

// distinct checks only that no agency and no person is there twice.
func (d Directory) distinct() error {
	c := checker{ids: map[string]bool{}}
	for _, a := range d.Agencies {
		c.id("agencies", a.ID)
	}
	for _, p := range d.People {
		c.id("people", p.ID)
	}
	return c.err
}

// checker keeps the first error, so that the rules below read as a list.
type checker struct {
	err      error
	ids      map[string]bool // of agencies and people
	agencies map[string]bool
	unique   map[string]bool // codes, certificates and tokens
}

func (c *checker) must(ok bool, path, value string) {
	if c.err == nil && !ok {
		c.err = codeInvalid.New(path, clip(value))
	}
}

func (c *checker) once(path, value string) {
	if c.err == nil && c.unique[value] {
		c.err = codeDuplicate.New(path, clip(value))
	}
	c.unique[value] = true
}

func (c *checker) id(kind, id string) {
	c.must(validID(id), kind+".id", id)
	if c.err == nil && c.ids[kind+id] {
		c.err = codeDuplicate.New(kind+".id", clip(id))
	}
	c.ids[kind+id] = true
}

func (c *checker) agency(a Agency) {
	at := "agencies[" + clip(a.ID) + "]"
	c.id("agencies", a.ID)
	c.agencies[a.ID] = true
	c.must(notation.ValidText(a.Name, 1, 200), at+".name", a.Name)
	c.must(notation.ValidText(a.Superior, 0, 200), at+".superior", a.Superior)
	c.must(notation.ValidText(a.Place, 1, 50), at+".place", a.Place)
	c.must(notation.ValidGroup(a.Symbol), at+".symbol", a.Symbol)
	c.must(a.SealDiameter == 0 || a.SealDiameter >= minSeal && a.SealDiameter <= maxSeal,
		at+".sealDiameter", fmt.Sprint(a.SealDiameter))
	c.must(len(a.Codes) >= 1 && len(a.Codes) <= 50, at+".codes", fmt.Sprint(len(a.Codes)))
	c.span(at, a.From, a.Until)
	for i, code := range a.Codes {
		path := fmt.Sprintf("%s.codes[%d]", at, i)
		c.must(validCode(code.Code), path+".code", code.Code)
		c.must(code.Generation == QCVN102 || code.Generation == QD20, path+".generation", code.Generation)
		c.span(path, code.From, code.Until)
		c.once(path+".code", "code "+code.Code)
	}
	for i, s := range a.Series {
		c.must(notation.ValidGroup(s) && slices.Index(a.Series, s) == i, fmt.Sprintf("%s.series[%d]", at, i), s)
	}
	c.bindings(at+".seals", a.Seals)
}

func (c *checker) person(p Person) {
	at := "people[" + clip(p.ID) + "]"
	c.id("people", p.ID)
	c.must(notation.ValidText(p.Name, 1, 50), at+".name", p.Name)
	c.must(len(p.Positions) <= 50, at+".positions", fmt.Sprint(len(p.Positions)))
	for i, pos := range p.Positions {
		path := fmt.Sprintf("%s.positions[%d]", at, i)
		if c.err == nil && !c.agencies[pos.Agency] {
			c.err = codeNoAgency.New(path, clip(pos.Agency))
		}
		c.must(len(pos.Roles) >= 1 && len(pos.Roles) <= 3, path+".roles", fmt.Sprint(pos.Roles))
		for _, r := range pos.Roles {
			c.must(r == Clerk || r == Leader || r == Officer, path+".roles", string(r))
		}
		c.must(notation.ValidText(pos.Title, 0, 100), path+".title", pos.Title)
		c.must(slices.Contains([]string{"", "TM.", "KT.", "TL.", "TUQ.", "Q."}, pos.Authority), path+".authority", pos.Authority)
		c.span(path, pos.From, pos.Until)
	}
	c.bindings(at+".certificates", p.Certificates)
	if p.TokenSHA256 != "" {
		c.must(IsDigest(p.TokenSHA256), at+".tokenSha256", "…")
		c.once(at+".tokenSha256", "token "+p.TokenSHA256)
	}
}

func (c *checker) bindings(path string, bindings []CertificateBinding) {
	c.must(len(bindings) <= 100, path, fmt.Sprint(len(bindings)))
	for i, b := range bindings {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.must(IsDigest(b.SHA256), at+".sha256", b.SHA256)
		c.span(at, b.From, b.Until)
		c.once(at+".sha256", "certificate "+b.SHA256)
	}
}

func (c *checker) span(path string, from time.Time, until *time.Time) {
	c.must(until == nil || until.After(from), path+".until", fmt.Sprint(until))
}

// IsDigest says whether s is a SHA-256 in lower-case hex.
func IsDigest(s string) bool {
	if len(s) != 64 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}

func validID(s string) bool {
	return len(s) >= 1 && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// validCode is the grammar that both generations share: groups of A-Z and 0-9
// between dots, any number of groups, at most 35 characters (REG-13).
func validCode(s string) bool {
	if len(s) > 35 {
		return false
	}
	for group := range strings.SplitSeq(s, ".") {
		if group == "" || strings.Trim(group, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			return false
		}
	}
	return true
}

// clip keeps a hostile value out of logs and messages.
func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
