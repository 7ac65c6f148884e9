package certs

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

// OCSP responses are read here rather than with golang.org/x/crypto/ocsp, which
// hides the certificate identifier's hashes, matches by serial number alone,
// and takes only the first embedded certificate: too little to say whether the
// answer is about this certificate and from someone who may give it. Tests
// compare the two readers.

const (
	maxOCSPSize      = 1 << 20
	maxOCSPAnswers   = 64 // single responses in one message
	maxOCSPEmbedded  = 10 // certificates in one message
	maxOCSPResponder = 8  // candidates tried per message
)

// ocspMessage is a BasicOCSPResponse (RFC 6960 section 4.2.1).
type ocspMessage struct {
	signed    []byte // tbsResponseData
	algorithm x509.SignatureAlgorithm
	signature []byte

	responderName []byte // DER Name, or
	responderKey  []byte // SHA-1 of the public key
	producedAt    time.Time
	answers       []ocspAnswer
	embedded      []*x509.Certificate

	// responders remembers who signed, per issuing CA.
	responders map[*x509.Certificate]responder
}

// ocspAnswer is one SingleResponse.
type ocspAnswer struct {
	hash              crypto.Hash
	nameHash, keyHash []byte
	serial            []byte // content of the INTEGER
	statement
}

var ocspHashes = map[string]crypto.Hash{
	"1.3.14.3.2.26":          crypto.SHA1,
	"2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

var (
	oidOCSPBasic         = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidOCSPNoCheck       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
	oidOCSPArchiveCutoff = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}
	errOCSP              = errors.New("malformed OCSP response")
)

// ocspNoAnswer is an OCSPResponse whose status is not "successful".
type ocspNoAnswer int

func (n ocspNoAnswer) Error() string { return fmt.Sprintf("OCSP status %d", int(n)) }

func explicit(n int) cryptobyte_asn1.Tag {
	return cryptobyte_asn1.Tag(n).Constructed().ContextSpecific()
}

func implicit(n int) cryptobyte_asn1.Tag { return cryptobyte_asn1.Tag(n).ContextSpecific() }

// parseOCSP reads an OCSPResponse or, as CAdES and PAdES sometimes store it,
// a BasicOCSPResponse.
func parseOCSP(der []byte) (*ocspMessage, error) {
	if len(der) > maxOCSPSize {
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
		return nil, ocspNoAnswer(status)
	}
	if !wrapped.ReadASN1(&response, cryptobyte_asn1.SEQUENCE) || !response.ReadASN1ObjectIdentifier(&kind) ||
		!kind.Equal(oidOCSPBasic) || !response.ReadASN1(&basic, cryptobyte_asn1.OCTET_STRING) {
		return nil, errOCSP
	}
	return parseBasicOCSP(basic)
}

func parseBasicOCSP(der []byte) (*ocspMessage, error) {
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
	m := &ocspMessage{
		signed: tbs, algorithm: signatureAlgorithm(algorithm), signature: signature.RightAlign(),
		responders: map[*x509.Certificate]responder{},
	}
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
func (m *ocspMessage) parseEmbedded(in cryptobyte.String) {
	var list, one cryptobyte.String
	if !in.ReadASN1(&list, cryptobyte_asn1.SEQUENCE) {
		return
	}
	for n := 0; !list.Empty() && n < maxOCSPEmbedded; n++ {
		if !list.ReadASN1Element(&one, cryptobyte_asn1.SEQUENCE) {
			return
		}
		if c, err := x509.ParseCertificate(one); err == nil {
			m.embedded = append(m.embedded, c)
		}
	}
}

// parseData reads ResponseData.
func (m *ocspMessage) parseData(der cryptobyte.String) error {
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
		m.responderName = id
	case explicit(2):
		var key cryptobyte.String
		if !id.ReadASN1(&key, cryptobyte_asn1.OCTET_STRING) {
			return errOCSP
		}
		m.responderKey = key
	default:
		return errOCSP
	}
	if !tbs.ReadASN1GeneralizedTime(&m.producedAt) || !tbs.ReadASN1(&responses, cryptobyte_asn1.SEQUENCE) ||
		!tbs.ReadOptionalASN1(&extensions, &hasExtensions, explicit(1)) || !tbs.Empty() {
		return errOCSP
	}
	for !responses.Empty() {
		a, err := parseAnswer(&responses)
		if err != nil {
			return err
		}
		if m.answers = append(m.answers, a); len(m.answers) > maxOCSPAnswers {
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
func parseAnswer(in *cryptobyte.String) (ocspAnswer, error) {
	a := ocspAnswer{statement: statement{source: "OCSP"}}
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
		a.status = statusGood
	case explicit(1):
		a.status = statusRevoked
		var reason cryptobyte.String
		var present bool
		if !status.ReadASN1GeneralizedTime(&a.revokedAt) || !status.ReadOptionalASN1(&reason, &present, explicit(0)) ||
			present && !reason.ReadASN1Enum(&a.reason) {
			return a, errOCSP
		}
	case implicit(2), explicit(2):
		a.status = statusUnknown
	default:
		return a, errOCSP
	}
	return a, a.parseRest(single)
}

// parseRest reads the times and extensions of a SingleResponse.
func (a *ocspAnswer) parseRest(single cryptobyte.String) error {
	var next, extensions cryptobyte.String
	var hasNext, hasExtensions bool
	if !single.ReadASN1GeneralizedTime(&a.thisUpdate) || !single.ReadOptionalASN1(&next, &hasNext, explicit(0)) ||
		hasNext && !next.ReadASN1GeneralizedTime(&a.nextUpdate) ||
		!single.ReadOptionalASN1(&extensions, &hasExtensions, explicit(1)) {
		return errOCSP
	}
	if !hasExtensions {
		return nil
	}
	return eachExtension(extensions, func(oid asn1.ObjectIdentifier, critical bool, value cryptobyte.String) error {
		if oid.Equal(oidOCSPArchiveCutoff) && value.ReadASN1GeneralizedTime(&a.keepsSince) {
			return nil
		}
		return refuseCritical(oid, critical)
	})
}

// eachExtension reads Extensions and calls f for each.
func eachExtension(in cryptobyte.String, f func(asn1.ObjectIdentifier, bool, cryptobyte.String) error) error {
	var list cryptobyte.String
	if !in.ReadASN1(&list, cryptobyte_asn1.SEQUENCE) {
		return errors.New("malformed extensions")
	}
	for n := 0; !list.Empty(); n++ {
		var ext, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var critical bool
		if n > 100 || !list.ReadASN1(&ext, cryptobyte_asn1.SEQUENCE) || !ext.ReadASN1ObjectIdentifier(&oid) ||
			!readCritical(&ext, &critical) ||
			!ext.ReadASN1(&value, cryptobyte_asn1.OCTET_STRING) {
			return errors.New("malformed extensions")
		}
		if err := f(oid, critical, value); err != nil {
			return err
		}
	}
	return nil
}

// readCritical reads the DEFAULT FALSE flag of an extension.
func readCritical(in *cryptobyte.String, out *bool) bool {
	*out = false
	return !in.PeekASN1Tag(cryptobyte_asn1.BOOLEAN) || in.ReadASN1Boolean(out)
}

func refuseCritical(oid asn1.ObjectIdentifier, critical bool) error {
	if critical {
		return fmt.Errorf("critical extension %s", oid)
	}
	return nil
}

// isAbout says whether the answer is about cert as issued by issuer: serial
// number and both hashes of the CertID.
func (a *ocspAnswer) isAbout(cert, issuer *x509.Certificate) bool {
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

// responder is who signed an OCSP response, in the eyes of one issuing CA.
type responder struct {
	authorised bool
	weak       bool     // its certificate is signed with SHA-1
	problem    *Finding // why it is not authorised
}

// named says whether c is the responder that the response names.
func (m *ocspMessage) named(c *x509.Certificate) bool {
	if m.responderName != nil {
		return bytes.Equal(m.responderName, c.RawSubject)
	}
	return bytes.Equal(m.responderKey, sum(crypto.SHA1, keyBits(c)))
}

// responder finds who signed m and whether issuer lets them (RFC 6960 section
// 4.2.2.2): issuer itself, a delegate that issuer itself certified for this, or
// a responder that the operator pinned as an anchor.
func (b *evidenceBook) responder(m *ocspMessage, about, issuer *x509.Certificate) responder {
	if r, ok := m.responders[issuer]; ok {
		return r
	}
	r := b.findResponder(m, about, issuer)
	m.responders[issuer] = r
	return r
}

func (b *evidenceBook) findResponder(m *ocspMessage, about, issuer *x509.Certificate) responder {
	candidates := append([]*x509.Certificate{issuer}, m.embedded...)
	candidates = append(candidates, b.responderCandidates(m)...)
	problem := Finding{Code: codeOCSPNoResponder, Level: Warn, Args: []any{Describe(about)}}
	tried := 0
	for _, c := range candidates {
		if !m.named(c) || tried == maxOCSPResponder {
			continue
		}
		tried++
		switch b.verify(c, m.algorithm, m.signed, m.signature) {
		case signatureUndecided:
			problem = Finding{Code: codeEvidenceWeak, Level: Warn, Args: []any{Describe(about), algorithmName(m.algorithm)}}
		case signatureBad:
			if problem.Code == codeOCSPNoResponder {
				problem = Finding{Code: codeOCSPForged, Level: Warn, Args: []any{Describe(about)}}
			}
		case signatureGood:
			if refusal := b.refuseDelegate(m, c, about, issuer); refusal != nil {
				problem = *refusal
				continue
			}
			return responder{authorised: true, weak: !sameCA(c, issuer) && strengthOf(c.SignatureAlgorithm) != strong}
		}
	}
	return responder{problem: &problem}
}

// sameCA compares name and key: a CA may have several certificates.
func sameCA(a, b *x509.Certificate) bool {
	return bytes.Equal(a.RawSubject, b.RawSubject) && bytes.Equal(a.RawSubjectPublicKeyInfo, b.RawSubjectPublicKeyInfo)
}

// refuseDelegate says why c, who did sign, may not answer for issuer.
func (b *evidenceBook) refuseDelegate(m *ocspMessage, c, about, issuer *x509.Certificate) *Finding {
	if sameCA(c, issuer) || b.s.anchors.find(c) != nil {
		return nil
	}
	delegated := bytes.Equal(c.RawIssuer, issuer.RawSubject) && hasEKU(c, x509.ExtKeyUsageOCSPSigning) &&
		(!hasExtension(c, oidKeyUsage) || c.KeyUsage&x509.KeyUsageDigitalSignature != 0) &&
		b.verify(issuer, c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == signatureGood
	if !delegated && hasEKU(c, x509.ExtKeyUsageOCSPSigning) {
		return &Finding{Code: codeOCSPForeign, Level: Warn, Args: []any{Describe(about), Describe(c)}}
	}
	if !delegated || len(c.UnhandledCriticalExtensions) > 0 || keyWeakness(c, b.s.policy) != "" {
		return &Finding{Code: codeOCSPUnauthorised, Level: Warn, Args: []any{Describe(about), Describe(c)}}
	}
	if m.producedAt.Before(c.NotBefore.Add(-b.s.policy.Skew)) || m.producedAt.After(c.NotAfter) {
		return &Finding{Code: codeEvidenceStale, Level: Warn, Args: []any{Describe(about), showTime(c.NotAfter)}}
	}
	if b.delegateRevoked(c, issuer, m.producedAt) {
		return &Finding{Code: codeOCSPUnauthorised, Level: Warn, Args: []any{Describe(about), Describe(c)}}
	}
	return nil
}

// delegateRevoked looks for the delegate in the CRLs at hand. That it is in
// none is no objection: most delegates are short-lived and carry ocsp-nocheck.
func (b *evidenceBook) delegateRevoked(c, issuer *x509.Certificate, producedAt time.Time) bool {
	for _, list := range b.crls {
		st, problem := b.crlStatement(list, c, issuer)
		if problem == nil && st.status == statusRevoked && !st.revokedAt.After(producedAt) {
			return true
		}
	}
	return false
}
