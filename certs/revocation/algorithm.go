package revocation

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
)

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
