package terminal

import (
	"strconv"
	"strings"
	"time"

	"vanban/internal/fault"
	"vanban/verify"
)

// hanoi is the only zone in which times are Shown (LAY-09). It has no summer
// time, so it needs no database of zones.
var hanoi = time.FixedZone("+07:00", 7*60*60)

// Shown is a time as people read it here.
func Shown(at time.Time) string { return at.In(hanoi).Format("02/01/2006 15:04:05 -07:00") }

// VerdictWords are the three verdicts of VER-03.
var VerdictWords = map[string]Text{
	verify.TotalPassed:   T("HỢP LỆ", "VALID"),
	verify.TotalFailed:   T("KHÔNG HỢP LỆ", "NOT VALID"),
	verify.Indeterminate: T("CHƯA ĐỦ THÔNG TIN ĐỂ KẾT LUẬN", "NOT ENOUGH INFORMATION TO DECIDE"),
}

// Report prints a verdict for a person: the answer first, then the questions,
// then each signature with its reasons. Names come from files, so each line is
// cleaned of control characters.
func (t *Terminal) Report(r *verify.Report) {
	if t.JSON {
		return
	}
	for _, line := range t.ReportLines(r) {
		t.Line("%s", OneLine(line))
	}
}

func (t *Terminal) ReportLines(r *verify.Report) []string {
	summary := r.Summary
	if t.Lang == fault.En {
		summary = r.SummaryEn
	}
	verdict := t.Of(VerdictWords[r.Indication])
	if len(r.Signatures) == 0 && r.Indication != verify.TotalFailed {
		verdict = t.Of(T("KHÔNG CÓ CHỮ KÝ", "NO SIGNATURE"))
	}
	lines := []string{r.File + ": " + verdict + " (" + r.Indication + ")", "  " + summary}
	for _, q := range r.Questions {
		lines = append(lines, "  - "+q.In(t.Lang))
	}
	for _, f := range r.Findings {
		lines = append(lines, "  "+Mark(f.Level)+" "+f.In(t.Lang)+" ["+f.Code+"]")
	}
	for i := range r.Signatures {
		lines = append(lines, t.signatureLines(i+1, &r.Signatures[i])...)
	}
	return lines
}

func (t *Terminal) signatureLines(n int, s *verify.Signature) []string {
	kind := T("Chữ ký", "Signature")
	if s.Type == "timestamp" {
		kind = T("Dấu thời gian", "Time-stamp")
	}
	name := s.SignerName
	if name == "" {
		name = s.Signer
	}
	if name == "" {
		name = t.Of(T("không rõ người ký", "signer not known"))
	}
	head := []string{s.Indication}
	if s.SubIndication != "" {
		head = append(head, s.SubIndication)
	}
	level := s.Level
	if level != "" {
		level = ", " + level
	}
	lines := []string{
		"  " + t.Of(kind) + " " + strconv.Itoa(n) + ": " + name + " — " + strings.Join(head, " / "),
		"      " + t.Of(T("trường %s, phiên bản %d, nội dung %s, thay đổi sau đó: %s%s", "field %s, revision %d, content %s, later changes: %s%s"),
			s.Field, s.Revision, t.word(s.Integrity), t.word(s.ChangesAfter), level),
	}
	if s.ProvenTime != nil {
		lines = append(lines, "      "+t.Of(T("thời điểm được chứng thực: ", "proven time: "))+Shown(*s.ProvenTime))
	} else if s.ClaimedTime != nil {
		lines = append(lines, "      "+t.Of(T("thời điểm tự khai: ", "claimed time: "))+Shown(*s.ClaimedTime))
	}
	for _, f := range s.Reasons {
		lines = append(lines, "      "+Mark(f.Level)+" "+f.In(t.Lang)+" ["+f.Code+"]")
	}
	return lines
}

// words translates the values of the JSON that are words.
var words = map[string]Text{
	verify.Intact: T("nguyên vẹn", "intact"), verify.Broken: T("đã bị sửa", "broken"),
	verify.ChangesNone: T("không có", "none"), verify.ChangesPermitted: T("trong phạm vi cho phép", "permitted"),
	verify.ChangesForbidden: T("không được phép", "forbidden"), verify.ChangesUnknown: T("chưa rõ", "unknown"),
}

func (t *Terminal) word(value string) string {
	if w, ok := words[value]; ok {
		return t.Of(w)
	}
	return value
}

func Mark(level string) string {
	switch level {
	case "fail":
		return "✗"
	case "warn":
		return "!"
	}
	return "·"
}
