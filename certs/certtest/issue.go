package certtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	_ "crypto/md5" // Resign
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // likewise
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"vanban/certs"
)

var (
	oidTitle       = asn1.ObjectIdentifier{2, 5, 4, 12}
	oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidTimeStamp   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	oidNoCheck     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
)

// newKey makes a key pair.
func newKey(k KeyType) (crypto.Signer, error) {
	switch k {
	case "rsa1024":
		return rsa.GenerateKey(rand.Reader, 1024)
	case "", "rsa2048":
		return rsa.GenerateKey(rand.Reader, 2048)
	case "rsa3072":
		return rsa.GenerateKey(rand.Reader, 3072)
	case "rsa4096":
		return rsa.GenerateKey(rand.Reader, 4096)
	case "p224":
		return ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	case "p256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "p384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "p521":
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return nil, fmt.Errorf("certtest: unknown key type %q", k)
}

// newSerial is 127 random bits, positive.
func newSerial() (*big.Int, error) {
	return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
}

func (s Subject) name() pkix.Name {
	n := pkix.Name{Country: []string{"VN"}, CommonName: s.CN}
	for _, field := range []struct {
		to    *[]string
		value string
	}{{&n.Organization, s.O}, {&n.OrganizationalUnit, s.OU}, {&n.Locality, s.L}} {
		if field.value != "" {
			*field.to = []string{field.value}
		}
	}
	if s.Title != "" {
		n.ExtraNames = append(n.ExtraNames, pkix.AttributeTypeAndValue{Type: oidTitle, Value: s.Title})
	}
	return n
}

// newRoot makes a self-signed CA.
func newRoot(cfg Config, name string, s Subject, d certs.Domain, legacy bool) (*CA, error) {
	ca := &CA{Name: name, Domain: d, cfg: cfg, legacy: legacy,
		issued: map[string]bool{}, revoked: map[string]revoked{}}
	key, err := newKey(ca.keyType())
	if err != nil {
		return nil, err
	}
	ca.Key = key
	template, err := ca.caTemplate(s)
	if err != nil {
		return nil, err
	}
	ca.Certificate, err = ca.sign(template, template, key.Public())
	if err != nil {
		return nil, err
	}
	ca.Chain = []*x509.Certificate{ca.Certificate}
	return ca, ca.addDelegate()
}

// newCA makes a CA below ca that may issue leaves only.
func (ca *CA) newCA(name string, s Subject) (*CA, error) {
	sub := &CA{Name: name, Domain: ca.Domain, cfg: ca.cfg, legacy: ca.legacy,
		issued: map[string]bool{}, revoked: map[string]revoked{}}
	key, err := newKey(ca.keyType())
	if err != nil {
		return nil, err
	}
	sub.Key = key
	template, err := ca.caTemplate(s)
	if err != nil {
		return nil, err
	}
	template.MaxPathLenZero = true
	ca.addresses(template)
	if sub.Certificate, err = ca.sign(template, ca.Certificate, key.Public()); err != nil {
		return nil, err
	}
	sub.Chain = append([]*x509.Certificate{sub.Certificate}, ca.Chain...)
	return sub, sub.addDelegate()
}

// keyType: the older generation is RSA throughout.
func (ca *CA) keyType() KeyType {
	if ca.legacy {
		return "rsa2048"
	}
	return ca.cfg.CAKey
}

// caTemplate is valid from 5 years before now for 25 years.
func (ca *CA) caTemplate(s Subject) (*x509.Certificate, error) {
	serial, err := newSerial()
	now := ca.cfg.Now()
	return &x509.Certificate{
		SerialNumber: serial, Subject: s.name(),
		NotBefore: now.Add(-5 * year), NotAfter: now.Add(20 * year),
		BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, err
}

// addDelegate certifies the OCSP responder of ca. It is valid as long as the CA
// so that a PKI with a clock of its own gets answers that are valid by the real
// clock, which the OCSP library writes into them.
func (ca *CA) addDelegate() error {
	var err error
	ca.ocsp, err = ca.Issue(Subject{CN: "OCSP " + ca.Name + " (trình diễn)"}, Options{
		NotBefore: ca.Certificate.NotBefore, NotAfter: ca.Certificate.NotAfter, Key: "p256", Usage: ForOCSP})
	return err
}

// addresses names where the status of what ca issues is published.
func (ca *CA) addresses(template *x509.Certificate) {
	base := ca.cfg.BaseURL
	if base == "" {
		return
	}
	template.CRLDistributionPoints = []string{base + "/pki/" + ca.Name + ".crl"}
	template.OCSPServer = []string{base + "/ocsp/" + ca.Name}
	template.IssuingCertificateURL = []string{base + "/pki/" + ca.Name + ".cer"}
}

// Issue makes a key pair and certifies it.
func (ca *CA) Issue(s Subject, o Options) (*Identity, error) {
	key, err := newKey(o.Key)
	if err != nil {
		return nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	now := ca.cfg.Now()
	if o.NotBefore.IsZero() {
		o.NotBefore = now.Add(-24 * time.Hour)
	}
	if o.NotAfter.IsZero() {
		o.NotAfter = o.NotBefore.Add(3 * year)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: s.name(), NotBefore: o.NotBefore, NotAfter: o.NotAfter,
		BasicConstraintsValid: true,
	}
	if s.Email != "" {
		template.EmailAddresses = []string{s.Email}
	}
	if err := o.Usage.apply(template); err != nil {
		return nil, err
	}
	ca.addresses(template)
	c, err := ca.sign(template, ca.Certificate, key.Public())
	if err != nil {
		return nil, err
	}
	return &Identity{Certificate: c, Key: key, Chain: append([]*x509.Certificate{c}, ca.Chain...)}, nil
}

// apply writes the usage into a template.
func (u Usage) apply(t *x509.Certificate) error {
	t.KeyUsage = x509.KeyUsageDigitalSignature
	switch u {
	case ForSigning:
		t.KeyUsage |= x509.KeyUsageContentCommitment
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection}
	case ForTLS:
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	case ForTimeStamp: // RFC 3161 section 2.3 wants it critical, which the template field cannot say
		value, err := asn1.Marshal([]asn1.ObjectIdentifier{oidTimeStamp})
		if err != nil {
			return err
		}
		t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: oidExtKeyUsage, Critical: true, Value: value})
	case ForOCSP:
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
		t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: oidNoCheck, Value: asn1.NullBytes})
	case ForEncryption:
		t.KeyUsage = x509.KeyUsageKeyEncipherment
	default:
		return fmt.Errorf("certtest: unknown usage %q", u)
	}
	return nil
}

// sign issues a certificate and remembers its serial number.
func (ca *CA) sign(template, parent *x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, ca.Key)
	if err != nil {
		return nil, fmt.Errorf("certtest: issue a certificate: %w", err)
	}
	if ca.legacy {
		if der, err = Resign(der, ca.Key, crypto.SHA1); err != nil {
			return nil, err
		}
	}
	ca.mu.Lock()
	defer ca.mu.Unlock()
	ca.issued[serialKey(template.SerialNumber)] = true
	return x509.ParseCertificate(der)
}

// Legacy makes, at the first call, the chain of an older generation: a root and
// an issuing CA that sign everything with RSA and SHA-1, as the national CAs
// did (VER-05). From then on Anchors holds the root, pinned as legacy.
func (p *PKI) Legacy() (root, issuing *CA, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ca := range p.more {
		switch ca.Name {
		case legacyRootName:
			root = ca
		case legacyCAName:
			issuing = ca
		}
	}
	if root != nil && issuing != nil {
		return root, issuing, nil
	}
	root, err = newRoot(p.cfg, legacyRootName, Subject{CN: "Co quan chung thuc so (RootCA cu, trinh dien)", O: "Ban Co yeu Chinh phu (trinh dien)"},
		certs.OfficialDuty, true)
	if err != nil {
		return nil, nil, err
	}
	issuing, err = root.newCA(legacyCAName, Subject{CN: "Co quan chung thuc so Chinh phu (cu, trinh dien)", O: "Ban Co yeu Chinh phu (trinh dien)"})
	if err != nil {
		return nil, nil, err
	}
	p.more = append(p.more, root, issuing)
	return root, issuing, nil
}

const (
	legacyRootName = "legacy-root"
	legacyCAName   = "legacy-ca"
)

// Resign signs a certificate or a CRL anew with RSA PKCS#1 v1.5 and a hash that
// crypto/x509 refuses to sign with (SHA-1, MD5). The input must be signed with
// SHA-256 and RSA: its algorithm identifiers have the same length.
func Resign(der []byte, key crypto.Signer, h crypto.Hash) ([]byte, error) {
	var parts struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if _, err := asn1.Unmarshal(der, &parts); err != nil || !ok {
		return nil, fmt.Errorf("certtest: sign again: RSA only: %v", err)
	}
	last, ok := map[crypto.Hash]int{crypto.MD5: 4, crypto.SHA1: 5, crypto.SHA256: 11}[h]
	if !ok {
		return nil, fmt.Errorf("certtest: sign again: no algorithm for %v", h)
	}
	from, err := asn1.Marshal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11})
	if err != nil {
		return nil, err
	}
	parts.Algorithm.Algorithm = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, last}
	to, err := asn1.Marshal(parts.Algorithm.Algorithm)
	if err != nil {
		return nil, err
	}
	tbs, ok := replaceOnce(parts.TBS.FullBytes, from, to)
	if !ok {
		return nil, fmt.Errorf("certtest: sign again: not signed with SHA-256 and RSA")
	}
	w := h.New()
	w.Write(tbs)
	signature, err := rsa.SignPKCS1v15(nil, rsaKey, h, w.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("certtest: sign again: %w", err)
	}
	parts.TBS = asn1.RawValue{FullBytes: tbs}
	parts.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	return asn1.Marshal(parts)
}
