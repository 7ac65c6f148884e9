package verify

import (
	"fmt"

	"vanban/internal/fault"
)

// conclude draws the document's verdict from its signatures: the worst counts.
func (v *verifier) conclude() {
	r := v.report
	r.Indication = TotalPassed
	for i := range r.Signatures {
		s := &r.Signatures[i]
		if s.Indication == "" {
			s.Indication = Indeterminate
		}
		r.Alarm = r.Alarm || s.Alarm
		if rank(s.Indication) > rank(r.Indication) {
			r.Indication = s.Indication
		}
	}
	switch {
	case r.Alarm:
		r.Indication = TotalFailed
	case len(r.Signatures) == 0:
		r.Indication = Indeterminate
		r.Findings = append(r.Findings, finding(codeNoSignature, info))
	}
	v.raiseLevels()
	r.Questions = v.questions()
	r.Summary, r.SummaryEn = summary(r, fault.Vi), summary(r, fault.En)
}

func rank(indication string) int {
	switch indication {
	case TotalPassed:
		return 0
	case Indeterminate:
		return 1
	}
	return 2
}

// raiseLevels names LT and LTA, which depend on what follows the signature.
func (v *verifier) raiseLevels() {
	if v.file == nil {
		return
	}
	cat, err := v.file.Catalog()
	if err != nil || cat["DSS"] == nil {
		return
	}
	for i := range v.report.Signatures {
		s := &v.report.Signatures[i]
		if s.Level != "PAdES-BASELINE-T" {
			continue
		}
		s.Level = "PAdES-BASELINE-LT"
		for _, t := range v.report.Signatures {
			if t.Type == "timestamp" && t.Revision > s.Revision && t.Integrity == Intact {
				s.Level = "PAdES-BASELINE-LTA"
			}
		}
	}
}

// summary is the one line that a clerk reads.
func summary(r *Report, l fault.Lang) string {
	say := func(vi, en string, args ...any) string {
		if l == fault.En {
			return fmt.Sprintf(en, args...)
		}
		return fmt.Sprintf(vi, args...)
	}
	n := len(r.Signatures)
	switch {
	case r.Indication == TotalFailed:
		return say("KHÔNG HỢP LỆ — %s", "NOT VALID — %s", firstFailure(r, l))
	case n == 0:
		return say("Tài liệu không có chữ ký số.", "The document has no digital signature.")
	case r.Indication == TotalPassed && changed(r):
		return say("HỢP LỆ — %d chữ ký hợp lệ; có thay đổi được phép sau khi ký.", "VALID — %d valid signatures; permitted changes after signing.", n)
	case r.Indication == TotalPassed:
		return say("HỢP LỆ — %d chữ ký hợp lệ. Không có thay đổi sau khi ký.", "VALID — %d valid signatures. Nothing changed after signing.", n)
	}
	return say("CHƯA KẾT LUẬN ĐƯỢC — %s", "NOT CONCLUDED — %s", firstOpen(r, l))
}

func changed(r *Report) bool {
	for _, s := range r.Signatures {
		if s.ChangesAfter != ChangesNone {
			return true
		}
	}
	return false
}

// firstFailure is the first failing reason: of the document, then of the
// signatures in order.
func firstFailure(r *Report, l fault.Lang) string {
	for _, f := range r.Findings {
		if f.Level == string(fail) {
			return f.In(l)
		}
	}
	for _, s := range r.Signatures {
		if s.Alarm || s.Indication == TotalFailed {
			for _, f := range s.Reasons {
				if f.Level == string(fail) {
					return f.In(l)
				}
			}
		}
	}
	return codeForbidden.ID()
}

// firstOpen names what is missing for a conclusion.
func firstOpen(r *Report, l fault.Lang) string {
	for _, level := range []string{string(fail), string(warn)} {
		for _, s := range r.Signatures {
			if s.Indication == TotalPassed {
				continue
			}
			for _, f := range s.Reasons {
				if f.Level == level {
					return f.In(l)
				}
			}
		}
	}
	return codeNoAnchors.Text(l)
}
