package cms

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"vanban/internal/cms/ber"
)

// Unsigned is a message that lacks its signature value. It holds no secret and
// does not change; it may be stored (Marshal) and completed by another process.
type Unsigned struct {
	cert        *x509.Certificate
	chain       [][]byte // DER, cert first
	digest      Digest
	pss         bool
	contentType asn1.ObjectIdentifier
	content     []byte // nil when detached
	attributes  []byte // SET OF, what is signed
}

// Prepare lays out everything that the signature covers: content-type,
// message-digest, signing-certificate-v2 with issuer and serial number, and
// signing-time when asked for. It refuses digests that are not SHA-2 of at
// least 256 bits; whether the certificate may sign is not asked here.
func Prepare(spec Spec) (*Unsigned, error) {
	if spec.Certificate == nil {
		return nil, errors.New("cms: no certificate to sign with")
	}
	switch spec.Digest {
	case crypto.SHA256, crypto.SHA384, crypto.SHA512:
	default:
		return nil, fmt.Errorf("cms: digest %v is not for signing", spec.Digest)
	}
	if len(spec.ContentDigest) != spec.Digest.Size() {
		return nil, fmt.Errorf("cms: content digest of %d bytes is no %v", len(spec.ContentDigest), spec.Digest)
	}
	u := &Unsigned{cert: spec.Certificate, chain: [][]byte{spec.Certificate.Raw}, digest: DigestOf(spec.Digest),
		pss: spec.PSS, contentType: spec.ContentType, content: spec.Content}
	if u.contentType == nil {
		u.contentType = oidData
	}
	for _, c := range spec.Chain {
		if !slices.ContainsFunc(u.chain, func(have []byte) bool { return bytes.Equal(have, c.Raw) }) {
			u.chain = append(u.chain, c.Raw)
		}
	}
	if len(u.chain) > maxCerts {
		return nil, fmt.Errorf("cms: %d certificates to embed", len(u.chain))
	}
	if _, err := signatureIdentifierFor(u.cert, u.digest, u.pss); err != nil {
		return nil, err
	}
	attributes, err := signedAttributes(spec, u.contentType)
	if err != nil {
		return nil, err
	}
	u.attributes = encodeAttributes(ber.Set, attributes)
	return u, nil
}

func signedAttributes(spec Spec, contentType asn1.ObjectIdentifier) ([]Attribute, error) {
	one := func(oid asn1.ObjectIdentifier, value []byte) Attribute {
		return Attribute{Type: oid, Values: [][]byte{value}}
	}
	out := []Attribute{
		one(oidContentType, ber.EncodeOID(contentType)),
		one(oidMessageDigest, ber.Encode(ber.OctetString, spec.ContentDigest)),
		one(oidESSv2, encodeESS(spec.Certificate, spec.Digest)),
	}
	if !spec.SigningTime.IsZero() {
		out = append(out, one(oidSigningTime, ber.EncodeTime(spec.SigningTime)))
	}
	for _, a := range spec.Extra {
		if len(a.Type) < 2 || len(a.Values) == 0 {
			return nil, errors.New("cms: extra attribute without type or value")
		}
		if slices.ContainsFunc(out, func(b Attribute) bool { return b.Type.Equal(a.Type) }) {
			return nil, fmt.Errorf("cms: attribute %s twice", a.Type)
		}
		out = append(out, a)
	}
	return out, nil
}

// encodeESS writes SigningCertificateV2 (RFC 5035, 3). The algorithm of
// SHA-256 is the DEFAULT and so, in DER, absent.
func encodeESS(cert *x509.Certificate, h crypto.Hash) []byte {
	d := DigestOf(h)
	var algorithm []byte
	if h != crypto.SHA256 {
		algorithm = encodeDigest(d)
	}
	issuerSerial := ber.Encode(ber.Sequence,
		ber.Encode(ber.Sequence, ber.Encode(ber.ContextTag(4, true), cert.RawIssuer)),
		ber.EncodeInteger(cert.SerialNumber))
	id := ber.Encode(ber.Sequence, algorithm, ber.Encode(ber.OctetString, d.Sum(cert.Raw)), issuerSerial)
	return ber.Encode(ber.Sequence, ber.Encode(ber.Sequence, id))
}

// encodeAttributes writes a SET OF Attribute under the given tag.
func encodeAttributes(tag byte, attributes []Attribute) []byte {
	parts := make([][]byte, len(attributes))
	for i, a := range attributes {
		parts[i] = ber.Encode(ber.Sequence, ber.EncodeOID(a.Type), ber.EncodeSetOf(ber.Set, a.Values...))
	}
	return ber.EncodeSetOf(tag, parts...)
}

// ToBeSigned gives the bytes that the signature covers, their digest, and the
// options for crypto.Signer. Ed25519 signs the message itself (opts.HashFunc()
// is 0), everything else the digest.
func (u *Unsigned) ToBeSigned() (message, digest []byte, opts crypto.SignerOpts) {
	h := u.digest.Hash()
	message, digest = slices.Clone(u.attributes), u.digest.Sum(u.attributes)
	switch {
	case u.cert.PublicKeyAlgorithm == x509.Ed25519:
		return message, digest, crypto.Hash(0)
	case u.pss:
		return message, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}
	}
	return message, digest, h
}

// Complete puts the signature value in and gives the whole message in DER. A
// value that the certificate's key does not verify is refused, so that a wrong
// key can never produce a broken signature.
func (u *Unsigned) Complete(signature []byte, unsigned ...Attribute) ([]byte, error) {
	m, err := u.message(signature, unsigned)
	if err != nil {
		return nil, err
	}
	if err := m.checkValue(); err != nil {
		return nil, err
	}
	return m.encode(), nil
}

// checkValue verifies the signature value before anything is written.
func (m *message) checkValue() error {
	e, _, err := ber.Parse(m.algorithm)
	if err != nil {
		return err
	}
	si := &Signer{Digest: m.digest, HasSignedAttributes: true, attributes: m.attributes, Signature: m.signature}
	if si.algorithm, si.SignatureAlgorithm, _, err = signatureIdentifier(e); err != nil {
		return err
	}
	if fault := si.checkValue(m.signer, nil); fault != nil {
		return fmt.Errorf("cms: the signature does not fit the certificate: %v", *fault)
	}
	return nil
}

func (u *Unsigned) message(signature []byte, unsigned []Attribute) (*message, error) {
	identifier, err := signatureIdentifierFor(u.cert, u.digest, u.pss)
	if err != nil {
		return nil, err
	}
	return &message{contentType: u.contentType, content: u.content, certificates: u.chain, signer: u.cert,
		digest: u.digest, attributes: u.attributes, algorithm: identifier, signature: signature, unsigned: unsigned}, nil
}

// TimeStampAttribute is the unsigned attribute for a time-stamp token over the
// signature value (RFC 3161, appendix A).
func TimeStampAttribute(token []byte) Attribute {
	return Attribute{Type: oidTimeStamp, Values: [][]byte{token}}
}

// message is everything that a message of ours consists of.
type message struct {
	contentType  asn1.ObjectIdentifier
	content      []byte
	certificates [][]byte
	signer       *x509.Certificate
	digest       Digest
	attributes   []byte // SET OF
	algorithm    []byte
	signature    []byte
	unsigned     []Attribute
}

// encode writes ContentInfo in DER. Version numbers follow RFC 5652, 5.1: 1
// for id-data, 3 otherwise.
func (m *message) encode() []byte {
	version := int64(1)
	if !m.contentType.Equal(oidData) {
		version = 3
	}
	var content []byte
	if m.content != nil {
		content = ber.Encode(ber.ContextTag(0, true), ber.Encode(ber.OctetString, m.content))
	}
	signed := slices.Clone(m.attributes)
	signed[0] = ber.ContextTag(0, true)
	var unsigned []byte
	if len(m.unsigned) > 0 {
		unsigned = encodeAttributes(ber.ContextTag(1, true), m.unsigned)
	}
	info := ber.Encode(ber.Sequence, ber.EncodeInt(1),
		ber.Encode(ber.Sequence, m.signer.RawIssuer, ber.EncodeInteger(m.signer.SerialNumber)),
		encodeDigest(m.digest), signed, m.algorithm, ber.Encode(ber.OctetString, m.signature), unsigned)
	return ber.Encode(ber.Sequence, ber.EncodeOID(oidSignedData), ber.Encode(ber.ContextTag(0, true),
		ber.Encode(ber.Sequence, ber.EncodeInt(version),
			ber.Encode(ber.Set, encodeDigest(m.digest)),
			ber.Encode(ber.Sequence, ber.EncodeOID(m.contentType), content),
			ber.EncodeSetOf(ber.ContextTag(0, true), m.certificates...),
			ber.Encode(ber.Set, info))))
}

// Rebuild writes the message again from what its signature covers, the
// signature value, and the given certificates, which the caller has judged. A
// message that Complete made comes out byte for byte; anything altered outside
// of what is signed makes a difference. Messages of other builders need not
// come out the same, those with several signers are refused.
func (s *Signed) Rebuild(chain []*x509.Certificate) ([]byte, error) {
	if len(s.Signers) != 1 || s.TrailingGarbage {
		return nil, errors.New("cms: not a message of one signer")
	}
	si := s.Signers[0]
	i := slices.IndexFunc(chain, si.Identifies)
	if i < 0 {
		return nil, errors.New("cms: the signer's certificate is not among the given ones")
	}
	u, err := Prepare(Spec{Certificate: chain[i], Chain: chain, Digest: si.Digest.Hash(), Content: s.Content,
		PSS: si.algorithm.family == rsaPSS, ContentDigest: si.MessageDigest, ContentType: s.ContentType})
	if err != nil {
		return nil, err
	}
	u.attributes = encodeAttributes(ber.Set, si.SignedAttributes)
	m, err := u.message(si.Signature, si.UnsignedAttributes)
	if err != nil {
		return nil, err
	}
	return m.encode(), nil
}
