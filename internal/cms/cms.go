// Package cms builds and reads CMS SignedData (RFC 5652) for content whose
// digest was computed elsewhere, so that a signed document is never held in
// memory, and the time-stamp tokens of RFC 3161, which are such messages.
//
// What it writes is strict DER with the attributes that PAdES asks for. What
// it reads is tolerant BER, because forty years of signers wrote it, but every
// size, depth and count is bounded, and nothing that it tolerates is silent:
// it comes back as a Fault.
//
// The package answers one question only: does this signature value, over these
// bytes, belong to this certificate? Whether the certificate is to be trusted
// is the business of certs, and whether the bytes are the whole document is the
// business of verify.
//
// All functions are pure; values may be used by several goroutines as long as
// nobody changes them.
package cms

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"time"
)

// Bounds on what is read. A real message is 3 to 60 KB; embedded revocation
// lists may make it some megabytes.
const (
	maxMessage    = 8 << 20
	maxCerts      = 100
	maxSigners    = 16
	maxAttributes = 128
	maxValues     = 64
)

// Signed is a SignedData message that was read.
type Signed struct {
	ContentType asn1.ObjectIdentifier // eContentType, id-data for PDF signatures
	Content     []byte                // eContent when HasContent
	HasContent  bool                  // a detached PDF signature must have none

	Certificates         []*x509.Certificate // as embedded; nothing is proved about them
	UnparsedCertificates int                 // certificates that crypto/x509 cannot read
	Unparsed             [][]byte            // their bytes as received

	CRLs  [][]byte // DER CertificateLists
	OCSPs [][]byte // DER OCSPResponses

	Signers []*Signer // one in every sane message; the caller judges others

	// Irregular says, in English, what in the unsigned wrapper is not as RFC 5652
	// wants it; empty when all is well. Some signers are careless here, and an
	// altered byte shows here too.
	Irregular string

	DERLen          int  // bytes of the input that the message takes
	TrailingGarbage bool // bytes after the message that are not zero padding
}

// Signer is one SignerInfo.
type Signer struct {
	Digest              Digest
	SignatureAlgorithm  string // for people: "RSA-PSS", "ECDSA", "1.2.3.4" when unknown
	HasSignedAttributes bool
	SignedAttributes    []Attribute
	UnsignedAttributes  []Attribute

	MessageDigest []byte                // message-digest attribute; nil when absent
	ContentType   asn1.ObjectIdentifier // content-type attribute; nil when absent
	SigningTime   *time.Time            // signing-time attribute: a claim, not a proof
	ESS           []ESSCert             // signing-certificate and signing-certificate-v2
	TimeStamps    [][]byte              // raw tokens over the signature value (RFC 3161 appendix A)
	Signature     []byte                // what those tokens are about

	RevocationCRLs  [][]byte // adbe-revocationInfoArchival (ISO 32000-2, 12.8.3.3.2) and CAdES revocation-values
	RevocationOCSPs [][]byte

	// Faults are the weaknesses and oddities seen in reading (Weak, Odd).
	// What makes the signature wrong or undecidable is answered by Verify.
	Faults []Fault

	issuer     []byte // DER name, with serial: identifies the certificate,
	serial     *big.Int
	keyID      []byte // or the subject key identifier does
	algorithm  algorithm
	attributes []byte // what is signed: the attributes as a SET OF
	content    []byte // eContent, for EdDSA without attributes
	wrong      []Fault
}

// ESSCert is one certificate identifier of RFC 5035; the first one of an
// attribute must name the signer's certificate.
type ESSCert struct {
	Digest Digest
	Hash   []byte
	Issuer []byte   // DER name; nil when the identifier has no issuerSerial
	Serial *big.Int // nil when the identifier has no issuerSerial
}

// Attribute is a CMS attribute: its type and the DER of each of its values.
type Attribute struct {
	Type   asn1.ObjectIdentifier
	Values [][]byte
}

// Spec says what to sign and with which certificate.
type Spec struct {
	Certificate *x509.Certificate
	Chain       []*x509.Certificate // embedded in the message; Certificate is added when it is not among them

	// Digest is SHA-256, SHA-384 or SHA-512; Ed25519 requires SHA-512
	// (RFC 8419, 3.1).
	Digest        crypto.Hash
	PSS           bool   // RSASSA-PSS with a salt as long as the digest
	ContentDigest []byte // Digest of the content, computed by the caller

	ContentType asn1.ObjectIdentifier // zero is id-data
	Content     []byte                // not nil: embedded (never for PDF)
	SigningTime time.Time             // zero: no attribute, as PAdES baseline wants (EN 319 142-1, 6.3)
	Extra       []Attribute           // further signed attributes
}
