package revocation

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // CertID and KeyHash of RFC 6960 are SHA-1 everywhere
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cryptobyte_asn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	maxOCSP     = 1 << 20
	maxAnswers  = 64 // single responses in one message
	maxEmbedded = 10 // certificates in one message
)

// OCSP is a BasicOCSPResponse (RFC 6960 section 4.2.1).
type OCSP struct {
	Envelope
	// ResponderName is the DER Name of the responder; nil when it is named by
	// its key.
	ResponderName []byte
	ProducedAt    time.Time
	Answers       []Answer
	Embedded      []*x509.Certificate // those that can be read, at most 10

	responderKey []byte // SHA-1 of the public key
}

// Answer is one SingleResponse.
type Answer struct {
	Statement
	hash              crypto.Hash
	nameHash, keyHash []byte
	serial            []byte // content of the INTEGER
}

var ocspHashes = map[string]crypto.Hash{
	"1.3.14.3.2.26":          crypto.SHA1,
	"2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

var (
	oidOCSPBasic         = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidOCSPArchiveCutoff = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}
	errOCSP              = errors.New("malformed OCSP response")
)

// NoAnswer is the error for an OCSPResponse whose status is not "successful";
// its number is that status.
type NoAnswer int

func (n NoAnswer) Error() string { return fmt.Sprintf("OCSP status %d", int(n)) }

// ParseOCSP reads an OCSPResponse or, as CAdES and PAdES sometimes store it,
// a BasicOCSPResponse.
func ParseOCSP(der []byte) (*OCSP, error) {
	if len(der) > maxOCSP {
		return nil, errors.New("OCSP response over 1 MiB")
	}
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, cryptobyte_asn1.SEQUENCE) {
		return nil, errOCSP
	}
	if !seq.PeekASN1Tag(cryptobyte_asn1.ENUM) {
		return parseBasicOCSP(der)
	}
	var status int
	var wrapped, response, basic cryptobyte.String
	var present bool
	var kind asn1.ObjectIdentifier
	if !seq.ReadASN1Enum(&status) || !seq.ReadOptionalASN1(&wrapped, &present, explicit(0)) {
		return nil, errOCSP
	}
	if status != 0 {
		return nil, NoAnswer(status)
	}
	if !wrapped.ReadASN1(&response, cryptobyte_asn1.SEQUENCE) || !response.ReadASN1ObjectIdentifier(&kind) ||
		!kind.Equal(oidOCSPBasic) || !response.ReadASN1(&basic, cryptobyte_asn1.OCTET_STRING) {
		return nil, errOCSP
	}
	return parseBasicOCSP(basic)
}

func parseBasicOCSP(der []byte) (*OCSP, error) {
	in := cryptobyte.String(der)
	var seq, tbs, algorithm, certificates cryptobyte.String
	var signature asn1.BitString
	var present bool
	if !in.ReadASN1(&seq, cryptobyte_asn1.SEQUENCE) ||
		!seq.ReadASN1Element(&tbs, cryptobyte_asn1.SEQUENCE) ||
		!seq.ReadASN1Element(&algorithm, cryptobyte_asn1.SEQUENCE) ||
		!seq.ReadASN1BitString(&signature) ||
		!seq.ReadOptionalASN1(&certificates, &present, explicit(0)) {
		return nil, errOCSP
	}
	m := &OCSP{Envelope: Envelope{Signed: tbs, Algorithm: signatureAlgorithm(algorithm), Signature: signature.RightAlign()}}
	if err := m.parseData(tbs); err != nil {
		return nil, err
	}
	if present {
		m.parseEmbedded(certificates)
	}
	return m, nil
}

// parseEmbedded keeps what can be read; a responder certificate that cannot be
// read is as good as absent.
func (m *OCSP) parseEmbedded(in cryptobyte.String) {
	var list, one cryptobyte.String
	if !in.ReadASN1(&list, cryptobyte_asn1.SEQUENCE) {
		return
	}
	for n := 0; !list.Empty() && n < maxEmbedded; n++ {
		if !list.ReadASN1Element(&one, cryptobyte_asn1.SEQUENCE) {
			return
		}
		if c, err := x509.ParseCertificate(one); err == nil {
			m.Embedded = append(m.Embedded, c)
		}
	}
}

// parseData reads ResponseData.
func (m *OCSP) parseData(der cryptobyte.String) error {
	var tbs, version, responses, id, extensions cryptobyte.String
	var hasVersion, hasExtensions bool
	if !der.ReadASN1(&tbs, cryptobyte_asn1.SEQUENCE) || !tbs.ReadOptionalASN1(&version, &hasVersion, explicit(0)) {
		return errOCSP
	}
	var tag cryptobyte_asn1.Tag
	if !tbs.ReadAnyASN1(&id, &tag) {
		return errOCSP
	}
	switch tag {
	case explicit(1):
		m.ResponderName = id
	case explicit(2):
		var key cryptobyte.String
		if !id.ReadASN1(&key, cryptobyte_asn1.OCTET_STRING) {
			return errOCSP
		}
		m.responderKey = key
	default:
		return errOCSP
	}
	if !tbs.ReadASN1GeneralizedTime(&m.ProducedAt) || !tbs.ReadASN1(&responses, cryptobyte_asn1.SEQUENCE) ||
		!tbs.ReadOptionalASN1(&extensions, &hasExtensions, explicit(1)) || !tbs.Empty() {
		return errOCSP
	}
	for !responses.Empty() {
		a, err := parseAnswer(&responses)
		if err != nil {
			return err
		}
		if m.Answers = append(m.Answers, a); len(m.Answers) > maxAnswers {
			return errors.New("OCSP response with too many answers")
		}
	}
	if hasExtensions {
		return eachExtension(extensions, func(oid asn1.ObjectIdentifier, critical bool, _ cryptobyte.String) error {
			return refuseCritical(oid, critical)
		})
	}
	return nil
}

// parseAnswer reads one SingleResponse.
func parseAnswer(in *cryptobyte.String) (Answer, error) {
	var a Answer
	var single, id, algorithm, nameHash, keyHash, serial, status cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !in.ReadASN1(&single, cryptobyte_asn1.SEQUENCE) || !single.ReadASN1(&id, cryptobyte_asn1.SEQUENCE) ||
		!id.ReadASN1(&algorithm, cryptobyte_asn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&oid) ||
		!id.ReadASN1(&nameHash, cryptobyte_asn1.OCTET_STRING) || !id.ReadASN1(&keyHash, cryptobyte_asn1.OCTET_STRING) ||
		!id.ReadASN1(&serial, cryptobyte_asn1.INTEGER) {
		return a, errOCSP
	}
	a.hash, a.nameHash, a.keyHash, a.serial = ocspHashes[oid.String()], nameHash, keyHash, serial
	var tag cryptobyte_asn1.Tag
	if !single.ReadAnyASN1(&status, &tag) {
		return a, errOCSP
	}
	switch tag {
	case implicit(0):
		a.Status = Good
	case explicit(1):
		a.Status = Revoked
		var reason cryptobyte.String
		var present bool
		if !status.ReadASN1GeneralizedTime(&a.RevokedAt) || !status.ReadOptionalASN1(&reason, &present, explicit(0)) ||
			present && !reason.ReadASN1Enum(&a.Reason) {
			return a, errOCSP
		}
	case implicit(2), explicit(2):
		a.Status = Unknown
	default:
		return a, errOCSP
	}
	return a, a.parseRest(single)
}

// parseRest reads the times and extensions of a SingleResponse.
func (a *Answer) parseRest(single cryptobyte.String) error {
	var next, extensions cryptobyte.String
	var hasNext, hasExtensions bool
	if !single.ReadASN1GeneralizedTime(&a.ThisUpdate) || !single.ReadOptionalASN1(&next, &hasNext, explicit(0)) ||
		hasNext && !next.ReadASN1GeneralizedTime(&a.NextUpdate) ||
		!single.ReadOptionalASN1(&extensions, &hasExtensions, explicit(1)) {
		return errOCSP
	}
	if !hasExtensions {
		return nil
	}
	return eachExtension(extensions, func(oid asn1.ObjectIdentifier, critical bool, value cryptobyte.String) error {
		if oid.Equal(oidOCSPArchiveCutoff) && value.ReadASN1GeneralizedTime(&a.KeepsSince) {
			return nil
		}
		return refuseCritical(oid, critical)
	})
}

// IsAbout says whether the answer is about cert as issued by issuer: serial
// number and both hashes of the CertID.
func (a *Answer) IsAbout(cert, issuer *x509.Certificate) bool {
	if !bytes.Equal(a.serial, integerContent(cert.SerialNumber)) || a.hash == 0 {
		return false
	}
	return bytes.Equal(a.nameHash, sum(a.hash, issuer.RawSubject)) && bytes.Equal(a.keyHash, sum(a.hash, keyBits(issuer)))
}

func sum(h crypto.Hash, b []byte) []byte {
	w := h.New()
	w.Write(b)
	return w.Sum(nil)
}

// keyBits is the subjectPublicKey BIT STRING without tag, length and unused
// bits: what OCSP hashes.
func keyBits(c *x509.Certificate) []byte {
	in := cryptobyte.String(c.RawSubjectPublicKeyInfo)
	var spki, algorithm cryptobyte.String
	var bits asn1.BitString
	if !in.ReadASN1(&spki, cryptobyte_asn1.SEQUENCE) || !spki.ReadASN1(&algorithm, cryptobyte_asn1.SEQUENCE) ||
		!spki.ReadASN1BitString(&bits) {
		return nil
	}
	return bits.RightAlign()
}

// Names says whether c is the responder that the response names.
func (m *OCSP) Names(c *x509.Certificate) bool {
	if m.ResponderName != nil {
		return bytes.Equal(m.ResponderName, c.RawSubject)
	}
	return bytes.Equal(m.responderKey, sum(crypto.SHA1, keyBits(c)))
}
