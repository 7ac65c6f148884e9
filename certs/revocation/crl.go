package revocation

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cryptobyte_asn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	maxCRL    = 64 << 20 // bytes
	maxPoints = 256      // names of a distribution point
)

var (
	oidCRLReason           = asn1.ObjectIdentifier{2, 5, 29, 21}
	oidDeltaCRL            = asn1.ObjectIdentifier{2, 5, 29, 27}
	oidIssuingDistribution = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidCRLEntryIssuer      = asn1.ObjectIdentifier{2, 5, 29, 29}
	oidAuthorityKeyID      = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidExpiredCertsOnCRL   = asn1.ObjectIdentifier{2, 5, 29, 60} // X.509 section 8.5.2.12
	errCRL                 = errors.New("malformed CRL")
)

// CRL is a CertificateList (RFC 5280 section 5.1).
type CRL struct {
	Envelope
	Issuer                 []byte // DER Name
	KeyID                  []byte // authorityKeyIdentifier; may be nil
	ThisUpdate, NextUpdate time.Time
	KeepsSince             time.Time // expiredCertsOnCRL; see Statement
	Delta                  bool      // lists changes only

	entries  cryptobyte.String
	critical string // a critical extension that is not understood
	scope    *scope
}

// scope is an issuingDistributionPoint.
type scope struct {
	urls                             []string
	otherPoint                       bool // a distribution point that is not a URL
	onlyUsers, onlyCAs, onlyAttrs    bool
	someReasons, indirect, malformed bool
}

// ParseCRL reads a list up to its entries, which Lookup scans.
func ParseCRL(der []byte) (*CRL, error) {
	if len(der) > maxCRL {
		return nil, errors.New("CRL over 64 MiB")
	}
	in := cryptobyte.String(der)
	var seq, tbs, algorithm cryptobyte.String
	var signature asn1.BitString
	if !in.ReadASN1(&seq, cryptobyte_asn1.SEQUENCE) || !seq.ReadASN1Element(&tbs, cryptobyte_asn1.SEQUENCE) ||
		!seq.ReadASN1Element(&algorithm, cryptobyte_asn1.SEQUENCE) || !seq.ReadASN1BitString(&signature) || !seq.Empty() {
		return nil, errCRL
	}
	l := &CRL{Envelope: Envelope{Signed: tbs, Algorithm: signatureAlgorithm(algorithm), Signature: signature.RightAlign()}}
	if err := l.parseList(tbs, algorithm); err != nil {
		return nil, err
	}
	return l, nil
}

// parseList reads TBSCertList.
func (l *CRL) parseList(der, outer cryptobyte.String) error {
	var tbs, inner, issuer, extensions cryptobyte.String
	var version int
	var hasEntries, hasExtensions bool
	if !der.ReadASN1(&tbs, cryptobyte_asn1.SEQUENCE) {
		return errCRL
	}
	if tbs.PeekASN1Tag(cryptobyte_asn1.INTEGER) && (!tbs.ReadASN1Integer(&version) || version != 1) {
		return errCRL
	}
	// The two algorithm identifiers must be the same: one of them is not signed.
	if !tbs.ReadASN1Element(&inner, cryptobyte_asn1.SEQUENCE) || !bytes.Equal(inner, outer) ||
		!tbs.ReadASN1Element(&issuer, cryptobyte_asn1.SEQUENCE) || !readTime(&tbs, &l.ThisUpdate) {
		return errCRL
	}
	l.Issuer = issuer
	if tbs.PeekASN1Tag(cryptobyte_asn1.UTCTime) || tbs.PeekASN1Tag(cryptobyte_asn1.GeneralizedTime) {
		if !readTime(&tbs, &l.NextUpdate) {
			return errCRL
		}
	}
	if !tbs.ReadOptionalASN1(&l.entries, &hasEntries, cryptobyte_asn1.SEQUENCE) ||
		!tbs.ReadOptionalASN1(&extensions, &hasExtensions, explicit(0)) || !tbs.Empty() {
		return errCRL
	}
	if !hasExtensions {
		return nil
	}
	return eachExtension(extensions, l.extension)
}

func (l *CRL) extension(oid asn1.ObjectIdentifier, critical bool, value cryptobyte.String) error {
	switch {
	case oid.Equal(oidDeltaCRL):
		l.Delta = true
	case oid.Equal(oidIssuingDistribution):
		l.scope = parseScope(value)
	case oid.Equal(oidAuthorityKeyID):
		var seq, id cryptobyte.String
		var present bool
		if value.ReadASN1(&seq, cryptobyte_asn1.SEQUENCE) && seq.ReadOptionalASN1(&id, &present, implicit(0)) && present {
			l.KeyID = id
		}
	case oid.Equal(oidExpiredCertsOnCRL):
		if !value.ReadASN1GeneralizedTime(&l.KeepsSince) {
			return errCRL
		}
	case critical:
		l.critical = oid.String()
	}
	return nil
}

// parseScope reads IssuingDistributionPoint (RFC 5280 section 5.2.5).
func parseScope(value cryptobyte.String) *scope {
	s := &scope{}
	var seq, point, reasons cryptobyte.String
	var hasPoint bool
	if !value.ReadASN1(&seq, cryptobyte_asn1.SEQUENCE) || !seq.ReadOptionalASN1(&point, &hasPoint, explicit(0)) ||
		!readFlag(&seq, &s.onlyUsers, 1) || !readFlag(&seq, &s.onlyCAs, 2) ||
		!seq.ReadOptionalASN1(&reasons, &s.someReasons, implicit(3)) ||
		!readFlag(&seq, &s.indirect, 4) || !readFlag(&seq, &s.onlyAttrs, 5) || !seq.Empty() {
		s.malformed = true
		return s
	}
	if !hasPoint {
		return s
	}
	var full cryptobyte.String
	if !point.ReadASN1(&full, explicit(0)) {
		s.otherPoint = true
		return s
	}
	for n := 0; !full.Empty() && n < maxPoints; n++ {
		var name cryptobyte.String
		var tag cryptobyte_asn1.Tag
		if !full.ReadAnyASN1(&name, &tag) {
			s.malformed = true
			return s
		}
		if tag == implicit(6) { // uniformResourceIdentifier
			s.urls = append(s.urls, string(name))
		}
	}
	s.otherPoint = len(s.urls) == 0
	return s
}

func readFlag(in *cryptobyte.String, out *bool, tag int) bool {
	var value cryptobyte.String
	var present bool
	if !in.ReadOptionalASN1(&value, &present, implicit(tag)) || present && len(value) != 1 {
		return false
	}
	*out = present && value[0] != 0
	return true
}

func readTime(in *cryptobyte.String, out *time.Time) bool {
	if in.PeekASN1Tag(cryptobyte_asn1.UTCTime) {
		return in.ReadASN1UTCTime(out)
	}
	return in.ReadASN1GeneralizedTime(out)
}

// integerContent is the content of the DER INTEGER n, to be compared with bytes
// from a message without making a big.Int of each.
func integerContent(n *big.Int) []byte {
	var b cryptobyte.Builder
	b.AddASN1BigInt(n)
	der, err := b.Bytes()
	if err != nil {
		return nil
	}
	in := cryptobyte.String(der)
	var content cryptobyte.String
	if !in.ReadASN1(&content, cryptobyte_asn1.INTEGER) {
		return nil
	}
	return content
}

// About is what the list says about cert, which its issuer issued. All of the
// list is read, so that one that is cut off or indirect is never taken as "not
// revoked". partial says why a Good of this list proves nothing about cert.
func (l *CRL) About(cert *x509.Certificate) (st Statement, partial string, err error) {
	found, at, reason, err := l.lookup(cert.SerialNumber)
	if err != nil {
		return st, "", err
	}
	st = Statement{Status: Good, ThisUpdate: l.ThisUpdate, NextUpdate: l.NextUpdate, KeepsSince: l.KeepsSince}
	if found && reason != removeFromCRL {
		// A list for some reasons only still revokes when it names the certificate.
		st.Status, st.RevokedAt, st.Reason = Revoked, at, reason
	}
	return st, l.partial(cert), nil
}

// Unusable says why the list must not be used at all although it may be
// authentic; "" when it may.
func (l *CRL) Unusable() string {
	switch {
	case l.critical != "":
		return "critical extension " + l.critical
	case l.scope == nil:
		return ""
	case l.scope.malformed:
		return "issuingDistributionPoint"
	case l.scope.indirect:
		return "indirectCRL"
	}
	return ""
}

// lookup scans the entries for serial.
func (l *CRL) lookup(serial *big.Int) (found bool, at time.Time, reason int, err error) {
	want := integerContent(serial)
	for entries := l.entries; !entries.Empty(); {
		var entry, number, extensions cryptobyte.String
		if !entries.ReadASN1(&entry, cryptobyte_asn1.SEQUENCE) || !entry.ReadASN1(&number, cryptobyte_asn1.INTEGER) {
			return false, at, 0, errCRL
		}
		match := !found && bytes.Equal(number, want)
		if !match && !hasEntryExtensions(entry) {
			continue
		}
		var when time.Time
		var present bool
		if !readTime(&entry, &when) || !entry.ReadOptionalASN1(&extensions, &present, cryptobyte_asn1.SEQUENCE) {
			return false, at, 0, errCRL
		}
		code, err := entryReason(extensions, present)
		if err != nil {
			return false, at, 0, err
		}
		if match {
			found, at, reason = true, when, code
		}
	}
	return found, at, reason, nil
}

// hasEntryExtensions is true when something follows the time of an entry. It
// looks at lengths only: most entries of a long list have nothing there.
func hasEntryExtensions(afterSerial cryptobyte.String) bool {
	return len(afterSerial) < 2 || len(afterSerial) != 2+int(afterSerial[1])
}

// entryReason reads the reason of an entry and refuses what makes the list
// indirect or is critical and unknown.
func entryReason(content cryptobyte.String, present bool) (reason int, err error) {
	if !present {
		return 0, nil
	}
	for !content.Empty() {
		var ext, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var critical bool
		if !content.ReadASN1(&ext, cryptobyte_asn1.SEQUENCE) || !ext.ReadASN1ObjectIdentifier(&oid) ||
			!readCritical(&ext, &critical) ||
			!ext.ReadASN1(&value, cryptobyte_asn1.OCTET_STRING) {
			return 0, errCRL
		}
		switch {
		case oid.Equal(oidCRLReason):
			if !value.ReadASN1Enum(&reason) {
				return 0, errCRL
			}
		case oid.Equal(oidCRLEntryIssuer):
			return 0, errors.New("indirect CRL")
		case critical:
			return 0, refuseCritical(oid, true)
		}
	}
	return reason, nil
}

// partial says why the list cannot prove that cert is not revoked; "" when it
// covers cert for every reason (RFC 5280 section 6.3.3 b and c).
func (l *CRL) partial(cert *x509.Certificate) string {
	s := l.scope
	switch {
	case s == nil:
		return ""
	case s.onlyAttrs:
		return "onlyContainsAttributeCerts"
	case s.someReasons:
		return "onlySomeReasons"
	case s.onlyUsers && cert.IsCA:
		return "onlyContainsUserCerts"
	case s.onlyCAs && !cert.IsCA:
		return "onlyContainsCACerts"
	case s.otherPoint:
		return "distributionPoint"
	}
	if len(s.urls) == 0 {
		return ""
	}
	for _, u := range s.urls {
		for _, point := range cert.CRLDistributionPoints {
			if u == point {
				return ""
			}
		}
	}
	return "distributionPoint"
}
