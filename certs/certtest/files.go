package certtest

import (
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"software.sslmate.com/src/go-pkcs12"

	"vanban/certs"
)

// A saved PKI is one folder:
//
//	pki.json           what follows, in order, with serial numbers
//	<name>.pem         certificate, then the CAs above it
//	<name>.key         its private key, PKCS#8, mode 0600
//	<name>-ocsp.pem, <name>-ocsp.key, tsa.pem, tsa.key   likewise

// saved is pki.json.
type saved struct {
	BaseURL string    `json:"baseURL"`
	CAs     []savedCA `json:"cas"`
}

type savedCA struct {
	Name    string             `json:"name"`
	Domain  certs.Domain       `json:"domain"`
	Legacy  bool               `json:"legacy,omitempty"`
	Issued  []string           `json:"issued"`
	Revoked map[string]revoked `json:"revoked,omitempty"`
}

// caName keeps names of CAs fit for files and URLs.
var caName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,40}$`)

// Save writes the PKI into dir, keys with mode 0600, so that the next start
// reuses it. It replaces what an earlier Save wrote there.
func (p *PKI) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("certtest: save: %w", err)
	}
	state := saved{BaseURL: p.cfg.BaseURL}
	for _, ca := range p.CAs() {
		if !caName.MatchString(ca.Name) {
			return fmt.Errorf("certtest: save: %q is no name for a file", ca.Name)
		}
		if err := errors.Join(saveIdentity(dir, ca.Name, &ca.Identity), saveIdentity(dir, ca.Name+"-ocsp", ca.ocsp)); err != nil {
			return err
		}
		state.CAs = append(state.CAs, ca.state())
	}
	if err := saveIdentity(dir, "tsa", p.TSA); err != nil {
		return err
	}
	b, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		return fmt.Errorf("certtest: save: %w", err)
	}
	return writeFile(filepath.Join(dir, "pki.json"), b, 0o600)
}

func (ca *CA) state() savedCA {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	s := savedCA{Name: ca.Name, Domain: ca.Domain, Legacy: ca.legacy, Revoked: map[string]revoked{}}
	for serial := range ca.issued {
		s.Issued = append(s.Issued, serial)
	}
	for serial, r := range ca.revoked {
		s.Revoked[serial] = r
	}
	return s
}

// Load reads a PKI that Save wrote. The addresses inside its certificates stay
// what they were; cfg.BaseURL is for certificates issued from now on, and empty
// means the saved one.
func Load(dir string, cfg Config) (*PKI, error) {
	b, err := os.ReadFile(filepath.Join(dir, "pki.json"))
	if err != nil {
		return nil, fmt.Errorf("certtest: load: %w", err)
	}
	var state saved
	if err := json.Unmarshal(b, &state); err != nil {
		return nil, fmt.Errorf("certtest: load: %w", err)
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = state.BaseURL
	}
	p := &PKI{cfg: cfg.withDefaults()}
	for _, s := range state.CAs {
		ca, err := loadCA(dir, s, p.cfg)
		if err != nil {
			return nil, err
		}
		p.more = append(p.more, ca)
	}
	if len(p.more) < 4 {
		return nil, errors.New("certtest: load: pki.json lists fewer than 4 CAs")
	}
	p.OfficialRoot, p.OfficialCA, p.PublicRoot, p.PublicCA = p.more[0], p.more[1], p.more[2], p.more[3]
	p.more = p.more[4:]
	p.TSA, err = loadIdentity(dir, "tsa")
	return p, err
}

func loadCA(dir string, s savedCA, cfg Config) (*CA, error) {
	if !caName.MatchString(s.Name) {
		return nil, fmt.Errorf("certtest: load: %q is no name of a CA", s.Name)
	}
	id, err := loadIdentity(dir, s.Name)
	if err != nil {
		return nil, err
	}
	delegate, err := loadIdentity(dir, s.Name+"-ocsp")
	if err != nil {
		return nil, err
	}
	ca := &CA{Identity: *id, Name: s.Name, Domain: s.Domain, legacy: s.Legacy, cfg: cfg, ocsp: delegate,
		issued: map[string]bool{}, revoked: map[string]revoked{}}
	for _, serial := range s.Issued {
		ca.issued[serial] = true
	}
	for serial, r := range s.Revoked {
		ca.revoked[serial] = r
	}
	return ca, nil
}

func saveIdentity(dir, name string, id *Identity) error {
	var chain []byte
	for _, c := range id.Chain {
		chain = append(chain, encodePEM(c)...)
	}
	key, err := x509.MarshalPKCS8PrivateKey(id.Key)
	if err != nil {
		return fmt.Errorf("certtest: save %s: %w", name, err)
	}
	if err := writeFile(filepath.Join(dir, name+".pem"), chain, 0o644); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600)
}

func loadIdentity(dir, name string) (*Identity, error) {
	b, err := os.ReadFile(filepath.Join(dir, name+".pem"))
	if err != nil {
		return nil, fmt.Errorf("certtest: load: %w", err)
	}
	id := &Identity{}
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certtest: load %s: %w", name, err)
		}
		id.Chain = append(id.Chain, c)
	}
	if b, err = os.ReadFile(filepath.Join(dir, name+".key")); err != nil {
		return nil, fmt.Errorf("certtest: load: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil || len(id.Chain) == 0 {
		return nil, fmt.Errorf("certtest: load %s: no key or no certificate", name)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("certtest: load %s: %w", name, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("certtest: load %s: the key cannot sign", name)
	}
	id.Key, id.Certificate = signer, id.Chain[0]
	return id, nil
}

func encodePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// writeFile makes the file appear whole, with exactly this mode.
func writeFile(path string, b []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".certtest-*")
	if err != nil {
		return fmt.Errorf("certtest: write %s: %w", filepath.Base(path), err)
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(b)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("certtest: write %s: %w", filepath.Base(path), err)
	}
	return nil
}

// WriteAnchors writes the roots below dir in the layout of certs.LoadAnchors:
// official-duty/*.pem and public/*.pem, the legacy root marked in its name.
func (p *PKI) WriteAnchors(dir string) error {
	for _, ca := range p.CAs() {
		if !ca.isRoot() {
			continue
		}
		folder := filepath.Join(dir, ca.Domain.String())
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("certtest: anchors: %w", err)
		}
		if err := writeFile(filepath.Join(folder, ca.Name+".pem"), encodePEM(ca.Certificate), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// WriteP12 writes a PKCS#12 file (AES-256, SHA-256 MAC) with mode 0600.
func WriteP12(path string, id *Identity, password string) error {
	b, err := pkcs12.Modern.Encode(id.Key, id.Certificate, id.Chain[1:], password)
	if err != nil {
		return fmt.Errorf("certtest: PKCS#12: %w", err)
	}
	return writeFile(path, b, 0o600)
}
