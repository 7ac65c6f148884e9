package cms

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"vanban/internal/cms/ber"
)

// TimeStamp is a time-stamp token (RFC 3161, 2.4.2) that was read; nothing is
// proved about it until Verify, and nothing about its authority by this package.
type TimeStamp struct {
	Signed     *Signed
	Time       time.Time // genTime, UTC
	Imprint    []byte    // the digest that was stamped
	Digest     Digest    // and its algorithm
	Nonce      *big.Int  // nil when absent
	Policy     asn1.ObjectIdentifier
	Serial     *big.Int
	Accuracy   time.Duration // 0 when absent
	Ordering   bool
	Authority  []byte // DER of the tsa GeneralName; nil when absent
	Extensions []byte // DER as received; nil when absent
}

// maxToken bounds a token; the largest seen in practice have 10 KB.
const maxToken = 1 << 20

// ParseTimeStamp reads a token, which may be followed by zero padding.
func ParseTimeStamp(token []byte) (*TimeStamp, error) {
	if len(token) > maxToken {
		return nil, fmt.Errorf("cms: time-stamp of %d bytes", len(token))
	}
	s, err := Parse(token)
	if err != nil {
		return nil, err
	}
	if !s.ContentType.Equal(oidTSTInfo) || !s.HasContent {
		return nil, fmt.Errorf("cms: content %s is not a time-stamp", s.ContentType)
	}
	info, rest, err := ber.Parse(s.Content)
	if err != nil || len(rest) > 0 {
		return nil, errors.New("cms: malformed time-stamp")
	}
	t := &TimeStamp{Signed: s}
	if err := t.readInfo(info); err != nil {
		return nil, fmt.Errorf("cms: time-stamp: %w", err)
	}
	return t, nil
}

// readInfo reads TSTInfo.
func (t *TimeStamp) readInfo(e ber.Element) error {
	kids, err := e.Sequence(5)
	if err != nil {
		return err
	}
	if v, err := kids[0].Small(1); err != nil || v != 1 {
		return errors.New("version is not 1")
	}
	if t.Policy, err = kids[1].OID(); err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	if t.Digest, t.Imprint, err = readImprint(kids[2]); err != nil {
		return fmt.Errorf("imprint: %w", err)
	}
	if t.Serial, err = kids[3].Integer(); err != nil {
		return fmt.Errorf("serial number: %w", err)
	}
	if !kids[4].Is(ber.Universal, ber.TagGeneralizedTime) {
		return errors.New("time is not a GeneralizedTime")
	}
	if t.Time, err = kids[4].Time(); err != nil {
		return err
	}
	for _, kid := range kids[5:] {
		if err := t.readOptional(kid); err != nil {
			return err
		}
	}
	return nil
}

func (t *TimeStamp) readOptional(e ber.Element) (err error) {
	switch {
	case e.Is(ber.Universal, ber.TagSequence):
		t.Accuracy, err = readAccuracy(e)
	case e.Is(ber.Universal, ber.TagBoolean):
		t.Ordering = len(e.Body) == 1 && e.Body[0] != 0
	case e.Is(ber.Universal, ber.TagInteger):
		t.Nonce, err = e.Integer()
	case e.Is(ber.Context, 0):
		t.Authority = e.Body
	case e.Is(ber.Context, 1):
		t.Extensions = e.Raw
	default:
		err = fmt.Errorf("unexpected element %d/%d", e.Class, e.Tag)
	}
	return err
}

// readAccuracy reads seconds, millis [0] and micros [1].
func readAccuracy(e ber.Element) (time.Duration, error) {
	kids, err := e.Sequence(0)
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, kid := range kids {
		unit, max := time.Second, int64(1<<31)
		switch {
		case kid.Is(ber.Universal, ber.TagInteger):
		case kid.Is(ber.Context, 0):
			unit, max = time.Millisecond, 999
		case kid.Is(ber.Context, 1):
			unit, max = time.Microsecond, 999
		default:
			return 0, errors.New("unknown field of accuracy")
		}
		n, err := kid.Small(max)
		if err != nil {
			return 0, fmt.Errorf("accuracy: %w", err)
		}
		sum += time.Duration(n) * unit
	}
	return sum, nil
}

// readImprint reads MessageImprint and checks that the length fits.
func readImprint(e ber.Element) (Digest, []byte, error) {
	kids, err := e.Sequence(2)
	if err != nil {
		return Digest{}, nil, err
	}
	d, err := digestIdentifier(kids[0])
	if err != nil {
		return d, nil, err
	}
	if !kids[1].Is(ber.Universal, ber.TagOctetString) {
		return d, nil, errors.New("hash is not an OCTET STRING")
	}
	sum, err := kids[1].Octets()
	if err == nil && d.Known() && len(sum) != d.New().Size() {
		err = fmt.Errorf("hash of %d bytes is no %s", len(sum), d)
	}
	return d, sum, err
}

// Certificate is the authority's certificate if the token carries it.
func (t *TimeStamp) Certificate() *x509.Certificate {
	if len(t.Signed.Signers) != 1 {
		return nil
	}
	return t.Signed.SignerCertificate(t.Signed.Signers[0])
}

// Verify is VerifyBy the certificate in the token.
func (t *TimeStamp) Verify(imprint func(d Digest) []byte) []Fault {
	return t.VerifyBy(t.Certificate(), imprint)
}

// VerifyBy checks that the token is about what the caller has, which imprint
// gives by the token's digest, and that it is signed by the given certificate, which
// the token need not carry.
// RFC 3161, 2.4.2 wants exactly one signer and an ESS attribute. The answer is
// as that of Signer.Verify, with a Weak fault for an imprint by MD5 or SHA-1.
// Trust in the authority is the business of certs.
func (t *TimeStamp) VerifyBy(cert *x509.Certificate, imprint func(d Digest) []byte) []Fault {
	var faults []Fault
	switch {
	case !t.Digest.Known():
		faults = append(faults, newFault(Unsupported, digestUnsupported, "imprint by %s is not supported", t.Digest))
	case !bytes.Equal(imprint(t.Digest), t.Imprint):
		faults = append(faults, newFault(Broken, ImprintMismatch, "the time-stamp is about something else"))
	case t.Digest.Weak():
		faults = append(faults, newFault(Weak, WeakDigest, "imprint by %s", t.Digest))
	}
	if n := len(t.Signed.Signers); n != 1 {
		return append(faults, newFault(Broken, signerCount, "time-stamp with %d signers", n))
	}
	si := t.Signed.Signers[0]
	if si.Digest.Known() {
		faults = append(faults, si.Verify(cert, si.Digest.Sum(t.Signed.Content))...)
	} else {
		faults = append(faults, si.Verify(cert, nil)...)
	}
	if len(si.ESS) == 0 {
		faults = append(faults, newFault(Broken, MissingESS, "time-stamp without signing-certificate attribute"))
	}
	return faults
}
