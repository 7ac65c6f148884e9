package pages

import (
	"fmt"
	"slices"
	"strings"

	"vanban/certs"
	"vanban/exchange"
	"vanban/internal/fault"
	"vanban/verify"
	"vanban/web/words"
)

// Verdict is a report for a person: the bar, five questions, one card for
// each signature.
type Verdict struct {
	Chip
	W          words.Words
	Sentences  []string
	Questions  []question
	Signatures []signature
	Findings   []remark
}

type question struct {
	Chip
	Title, Text string
	More        []string
}

type signature struct {
	Chip
	Title, Signer, FullName   string
	Issuer, Domain, Field     string
	Technical, Level, Changes string
	Claimed, Proven           Moment
	Reasons                   []remark
}

type remark struct{ Text, Code string }

// overall is the tone of an indication; an alarm outweighs everything.
func overall(w words.Words, indication string, alarm bool) Chip {
	switch {
	case alarm || indication == verify.TotalFailed:
		return Chip{toneBad, w.Invalid()}
	case indication == verify.TotalPassed:
		return Chip{toneOK, w.Valid()}
	}
	return Chip{toneWarn, w.Inconclusive()}
}

// NewVerdict lays a report out for a page. known is the verdict that exchange
// keeps, which knows who holds the certificates; nil on the public page.
func NewVerdict(w words.Words, r *verify.Report, known *exchange.Verdict) *Verdict {
	v := &Verdict{W: w, Chip: overall(w, r.Indication, r.Alarm)}
	if len(r.Signatures) == 0 && !r.Alarm {
		v.Chip = Chip{toneWarn, w.NotSigned()}
		v.Sentences = []string{w.NoSignature()}
	} else {
		v.Sentences = sentences(w, r)
		for _, q := range r.Questions {
			v.Questions = append(v.Questions, questionOf(w, q, r, known))
		}
	}
	for _, sig := range r.Signatures {
		v.Signatures = append(v.Signatures, signatureOf(w, sig))
	}
	v.Findings = remarks(w, r.Findings)
	return v
}

// sentences say why, under the word of the verdict. The summary of verify begins
// with that word, for terminals; the page has it in large letters already. An
// alarm that the summary does not speak of is told in the words of its reasons.
func sentences(w words.Words, r *verify.Report) []string {
	summary := pick(w, r.Summary, r.SummaryEn)
	if word, rest, ok := strings.Cut(summary, " — "); ok && word == strings.ToUpper(word) {
		summary = w.Capital(rest)
	}
	if !r.Alarm || r.Indication == verify.TotalFailed {
		return []string{summary}
	}
	var out []string
	all := append([]verify.Finding{}, r.Findings...)
	for _, s := range r.Signatures {
		all = append(all, s.Reasons...)
	}
	for _, f := range all {
		if text := f.In(w.Language()); f.Level == "fail" && len(out) < maxSentences && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if out == nil {
		return []string{w.Alarm()}
	}
	return out
}

// maxSentences bounds what is said in the bar; the rest is in the remarks.
const maxSentences = 3

func pick(w words.Words, vi, en string) string {
	if w.Language() == fault.En {
		return en
	}
	return vi
}

func remarks(w words.Words, findings []verify.Finding) []remark {
	var out []remark
	for _, f := range findings {
		out = append(out, remark{f.In(w.Language()), f.Code})
	}
	return out
}

// questionOf turns one of the five answers of verify into a row. For the
// authority question exchange may know what the file cannot say: that each
// certificate is bound to somebody entitled at that time.
func questionOf(w words.Words, q verify.Question, r *verify.Report, known *exchange.Verdict) question {
	v := question{Text: q.In(w.Language())}
	tone := map[string]string{verify.Yes: toneOK, verify.No: toneBad}[q.Answer]
	switch q.ID {
	case "intact":
		v.Title = w.Integrity()
	case "who":
		v.Title = w.Identity()
	case "trusted":
		v.Title = w.TrustThen()
	case "allowed":
		v.Title = w.Authority()
		if q.Answer == verify.Unsure && entitled(known) {
			tone, v.Text = toneOK, w.Entitled()
		}
	case "changed":
		v.Title, tone = w.ChangesSince(), changeTone(q, r)
	default:
		v.Title = q.ID
	}
	v.Chip = answerChip(w, tone)
	return v
}

// entitled says whether exchange found a competent holder behind every
// signature of a signed document.
func entitled(known *exchange.Verdict) bool {
	if known == nil || len(known.Signatures) == 0 {
		return false
	}
	for _, s := range known.Signatures {
		if s.Holder == "" {
			return false
		}
	}
	return true
}

// changeTone is good when nothing changed or only what the signers permitted.
func changeTone(q verify.Question, r *verify.Report) string {
	tone := map[string]string{verify.No: toneOK, verify.Yes: toneOK}[q.Answer]
	for _, s := range r.Signatures {
		switch s.ChangesAfter {
		case verify.ChangesForbidden:
			return toneBad
		case verify.ChangesUnknown:
			tone = toneWarn
		}
	}
	return tone
}

func answerChip(w words.Words, tone string) Chip {
	switch tone {
	case toneOK:
		return Chip{toneOK, w.Pass()}
	case toneBad:
		return Chip{toneBad, w.Fail()}
	}
	return Chip{toneWarn, w.Unsure()}
}

func signatureOf(w words.Words, s verify.Signature) signature {
	name := s.SignerName
	if name == "" {
		name = s.Signer
	}
	v := signature{
		Chip:   overall(w, s.Indication, s.Alarm),
		Title:  fmt.Sprintf("%s · %s", w.Revision(s.Revision), name),
		Signer: holder(s), FullName: s.Signer, Issuer: s.Issuer, Domain: domainName(w, s.Domain), Field: s.Field, Level: s.Level,
		Technical: s.Indication, Changes: w.Changes(s.ChangesAfter),
		Claimed: momentIf(w, s.ClaimedTime), Proven: momentIf(w, s.ProvenTime),
		Reasons: remarks(w, s.Reasons),
	}
	if s.SubIndication != "" {
		v.Technical += " / " + s.SubIndication
	}
	if s.Type == "timestamp" {
		v.Title = fmt.Sprintf("%s · %s", w.Revision(s.Revision), w.DocumentTimeStamp())
	}
	return v
}

// holder is what a certificate says of its owner, as a person would: name, title,
// unit, organisation. Never the name in the PDF.
func holder(s verify.Signature) string {
	if s.Certificate == nil {
		return s.Signer
	}
	subject := s.Certificate.Subject
	parts := []string{subject.CommonName}
	for _, attribute := range subject.Names {
		if title, ok := attribute.Value.(string); ok && attribute.Type.String() == "2.5.4.12" { // X.520 title
			parts = append(parts, title)
		}
	}
	var out []string
	for _, part := range slices.Concat(parts, subject.OrganizationalUnit, subject.Organization) {
		if part != "" && !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	if out == nil {
		return s.Signer
	}
	return strings.Join(out, ", ")
}

// domainName translates the name of a trust domain; verify gives the one that
// certs uses in folders and JSON.
func domainName(w words.Words, name string) string {
	for _, d := range []certs.Domain{certs.OfficialDuty, certs.Public, certs.Other} {
		if d.String() == name {
			return w.Capital(d.Text(w.Language()))
		}
	}
	return ""
}

// shortVerdict is the cell of a list: how many of the signatures are valid.
func shortVerdict(w words.Words, v *exchange.Verdict) Chip {
	if v == nil {
		return Chip{toneTodo, "–"}
	}
	valid := 0
	for _, s := range v.Signatures {
		if s.Indication == verify.TotalPassed {
			valid++
		}
	}
	tone := overall(w, v.Indication, v.Alarm)
	if len(v.Signatures) == 0 {
		tone = Chip{toneWarn, w.NotSigned()}
	}
	return Chip{tone.Tone, fmt.Sprintf("%d/%d %s", valid, len(v.Signatures), w.Short(tone.Tone))}
}
