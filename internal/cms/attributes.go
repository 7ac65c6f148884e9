package cms

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"

	"vanban/internal/cms/ber"
)

var (
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidESSv1         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidESSv2         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimeStamp     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidRevValues     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 24}
	oidAdobeRev      = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}
)

// readSigned reads the signed attributes and keeps the bytes that were signed:
// those received, under the tag of SET OF (RFC 5652, 5.4).
func (si *Signer) readSigned(e ber.Element) error {
	si.HasSignedAttributes = true
	attributes, raw, err := readAttributes(e)
	if err != nil {
		return err
	}
	si.SignedAttributes = attributes
	if !e.Definite() || !sorted(raw) {
		si.odd(Odd, attributesNotDER, "signed attributes are not in DER (RFC 5652, 5.3)")
	}
	si.attributes = bytes.Clone(e.Raw)
	if e.AnyIndefinite() {
		// The signer hashed DER, which those bytes are not.
		if si.attributes, err = e.Canonical(); err != nil {
			return err
		}
	}
	si.attributes[0] = ber.Set
	seen := map[string]bool{}
	for _, a := range attributes {
		name := a.Type.String()
		if seen[name] {
			si.duplicate(a.Type)
			continue
		}
		seen[name] = true
		if err := si.understand(a); err != nil {
			si.malformed(a.Type, err)
		}
	}
	return nil
}

// essential are the attributes whose ambiguity breaks the signature.
func essential(oid asn1.ObjectIdentifier) bool {
	return oid.Equal(oidContentType) || oid.Equal(oidMessageDigest) || oid.Equal(oidESSv1) || oid.Equal(oidESSv2)
}

func (si *Signer) duplicate(oid asn1.ObjectIdentifier) {
	if essential(oid) {
		si.broken(attributeDuplicate, "signed attribute %s appears twice (RFC 5652, 11)", oid)
		return
	}
	si.odd(Odd, attributeDuplicate, "signed attribute %s appears twice", oid)
}

func (si *Signer) malformed(oid asn1.ObjectIdentifier, err error) {
	if essential(oid) {
		si.broken(attributeMalformed, "signed attribute %s: %v", oid, err)
		return
	}
	si.odd(Odd, attributeMalformed, "attribute %s: %v", oid, err)
}

// understand reads the value of a signed attribute that has a meaning here.
func (si *Signer) understand(a Attribute) error {
	known := essential(a.Type) || a.Type.Equal(oidSigningTime) || a.Type.Equal(oidAdobeRev)
	if !known {
		return nil
	}
	if len(a.Values) != 1 {
		return fmt.Errorf("%d values, expected one", len(a.Values))
	}
	value, rest, err := ber.Parse(a.Values[0])
	if err != nil || len(rest) > 0 {
		return errors.New("malformed value")
	}
	switch {
	case a.Type.Equal(oidContentType):
		si.ContentType, err = value.OID()
	case a.Type.Equal(oidMessageDigest):
		if !value.Is(ber.Universal, ber.TagOctetString) {
			return errors.New("message digest is not an OCTET STRING")
		}
		si.MessageDigest, err = value.Octets()
	case a.Type.Equal(oidSigningTime):
		at, timeErr := value.Time()
		if err = timeErr; err == nil {
			si.SigningTime = &at
		}
	case a.Type.Equal(oidESSv1):
		err = si.readESS(value, false)
	case a.Type.Equal(oidESSv2):
		err = si.readESS(value, true)
	case a.Type.Equal(oidAdobeRev):
		err = si.readRevocation(value, false)
	}
	return err
}

// readESS reads SigningCertificate (RFC 2634, 5.4) or SigningCertificateV2
// (RFC 5035, 3) and keeps its first identifier, the one of the signer. Further
// identifiers would narrow the path; certs builds its own and takes no hints.
func (si *Signer) readESS(e ber.Element, v2 bool) error {
	kids, err := e.Sequence(1)
	if err != nil {
		return err
	}
	ids, err := kids[0].Sequence(1)
	if err != nil {
		return err
	}
	id, err := readESSCert(ids[0], v2)
	if err != nil {
		return err
	}
	si.ESS = append(si.ESS, id)
	return nil
}

func readESSCert(e ber.Element, v2 bool) (id ESSCert, err error) {
	kids, err := e.Sequence(1)
	if err != nil {
		return id, err
	}
	id.Digest = Digest{oidSHA1}
	if v2 {
		id.Digest = Digest{oidSHA256} // the DEFAULT
		if kids[0].Is(ber.Universal, ber.TagSequence) {
			if id.Digest, err = digestIdentifier(kids[0]); err != nil {
				return id, err
			}
			kids = kids[1:]
		}
	}
	if len(kids) == 0 || !kids[0].Is(ber.Universal, ber.TagOctetString) {
		return id, errors.New("certificate hash is missing")
	}
	if id.Hash, err = kids[0].Octets(); err != nil || len(kids) == 1 {
		return id, err
	}
	return id, id.readIssuerSerial(kids[1])
}

// readIssuerSerial reads IssuerSerial: GeneralNames with one directoryName.
func (id *ESSCert) readIssuerSerial(e ber.Element) error {
	kids, err := e.Sequence(2)
	if err != nil {
		return err
	}
	names, err := kids[0].Sequence(1)
	if err != nil {
		return err
	}
	if !names[0].Is(ber.Context, 4) {
		return errors.New("issuer is not a directory name")
	}
	name, err := names[0].Explicit()
	if err != nil {
		return err
	}
	id.Issuer = name.Raw
	id.Serial, err = kids[1].Integer()
	return err
}

// readRevocation collects CRLs [0] and OCSP responses [1] from
// RevocationInfoArchival (ISO 32000-2, 12.8.3.3.2) or, basic, from
// RevocationValues (RFC 5126, 6.3.4), whose responses lack their envelope.
func (si *Signer) readRevocation(e ber.Element, basic bool) error {
	kids, err := e.Sequence(0)
	if err != nil {
		return err
	}
	for _, kid := range kids {
		if !kid.Is(ber.Context, 0) && !kid.Is(ber.Context, 1) {
			continue
		}
		list, err := kid.Explicit()
		if err != nil {
			return err
		}
		items, err := list.Sequence(0)
		if err != nil {
			return err
		}
		if len(items) > maxCerts {
			return fmt.Errorf("%d items", len(items))
		}
		for _, item := range items {
			switch {
			case kid.Tag == 0:
				si.RevocationCRLs = append(si.RevocationCRLs, item.Raw)
			case basic:
				si.RevocationOCSPs = append(si.RevocationOCSPs, envelopeOCSP(item.Raw))
			default:
				si.RevocationOCSPs = append(si.RevocationOCSPs, item.Raw)
			}
		}
	}
	return nil
}

// envelopeOCSP makes a successful OCSPResponse of a BasicOCSPResponse (RFC 6960, 4.2.1).
func envelopeOCSP(basic []byte) []byte {
	kind := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	return ber.Encode(ber.Sequence, ber.Encode(ber.TagEnumerated, []byte{0}),
		ber.Encode(ber.ContextTag(0, true),
			ber.Encode(ber.Sequence, ber.EncodeOID(kind), ber.Encode(ber.OctetString, basic))))
}

// readUnsigned reads the unsigned attributes: time-stamps over the signature
// and revocation evidence. Nothing in them can break the signature.
func (si *Signer) readUnsigned(e ber.Element) error {
	if !e.Is(ber.Context, 1) {
		return fmt.Errorf("unexpected element %d/%d", e.Class, e.Tag)
	}
	attributes, _, err := readAttributes(e)
	if err != nil {
		return err
	}
	si.UnsignedAttributes = attributes
	for _, a := range attributes {
		switch {
		case a.Type.Equal(oidTimeStamp):
			si.TimeStamps = append(si.TimeStamps, a.Values...)
		case a.Type.Equal(oidRevValues):
			for _, raw := range a.Values {
				value, _, err := ber.Parse(raw)
				if err == nil {
					err = si.readRevocation(value, true)
				}
				if err != nil {
					si.malformed(a.Type, err)
				}
			}
		}
	}
	return nil
}

// knownUnsigned recognises the unsigned attributes of CMS (RFC 5652, 11.4),
// time-stamping (RFC 3161 and its Microsoft twin), CAdES (RFC 5126, ETSI
// EN 319 122-1), evidence records (RFC 4998) and Adobe.
func knownUnsigned(oid asn1.ObjectIdentifier) bool {
	cades := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2}
	etsi := asn1.ObjectIdentifier{0, 4, 0}
	switch {
	case len(oid) == len(cades)+1 && oid[:len(cades)].Equal(cades):
		last := oid[len(cades)]
		return last == 14 || last >= 20 && last <= 27 || last >= 48 && last <= 50
	case len(oid) > len(etsi) && oid[:len(etsi)].Equal(etsi):
		return true
	}
	return oid.Equal(oidAdobeRev) || oid.String() == "1.2.840.113549.1.9.6" || oid.String() == "1.3.6.1.4.1.311.3.3.1"
}

// readAttributes reads a SET OF Attribute under any tag; raw is each attribute
// as received.
func readAttributes(e ber.Element) (attributes []Attribute, raw []ber.Element, err error) {
	if raw, err = e.Children(); err != nil {
		return nil, nil, err
	}
	if len(raw) > maxAttributes {
		return nil, nil, fmt.Errorf("%d of them, at most %d are read", len(raw), maxAttributes)
	}
	for _, kid := range raw {
		parts, err := kid.Sequence(2)
		if err != nil {
			return nil, nil, err
		}
		oid, err := parts[0].OID()
		if err != nil {
			return nil, nil, err
		}
		if len(parts) != 2 || !parts[1].Is(ber.Universal, ber.TagSet) {
			return nil, nil, fmt.Errorf("attribute %s has no SET of values", oid)
		}
		values, err := parts[1].Children()
		if err != nil {
			return nil, nil, err
		}
		if len(values) > maxValues {
			return nil, nil, fmt.Errorf("attribute %s has %d values", oid, len(values))
		}
		a := Attribute{Type: oid}
		for _, v := range values {
			a.Values = append(a.Values, v.Raw)
		}
		attributes = append(attributes, a)
	}
	return attributes, raw, nil
}

func sorted(elements []ber.Element) bool {
	for i := 1; i < len(elements); i++ {
		if bytes.Compare(elements[i-1].Raw, elements[i].Raw) > 0 {
			return false
		}
	}
	return true
}
