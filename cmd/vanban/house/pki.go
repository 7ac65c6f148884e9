package house

import (
	"crypto/rand"
	"os"

	"vanban/certs/certtest"
	"vanban/cmd/vanban/files"
)

// WriteKey writes a key under a password of its own, which lies beside it:
// demo keys protect nothing.
func WriteKey(p12, passwordFile string, id *certtest.Identity) error {
	password := rand.Text()
	if err := certtest.WriteP12(p12, id, password); err != nil {
		return files.WriteError(p12, err)
	}
	return files.WriteSecret(passwordFile, password+"\n")
}

// WriteTrust writes the anchors and the current CRL of every CA.
func WriteTrust(f Folder, pki *certtest.PKI) error {
	if err := pki.WriteAnchors(f.Trust()); err != nil {
		return files.WriteError(f.Trust(), err)
	}
	for _, ca := range []*certtest.CA{pki.OfficialRoot, pki.OfficialCA, pki.PublicRoot, pki.PublicCA} {
		crl, err := pki.CRL(ca)
		if err != nil {
			return err
		}
		path := f.Path("evidence", ca.Name+".crl")
		if err := os.WriteFile(path, crl, 0o644); err != nil {
			return files.WriteError(path, err)
		}
	}
	return nil
}
