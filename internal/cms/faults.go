package cms

import "fmt"

// Severity orders faults by what they do to a verdict.
type Severity int

const (
	// Odd is allowed or harmless, and worth a line in a report.
	Odd Severity = iota
	// Weak means that the algorithm may not be relied upon alone.
	Weak
	// Unsupported means that no answer was possible: neither right nor wrong.
	Unsupported
	// Broken means that the signature does not hold.
	Broken
)

// FaultCode is a stable name of a fault, lower case with dashes.
type FaultCode string

// Codes that callers branch on have an exported name.
const (
	// MessageDigestMismatch: the content is not what was signed.
	MessageDigestMismatch FaultCode = "cms-message-digest-mismatch"
	// SignatureMismatch: the signature value is not of this key over these attributes.
	SignatureMismatch FaultCode = "cms-signature-mismatch"
	// AlgorithmMismatch: the digest and the signature algorithm contradict each other.
	AlgorithmMismatch FaultCode = "cms-algorithm-mismatch"
	// WeakDigest: MD5 or SHA-1.
	WeakDigest FaultCode = "cms-weak-digest"
	// MissingESS: no signing-certificate attribute, so PAdES it is not.
	MissingESS FaultCode = "cms-ess-missing"
	// ESSMismatch: the attribute names another certificate.
	ESSMismatch FaultCode = "cms-ess-mismatch"
	// NoCertificate: the signer's certificate is not there or cannot be read.
	NoCertificate FaultCode = "cms-no-certificate"
	// ImprintMismatch: a time-stamp is about something else.
	ImprintMismatch FaultCode = "cms-imprint-mismatch"

	// AlgorithmUnknown: no standard algorithm has the identifier.
	AlgorithmUnknown FaultCode = "cms-signature-algorithm-unsupported"

	noSignedAttributes  FaultCode = "cms-no-signed-attributes"
	attributesNotDER    FaultCode = "cms-attributes-not-der"
	attributeDuplicate  FaultCode = "cms-attribute-duplicate"
	attributeMalformed  FaultCode = "cms-attribute-malformed"
	contentTypeMissing  FaultCode = "cms-content-type-missing"
	contentTypeMismatch FaultCode = "cms-content-type-mismatch"
	digestMissing       FaultCode = "cms-message-digest-missing"
	digestUnsupported   FaultCode = "cms-digest-unsupported"
	digestUndeclared    FaultCode = "cms-digest-undeclared"
	pssParameters       FaultCode = "cms-pss-parameters"
	keyUnsupported      FaultCode = "cms-key-unsupported"
	keyWrongKind        FaultCode = "cms-key-wrong-kind"
	contentNeeded       FaultCode = "cms-content-needed"
	signerCount         FaultCode = "cms-signer-count"
	tokenContent        FaultCode = "cms-token-content"
)

// FaultCodes lists every code, so that whoever puts them into words can prove
// that none is missing.
func FaultCodes() []FaultCode {
	return []FaultCode{
		MessageDigestMismatch, SignatureMismatch, AlgorithmMismatch, WeakDigest, MissingESS, ESSMismatch,
		NoCertificate, ImprintMismatch, noSignedAttributes, attributesNotDER, attributeDuplicate, attributeMalformed,
		contentTypeMissing, contentTypeMismatch, digestMissing, digestUnsupported, digestUndeclared, AlgorithmUnknown,
		pssParameters, keyUnsupported, keyWrongKind, contentNeeded, signerCount, tokenContent,
	}
}

// Fault is one thing that is wrong, undecidable, weak or odd.
type Fault struct {
	Code     FaultCode
	Detail   string // English, for the report of an expert
	Severity Severity
}

// String is for logs and tests.
func (f Fault) String() string { return string(f.Code) + ": " + f.Detail }

func newFault(severity Severity, code FaultCode, format string, args ...any) Fault {
	return Fault{Code: code, Detail: fmt.Sprintf(format, args...), Severity: severity}
}
