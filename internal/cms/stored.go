package cms

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"vanban/internal/cms/ber"
)

// storedUnsigned is how an Unsigned is kept between Prepare and Complete.
type storedUnsigned struct {
	Version     int
	Chain       []asn1.RawValue // the signer's certificate first
	Digest      asn1.ObjectIdentifier
	PSS         bool
	ContentType asn1.ObjectIdentifier
	Attached    bool
	Content     []byte
	Attributes  []byte
}

// Marshal writes u for UnmarshalUnsigned; there is nothing secret in it.
func (u *Unsigned) Marshal() []byte {
	stored := storedUnsigned{Version: 1, Digest: u.digest.OID(), PSS: u.pss, ContentType: u.contentType,
		Attached: u.content != nil, Content: u.content, Attributes: u.attributes}
	for _, der := range u.chain {
		stored.Chain = append(stored.Chain, asn1.RawValue{FullBytes: der})
	}
	b, err := asn1.Marshal(stored)
	if err != nil {
		panic("cms: " + err.Error()) // every field was validated by Prepare
	}
	return b
}

// UnmarshalUnsigned reads what Marshal wrote. The store is trusted no more
// than any input: Complete still checks the signature over these bytes.
func UnmarshalUnsigned(b []byte) (*Unsigned, error) {
	var stored storedUnsigned
	rest, err := asn1.Unmarshal(b, &stored)
	if err != nil || len(rest) > 0 || stored.Version != 1 || len(stored.Chain) == 0 || len(stored.Chain) > maxCerts {
		return nil, errors.New("cms: not a stored message")
	}
	u := &Unsigned{digest: digestByOID(stored.Digest), pss: stored.PSS, contentType: stored.ContentType, attributes: stored.Attributes}
	if stored.Attached {
		u.content = append([]byte{}, stored.Content...)
	}
	for _, raw := range stored.Chain {
		u.chain = append(u.chain, raw.FullBytes)
	}
	if u.cert, err = x509.ParseCertificate(u.chain[0]); err != nil {
		return nil, fmt.Errorf("cms: stored certificate: %w", err)
	}
	if len(u.attributes) == 0 || !u.digest.Known() || u.digest.Hash() == 0 || len(u.contentType) < 2 {
		return nil, errors.New("cms: not a stored message")
	}
	if e, rest, err := ber.Parse(u.attributes); err != nil || len(rest) > 0 || !e.Is(ber.Universal, ber.TagSet) {
		return nil, errors.New("cms: not a stored message")
	} else if _, _, err := readAttributes(e); err != nil {
		return nil, fmt.Errorf("cms: stored attributes: %w", err)
	}
	if _, err := signatureIdentifierFor(u.cert, u.digest, u.pss); err != nil {
		return nil, err
	}
	return u, nil
}
