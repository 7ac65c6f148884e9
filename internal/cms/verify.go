package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"github.com/cloudflare/circl/sign/ed448"

	"vanban/internal/cms/ber"
)

// judgeStructure records what reading alone shows (RFC 5652, 5.3 and 11).
func (si *Signer) judgeStructure(content asn1.ObjectIdentifier) {
	if si.Digest.Weak() {
		si.odd(Weak, WeakDigest, "digest %s", si.Digest)
	}
	if !si.Digest.Known() {
		si.wrong = append(si.wrong, newFault(Unsupported, digestUnsupported, "digest %s is not supported", si.Digest))
	}
	if named := si.algorithm.digest; named != (Digest{}) && named != si.Digest {
		si.broken(AlgorithmMismatch, "digest %s under a signature algorithm for %s", si.Digest, named)
	}
	if !si.HasSignedAttributes {
		si.odd(Odd, noSignedAttributes, "no signed attributes: the signature is over the bare content")
		if !content.Equal(oidData) {
			si.broken(contentTypeMissing, "content %s needs signed attributes (RFC 5652, 5.3)", content)
		}
		si.odd(Odd, MissingESS, "no signing-certificate attribute")
		return
	}
	has := func(oid asn1.ObjectIdentifier) bool {
		return slices.ContainsFunc(si.SignedAttributes, func(a Attribute) bool { return a.Type.Equal(oid) })
	}
	switch {
	case !has(oidContentType):
		si.broken(contentTypeMissing, "no content-type attribute (RFC 5652, 11.1)")
	case si.ContentType != nil && !si.ContentType.Equal(content):
		si.broken(contentTypeMismatch, "content-type attribute %s, content %s", si.ContentType, content)
	}
	if !has(oidMessageDigest) {
		si.broken(digestMissing, "no message-digest attribute (RFC 5652, 11.2)")
	}
	if !has(oidESSv1) && !has(oidESSv2) {
		si.odd(Odd, MissingESS, "no signing-certificate attribute")
	}
}

// Verify checks the signature against the certificate and the digest of the
// content, which the caller computes with Digest.New. The answer has only
// Broken and Unsupported faults, those of reading included; an empty answer
// means cryptographically right. A nil certificate is answered as Unsupported.
// Look at Faults too.
func (si *Signer) Verify(cert *x509.Certificate, contentDigest []byte) []Fault {
	faults := slices.Clone(si.wrong)
	add := func(severity Severity, code FaultCode, format string, args ...any) {
		faults = append(faults, newFault(severity, code, format, args...))
	}
	if si.HasSignedAttributes && si.MessageDigest != nil && si.Digest.Known() &&
		!bytes.Equal(si.MessageDigest, contentDigest) {
		add(Broken, MessageDigestMismatch, "signed %s %x, content has %x", si.Digest, si.MessageDigest, contentDigest)
	}
	if cert == nil {
		add(Unsupported, NoCertificate, "the signer's certificate is absent or cannot be read")
		return faults
	}
	if !si.Identifies(cert) {
		add(Broken, NoCertificate, "the certificate is not the one that the signer names")
	}
	for _, id := range si.ESS {
		if !id.Digest.Known() {
			add(Unsupported, digestUnsupported, "certificate hash by %s is not supported", id.Digest)
			continue
		}
		if detail := id.differs(cert); detail != "" {
			add(Broken, ESSMismatch, "%s", detail)
		}
	}
	if si.algorithm.family == unknownFamily || !si.Digest.Known() {
		return faults // named in si.wrong
	}
	if named := si.algorithm.digest; named != (Digest{}) && named != si.Digest {
		return faults // same
	}
	if fault := si.checkValue(cert, contentDigest); fault != nil {
		faults = append(faults, *fault)
	}
	return faults
}

// differs says how a certificate is not the one that an identifier names
// (RFC 5035, 4 and 5); empty when it is.
func (id ESSCert) differs(cert *x509.Certificate) string {
	if !bytes.Equal(id.Digest.Sum(cert.Raw), id.Hash) {
		return "the certificate has another " + id.Digest.String() + " hash"
	}
	if id.Serial != nil && id.Serial.Cmp(cert.SerialNumber) != 0 {
		return fmt.Sprintf("the certificate has serial number %x, signed is %x", cert.SerialNumber, id.Serial)
	}
	if id.Issuer != nil && !sameName(id.Issuer, cert.RawIssuer) {
		return "the certificate has another issuer name"
	}
	return ""
}

// checkValue checks the signature value itself.
func (si *Signer) checkValue(cert *x509.Certificate, contentDigest []byte) *Fault {
	fail := func(severity Severity, code FaultCode, format string, args ...any) *Fault {
		f := newFault(severity, code, format, args...)
		return &f
	}
	message, digest := si.attributes, contentDigest
	if si.HasSignedAttributes {
		digest = si.Digest.Sum(message)
	} else {
		message = si.content
	}
	key, err := publicKey(cert)
	if err != nil {
		return fail(Unsupported, keyUnsupported, "%v", err)
	}
	if len(digest) != si.Digest.New().Size() {
		return fail(Broken, MessageDigestMismatch, "digest of %d bytes is no %s", len(digest), si.Digest)
	}
	switch f := si.algorithm.family; f {
	case rsaPKCS1, rsaPSS:
		k, ok := key.(*rsa.PublicKey)
		if !ok {
			break
		}
		return si.checkRSA(k, digest, fail)
	case ecdsaFamily:
		k, ok := key.(*ecdsa.PublicKey)
		if !ok {
			break
		}
		if !ecdsa.VerifyASN1(k, digest, si.Signature) {
			return fail(Broken, SignatureMismatch, "ECDSA signature does not verify")
		}
		return nil
	case ed25519Family, ed448Family:
		return si.checkEdwards(key, message, fail)
	case dsaFamily:
		return fail(Unsupported, keyUnsupported, "DSA is not supported")
	}
	return fail(Broken, keyWrongKind, "signature algorithm %s with a key of another kind", si.SignatureAlgorithm)
}

type failer func(Severity, FaultCode, string, ...any) *Fault

func (si *Signer) checkRSA(key *rsa.PublicKey, digest []byte, fail failer) *Fault {
	// The bounds keep one verification under some milliseconds.
	if bits := key.N.BitLen(); bits > maxRSABits || bits < minRSABits || key.E < 3 || key.E%2 == 0 {
		return fail(Unsupported, keyUnsupported, "RSA key of %d bits with exponent %d", bits, key.E)
	}
	hash := si.Digest.Hash()
	if hash == 0 {
		return fail(Unsupported, digestUnsupported, "%s with RSA", si.Digest)
	}
	if si.algorithm.family == rsaPKCS1 {
		if !verifyPKCS1(key, si.Digest, digest, si.Signature) {
			return fail(Broken, SignatureMismatch, "RSA signature does not verify")
		}
		return nil
	}
	salt, ok := verifyPSS(key, si.Digest, digest, si.Signature, si.algorithm.salt)
	if !ok {
		return fail(Broken, SignatureMismatch, "RSA-PSS signature does not verify")
	}
	if salt != si.algorithm.salt {
		return fail(Broken, pssParameters, "the PSS salt has %d bytes, declared are %d", salt, si.algorithm.salt)
	}
	return nil
}

func (si *Signer) checkEdwards(key any, message []byte, fail failer) *Fault {
	if message == nil {
		return fail(Unsupported, contentNeeded, "%s over the bare content needs the content, not its digest", si.SignatureAlgorithm)
	}
	right := false
	switch k := key.(type) {
	case ed25519.PublicKey:
		if si.algorithm.family != ed25519Family {
			return fail(Broken, keyWrongKind, "Ed448 with an Ed25519 key")
		}
		right = ed25519.Verify(k, message, si.Signature)
	case ed448.PublicKey:
		if si.algorithm.family != ed448Family {
			return fail(Broken, keyWrongKind, "Ed25519 with an Ed448 key")
		}
		right = ed448.Verify(k, message, si.Signature, "")
	default:
		return fail(Broken, keyWrongKind, "signature algorithm %s with a key of another kind", si.SignatureAlgorithm)
	}
	if !right {
		return fail(Broken, SignatureMismatch, "%s signature does not verify", si.SignatureAlgorithm)
	}
	return nil
}

// publicKey gives the key of a certificate; it reads two kinds that
// crypto/x509 leaves alone, Ed448 and RSA keys reserved for PSS (RFC 4055, 1.2).
func publicKey(cert *x509.Certificate) (crypto.PublicKey, error) {
	if cert.PublicKey != nil {
		return cert.PublicKey, nil
	}
	info, _, err := ber.Parse(cert.RawSubjectPublicKeyInfo)
	if err != nil {
		return nil, err
	}
	kids, err := info.Sequence(2)
	if err != nil {
		return nil, err
	}
	oid, _, err := identifier(kids[0])
	if err != nil {
		return nil, err
	}
	if !kids[1].Is(ber.Universal, ber.TagBitString) || kids[1].Constructed || len(kids[1].Body) < 2 || kids[1].Body[0] != 0 {
		return nil, errors.New("malformed public key")
	}
	bits := kids[1].Body[1:]
	switch oid.String() {
	case oidEd448:
		if len(bits) != ed448.PublicKeySize {
			return nil, errors.New("malformed Ed448 key")
		}
		return ed448.PublicKey(bits), nil
	case oidPSS:
		return x509.ParsePKCS1PublicKey(bits)
	}
	return nil, fmt.Errorf("public key algorithm %s is not supported", oid)
}
