package cms

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"

	"go.mozilla.org/pkcs7"
)

// SecondOpinion has the message der, of which s is our reading, read again by
// go.mozilla.org/pkcs7, which shares no code with this package, and asks it to
// check the message digest and the signature. It is a self-check after signing and says
// nothing about trust.
//
// That reader wants the whole content in memory in order to compare the
// message digest. Here the comparison is made on the attribute as it decodes
// it, and the signature is checked by giving it the signed attributes, in its
// own encoding, as the content of a message without attributes.
//
// decided is false, without an error, for what it cannot read: PSS, Ed25519,
// SHA-3 and subject key identifiers. Do not give it messages from outside.
func (s *Signed) SecondOpinion(der, contentDigest []byte) (decided bool, err error) {
	if len(s.Signers) != 1 {
		return false, fmt.Errorf("cms: %d signers", len(s.Signers))
	}
	si := s.Signers[0]
	if f := si.algorithm.family; f != rsaPKCS1 && f != ecdsaFamily || si.serial == nil || !si.HasSignedAttributes {
		return false, nil
	}
	if h := si.Digest.String(); h != "SHA-256" && h != "SHA-384" && h != "SHA-512" {
		return false, nil
	}
	if s.DERLen > len(der) {
		return false, errors.New("cms: another message was given")
	}
	p7, err := pkcs7.Parse(der[:s.DERLen])
	if err != nil {
		return true, fmt.Errorf("cms: second reader: %w", err)
	}
	if len(p7.Signers) != 1 || len(p7.Certificates) != len(s.Certificates) {
		return true, errors.New("cms: second reader sees other signers or certificates")
	}
	var digest []byte
	if err := p7.UnmarshalSignedAttribute(pkcs7.OIDAttributeMessageDigest, &digest); err != nil {
		return true, fmt.Errorf("cms: second reader: message digest: %w", err)
	}
	if !bytes.Equal(digest, contentDigest) {
		return true, errors.New("cms: second reader sees another message digest")
	}
	attributes, err := asn1.MarshalWithParams(p7.Signers[0].AuthenticatedAttributes, "set")
	if err != nil {
		return true, fmt.Errorf("cms: second reader: attributes: %w", err)
	}
	p7.Content = attributes
	p7.Signers[0].AuthenticatedAttributes = nil
	if err := p7.Verify(); err != nil {
		return true, fmt.Errorf("cms: second reader: %w", err)
	}
	return true, nil
}
