package verify

import (
	"slices"
	"strings"

	"vanban/internal/fault"
	"vanban/internal/pdf"
	"vanban/verify/changes"
)

// checkChanges judges what came after the revision that a signature covers.
func (v *verifier) checkChanges(s *signature) {
	s.out.Certification = changes.Certification(s.prefix, s.dict)
	if v.file.Repaired() != nil {
		s.out.ChangesAfter = ChangesUnknown
		s.reason(finding(codeChangesUnsure, fail, pdf.Reason(v.file.Repaired().Error())))
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
		s.reason(finding(codeForbidden, fail, details(d.Forbidden)))
		s.out.Alarm = true
		if s.out.Indication != TotalFailed {
			s.out.Indication, s.out.SubIndication = TotalFailed, "FORMAT_FAILURE"
		}
	case d.Unsure != nil:
		s.out.ChangesAfter = ChangesUnknown
		s.reason(finding(codeChangesUnsure, fail, details{d.Unsure.Error()}))
		s.out.Alarm = true
	case len(d.Permitted) == 0:
		s.out.ChangesAfter = ChangesNone
		s.reason(finding(codeUnchanged, info))
	default:
		s.out.ChangesAfter = ChangesPermitted
		s.reason(finding(codePermitted, info, details(d.Permitted)))
	}
	if d.Annotated {
		s.reason(finding(codeAnnotated, warn))
	}
}

// details are what package changes found, in the terms of the file format.
// They are fault.Phrases, so that a Vietnamese sentence has Vietnamese details.
type details []string

// maxDetails is how many are named; the rest is a "…".
const maxDetails = 6

var detailWords = strings.NewReplacer(
	"signature field ", "trường chữ ký ", "form fields", "các trường biểu mẫu", "form field ", "trường ",
	"signature ", "chữ ký ", "time-stamp ", "dấu thời gian ", "unsigned ", "chưa ký: ", "visible ", "hiện hình: ",
	"covers content", "che nội dung", "annotations", "các chú thích", "annotation", "chú thích",
	"page /", "trang /", "catalog /", "đối tượng gốc /", "trailer /", "phần cuối tệp /", "resource /", "tài nguyên /",
	"unused object", "đối tượng không dùng", "object ", "đối tượng ", "stream ", "luồng dữ liệu ",
	"appearance", "hình hiển thị", "Metadata", "siêu dữ liệu", "Info", "thông tin tài liệu", "Extensions", "phần mở rộng",
	"Root replaced", "thay đối tượng gốc", " added", " được thêm", " removed", " bị gỡ bỏ", " changed", " bị sửa",
)

// In implements fault.Phrase.
func (d details) In(l fault.Lang) string {
	list := slices.Compact(slices.Sorted(slices.Values(d)))
	if len(list) > maxDetails {
		list = append(list[:maxDetails:maxDetails], "…")
	}
	text := strings.Join(list, "; ")
	if l == fault.En {
		return text
	}
	return detailWords.Replace(text)
}
