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

// signatureOIDs maps the algorithm identifiers of CRLs and OCSP responses whose
// hash is in the identifier itself; RSASSA-PSS has it in the parameters.
var signatureOIDs = map[string]x509.SignatureAlgorithm{
	"1.2.840.113549.1.1.4":  x509.MD5WithRSA,
	"1.2.840.113549.1.1.5":  x509.SHA1WithRSA,
	"1.3.14.3.2.29":         x509.SHA1WithRSA, // ISO name, still seen in old products
	"1.2.840.113549.1.1.11": x509.SHA256WithRSA,
	"1.2.840.113549.1.1.12": x509.SHA384WithRSA,
	"1.2.840.113549.1.1.13": x509.SHA512WithRSA,
	"1.2.840.10045.4.1":     x509.ECDSAWithSHA1,
	"1.2.840.10045.4.3.2":   x509.ECDSAWithSHA256,
	"1.2.840.10045.4.3.3":   x509.ECDSAWithSHA384,
	"1.2.840.10045.4.3.4":   x509.ECDSAWithSHA512,
	"1.3.101.112":           x509.PureEd25519,
}

const oidPSS = "1.2.840.113549.1.1.10"

// pssHashes maps the hash and the salt length that must go with it.
var pssHashes = map[string]struct {
	algorithm x509.SignatureAlgorithm
	salt      int
}{
	"2.16.840.1.101.3.4.2.1": {x509.SHA256WithRSAPSS, 32},
	"2.16.840.1.101.3.4.2.2": {x509.SHA384WithRSAPSS, 48},
	"2.16.840.1.101.3.4.2.3": {x509.SHA512WithRSAPSS, 64},
}

// signatureAlgorithm reads an AlgorithmIdentifier.
func signatureAlgorithm(der []byte) x509.SignatureAlgorithm {
	var ai pkix.AlgorithmIdentifier
	if rest, err := asn1.Unmarshal(der, &ai); err != nil || len(rest) > 0 {
		return x509.UnknownSignatureAlgorithm
	}
	oid := ai.Algorithm.String()
	if oid != oidPSS {
		return signatureOIDs[oid] // absent is UnknownSignatureAlgorithm
	}
	var params struct {
		Hash    pkix.AlgorithmIdentifier `asn1:"explicit,tag:0"`
		MGF     pkix.AlgorithmIdentifier `asn1:"explicit,tag:1"`
		Salt    int                      `asn1:"explicit,tag:2"`
		Trailer int                      `asn1:"optional,explicit,tag:3,default:1"`
	}
	if _, err := asn1.Unmarshal(ai.Parameters.FullBytes, &params); err != nil || params.Trailer != 1 {
		return x509.UnknownSignatureAlgorithm
	}
	var mgfHash pkix.AlgorithmIdentifier
	if _, err := asn1.Unmarshal(params.MGF.Parameters.FullBytes, &mgfHash); err != nil {
		return x509.UnknownSignatureAlgorithm
	}
	h, ok := pssHashes[params.Hash.Algorithm.String()]
	if !ok || h.salt != params.Salt || !mgfHash.Algorithm.Equal(params.Hash.Algorithm) {
		return x509.UnknownSignatureAlgorithm
	}
	return h.algorithm
}

// algorithmName is for a person: "SHA1-RSA".
func algorithmName(a x509.SignatureAlgorithm) string {
	if a == x509.UnknownSignatureAlgorithm {
		return "unknown signature algorithm"
	}
	return a.String()
}
