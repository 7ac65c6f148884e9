// Package revocation reads what CAs publish about their certificates: CRLs (RFC
// 5280) and OCSP responses (RFC 6960). It says what they say and about whom; who
// may say it, whether it is signed rightly, and whether it is fresh enough is
// the business of certs, which calls it with bytes from hostile files.
//
// The standard readers are not enough. golang.org/x/crypto/ocsp hides the hashes
// of the certificate identifier, matches by serial number alone and takes only
// the first embedded certificate. x509.ParseRevocationList makes an object of
// each of the million entries of a national CRL; here none is kept, and the
// bytes are scanned for the one serial number that is asked for.
package revocation

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cryptobyte_asn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Status is what a source says about a certificate.
type Status int

// The statuses.
const (
	Unknown Status = iota
	Good           // not revoked
	Revoked
)

// Hold is the only reason whose revocation can be lifted again (RFC 5280 section
// 5.3.1).
const Hold = 6

// removeFromCRL lifts a hold in a delta CRL; in a full one it means nothing.
const removeFromCRL = 8

// Statement is what one source says about one certificate.
type Statement struct {
	Status    Status
	RevokedAt time.Time // when Revoked
	Reason    int       // CRLReason of RFC 5280
	// ThisUpdate is when the source knew it; NextUpdate until when it is
	// current, zero when it does not say.
	ThisUpdate, NextUpdate time.Time
	// KeepsSince: the source still lists certificates that expired after this
	// (archiveCutoff, expiredCertsOnCRL); zero: it forgets expired ones.
	KeepsSince time.Time
}

// Envelope is what is signed, and how.
type Envelope struct {
	Signed    []byte
	Algorithm x509.SignatureAlgorithm // Unknown... when it is not supported
	Signature []byte
}

func explicit(n int) cryptobyte_asn1.Tag {
	return cryptobyte_asn1.Tag(n).Constructed().ContextSpecific()
}

func implicit(n int) cryptobyte_asn1.Tag { return cryptobyte_asn1.Tag(n).ContextSpecific() }

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
