package cms

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"vanban/internal/cms/ber"
)

// TimeStampQuery is a request to a time-stamp authority (RFC 3161, 2.4.1).
type TimeStampQuery struct {
	Digest           Digest
	Imprint          []byte
	Policy           asn1.ObjectIdentifier // nil when the choice is the authority's
	Nonce            *big.Int              // nil when absent
	WantCertificates bool
}

// NewTimeStampQuery writes a request for a digest, asking for the certificate.
// The caller compares the nonce of the token with the one given here.
func NewTimeStampQuery(digest []byte, h crypto.Hash, nonce *big.Int) ([]byte, error) {
	d := DigestOf(h)
	if !d.Known() || len(digest) != h.Size() {
		return nil, fmt.Errorf("cms: digest of %d bytes is no %v", len(digest), h)
	}
	parts := [][]byte{ber.EncodeInt(1), encodeImprint(d, digest)}
	if nonce != nil {
		parts = append(parts, ber.EncodeInteger(nonce))
	}
	parts = append(parts, ber.Encode(ber.TagBoolean, []byte{0xff}))
	return ber.Encode(ber.Sequence, parts...), nil
}

func encodeImprint(d Digest, sum []byte) []byte {
	return ber.Encode(ber.Sequence, encodeIdentifier(d.oid, ber.Null()), ber.Encode(ber.OctetString, sum))
}

// ParseTimeStampQuery reads a request.
func ParseTimeStampQuery(b []byte) (*TimeStampQuery, error) {
	if len(b) > 64<<10 {
		return nil, errors.New("cms: time-stamp query too large")
	}
	root, rest, err := ber.Parse(b)
	if err != nil || len(rest) > 0 {
		return nil, errors.New("cms: malformed time-stamp query")
	}
	kids, err := root.Sequence(2)
	if err != nil {
		return nil, fmt.Errorf("cms: time-stamp query: %w", err)
	}
	q := &TimeStampQuery{}
	if q.Digest, q.Imprint, err = readImprint(kids[1]); err != nil {
		return nil, fmt.Errorf("cms: time-stamp query: %w", err)
	}
	for _, kid := range kids[2:] {
		switch {
		case kid.Is(ber.Universal, ber.TagOID):
			q.Policy, err = kid.OID()
		case kid.Is(ber.Universal, ber.TagInteger):
			q.Nonce, err = kid.Integer()
		case kid.Is(ber.Universal, ber.TagBoolean):
			q.WantCertificates = len(kid.Body) == 1 && kid.Body[0] != 0
		}
		if err != nil {
			return nil, fmt.Errorf("cms: time-stamp query: %w", err)
		}
	}
	return q, nil
}

// ParseTimeStampReply gives the token of a reply that grants one; otherwise an
// error that quotes the authority's reason (RFC 3161, 2.4.2).
func ParseTimeStampReply(reply []byte) (token []byte, err error) {
	if len(reply) > maxToken {
		return nil, errors.New("cms: time-stamp reply too large")
	}
	root, _, err := ber.Parse(reply)
	if err != nil {
		return nil, fmt.Errorf("cms: time-stamp reply: %w", err)
	}
	kids, err := root.Sequence(1)
	if err != nil {
		return nil, fmt.Errorf("cms: time-stamp reply: %w", err)
	}
	status, err := kids[0].Sequence(1)
	if err != nil {
		return nil, fmt.Errorf("cms: time-stamp reply: %w", err)
	}
	code, err := status[0].Small(5)
	if err != nil {
		return nil, fmt.Errorf("cms: time-stamp reply: %w", err)
	}
	if code > 1 { // granted and grantedWithMods are the only yes
		return nil, fmt.Errorf("cms: the time-stamp authority refused (status %d%s)", code, statusText(status[1:]))
	}
	if len(kids) < 2 {
		return nil, errors.New("cms: time-stamp reply without token")
	}
	return kids[1].Raw, nil
}

// statusText quotes PKIFreeText and the failure bits, at most 200 bytes.
func statusText(parts []ber.Element) string {
	var out strings.Builder
	for _, part := range parts {
		if part.Is(ber.Universal, ber.TagBitString) {
			fmt.Fprintf(&out, ", failInfo %x", part.Body)
			continue
		}
		texts, err := part.Sequence(0)
		for _, text := range texts {
			if err == nil && text.Is(ber.Universal, ber.TagUTF8String) {
				fmt.Fprintf(&out, ", %q", text.Body)
			}
		}
	}
	return out.String()[:min(out.Len(), 200)]
}

// Authority is what a time-stamp authority signs with.
type Authority struct {
	Certificate *x509.Certificate
	Chain       []*x509.Certificate // embedded when the query asks for certificates
	Key         crypto.Signer       // of Certificate; RSA or ECDSA
	Policy      asn1.ObjectIdentifier
	Accuracy    time.Duration // whole seconds; 0 leaves it out
}

// BuildTimeStampReply grants a query, with SHA-256. It is for the authority of
// demo and tests; serial numbers must not repeat, which is the caller's care.
// (RFC 3161 has the certificate present only if asked for; it is always here.)
func BuildTimeStampReply(q *TimeStampQuery, a Authority, serial *big.Int, at time.Time) ([]byte, error) {
	if !q.Digest.Known() || len(a.Policy) < 2 {
		return nil, errors.New("cms: unknown imprint digest or no policy")
	}
	parts := [][]byte{ber.EncodeInt(1), ber.EncodeOID(a.Policy), encodeImprint(q.Digest, q.Imprint),
		ber.EncodeInteger(serial), ber.EncodeGeneralizedTime(at)}
	if s := int64(a.Accuracy / time.Second); s > 0 {
		parts = append(parts, ber.Encode(ber.Sequence, ber.EncodeInt(s)))
	}
	if q.Nonce != nil {
		parts = append(parts, ber.EncodeInteger(q.Nonce))
	}
	info := ber.Encode(ber.Sequence, parts...)
	u, err := Prepare(Spec{Certificate: a.Certificate, Chain: a.Chain, Digest: crypto.SHA256, Content: info,
		ContentDigest: DigestOf(crypto.SHA256).Sum(info), ContentType: oidTSTInfo, SigningTime: at})
	if err != nil {
		return nil, err
	}
	_, digest, opts := u.ToBeSigned()
	signature, err := a.Key.Sign(rand.Reader, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("cms: time-stamp key: %w", err)
	}
	token, err := u.Complete(signature)
	if err != nil {
		return nil, err
	}
	granted := ber.Encode(ber.Sequence, ber.EncodeInt(0))
	return ber.Encode(ber.Sequence, granted, token), nil
}

// RejectTimeStamp writes a refusal with a reason for people.
func RejectTimeStamp(reason string) []byte {
	text := ber.Encode(ber.Sequence, ber.Encode(ber.UTF8String, []byte(reason)))
	return ber.Encode(ber.Sequence, ber.Encode(ber.Sequence, ber.EncodeInt(2), text))
}
