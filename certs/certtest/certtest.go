// Package certtest makes the certificates of the demo and of the tests: two
// trust domains as Vietnamese law knows them (VER-04), official duty (root,
// issuing CA, leaders and agencies) and public (root, issuing CA, citizens),
// with CRL, OCSP and an RFC 3161 time-stamp authority behind real HTTP, and on
// demand the SHA-1 chain of an older generation (VER-05).
//
// The keys are soft and the passwords are in files beside them: nothing made
// here may be trusted outside a demo.
package certtest

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"vanban/certs"
)

// Config says how to make a PKI.
type Config struct {
	// Now is the clock; nil means time.Now. CAs start 5 years before it.
	Now func() time.Time
	// BaseURL is where Handler will be reachable ("http://127.0.0.1:8790"); it
	// goes into the certificates as CRL, OCSP and issuer addresses. Empty: the
	// certificates name none.
	BaseURL string
	// CAKey is the key type of the CAs and the TSA; empty means p256, which is
	// fast to make. The demo uses rsa2048.
	CAKey KeyType
}

// KeyType names a kind of key: rsa2048, rsa3072, rsa4096, p256, p384, p521,
// ed25519, and rsa1024 and p224 for tests of refusal.
type KeyType string

// Subject is who a certificate is for. Empty fields are left out; the country
// is always VN.
type Subject struct {
	CN, Title, OU, O, L, Email string
}

// Usage is what an issued certificate is good for.
type Usage string

// The usages. The zero value is ForSigning.
const (
	ForSigning    Usage = ""        // digitalSignature, nonRepudiation; clientAuth, emailProtection (VER-06)
	ForTLS        Usage = "tls"     // serverAuth only: the wrong usage of the tests
	ForTimeStamp  Usage = "tsa"     // timeStamping, critical
	ForOCSP       Usage = "ocsp"    // OCSPSigning, with ocsp-nocheck
	ForEncryption Usage = "encrypt" // keyEncipherment only
)

// Options vary one issued certificate. The zero value gives RSA-2048, valid
// from one day before now for 3 years, for signing.
type Options struct {
	NotBefore, NotAfter time.Time
	Key                 KeyType
	Usage               Usage
}

// Identity is a certificate with its key and the CAs above it.
type Identity struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
	Chain       []*x509.Certificate // Certificate first, root last
}

// CA is a certificate authority that issues, revokes and publishes. It may be
// used from many goroutines.
type CA struct {
	Identity
	Name   string // "official-root": names its files and URLs
	Domain certs.Domain

	cfg    Config
	ocsp   *Identity // the delegate that answers for this CA
	legacy bool      // signs with SHA-1

	mu      sync.Mutex
	issued  map[string]bool    // serial number, hexadecimal
	revoked map[string]revoked // likewise
}

// revoked is one line of a CRL.
type revoked struct {
	At time.Time `json:"at"`
}

// PKI is the two domains and their services. It may be used from many goroutines.
type PKI struct {
	OfficialRoot, OfficialCA *CA
	PublicRoot, PublicCA     *CA
	TSA                      *Identity // issued by OfficialCA

	cfg  Config
	mu   sync.Mutex
	more []*CA // made by Issuing and Legacy, in order
	tick int64 // last time-stamp serial number
}

// names of the CAs, marked so that no screen can pass them off as real.
const (
	officialRootCN = "Cơ quan chứng thực số chuyên dùng Chính phủ (trình diễn)"
	officialCACN   = "Cơ quan chứng thực số Chính quyền địa phương (trình diễn)"
	publicRootCN   = "Trung tâm Chứng thực điện tử quốc gia (trình diễn)"
	publicCACN     = "CA công cộng Vĩnh Long (trình diễn)"
	tsaCN          = "Dịch vụ cấp dấu thời gian (trình diễn)"
	officialOrg    = "Ban Cơ yếu Chính phủ (trình diễn)"
	publicOrg      = "Bộ Khoa học và Công nghệ (trình diễn)"
)

const year = 365 * 24 * time.Hour

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.CAKey == "" {
		c.CAKey = "p256"
	}
	return c
}

// New makes a PKI with fresh keys.
func New(cfg Config) (*PKI, error) {
	p := &PKI{cfg: cfg.withDefaults()}
	var err error
	root := func(name, cn, org string, d certs.Domain) *CA {
		if err != nil {
			return nil
		}
		var ca *CA
		ca, err = newRoot(p.cfg, name, Subject{CN: cn, O: org}, d, false)
		return ca
	}
	under := func(parent *CA, name, cn, org string) *CA {
		if err != nil {
			return nil
		}
		var ca *CA
		ca, err = parent.newCA(name, Subject{CN: cn, O: org})
		return ca
	}
	p.OfficialRoot = root("official-root", officialRootCN, officialOrg, certs.OfficialDuty)
	p.OfficialCA = under(p.OfficialRoot, "official-ca", officialCACN, officialOrg)
	p.PublicRoot = root("public-root", publicRootCN, publicOrg, certs.Public)
	p.PublicCA = under(p.PublicRoot, "public-ca", publicCACN, "Công ty Chữ ký số Nghĩa Hành (trình diễn)")
	if err != nil {
		return nil, err
	}
	now := p.cfg.Now()
	p.TSA, err = p.OfficialCA.Issue(Subject{CN: tsaCN, O: officialOrg},
		Options{NotBefore: now.Add(-5 * year), NotAfter: now.Add(10 * year), Key: p.cfg.CAKey, Usage: ForTimeStamp})
	return p, err
}

// Leader issues an official-duty certificate for a person.
func (p *PKI) Leader(s Subject, o Options) (*Identity, error) { return p.OfficialCA.Issue(s, o) }

// Agency issues an official-duty certificate for an agency.
func (p *PKI) Agency(s Subject, o Options) (*Identity, error) { return p.OfficialCA.Issue(s, o) }

// Citizen issues a public certificate for a person.
func (p *PKI) Citizen(s Subject, o Options) (*Identity, error) { return p.PublicCA.Issue(s, o) }

// Issuing makes one more issuing CA below parent, for instance to be revoked.
// name must be unique and fit for a file name.
func (p *PKI) Issuing(parent *CA, name, cn string) (*CA, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ca := range p.all() {
		if ca.Name == name {
			return nil, fmt.Errorf("certtest: there is a CA %q already", name)
		}
	}
	ca, err := parent.newCA(name, Subject{CN: cn, O: officialOrg})
	if err == nil {
		p.more = append(p.more, ca)
	}
	return ca, err
}

// CAs lists every CA: the two domains first.
func (p *PKI) CAs() []*CA {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all()
}

// all is CAs with mu held.
func (p *PKI) all() []*CA {
	return append([]*CA{p.OfficialRoot, p.OfficialCA, p.PublicRoot, p.PublicCA}, p.more...)
}

// issuerOf finds the CA that issued c.
func (p *PKI) issuerOf(c *x509.Certificate) (*CA, error) {
	for _, ca := range p.CAs() {
		if bytes.Equal(ca.Certificate.RawSubject, c.RawIssuer) && bytes.Equal(ca.Certificate.SubjectKeyId, c.AuthorityKeyId) {
			return ca, nil
		}
	}
	return nil, errors.New("certtest: not a certificate of this PKI")
}

// Revoke revokes a certificate of this PKI, CA or not, from the time at on.
func (p *PKI) Revoke(c *x509.Certificate, at time.Time) error {
	ca, err := p.issuerOf(c)
	if err != nil {
		return err
	}
	ca.mu.Lock()
	defer ca.mu.Unlock()
	ca.revoked[serialKey(c.SerialNumber)] = revoked{At: at.UTC().Truncate(time.Second)}
	return nil
}

func serialKey(n *big.Int) string { return n.Text(16) }

// Anchors are the roots: two, and the legacy one when it was made.
func (p *PKI) Anchors() *certs.Anchors {
	a := certs.NewAnchors()
	for _, ca := range p.CAs() {
		if ca.isRoot() {
			a.Add(ca.Certificate, ca.Domain, ca.legacy)
		}
	}
	return a
}

func (ca *CA) isRoot() bool { return bytes.Equal(ca.Certificate.RawSubject, ca.Certificate.RawIssuer) }

// Evidence is everything at once: all CA certificates, all CRLs, and the OCSP
// responses about the given certificates.
func (p *PKI) Evidence(about ...*x509.Certificate) (certs.Evidence, error) {
	var ev certs.Evidence
	for _, ca := range p.CAs() {
		ev.Certificates = append(ev.Certificates, ca.Certificate)
		crl, err := p.CRL(ca)
		if err != nil {
			return ev, err
		}
		ev.CRLs = append(ev.CRLs, crl)
	}
	for _, c := range about {
		answer, err := p.OCSP(c)
		if err != nil {
			return ev, err
		}
		ev.OCSPs = append(ev.OCSPs, answer)
	}
	return ev, nil
}
