// Package softkey is a signing key in a PKCS#12 file (.p12, .pfx): the kind
// that public CAs mail out, that the demo makes, and that agencies without a
// token use. It reads the old encryption (RC2, 3DES, SHA-1 MAC) because that is
// what most files still have, and writes nothing.
package softkey

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
)

// Key is an opened PKCS#12 file. It implements sign.Key and may be used from
// many goroutines.
type Key struct {
	chain    []*x509.Certificate
	signer   crypto.Signer
	warnings []string
}

// Open reads the PKCS#12 file and its password file (its first line end is
// taken off). Secrets are files: there is no way to give the password itself.
func Open(p12Path, passwordFile string) (*Key, error) {
	return nil, errors.New("softkey: under construction")
}

// Decode is Open for bytes at hand.
func Decode(p12 []byte, password string) (*Key, error) {
	return nil, errors.New("softkey: under construction")
}

// Chain is the certificate of the key, then its issuers as found in the file.
func (k *Key) Chain() []*x509.Certificate { return k.chain }

// Sign implements sign.Key.
func (k *Key) Sign(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("softkey: under construction")
}
