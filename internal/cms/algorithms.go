package cms

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"strconv"
	"strings"

	"vanban/internal/cms/ber"
)

// family is how a signature value is checked.
type family int

const (
	unknownFamily family = iota
	rsaPKCS1
	rsaPSS
	ecdsaFamily
	ed25519Family
	ed448Family
	dsaFamily
)

var familyNames = map[family]string{rsaPKCS1: "RSA", rsaPSS: "RSA-PSS", ecdsaFamily: "ECDSA",
	ed25519Family: "Ed25519", ed448Family: "Ed448", dsaFamily: "DSA"}

// algorithm is a signatureAlgorithm field, understood.
type algorithm struct {
	family family
	digest Digest // the digest that the identifier names; zero when it names none
	salt   int    // of PSS, in bytes
}

const (
	oidRSA      = "1.2.840.113549.1.1.1"
	oidPSS      = "1.2.840.113549.1.1.10"
	oidMGF1     = "1.2.840.113549.1.1.8"
	oidEd25519  = "1.3.101.112"
	oidEd448    = "1.3.101.113"
	oidSHA256   = "2.16.840.1.101.3.4.2.1"
	oidShakeLen = "2.16.840.1.101.3.4.2.18" // id-shake256-len: the length is a parameter
	oidSHA1     = "1.3.14.3.2.26"
	shakeOctets = 64
	maxPSSSalt  = 1024
	maxRSABits  = 16384
	minRSABits  = 512
	nistSigs    = "2.16.840.1.101.3.4.3."
	nistHashes  = "2.16.840.1.101.3.4.2."
	ansiECDSA   = "1.2.840.10045.4."
	pkcs1       = "1.2.840.113549.1.1."
	oidECKey    = "1.2.840.10045.2.1" // some signers name the key type
	oidDSA      = "1.2.840.10040.4.1"
	oidDSASHA1  = "1.2.840.10040.4.3"
	oidOIWRSA   = "1.3.14.3.2.29"
	oidMD5      = "1.2.840.113549.2.5"
)

// signatureAlgorithms maps identifiers without parameters (RFC 3370, 5754,
// 8419; NIST's register for SHA-3). An empty digest means that the digest of
// the SignerInfo counts.
var signatureAlgorithms = map[string]algorithm{
	oidRSA:       {family: rsaPKCS1},
	pkcs1 + "4":  {family: rsaPKCS1, digest: Digest{oidMD5}},
	pkcs1 + "5":  {family: rsaPKCS1, digest: Digest{oidSHA1}},
	oidOIWRSA:    {family: rsaPKCS1, digest: Digest{oidSHA1}},
	pkcs1 + "11": {family: rsaPKCS1, digest: Digest{oidSHA256}},
	pkcs1 + "12": {family: rsaPKCS1, digest: Digest{nistHashes + "2"}},
	pkcs1 + "13": {family: rsaPKCS1, digest: Digest{nistHashes + "3"}},
	pkcs1 + "14": {family: rsaPKCS1, digest: Digest{nistHashes + "4"}},
	pkcs1 + "16": {family: rsaPKCS1, digest: Digest{nistHashes + "6"}},

	nistSigs + "13": {family: rsaPKCS1, digest: Digest{nistHashes + "7"}},
	nistSigs + "14": {family: rsaPKCS1, digest: Digest{nistHashes + "8"}},
	nistSigs + "15": {family: rsaPKCS1, digest: Digest{nistHashes + "9"}},
	nistSigs + "16": {family: rsaPKCS1, digest: Digest{nistHashes + "10"}},

	oidECKey:          {family: ecdsaFamily},
	ansiECDSA + "1":   {family: ecdsaFamily, digest: Digest{oidSHA1}},
	ansiECDSA + "3.1": {family: ecdsaFamily, digest: Digest{nistHashes + "4"}},
	ansiECDSA + "3.2": {family: ecdsaFamily, digest: Digest{oidSHA256}},
	ansiECDSA + "3.3": {family: ecdsaFamily, digest: Digest{nistHashes + "2"}},
	ansiECDSA + "3.4": {family: ecdsaFamily, digest: Digest{nistHashes + "3"}},
	nistSigs + "9":    {family: ecdsaFamily, digest: Digest{nistHashes + "7"}},
	nistSigs + "10":   {family: ecdsaFamily, digest: Digest{nistHashes + "8"}},
	nistSigs + "11":   {family: ecdsaFamily, digest: Digest{nistHashes + "9"}},
	nistSigs + "12":   {family: ecdsaFamily, digest: Digest{nistHashes + "10"}},

	// RFC 8419, 3.1: the digests that EdDSA goes with are fixed.
	oidEd25519: {family: ed25519Family, digest: Digest{nistHashes + "3"}},
	oidEd448:   {family: ed448Family, digest: Digest{oidSHAKE256}},

	oidDSA:         {family: dsaFamily},
	oidDSASHA1:     {family: dsaFamily, digest: Digest{oidSHA1}},
	nistSigs + "1": {family: dsaFamily, digest: Digest{nistHashes + "4"}},
	nistSigs + "2": {family: dsaFamily, digest: Digest{oidSHA256}},
}

// identifier reads an AlgorithmIdentifier; params is the zero Element when absent.
func identifier(e ber.Element) (oid asn1.ObjectIdentifier, params ber.Element, err error) {
	kids, err := e.Sequence(1)
	if err != nil {
		return nil, params, err
	}
	if oid, err = kids[0].OID(); err != nil {
		return nil, params, err
	}
	if len(kids) > 1 {
		params = kids[1]
	}
	return oid, params, nil
}

// digestIdentifier reads the AlgorithmIdentifier of a digest.
func digestIdentifier(e ber.Element) (Digest, error) {
	oid, params, err := identifier(e)
	if err != nil {
		return Digest{}, err
	}
	if oid.String() == oidShakeLen {
		if n, err := params.Integer(); err == nil && n.IsInt64() && n.Int64() == 8*shakeOctets {
			return Digest{oidSHAKE256}, nil
		}
	}
	return digestByOID(oid), nil
}

// signatureIdentifier reads a signatureAlgorithm. An unknown one is not an
// error: it is the unknownFamily and its dotted name.
func signatureIdentifier(e ber.Element) (algorithm, string, []Fault, error) {
	oid, params, err := identifier(e)
	if err != nil {
		return algorithm{}, "", nil, err
	}
	if oid.String() == oidPSS {
		a, faults := pssParams(params)
		return a, familyNames[rsaPSS], faults, nil
	}
	a, ok := signatureAlgorithms[oid.String()]
	if !ok {
		fault := newFault(Unsupported, AlgorithmUnknown, "signature algorithm %s is not supported", oid)
		return algorithm{}, oid.String(), []Fault{fault}, nil
	}
	return a, familyNames[a.family], nil, nil
}

// pssParams reads RSASSA-PSS-params (RFC 8017, A.2.3). Everything that
// crypto/rsa cannot check is a fault, never ignored.
func pssParams(e ber.Element) (algorithm, []Fault) {
	a := algorithm{family: rsaPSS, digest: Digest{oidSHA1}, salt: 20}
	mask := a.digest
	bad := func(format string, args ...any) (algorithm, []Fault) {
		return algorithm{}, []Fault{newFault(Unsupported, pssParameters, format, args...)}
	}
	kids, err := e.Sequence(0)
	if err != nil {
		return bad("PSS parameters are missing or malformed")
	}
	for _, kid := range kids {
		inner, err := kid.Explicit()
		if err != nil || kid.Class != ber.Context {
			return bad("PSS parameters are malformed")
		}
		switch kid.Tag {
		case 0:
			a.digest, err = digestIdentifier(inner)
		case 1:
			mask, err = maskDigest(inner)
		case 2:
			a.salt, err = inner.Small(maxPSSSalt)
		case 3:
			var trailer int
			if trailer, err = inner.Small(1 << 16); err == nil && trailer != 1 {
				return bad("PSS trailer field %d; only 1 is defined", trailer)
			}
		default:
			err = errors.New("unknown field")
		}
		if err != nil {
			return bad("PSS parameter [%d]: %v", kid.Tag, err)
		}
	}
	if mask != a.digest {
		return bad("PSS mask generation uses %s, the digest is %s", mask, a.digest)
	}
	return a, nil
}

// maskDigest reads a MaskGenAlgorithm, which must be MGF1.
func maskDigest(e ber.Element) (Digest, error) {
	oid, params, err := identifier(e)
	if err != nil {
		return Digest{}, err
	}
	if oid.String() != oidMGF1 {
		return Digest{}, errors.New("mask generation function " + oid.String())
	}
	return digestIdentifier(params)
}

// encodeIdentifier writes an AlgorithmIdentifier.
func encodeIdentifier(oid string, params ...[]byte) []byte {
	return ber.Encode(ber.Sequence, append([][]byte{ber.EncodeOID(parseOID(oid))}, params...)...)
}

// encodeDigest writes the AlgorithmIdentifier of a digest, parameters absent
// (RFC 5754, 2).
func encodeDigest(d Digest) []byte { return encodeIdentifier(d.oid) }

// signatureIdentifierFor chooses and writes the signatureAlgorithm for a key
// of the certificate.
func signatureIdentifierFor(cert *x509.Certificate, digest Digest, pss bool) ([]byte, error) {
	if pss && cert.PublicKeyAlgorithm != x509.RSA {
		return nil, errors.New("cms: PSS needs an RSA key")
	}
	switch cert.PublicKeyAlgorithm {
	case x509.RSA:
		if pss {
			return encodePSS(digest), nil
		}
		return encodeIdentifier(oidRSA, ber.Null()), nil // RFC 5754, 3.2
	case x509.ECDSA:
		return encodeIdentifier(map[crypto.Hash]string{crypto.SHA256: ansiECDSA + "3.2",
			crypto.SHA384: ansiECDSA + "3.3", crypto.SHA512: ansiECDSA + "3.4"}[digest.Hash()]), nil
	case x509.Ed25519:
		if digest.Hash() != crypto.SHA512 {
			return nil, errors.New("cms: Ed25519 goes with SHA-512 (RFC 8419, 3.1)")
		}
		return encodeIdentifier(oidEd25519), nil
	}
	return nil, errors.New("cms: no signature algorithm for a key of kind " + cert.PublicKeyAlgorithm.String())
}

// encodePSS writes id-RSASSA-PSS with one digest everywhere and a salt of its
// length (RFC 8017, 9.1; RFC 4056).
func encodePSS(digest Digest) []byte {
	hash := encodeIdentifier(digest.oid, ber.Null()) // RFC 4055, 2.1: NULL, unlike elsewhere
	return encodeIdentifier(oidPSS, ber.Encode(ber.Sequence,
		ber.Encode(ber.ContextTag(0, true), hash),
		ber.Encode(ber.ContextTag(1, true), encodeIdentifier(oidMGF1, hash)),
		ber.Encode(ber.ContextTag(2, true), ber.EncodeInt(int64(digest.Hash().Size())))))
}

// parseOID reads a dotted identifier; nil when it is none.
func parseOID(s string) asn1.ObjectIdentifier {
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		oid = append(oid, n)
	}
	return oid
}
