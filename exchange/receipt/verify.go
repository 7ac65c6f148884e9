package receipt

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanban/certs"
	"vanban/internal/cms"
	"vanban/internal/fault"
)

// Options is everything a verdict depends on beside the file.
type Options struct {
	Anchors  *certs.Anchors // nil trusts nobody
	Policy   certs.Policy
	Evidence certs.Evidence // intermediates and revocation data at hand
	At       time.Time      // the time of checking; required
	// Document is the hex SHA-256 of the document that the receipt should be
	// about; "" = not asked.
	Document string
}

// Report is the verdict on one receipt. Its JSON is stable: fields may be
// added, never renamed.
type Report struct {
	File          string    `json:"file"`       // set by the caller
	Indication    string    `json:"indication"` // TOTAL-PASSED, TOTAL-FAILED, INDETERMINATE
	SubIndication string    `json:"subIndication"`
	Alarm         bool      `json:"alarm"` // altered, forged, or about something else, whatever the trust
	Evidence      Evidence  `json:"evidence"`
	Signer        string    `json:"signer"` // name in the certificate; nothing is proved about it unless passed
	Domain        string    `json:"domain"`
	Findings      []Finding `json:"findings"`
}

// Finding is one reason, in both languages.
type Finding struct {
	Code   string `json:"code"`
	Level  string `json:"level"` // fail, warn or info
	Text   string `json:"text"`
	TextEn string `json:"textEn"`
}

const (
	passed = "TOTAL-PASSED"
	failed = "TOTAL-FAILED"
)

// Verify judges a receipt. The error only means that the bytes are no receipt
// at all; everything else is in the report. It never dials.
func Verify(data []byte, opt Options) (*Report, error) {
	if opt.At.IsZero() {
		return nil, errors.New("receipt: no time to judge at")
	}
	f, err := decode(data)
	if err != nil {
		return nil, err
	}
	r := &Report{Indication: passed, Evidence: f.Evidence, Findings: []Finding{}}
	again, err := f.encode()
	if err != nil || !bytes.Equal(again, data) {
		r.fail("FORMAT_FAILURE", codeNotCanonical)
	}
	if err := f.Evidence.check(); err != nil {
		r.fail("FORMAT_FAILURE", codeEvidence, err.Error())
		return r, nil
	}
	if opt.Document != "" && opt.Document != f.Evidence.Digest.Value {
		r.fail("HASH_FAILURE", codeOtherDocument)
	}
	signed, err := Canonical(f.Evidence)
	if err != nil {
		r.fail("FORMAT_FAILURE", codeEvidence, err.Error())
		return r, nil
	}
	message, err := parse(f.Signature, signed)
	if err != nil {
		r.fail("SIG_CRYPTO_FAILURE", codeSignature, err.Error())
		return r, nil
	}
	r.judge(f, message, opt)
	return r, nil
}

// parse reads the CMS and checks its signature over the canonical evidence.
func parse(der, signed []byte) (*cms.Signed, error) {
	message, err := cms.Parse(der)
	if err != nil {
		return nil, err
	}
	switch {
	case len(message.Signers) != 1 || message.HasContent || message.TrailingGarbage || message.DERLen != len(der):
		return nil, errors.New("not a detached message of one signer")
	case message.UnparsedCertificates > 0 || len(message.CRLs) > 0 || len(message.OCSPs) > 0:
		return nil, errors.New("the message carries more than certificates")
	case len(message.Signers[0].UnsignedAttributes) > 0:
		return nil, errors.New("the message has unsigned attributes")
	}
	si := message.Signers[0]
	cert := message.SignerCertificate(si)
	if cert == nil {
		return nil, errors.New("the signer's certificate is not in the message")
	}
	if !si.Digest.Known() {
		return nil, fmt.Errorf("digest %s", si.Digest)
	}
	for _, f := range append(slices.Clone(si.Faults), si.Verify(cert, si.Digest.Sum(signed))...) {
		if f.Severity != cms.Odd {
			return nil, errors.New(f.Detail)
		}
	}
	return message, nil
}

// judge asks who signed, and whether anything that the signature does not
// cover was altered: the embedded certificates must be those that the evidence
// names, and the message must come out the same when built again.
func (r *Report) judge(f file, message *cms.Signed, opt Options) {
	cert := message.SignerCertificate(message.Signers[0])
	r.Signer = certs.Describe(cert)
	at, err := f.Evidence.at()
	if err != nil {
		r.fail("FORMAT_FAILURE", codeEvidence, err.Error())
		return
	}
	if at.After(opt.At.Add(5 * time.Minute)) {
		r.fail("", codeFuture, f.Evidence.Time)
	}
	evidence := opt.Evidence
	evidence.Certificates = slices.Concat(message.Certificates, opt.Evidence.Certificates)
	result := certs.Judge(cert, certs.Signing, at, opt.At, opt.Anchors, evidence, opt.Policy)
	r.Domain = result.Domain.String()
	if !result.Trusted() {
		r.untrusted(result)
	}
	rebuilt, err := message.Rebuild(message.Certificates)
	if err != nil || !bytes.Equal(rebuilt, f.Signature) || digestOf(message.Certificates) != f.Evidence.Certificates {
		r.fail("FORMAT_FAILURE", codeNotCanonical)
	}
	if !names(cert, f.Evidence.Receiver.Name) {
		r.fail("", codeOtherAgency, f.Evidence.Receiver.Name, r.Signer)
	}
	if !result.RevocationChecked {
		r.add(certs.Warn, codeNoRevocation)
	}
	r.add(certs.Info, codeClaimedTime)
}

func (r *Report) untrusted(result certs.Result) {
	indication, sub := result.Status.EN319102(false)
	if r.Indication == passed {
		r.Indication, r.SubIndication = indication, sub
	}
	words := func(l fault.Lang) string {
		var out []string
		for _, f := range result.Findings {
			if f.Level == certs.Fail {
				out = append(out, strings.TrimSuffix(f.Text(l), "."))
			}
		}
		if len(out) == 0 {
			return result.Status.String()
		}
		return strings.Join(out, "; ")
	}
	r.Findings = append(r.Findings, Finding{Code: codeUntrusted.ID(), Level: string(certs.Fail),
		Text: codeUntrusted.Text(fault.Vi, words(fault.Vi)), TextEn: codeUntrusted.Text(fault.En, words(fault.En))})
}

func (r *Report) add(level certs.Level, code *fault.Code, args ...any) {
	r.Findings = append(r.Findings, Finding{Code: code.ID(), Level: string(level),
		Text: code.Text(fault.Vi, args...), TextEn: code.Text(fault.En, args...)})
}

// Reason is the first thing that speaks against the receipt, in English, for
// logs and messages; "" when nothing does.
func (r *Report) Reason() string {
	for _, f := range r.Findings {
		if f.Level == string(certs.Fail) {
			return f.TextEn
		}
	}
	return ""
}

// fail is for what must alarm a person whatever the trust.
func (r *Report) fail(sub string, code *fault.Code, args ...any) {
	if r.Indication != failed {
		r.Indication, r.SubIndication = failed, sub
	}
	r.Alarm = true
	r.add(certs.Fail, code, args...)
}

// names says whether the certificate is the agency's own: its common name is
// the agency's name, whatever the case of the letters. Without this every
// holder of a trusted certificate could sign receipts for everybody. The
// organisation does not count: it is the agency in the certificates of its
// people too, and they may not seal (SIG-03).
func names(c *x509.Certificate, agency string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(s)), " ")) }
	return fold(agency) != "" && fold(c.Subject.CommonName) == fold(agency)
}
