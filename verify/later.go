package verify

import (
	"slices"
	"strings"

	"vanban/verify/changes"
)

// checkChanges judges what came after the revision that a signature covers.
func (v *verifier) checkChanges(s *signature) {
	s.out.Certification = changes.Certification(s.prefix, s.dict)
	if v.file.Repaired() != nil {
		s.out.ChangesAfter = ChangesUnknown
		s.reason(finding(codeChangesUnsure, fail, v.file.Repaired().Error()))
		s.out.Alarm = true
		return
	}
	if s.prefix == v.file || s.out.CoversWholeFile {
		s.out.ChangesAfter = ChangesNone
		s.reason(finding(codeUnchanged, info))
		return
	}
	if v.past == nil {
		v.past = changes.NewHistory(v.file)
	}
	d := changes.Compare(s.form, v.form, v.past)
	switch {
	case len(d.Forbidden) > 0:
		s.out.ChangesAfter = ChangesForbidden
		s.reason(finding(codeForbidden, fail, list(d.Forbidden)))
		s.out.Alarm = true
		if s.out.Indication != TotalFailed {
			s.out.Indication, s.out.SubIndication = TotalFailed, "FORMAT_FAILURE"
		}
	case d.Unsure != nil:
		s.out.ChangesAfter = ChangesUnknown
		s.reason(finding(codeChangesUnsure, fail, d.Unsure.Error()))
		s.out.Alarm = true
	case len(d.Permitted) == 0:
		s.out.ChangesAfter = ChangesNone
		s.reason(finding(codeUnchanged, info))
	default:
		s.out.ChangesAfter = ChangesPermitted
		s.reason(finding(codePermitted, info, list(d.Permitted)))
	}
	if d.Annotated {
		s.reason(finding(codeAnnotated, warn))
	}
}

// list joins the first few details.
func list(details []string) string {
	details = slices.Compact(slices.Sorted(slices.Values(details)))
	if len(details) > 6 {
		details = append(details[:6:6], "…")
	}
	return strings.Join(details, "; ")
}
