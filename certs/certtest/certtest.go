// Package certtest makes the certificates of the demo and of the tests: two
// trust domains as Vietnamese law knows them (VER-04), official duty (root,
// issuing CA, leaders and agencies) and public (root, issuing CA, citizens),
// with CRL, OCSP and an RFC 3161 time-stamp authority behind real HTTP.
//
// The keys are soft and the passwords are in files beside them: nothing made
// here may be trusted outside a demo.
package certtest

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"time"

	"vanban/certs"
)

// Config says how to make a PKI.
type Config struct {
	// Now is the clock; nil means time.Now. CAs start 5 years before it.
	Now func() time.Time
	// Rand is the source of randomness; nil means crypto/rand.
	Rand io.Reader
	// BaseURL is where Handler will be reachable ("http://127.0.0.1:8790"); it
	// goes into the certificates as CRL, OCSP and issuer addresses. Empty: the
	// certificates name none.
	BaseURL string
	// CAKey is the key type of the CAs and services; empty means p256, which is
	// fast to make. The demo uses rsa2048.
	CAKey KeyType
}

// KeyType names a kind of key: rsa2048, rsa3072, rsa4096, p256, p384, p521,
// ed25519, and rsa1024 for tests of refusal.
type KeyType string

// Subject is who a certificate is for. Empty fields are left out.
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
	ForOCSP       Usage = "ocsp"    // OCSPSigning
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

// CA is a certificate authority that issues, revokes and publishes.
type CA struct {
	Identity
	Name   string // "official-root": names its files and URLs
	Domain certs.Domain
}

// PKI is the two domains and their services. It may be used from many goroutines.
type PKI struct {
	OfficialRoot, OfficialCA *CA
	PublicRoot, PublicCA     *CA
	TSA                      *Identity
}

// New makes a PKI.
func New(cfg Config) (*PKI, error) { return nil, errors.New("certtest: under construction") }

// Load reads a PKI that Save wrote.
func Load(dir string, cfg Config) (*PKI, error) {
	return nil, errors.New("certtest: under construction")
}

// Save writes the PKI, keys with mode 0600, so that the next start reuses it.
func (p *PKI) Save(dir string) error { return nil }

// Leader issues an official-duty certificate for a person.
func (p *PKI) Leader(s Subject, o Options) (*Identity, error) { return nil, nil }

// Agency issues an official-duty certificate for an agency.
func (p *PKI) Agency(s Subject, o Options) (*Identity, error) { return nil, nil }

// Citizen issues a public certificate for a person.
func (p *PKI) Citizen(s Subject, o Options) (*Identity, error) { return nil, nil }

// Revoke revokes a certificate of this PKI from the time at on.
func (p *PKI) Revoke(c *x509.Certificate, at time.Time) error { return nil }

// CRL is the current CRL of a CA, DER.
func (p *PKI) CRL(ca *CA) ([]byte, error) { return nil, nil }

// OCSP is the current OCSP response about c, signed by its CA's delegate, DER.
func (p *PKI) OCSP(c *x509.Certificate) ([]byte, error) { return nil, nil }

// Evidence is everything at once: all CA certificates, CRLs, and the OCSP
// responses about the given certificates.
func (p *PKI) Evidence(about ...*x509.Certificate) (certs.Evidence, error) {
	return certs.Evidence{}, nil
}

// Anchors are the two roots.
func (p *PKI) Anchors() *certs.Anchors { return certs.NewAnchors() }

// WriteAnchors writes official-duty/*.pem and public/*.pem below dir, in the
// layout of certs.LoadAnchors.
func (p *PKI) WriteAnchors(dir string) error { return nil }

// WriteP12 writes a PKCS#12 file (AES-256, SHA-256 MAC) with mode 0600.
func WriteP12(path string, id *Identity, password string) error { return nil }

// Handler serves /pki/<ca>.crl, /pki/<ca>.cer, /ocsp/<ca> and /tsa.
func (p *PKI) Handler() http.Handler { return http.NotFoundHandler() }

// StartServer serves Handler at addr ("127.0.0.1:0") until ctx ends or stop is
// called; url is the base, without a slash at the end.
func (p *PKI) StartServer(ctx context.Context, addr string) (url string, stop func(), err error) {
	return "", func() {}, nil
}
