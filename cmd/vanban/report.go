package main

import (
	"strconv"
	"strings"
	"time"

	"vanban/internal/fault"
	"vanban/verify"
)

// hanoi is the only zone in which times are shown (LAY-09). It has no summer
// time, so it needs no database of zones.
var hanoi = time.FixedZone("+07:00", 7*60*60)

// shown is a time as people read it here.
func shown(at time.Time) string { return at.In(hanoi).Format("02/01/2006 15:04:05 -07:00") }

// verdictWords are the three verdicts of VER-03.
var verdictWords = map[string]text{
	verify.TotalPassed:   {"HỢP LỆ", "VALID"},
	verify.TotalFailed:   {"KHÔNG HỢP LỆ", "NOT VALID"},
	verify.Indeterminate: {"CHƯA ĐỦ THÔNG TIN ĐỂ KẾT LUẬN", "NOT ENOUGH INFORMATION TO DECIDE"},
}

// report prints a verdict for a person: the answer first, then the questions,
// then each signature with its reasons. Names come from files, so each line is
// cleaned of control characters.
func (t *terminal) report(r *verify.Report) {
	if t.json {
		return
	}
	for _, line := range t.reportLines(r) {
		t.line("%s", oneLine(line))
	}
}

func (t *terminal) reportLines(r *verify.Report) []string {
	summary := r.Summary
	if t.lang == fault.En {
		summary = r.SummaryEn
	}
	verdict := t.of(verdictWords[r.Indication])
	if len(r.Signatures) == 0 && r.Indication != verify.TotalFailed {
		verdict = t.of(text{"KHÔNG CÓ CHỮ KÝ", "NO SIGNATURE"})
	}
	lines := []string{r.File + ": " + verdict + " (" + r.Indication + ")", "  " + summary}
	for _, q := range r.Questions {
		lines = append(lines, "  - "+q.In(t.lang))
	}
	for _, f := range r.Findings {
		lines = append(lines, "  "+mark(f.Level)+" "+f.In(t.lang)+" ["+f.Code+"]")
	}
	for i := range r.Signatures {
		lines = append(lines, t.signatureLines(i+1, &r.Signatures[i])...)
	}
	return lines
}

func (t *terminal) signatureLines(n int, s *verify.Signature) []string {
	kind := text{"Chữ ký", "Signature"}
	if s.Type == "timestamp" {
		kind = text{"Dấu thời gian", "Time-stamp"}
	}
	name := s.SignerName
	if name == "" {
		name = s.Signer
	}
	if name == "" {
		name = t.of(text{"không rõ người ký", "signer not known"})
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
		"  " + t.of(kind) + " " + strconv.Itoa(n) + ": " + name + " — " + strings.Join(head, " / "),
		"      " + t.of(text{"trường %s, phiên bản %d, nội dung %s, thay đổi sau đó: %s%s", "field %s, revision %d, content %s, later changes: %s%s"},
			s.Field, s.Revision, t.word(s.Integrity), t.word(s.ChangesAfter), level),
	}
	if s.ProvenTime != nil {
		lines = append(lines, "      "+t.of(text{"thời điểm được chứng thực: ", "proven time: "})+shown(*s.ProvenTime))
	} else if s.ClaimedTime != nil {
		lines = append(lines, "      "+t.of(text{"thời điểm tự khai: ", "claimed time: "})+shown(*s.ClaimedTime))
	}
	for _, f := range s.Reasons {
		lines = append(lines, "      "+mark(f.Level)+" "+f.In(t.lang)+" ["+f.Code+"]")
	}
	return lines
}

// words translates the values of the JSON that are words.
var words = map[string]text{
	verify.Intact: {"nguyên vẹn", "intact"}, verify.Broken: {"đã bị sửa", "broken"},
	verify.ChangesNone: {"không có", "none"}, verify.ChangesPermitted: {"trong phạm vi cho phép", "permitted"},
	verify.ChangesForbidden: {"không được phép", "forbidden"}, verify.ChangesUnknown: {"chưa rõ", "unknown"},
}

func (t *terminal) word(value string) string {
	if w, ok := words[value]; ok {
		return t.of(w)
	}
	return value
}

func mark(level string) string {
	switch level {
	case "fail":
		return "✗"
	case "warn":
		return "!"
	}
	return "·"
}
