package house

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"vanban/certs"
	"vanban/cmd/vanban/files"
)

// Limits on evidence at hand. A national CRL has a few megabytes.
const (
	maxEvidenceFile  = 64 << 20
	maxEvidenceFiles = 1000
	maxChainFile     = 1 << 20
)

// LoadEvidence reads certificates, CRLs and OCSP responses from files and
// folders. What kind a file is, its content says; a file that is none of them
// is an error when it was named and is passed over in a folder.
func LoadEvidence(paths []string) (certs.Evidence, error) {
	var ev certs.Evidence
	count := 0
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return ev, files.OpenError(p, err)
		}
		names, inFolder := []string{p}, info.IsDir()
		if inFolder {
			if names, err = evidenceFiles(p); err != nil {
				return ev, err
			}
		}
		for _, name := range names {
			if count++; count > maxEvidenceFiles {
				return ev, files.TooLarge.New(p, maxEvidenceFiles)
			}
			b, err := files.ReadSmall(name, maxEvidenceFile)
			if err != nil {
				return ev, err
			}
			if !addEvidence(&ev, b) && !inFolder {
				return ev, codeCertificateFile.New(name)
			}
		}
	}
	return ev, nil
}

func evidenceFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, files.OpenError(dir, err)
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	sort.Strings(names)
	return names, nil
}

// addEvidence tells DER and PEM, certificate, CRL and OCSP response apart and
// says whether b was any of them. Whether they are right, certs judges.
func addEvidence(ev *certs.Evidence, b []byte) bool {
	known := false
	for rest := b; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		switch block.Type {
		case "CERTIFICATE":
			if c, err := x509.ParseCertificate(block.Bytes); err == nil {
				ev.Certificates, known = append(ev.Certificates, c), true
			}
		case "X509 CRL":
			ev.CRLs, known = append(ev.CRLs, block.Bytes), true
		}
	}
	if known {
		return true
	}
	if c, err := x509.ParseCertificate(b); err == nil {
		ev.Certificates = append(ev.Certificates, c)
		return true
	}
	if _, err := x509.ParseRevocationList(b); err == nil {
		ev.CRLs = append(ev.CRLs, b)
		return true
	}
	if looksLikeOCSP(b) {
		ev.OCSPs = append(ev.OCSPs, b)
		return true
	}
	return false
}

// looksLikeOCSP recognises an OCSPResponse (RFC 6960 section 4.2.1): a sequence
// that starts with the enumerated status "successful".
func looksLikeOCSP(b []byte) bool {
	for i := 2; i <= 6 && i+3 <= len(b); i++ {
		if b[0] == 0x30 && b[i] == 0x0a && b[i+1] == 1 && b[i+2] == 0 {
			return true
		}
	}
	return false
}

// LoadChain reads the certificates of --chain: PEM, or one in DER.
func LoadChain(path string) ([]*x509.Certificate, error) {
	b, err := files.ReadSmall(path, maxChainFile)
	if err != nil {
		return nil, err
	}
	var ev certs.Evidence
	if !addEvidence(&ev, b) || len(ev.Certificates) == 0 {
		return nil, codeCertificateFile.New(path)
	}
	return ev.Certificates, nil
}
