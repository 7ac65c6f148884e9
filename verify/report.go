package verify

import (
	"crypto/x509"
	"time"

	"vanban/certs"
	"vanban/internal/fault"
)

// The indications of ETSI EN 319 102-1, 5.1.3.
const (
	TotalPassed   = "TOTAL-PASSED"
	TotalFailed   = "TOTAL-FAILED"
	Indeterminate = "INDETERMINATE"
)

// Values of Signature.Integrity and Signature.ChangesAfter.
const (
	Intact          = "intact"
	Broken          = "broken"
	IntegrityUnsure = "unknown" // an algorithm that is not supported here

	ChangesNone      = "none"
	ChangesPermitted = "permitted"
	ChangesForbidden = "forbidden"
	ChangesUnknown   = "unknown"
)

// Answers of a Question.
const (
	Yes    = "yes"
	No     = "no"
	Unsure = "unknown"
)

// Options is everything a verdict depends on beside the file.
type Options struct {
	// Anchors are the trusted roots; nil trusts nobody, and then no signature
	// can be TOTAL-PASSED.
	Anchors *certs.Anchors
	Policy  certs.Policy
	// At is the validation time. It is required.
	At time.Time
	// Evidence is added to what the file itself carries.
	Evidence certs.Evidence
	// Capacity answers whether a signer was entitled to sign for an agency. Nil
	// leaves the fourth question open.
	Capacity func(signer *x509.Certificate, at time.Time) (answer, text, textEn string)
}

// Report is the verdict on one file. Its JSON is a contract: fields may be
// added, never renamed.
type Report struct {
	File       string      `json:"file"`
	Indication string      `json:"indication"`
	Alarm      bool        `json:"alarm"`
	Findings   []Finding   `json:"findings"`
	Signatures []Signature `json:"signatures"`
	Questions  []Question  `json:"questions"`
	Summary    string      `json:"summary"`
	SummaryEn  string      `json:"summaryEn"`
	Size       int64       `json:"size"`
	Revisions  int         `json:"revisions"`
	CheckedAt  time.Time   `json:"checkedAt"`
}

// Signature is the verdict on one signature or document time-stamp.
type Signature struct {
	Field           string     `json:"field"`
	Type            string     `json:"type"` // "signature" or "timestamp"
	Indication      string     `json:"indication"`
	SubIndication   string     `json:"subIndication"`
	Integrity       string     `json:"integrity"`
	ChangesAfter    string     `json:"changesAfter"`
	Level           string     `json:"level"`
	Signer          string     `json:"signer"`
	SignerName      string     `json:"signerName"`
	Issuer          string     `json:"issuer"`
	Serial          string     `json:"serial"`
	Domain          string     `json:"domain"`
	ClaimedTime     *time.Time `json:"claimedTime"`
	ProvenTime      *time.Time `json:"provenTime"`
	Revision        int        `json:"revision"`
	CoversWholeFile bool       `json:"coversWholeFile"`
	Certification   int        `json:"certification"` // DocMDP level, 0 for an approval signature
	Digest          string     `json:"digest"`
	SignedBytes     int64      `json:"signedBytes"` // length of the revision that is covered
	Reasons         []Finding  `json:"reasons"`

	Certificate *x509.Certificate   `json:"-"`
	Chain       []*x509.Certificate `json:"-"`
	Alarm       bool                `json:"alarm"`
}

// Finding is one reason, in both languages.
type Finding struct {
	Code   string `json:"code"`
	Level  string `json:"level"` // fail, warn or info
	Text   string `json:"text"`
	TextEn string `json:"textEn"`
}

// In gives the sentence in one language.
func (f Finding) In(l fault.Lang) string {
	if l == fault.En {
		return f.TextEn
	}
	return f.Text
}

// Question is one of the five that a clerk asks: intact, who, trusted,
// allowed, changed.
type Question struct {
	ID     string `json:"id"`
	Answer string `json:"answer"` // yes, no or unknown; for "changed", yes means changed
	Text   string `json:"text"`
	TextEn string `json:"textEn"`
}

// In gives the answer's sentence in one language.
func (q Question) In(l fault.Lang) string {
	if l == fault.En {
		return q.TextEn
	}
	return q.Text
}

// ExitStatus is the exit status of the command line for this report: 0 every
// signature valid, 1 something indeterminate, 2 something invalid, 3 no
// signature.
func (r *Report) ExitStatus() int {
	switch {
	case r.Indication == TotalFailed || r.Alarm:
		return 2
	case len(r.Signatures) == 0:
		return 3
	case r.Indication == TotalPassed:
		return 0
	}
	return 1
}

func finding(code *fault.Code, level certs.Level, args ...any) Finding {
	return Finding{Code: code.ID(), Level: string(level), Text: code.Text(fault.Vi, args...), TextEn: code.Text(fault.En, args...)}
}
