package certs

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

// maxRSABits bounds the cost of one signature check: a hostile certificate may
// carry a modulus of any size.
const maxRSABits = 8192

// strength sorts signature algorithms by what may be done with them.
type strength int

const (
	strong      strength = iota
	legacySHA1           // only below a legacy anchor
	broken               // MD5 and older: never
	unsupported          // cannot be checked at all
)

// strengthOf knows every algorithm that crypto/x509 names.
func strengthOf(a x509.SignatureAlgorithm) strength {
	switch a {
	case x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA,
		x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
		x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512, x509.PureEd25519:
		return strong
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1:
		return legacySHA1
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.DSAWithSHA1:
		return broken
	}
	return unsupported
}

// oidEd448 is the only key type accepted that crypto/x509 does not know; it
// can sign documents (internal/cms verifies it) but not certificates.
var oidEd448 = asn1.ObjectIdentifier{1, 3, 101, 113}

// keyWeakness says why the key of c is too weak under pol; "" when it is not.
func keyWeakness(c *x509.Certificate, pol Policy) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		bits := k.N.BitLen()
		if bits < pol.MinRSABits {
			return fmt.Sprintf("RSA %d bit", bits)
		}
		if bits > maxRSABits {
			return fmt.Sprintf("RSA %d bit > %d", bits, maxRSABits)
		}
		return ""
	case *ecdsa.PublicKey:
		if bits := k.Curve.Params().BitSize; bits < pol.MinECBits {
			return fmt.Sprintf("EC %d bit", bits)
		}
		return ""
	case ed25519.PublicKey:
		return ""
	}
	if oid := keyOID(c); !oid.Equal(oidEd448) {
		return "key type " + oid.String()
	}
	return ""
}

// keyOID reads the algorithm of the public key.
func keyOID(c *x509.Certificate) asn1.ObjectIdentifier {
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(c.RawSubjectPublicKeyInfo, &spki); err != nil {
		return nil
	}
	return spki.Algorithm.Algorithm
}

// checkable says that asking crypto/x509 about a signature by c is affordable
// and gives an answer about the signature rather than about the key.
func checkable(c *x509.Certificate) bool {
	k, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return true
	}
	bits := k.N.BitLen()
	return bits >= 1024 && bits <= maxRSABits // crypto/rsa refuses shorter keys by itself
}

// signatureVerdict is what one signature check said.
type signatureVerdict int

const (
	signatureBad signatureVerdict = iota
	signatureGood
	signatureUndecided // broken or unsupported algorithm: neither proved nor refuted
)

// checkSignature asks whether parent's key made sig over signed. SHA-1 is
// checked like any other; whether it is acceptable is policy, applied later.
func checkSignature(parent *x509.Certificate, a x509.SignatureAlgorithm, signed, sig []byte) signatureVerdict {
	if s := strengthOf(a); s == broken || s == unsupported || !checkable(parent) {
		return signatureUndecided
	}
	err := parent.CheckSignature(a, signed, sig)
	var insecure x509.InsecureAlgorithmError
	switch {
	case err == nil:
		return signatureGood
	case errors.Is(err, x509.ErrUnsupportedAlgorithm), errors.As(err, &insecure):
		return signatureUndecided
	}
	return signatureBad
}

// algorithmName is for a person: "SHA1-RSA".
func algorithmName(a x509.SignatureAlgorithm) string {
	if a == x509.UnknownSignatureAlgorithm {
		return "unknown signature algorithm"
	}
	return a.String()
}
