package cms

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"maps"
	"math/big"

	"vanban/internal/cms/ber"
)

var (
	oidData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidOCSPInfo   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 16, 2} // RFC 5940, 2.1
)

// Parse reads a SignedData message at the start of b, of at most 8 MiB,
// 100 certificates and 16 signers. What follows the message is judged
// (TrailingGarbage), not read. An error means that there is no such message;
// everything less is a Fault of its signer.
func Parse(b []byte) (*Signed, error) {
	if len(b) > maxMessage {
		return nil, fmt.Errorf("cms: message of %d bytes, at most %d are read", len(b), maxMessage)
	}
	root, rest, err := ber.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	s := &Signed{DERLen: len(root.Raw), TrailingGarbage: len(bytes.TrimRight(rest, "\x00")) > 0}
	if err := s.readContentInfo(root); err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	return s, nil
}

func (s *Signed) readContentInfo(root ber.Element) error {
	kids, err := root.Sequence(2)
	if err != nil {
		return err
	}
	if len(kids) != 2 {
		s.irregular("more than one content")
	}
	oid, err := kids[0].OID()
	if err != nil {
		return err
	}
	if !oid.Equal(oidSignedData) {
		return fmt.Errorf("content type %s is not SignedData", oid)
	}
	if !kids[1].Is(ber.Context, 0) {
		return errors.New("SignedData is missing")
	}
	inner, err := kids[1].Explicit()
	if err != nil {
		return err
	}
	return s.readSignedData(inner)
}

// readSignedData reads RFC 5652, 5.1.
func (s *Signed) readSignedData(e ber.Element) error {
	kids, err := e.Sequence(4)
	if err != nil {
		return err
	}
	version, err := kids[0].Integer()
	if err != nil {
		return fmt.Errorf("version: %w", err)
	}
	declared, err := readDigests(kids[1])
	if err != nil {
		return fmt.Errorf("digest algorithms: %w", err)
	}
	if err := s.readContent(kids[2]); err != nil {
		return fmt.Errorf("content: %w", err)
	}
	rest := kids[3:]
	if rest[0].Is(ber.Context, 0) {
		if err := s.readCertificates(rest[0]); err != nil {
			return fmt.Errorf("certificates: %w", err)
		}
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0].Is(ber.Context, 1) {
		if err := s.readRevocation(rest[0]); err != nil {
			return fmt.Errorf("revocation lists: %w", err)
		}
		rest = rest[1:]
	}
	if len(rest) != 1 || !rest[0].Is(ber.Universal, ber.TagSet) {
		return errors.New("signer infos are missing")
	}
	if err := s.readSigners(rest[0], declared); err != nil {
		return err
	}
	s.checkWrapper(version, declared)
	return nil
}

// checkWrapper compares the version and the announced digests with what the
// message holds (RFC 5652, 5.1).
func (s *Signed) checkWrapper(version *big.Int, declared map[Digest]bool) {
	want := int64(1)
	if !s.ContentType.Equal(oidData) {
		want = 3
	}
	used := map[Digest]bool{}
	for _, si := range s.Signers {
		used[si.Digest] = true
		if si.keyID != nil {
			want = 3
		}
	}
	if !version.IsInt64() || version.Int64() != want {
		s.irregular("version")
	}
	if !maps.Equal(used, declared) {
		s.irregular("digest algorithms")
	}
	if s.UnparsedCertificates > 0 {
		s.irregular("certificate that cannot be read")
	}
}

func (s *Signed) irregular(what string) {
	if s.Irregular == "" {
		s.Irregular = what
	}
}

// readDigests reads the SET OF digest algorithms that are announced up front.
func readDigests(e ber.Element) (map[Digest]bool, error) {
	if !e.Is(ber.Universal, ber.TagSet) {
		return nil, errors.New("expected a SET")
	}
	kids, err := e.Children()
	if err != nil {
		return nil, err
	}
	if len(kids) > maxSigners {
		return nil, fmt.Errorf("%d of them", len(kids))
	}
	declared := map[Digest]bool{}
	for _, kid := range kids {
		d, err := digestIdentifier(kid)
		if err != nil {
			return nil, err
		}
		declared[d] = true
	}
	return declared, nil
}

// readContent reads EncapsulatedContentInfo. Content that is not an OCTET
// STRING is PKCS #7 1.5 (RFC 5652, 5.2.1): its digest covers the contents octets.
func (s *Signed) readContent(e ber.Element) error {
	kids, err := e.Sequence(1)
	if err != nil {
		return err
	}
	if s.ContentType, err = kids[0].OID(); err != nil || len(kids) == 1 {
		return err
	}
	if len(kids) != 2 || !kids[1].Is(ber.Context, 0) {
		return errors.New("malformed encapsulated content")
	}
	inner, err := kids[1].Explicit()
	if err != nil {
		return err
	}
	s.HasContent = true
	if !inner.Is(ber.Universal, ber.TagOctetString) {
		s.irregular("content that is no OCTET STRING")
		s.Content = inner.Body
		return nil
	}
	s.Content, err = inner.Octets()
	return err
}

// readCertificates keeps X.509 certificates; attribute certificates and other
// formats are passed over, nothing here uses them.
func (s *Signed) readCertificates(e ber.Element) error {
	kids, err := e.Children()
	if err != nil {
		return err
	}
	if len(kids) > maxCerts {
		return fmt.Errorf("%d of them, at most %d are read", len(kids), maxCerts)
	}
	for _, kid := range kids {
		if !kid.Is(ber.Universal, ber.TagSequence) {
			s.irregular("certificate of another format")
			continue
		}
		s.addCertificate(kid.Raw)
	}
	return nil
}

func (s *Signed) addCertificate(raw []byte) {
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		s.UnparsedCertificates++
		s.Unparsed = append(s.Unparsed, raw)
		return
	}
	s.Certificates = append(s.Certificates, cert)
}

// readRevocation reads RevocationInfoChoices: CRLs and OCSP responses (RFC 5940).
func (s *Signed) readRevocation(e ber.Element) error {
	kids, err := e.Children()
	if err != nil {
		return err
	}
	if len(kids) > maxCerts {
		return fmt.Errorf("%d of them, at most %d are read", len(kids), maxCerts)
	}
	for _, kid := range kids {
		switch {
		case kid.Is(ber.Universal, ber.TagSequence):
			s.CRLs = append(s.CRLs, kid.Raw)
		case kid.Is(ber.Context, 1):
			other, err := kid.Children()
			if err != nil || len(other) != 2 {
				continue // a format that nobody defined: no evidence
			}
			if oid, err := other[0].OID(); err == nil && oid.Equal(oidOCSPInfo) {
				s.OCSPs = append(s.OCSPs, other[1].Raw)
			}
		}
	}
	return nil
}

func (s *Signed) readSigners(e ber.Element, declared map[Digest]bool) error {
	kids, err := e.Children()
	if err != nil {
		return err
	}
	if len(kids) > maxSigners {
		return fmt.Errorf("%d signers, at most %d are read", len(kids), maxSigners)
	}
	for i, kid := range kids {
		si, err := s.readSigner(kid)
		if err != nil {
			return fmt.Errorf("signer %d: %w", i+1, err)
		}
		if !declared[si.Digest] {
			si.odd(Odd, digestUndeclared, "digest %s is not among the digestAlgorithms of the message", si.Digest)
		}
		s.Signers = append(s.Signers, si)
	}
	return nil
}

// readSigner reads RFC 5652, 5.3.
func (s *Signed) readSigner(e ber.Element) (*Signer, error) {
	kids, err := e.Sequence(5)
	if err != nil {
		return nil, err
	}
	si := &Signer{content: s.Content}
	version, err := kids[0].Integer()
	if err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	if err := si.readIdentifier(kids[1]); err != nil {
		return nil, fmt.Errorf("signer identifier: %w", err)
	}
	if v3 := si.keyID != nil; !version.IsInt64() || version.Int64() != map[bool]int64{false: 1, true: 3}[v3] {
		s.irregular("signer version")
	}
	if si.Digest, err = digestIdentifier(kids[2]); err != nil {
		return nil, fmt.Errorf("digest algorithm: %w", err)
	}
	rest := kids[3:]
	if rest[0].Is(ber.Context, 0) {
		if err := si.readSigned(rest[0]); err != nil {
			return nil, fmt.Errorf("signed attributes: %w", err)
		}
		rest = rest[1:]
	}
	if len(rest) < 2 || len(rest) > 3 {
		return nil, errors.New("signature is missing")
	}
	var faults []Fault
	if si.algorithm, si.SignatureAlgorithm, faults, err = signatureIdentifier(rest[0]); err != nil {
		return nil, fmt.Errorf("signature algorithm: %w", err)
	}
	si.wrong = append(si.wrong, faults...)
	if !rest[1].Is(ber.Universal, ber.TagOctetString) {
		return nil, errors.New("signature value is not an OCTET STRING")
	}
	if si.Signature, err = rest[1].Octets(); err != nil {
		return nil, err
	}
	if len(rest) == 3 {
		if err := si.readUnsigned(rest[2]); err != nil {
			return nil, fmt.Errorf("unsigned attributes: %w", err)
		}
	}
	for _, a := range si.UnsignedAttributes {
		if !knownUnsigned(a.Type) {
			s.irregular("unsigned attribute " + a.Type.String())
		}
	}
	si.judgeStructure(s.ContentType)
	return si, nil
}

func (si *Signer) readIdentifier(e ber.Element) (err error) {
	if e.Is(ber.Context, 0) {
		si.keyID, err = e.Octets()
		return err
	}
	kids, err := e.Sequence(2)
	if err != nil {
		return err
	}
	si.issuer = kids[0].Raw
	si.serial, err = kids[1].Integer()
	return err
}

// Identifies says whether the SignerInfo names this certificate, by issuer and
// serial number or by subject key identifier.
func (si *Signer) Identifies(cert *x509.Certificate) bool {
	if cert == nil {
		return false
	}
	if si.serial == nil {
		return len(si.keyID) > 0 && bytes.Equal(si.keyID, cert.SubjectKeyId)
	}
	return cert.SerialNumber.Cmp(si.serial) == 0 && sameName(si.issuer, cert.RawIssuer)
}

// SignerCertificate finds the certificate that si names among the embedded
// ones; nil when it is not there or cannot be read.
func (s *Signed) SignerCertificate(si *Signer) *x509.Certificate {
	for _, cert := range s.Certificates {
		if si.Identifies(cert) {
			return cert
		}
	}
	return nil
}

// sameName compares two DER names: by bytes, and failing that by their text,
// since some signers re-encode the strings of the issuer.
func sameName(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y pkix.RDNSequence
	if _, err := asn1.Unmarshal(a, &x); err != nil {
		return false
	}
	if _, err := asn1.Unmarshal(b, &y); err != nil {
		return false
	}
	return len(x) > 0 && x.String() == y.String()
}

func (si *Signer) odd(severity Severity, code FaultCode, format string, args ...any) {
	si.Faults = append(si.Faults, newFault(severity, code, format, args...))
}

func (si *Signer) broken(code FaultCode, format string, args ...any) {
	si.wrong = append(si.wrong, newFault(Broken, code, format, args...))
}
