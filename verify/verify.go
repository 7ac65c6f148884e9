package verify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"vanban/certs"
	"vanban/internal/fault"
	"vanban/internal/pdf"
	"vanban/verify/changes"
)

const (
	fail = certs.Fail
	warn = certs.Warn
	info = certs.Info
)

// maxSignatures bounds the signatures of one file.
const maxSignatures = 100

// verifier is the work on one file.
type verifier struct {
	ctx      context.Context
	src      io.ReaderAt
	size     int64
	opt      Options
	file     *pdf.File
	form     *changes.Form
	report   *Report
	evidence certs.Evidence
	hashed   int64 // bytes
	stored   int64 // bytes taken from the document security store
	past     *changes.History
}

// File judges every signature of a PDF. The error only says that the file
// could not be looked at; it is coded. A file that cannot be read but bears
// traces of a signature gives a Report with an alarm, so that a forgery is
// never taken for an unsigned file. File may be called concurrently.
func File(ctx context.Context, r io.ReaderAt, size int64, opt Options) (*Report, error) {
	if opt.At.IsZero() {
		return nil, errors.New("verify: Options.At is required")
	}
	v := &verifier{ctx: ctx, src: r, size: size, opt: opt, evidence: opt.Evidence}
	v.report = &Report{Size: size, CheckedAt: opt.At, Findings: []Finding{}, Signatures: []Signature{}}
	f, err := pdf.Open(r, size)
	if err != nil {
		return v.unreadable(err)
	}
	if f.Encrypted() {
		return nil, pdf.Encrypted.New()
	}
	v.file, v.src, v.size = f, f.Source(), f.Size()
	v.report.Revisions = len(f.Revisions())
	if err := v.run(); err != nil {
		return nil, err
	}
	v.conclude()
	return v.report, nil
}

// unreadable decides whether a broken file may once have been signed.
func (v *verifier) unreadable(err error) (*Report, error) {
	if errors.Is(err, pdf.NotPDF) && !mentions(v.src, v.size, "%%EOF") || !mentions(v.src, v.size, "/ByteRange") {
		return nil, err
	}
	v.alarm(finding(codeUnreadable, fail))
	e := fault.From(err)
	v.report.Findings = append(v.report.Findings, Finding{Code: e.Code.ID(), Level: string(fail), Text: e.Text(fault.Vi), TextEn: e.Text(fault.En)})
	v.conclude()
	return v.report, nil
}

// mentions looks for a word in the raw bytes of at most 64 MB.
func mentions(src io.ReaderAt, size int64, word string) bool {
	buf := make([]byte, 64<<10)
	for at := int64(0); at < min(size, 64<<20); at += int64(len(buf) - len(word)) {
		n, _ := src.ReadAt(buf[:min(int64(len(buf)), size-at)], at)
		if bytes.Contains(buf[:n], []byte(word)) {
			return true
		}
	}
	return false
}

func (v *verifier) run() error {
	if why := v.file.Repaired(); why != nil {
		v.note(finding(codeRepaired, warn, pdf.Reason(why.Error())))
	}
	var err error
	if v.form, err = changes.ReadForm(v.file); err != nil {
		if errors.Is(err, pdf.TooCostly) {
			return err
		}
		if mentions(v.src, v.size, "/ByteRange") {
			v.alarm(finding(codeForm, fail, pdf.Reason(err.Error())))
		}
		v.form = changes.NewForm(v.file)
	}
	fields := v.form.Signed()
	if len(fields) > maxSignatures {
		v.alarm(finding(codeTooMany, fail))
		fields = fields[:maxSignatures]
	}
	v.collectEvidence()
	sigs := make([]*signature, 0, len(fields))
	for _, n := range fields {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		sigs = append(sigs, v.signature(n))
	}
	v.judge(sigs)
	v.lookForHidden(sigs)
	return v.ctx.Err()
}

// signature prepares the work on one field.
func (v *verifier) signature(n *changes.Field) *signature {
	s := &signature{field: n, out: &Signature{Field: n.Name, Type: "signature", Integrity: Broken, ChangesAfter: ChangesUnknown,
		Indication: Indeterminate, Reasons: []Finding{}}}
	s.holder, s.path = n.Ref, []pdf.Name{"V"}
	if r, ok := n.Value.(pdf.Ref); ok {
		s.ref, s.holder, s.path = r, r, nil
	}
	d, err := v.file.Dict(n.Value)
	if err != nil || len(d) == 0 {
		v.malformed(s, finding(codeFormat, fail, "V"))
		return s
	}
	s.dict = d
	sub, _ := v.resolveName(d["SubFilter"])
	if sub == "ETSI.RFC3161" || d["Type"] == pdf.Name("DocTimeStamp") {
		s.out.Type = "timestamp"
	}
	if m, err := v.file.Resolve(d["M"]); err == nil {
		if str, ok := m.(pdf.String); ok {
			s.out.ClaimedTime = parseDate(str.Text())
		}
	}
	return s
}

func (v *verifier) resolveName(o pdf.Object) (pdf.Name, bool) {
	o, err := v.file.Resolve(o)
	n, ok := o.(pdf.Name)
	return n, ok && err == nil
}

// judge goes through the steps for every signature. Document time-stamps come
// first, because what they cover existed when they were made.
func (v *verifier) judge(sigs []*signature) {
	good := sigs[:0:0]
	for _, s := range sigs {
		if s.dict == nil {
			continue
		}
		if v.cover(s) {
			s.out.Revision = v.revisionAt(s.end)
			good = append(good, s)
		}
	}
	for _, s := range good {
		v.checkCrypto(s)
		v.checkChanges(s)
	}
	v.checkTrust(good)
	for _, s := range sigs {
		v.report.Signatures = append(v.report.Signatures, *s.out)
	}
}

// revisionAt counts the revisions up to an offset.
func (v *verifier) revisionAt(end int64) int {
	n := 0
	for _, r := range v.file.Revisions() {
		if r.End > 0 && r.End <= end+2 {
			n++
		}
	}
	return n
}

// malformed records a forged or broken structure. It returns false so that
// checks can end with it.
func (v *verifier) malformed(s *signature, why Finding) bool {
	s.out.Integrity = Broken
	s.out.Indication, s.out.SubIndication = TotalFailed, "FORMAT_FAILURE"
	s.reason(why)
	s.out.Alarm = true
	return false
}

func (s *signature) reason(f Finding) {
	for _, have := range s.out.Reasons {
		if have == f {
			return
		}
	}
	s.out.Reasons = append(s.out.Reasons, f)
}

func (v *verifier) note(f Finding) { v.report.Findings = append(v.report.Findings, f) }

func (v *verifier) alarm(f Finding) {
	v.note(f)
	v.report.Alarm = true
}

// parseDate reads a PDF date (ISO 32000-2, 7.9.4); nil when it is not one.
func parseDate(s string) *time.Time {
	s = trimDate(s)
	for _, layout := range []string{"20060102150405-0700", "20060102150405Z", "20060102150405", "200601021504", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return &t
		}
	}
	return nil
}

// trimDate removes the D: and the apostrophes, and the zone behind a Z.
func trimDate(s string) string {
	if len(s) > 40 {
		return ""
	}
	var b []byte
	for i := range len(s) {
		c := s[i]
		if c == 'Z' {
			return string(append(b, 'Z'))
		}
		if c >= '0' && c <= '9' || c == '+' || c == '-' {
			b = append(b, c)
		}
	}
	return string(b)
}
