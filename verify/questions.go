package verify

import (
	"strings"
)

// answer keeps the worst of several answers.
func worse(a, b string) string {
	order := map[string]int{Yes: 0, Unsure: 1, No: 2}
	if order[b] > order[a] {
		return b
	}
	return a
}

// questions answers the five questions of a clerk for the whole document.
func (v *verifier) questions() []Question {
	return []Question{v.askIntact(), v.askWho(), v.askTrusted(), v.askAllowed(), v.askChanged()}
}

func (v *verifier) askIntact() Question {
	a := Yes
	for _, s := range v.report.Signatures {
		switch s.Integrity {
		case Broken:
			a = worse(a, No)
		case IntegrityUnsure:
			a = worse(a, Unsure)
		}
	}
	if len(v.report.Signatures) == 0 {
		a = Unsure
	}
	if v.report.Alarm && len(v.report.Signatures) == 0 {
		a = No
	}
	return say("intact", a, map[string][2]string{
		Yes:    {"Nội dung được ký còn nguyên vẹn.", "The signed content is intact."},
		Unsure: {"Chưa xác định được tính toàn vẹn.", "Integrity could not be determined."},
		No:     {"Nội dung hoặc chữ ký đã bị sửa hay giả mạo.", "The content or a signature was altered or forged."},
	})
}

func (v *verifier) askWho() Question {
	var names []string
	for _, s := range v.report.Signatures {
		if s.Type == "signature" && s.SignerName != "" && s.Integrity == Intact {
			names = append(names, s.SignerName)
		}
	}
	if len(names) == 0 {
		return Question{"who", Unsure, "Không xác định được người ký.", "The signer is not known."}
	}
	who := strings.Join(names, "; ")
	return Question{"who", Yes, "Theo chứng thư, người ký là: " + who + ".", "By the certificates, signed by: " + who + "."}
}

func (v *verifier) askTrusted() Question {
	a := Yes
	for _, s := range v.report.Signatures {
		switch {
		case s.Certificate == nil || s.Integrity != Intact || s.Indication == Indeterminate:
			a = worse(a, Unsure) // whose certificate it is says the part that does not hold
		case s.Indication == TotalFailed && s.ChangesAfter != ChangesForbidden:
			a = worse(a, No)
		}
	}
	if len(v.report.Signatures) == 0 {
		a = Unsure
	}
	return say("trusted", a, map[string][2]string{
		Yes:    {"Mọi chứng thư được tin cậy tại thời điểm kiểm tra.", "Every certificate was trusted at the time checked."},
		Unsure: {"Chưa đủ căn cứ để tin mọi chứng thư.", "There is not enough evidence to trust every certificate."},
		No:     {"Có chứng thư không còn hiệu lực hoặc đã bị thu hồi.", "A certificate had ended or was revoked."},
	})
}

// askAllowed asks the caller, who alone knows the positions of people.
func (v *verifier) askAllowed() Question {
	if v.opt.Capacity == nil {
		return Question{"allowed", Unsure, "Không kiểm tra thẩm quyền: không có danh bạ cơ quan.", "Competence was not checked: no directory of agencies is at hand."}
	}
	out := Question{ID: "allowed", Answer: Yes}
	for _, s := range v.report.Signatures {
		if s.Type != "signature" || s.Certificate == nil {
			continue
		}
		at := v.opt.At
		if s.ProvenTime != nil {
			at = *s.ProvenTime
		}
		a, text, textEn := v.opt.Capacity(s.Certificate, at)
		out.Answer = worse(out.Answer, a)
		out.Text = strings.TrimSpace(out.Text + " " + text)
		out.TextEn = strings.TrimSpace(out.TextEn + " " + textEn)
	}
	if out.Text == "" {
		out.Answer = Unsure
	}
	return out
}

func (v *verifier) askChanged() Question {
	worst := ChangesNone
	order := map[string]int{ChangesNone: 0, ChangesPermitted: 1, ChangesUnknown: 2, ChangesForbidden: 3}
	for _, s := range v.report.Signatures {
		if order[s.ChangesAfter] > order[worst] {
			worst = s.ChangesAfter
		}
	}
	if v.report.Alarm && worst == ChangesNone {
		worst = ChangesUnknown
	}
	if len(v.report.Signatures) == 0 && !v.report.Alarm {
		return Question{"changed", Unsure, "Không có chữ ký để so sánh.", "There is no signature to compare with."}
	}
	texts := map[string]Question{
		ChangesNone:      {"changed", No, "Không có thay đổi sau khi ký.", "Nothing changed after signing."},
		ChangesPermitted: {"changed", No, "Chỉ có những thay đổi được phép sau khi ký (điền biểu mẫu, ký thêm).", "Only permitted changes after signing (forms, further signatures)."},
		ChangesUnknown:   {"changed", Unsure, "Không xác định được tài liệu có bị thay đổi hay không.", "Whether the document changed is not known."},
		ChangesForbidden: {"changed", Yes, "Tài liệu đã bị thay đổi sau khi ký.", "The document was changed after signing."},
	}
	return texts[worst]
}

func say(id, answer string, texts map[string][2]string) Question {
	t := texts[answer]
	return Question{ID: id, Answer: answer, Text: t[0], TextEn: t[1]}
}
