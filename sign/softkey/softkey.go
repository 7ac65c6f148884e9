// Package softkey is a signing key in a PKCS#12 file (.p12, .pfx; RFC 7292):
// the kind that public CAs mail out, that the demo makes, and that agencies
// without a token use. It reads the modern encryption (PBES2) and the old one
// (RC2, 3DES, SHA-1 MAC), which most files still have; it writes nothing.
package softkey

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"software.sslmate.com/src/go-pkcs12"

	"vanban/internal/fault"
)

// Limits. A real file has 2 to 10 KB.
const (
	maxFile         = 1 << 20
	maxPasswordFile = 4 << 10
	maxCertificates = 100
)

// Key is an opened PKCS#12 file. It implements sign.Key and may be used from
// many goroutines. The private key stays in memory until the Key is garbage.
type Key struct {
	chain    []*x509.Certificate
	signer   crypto.Signer
	warnings []*fault.Error
}

// Open reads the PKCS#12 file and its password file; one line end at the end of
// the password is taken off. Secrets are files: there is no way to give the
// password itself on a command line.
func Open(p12Path, passwordFile string) (*Key, error) {
	p12, loose, err := readSecret(p12Path, maxFile, codeFile)
	if err != nil {
		return nil, err
	}
	password, loosePassword, err := readSecret(passwordFile, maxPasswordFile, codePasswordFile)
	if err != nil {
		return nil, err
	}
	defer clear(password)
	text := strings.TrimSuffix(strings.TrimSuffix(string(password), "\n"), "\r")
	k, err := Decode(p12, text)
	if err != nil {
		return nil, named(err, p12Path)
	}
	for path, isLoose := range map[string]bool{p12Path: loose, passwordFile: loosePassword} {
		if isLoose {
			k.warnings = append(k.warnings, codePermissions.New(path))
		}
	}
	return k, nil
}

// named says which file an error of Decode is about.
func named(err error, path string) error {
	var e *fault.Error
	if errors.As(err, &e) {
		return &fault.Error{Code: e.Code, Args: []any{path}, Cause: e.Cause}
	}
	return err
}

// readSecret reads a whole file. loose says that others than its owner may read
// it.
func readSecret(path string, limit int64, code *fault.Code) (b []byte, loose bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, code.Wrap(err, path)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, false, code.Wrap(err, path)
	}
	if info.IsDir() {
		return nil, false, code.Wrap(errors.New("is a folder"), path)
	}
	if b, err = io.ReadAll(io.LimitReader(f, limit+1)); err != nil {
		return nil, false, code.Wrap(err, path)
	}
	if int64(len(b)) > limit {
		return nil, false, codeTooLarge.New(path)
	}
	return b, info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0, nil
}

// Decode opens a PKCS#12 file that is at hand as bytes. It must hold exactly one
// private key, and the certificate of that key.
func Decode(p12 []byte, password string) (*Key, error) {
	if len(p12) > maxFile {
		return nil, codeTooLarge.New("PKCS#12")
	}
	if err := checkWork(p12); err != nil {
		return nil, codeFormat.Wrap(err, "PKCS#12")
	}
	private, all, err := decode(p12, password)
	if err != nil {
		return nil, err
	}
	signer, ok := private.(crypto.Signer)
	if !ok || !supported(signer) {
		return nil, codeKeyType.New("PKCS#12")
	}
	leaf := certificateOf(signer, all)
	if leaf == nil {
		return nil, codeMismatch.New("PKCS#12")
	}
	return &Key{chain: chainFrom(leaf, all), signer: signer}, nil
}

// decode calls the library and puts its errors into our words. It is meant for
// the files of well-meaning people, so a panic on a broken file is contained.
func decode(p12 []byte, password string) (private any, all []*x509.Certificate, err error) {
	defer func() {
		if r := recover(); r != nil {
			private, all, err = nil, nil, codeFormat.Wrap(fmt.Errorf("panic: %v", r), "PKCS#12")
		}
	}()
	private, first, rest, err := pkcs12.DecodeChain(p12, password)
	switch {
	case err == nil:
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return nil, nil, codeWrongPassword.Wrap(err, "PKCS#12")
	case strings.Contains(err.Error(), "exactly one key"):
		return nil, nil, codeSeveralKeys.Wrap(err, "PKCS#12")
	case strings.Contains(err.Error(), "missing"):
		return nil, nil, codeNoKey.Wrap(err, "PKCS#12")
	default:
		return nil, nil, codeFormat.Wrap(err, "PKCS#12")
	}
	if len(rest) >= maxCertificates {
		return nil, nil, codeFormat.Wrap(errors.New("too many certificates"), "PKCS#12")
	}
	return private, append([]*x509.Certificate{first}, rest...), nil
}

func supported(s crypto.Signer) bool {
	switch s.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey:
		return true
	}
	return false
}

// certificateOf finds the certificate of the key. The order in the file says
// nothing: some products put the root first.
func certificateOf(s crypto.Signer, all []*x509.Certificate) *x509.Certificate {
	public, ok := s.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return nil
	}
	for _, c := range all {
		if public.Equal(c.PublicKey) {
			return c
		}
	}
	return nil
}

// chainFrom follows the names of the issuers as far as the file goes. What it
// finds is a help for others to build a path and is not trusted by anybody.
func chainFrom(leaf *x509.Certificate, all []*x509.Certificate) []*x509.Certificate {
	chain := []*x509.Certificate{leaf}
	for c := leaf; !bytes.Equal(c.RawIssuer, c.RawSubject); {
		var next *x509.Certificate
		for _, candidate := range all {
			if bytes.Equal(candidate.RawSubject, c.RawIssuer) && !contains(chain, candidate) {
				next = candidate
				break
			}
		}
		if next == nil {
			break
		}
		chain = append(chain, next)
		c = next
	}
	return chain
}

func contains(list []*x509.Certificate, c *x509.Certificate) bool {
	for _, have := range list {
		if have.Equal(c) {
			return true
		}
	}
	return false
}

// Chain is the certificate of the key, then its issuers as found in the file.
func (k *Key) Chain() []*x509.Certificate { return k.chain }

// Warnings are what its owner should know, for instance that other users of the
// machine can read the file.
func (k *Key) Warnings() []*fault.Error { return k.warnings }

// Sign implements sign.Key: RSA PKCS#1 v1.5, RSA PSS with *rsa.PSSOptions,
// ECDSA (ASN.1), Ed25519 (digest is the message, no hash). MD5 and SHA-1 are
// never signed (SIG-09).
func (k *Key) Sign(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := k.checkDigest(digest, opts); err != nil {
		return nil, err
	}
	signature, err := k.signer.Sign(rand.Reader, digest, opts)
	if err != nil {
		return nil, codeSigning.Wrap(err)
	}
	return signature, nil
}

func (k *Key) checkDigest(digest []byte, opts crypto.SignerOpts) error {
	if _, ok := k.signer.(ed25519.PrivateKey); ok {
		if opts == nil || opts.HashFunc() != 0 {
			return codeDigest.New()
		}
		return nil
	}
	if opts == nil {
		return codeDigest.New()
	}
	switch h := opts.HashFunc(); h {
	case crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.SHA3_256, crypto.SHA3_384, crypto.SHA3_512:
		if len(digest) != h.Size() {
			return codeDigest.New()
		}
		return nil
	}
	return codeDigest.New()
}
