package certs

import (
	"crypto/x509"
	"encoding/asn1"
	"strings"
)

// extended key usages that crypto/x509 has no name for.
var (
	oidDocumentSigning   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36} // RFC 9336
	oidAdobeSigning      = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 5}
	oidMicrosoftDocument = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 10, 3, 12}
)

// usage checks that the leaf was issued for the purpose, and that no CA above
// it is confined to other purposes.
func (j *pathJudge) usage(leaf *x509.Certificate) {
	switch j.purpose {
	case Signing:
		j.needKeyUsage(leaf, x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment, "digitalSignature/nonRepudiation")
		for _, c := range j.path {
			j.signingEKU(c)
		}
	case TimeStamping:
		j.needKeyUsage(leaf, x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment, "digitalSignature/nonRepudiation")
		j.timeStampEKU(leaf)
	case OCSPSigning:
		j.needKeyUsage(leaf, x509.KeyUsageDigitalSignature, "digitalSignature")
		if !hasEKU(leaf, x509.ExtKeyUsageOCSPSigning) {
			j.refusePurpose(leaf, Finding{Code: codeExtKeyUsage, Args: []any{Describe(leaf), ekuNames(leaf)}})
		}
	case CRLSigning:
		j.needKeyUsage(leaf, x509.KeyUsageCRLSign, "cRLSign")
	}
}

func (j *pathJudge) refusePurpose(c *x509.Certificate, reason Finding) {
	j.fail(BadPurpose, Finding{Code: codePurposeRefused, Args: []any{Describe(c)}}, reason)
}

// needKeyUsage: a certificate without the extension may be used for anything
// (RFC 5280 section 4.2.1.3).
func (j *pathJudge) needKeyUsage(c *x509.Certificate, anyOf x509.KeyUsage, name string) {
	if hasExtension(c, oidKeyUsage) && c.KeyUsage&anyOf == 0 {
		j.refusePurpose(c, Finding{Code: codeKeyUsage, Args: []any{Describe(c), name}})
	}
}

// signingEKU is tolerant, because real certificates of officials carry only
// clientAuth and emailProtection (VER-06). What is refused is a certificate
// whose every extended usage is known to be something else.
func (j *pathJudge) signingEKU(c *x509.Certificate) {
	if !hasExtension(c, oidExtKeyUsage) {
		return
	}
	other := true
	for _, u := range c.ExtKeyUsage {
		switch u {
		case x509.ExtKeyUsageAny, x509.ExtKeyUsageEmailProtection, x509.ExtKeyUsageClientAuth:
			return
		case x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageTimeStamping, x509.ExtKeyUsageOCSPSigning,
			x509.ExtKeyUsageIPSECEndSystem, x509.ExtKeyUsageIPSECTunnel, x509.ExtKeyUsageIPSECUser:
		default:
			other = false
		}
	}
	for _, oid := range c.UnknownExtKeyUsage {
		if oid.Equal(oidDocumentSigning) || oid.Equal(oidAdobeSigning) || oid.Equal(oidMicrosoftDocument) {
			return
		}
		other = false
	}
	f := Finding{Code: codeExtKeyUsage, Args: []any{Describe(c), ekuNames(c)}}
	if other {
		j.refusePurpose(c, f)
		return
	}
	f.Code = codeUnusualEKU
	j.warn(f)
}

// timeStampEKU is RFC 3161 section 2.3: timeStamping, alone and critical. The
// second half is broken often enough in the field to be a warning.
func (j *pathJudge) timeStampEKU(c *x509.Certificate) {
	if !hasEKU(c, x509.ExtKeyUsageTimeStamping) {
		j.refusePurpose(c, Finding{Code: codeExtKeyUsage, Args: []any{Describe(c), ekuNames(c)}})
		return
	}
	alone := len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 1
	for _, e := range c.Extensions {
		if e.Id.Equal(oidExtKeyUsage) && (!e.Critical || !alone) {
			j.warn(Finding{Code: codeTSAUsage, Args: []any{Describe(c)}})
		}
	}
}

func hasEKU(c *x509.Certificate, want x509.ExtKeyUsage) bool {
	for _, u := range c.ExtKeyUsage {
		if u == want {
			return true
		}
	}
	return false
}

// ekuNames lists the extended usages for a person.
func ekuNames(c *x509.Certificate) string {
	var names []string
	for _, u := range c.ExtKeyUsage {
		names = append(names, u.String())
	}
	for _, oid := range c.UnknownExtKeyUsage {
		names = append(names, oid.String())
	}
	if len(names) == 0 {
		return "-"
	}
	return clean(strings.Join(names, ", "))
}
