package softkey_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"vanban/certs/certtest"
	"vanban/internal/fault"
	"vanban/internal/tooltest"
	"vanban/sign"
	"vanban/sign/softkey"
)

var _ sign.Key = (*softkey.Key)(nil)

var person = certtest.Subject{CN: "Nguyễn Thị Nghĩa", O: "UBND tỉnh Hà Tĩnh", L: "Hà Tĩnh"}

func newPKI(t testing.TB) *certtest.PKI {
	t.Helper()
	p, err := certtest.New(certtest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func issue(t testing.TB, p *certtest.PKI, k certtest.KeyType) *certtest.Identity {
	t.Helper()
	id, err := p.Leader(person, certtest.Options{Key: k})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func wantCode(t *testing.T, err error, id string) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Code.ID() != id {
		t.Errorf("error %v, want %s", err, id)
		return
	}
	for _, l := range []fault.Lang{fault.Vi, fault.En} {
		if text := e.Text(l); strings.Contains(text, "%!") || strings.Contains(text, "%s") {
			t.Errorf("%s: text %q", id, text)
		}
	}
}

func write(t *testing.T, dir, name string, b []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryKindSigns(t *testing.T) {
	p := newPKI(t)
	message := []byte("Số: 05/BNV-VP")
	digest := sha256.Sum256(message)
	for _, kind := range []certtest.KeyType{"rsa2048", "p256", "p384", "p521", "ed25519"} {
		id := issue(t, p, kind)
		dir := t.TempDir()
		p12, password := filepath.Join(dir, "key.p12"), write(t, dir, "pw", []byte("Mật khẩu 123\r\n"), 0o600)
		if err := certtest.WriteP12(p12, id, "Mật khẩu 123"); err != nil {
			t.Fatal(err)
		}
		k, err := softkey.Open(p12, password)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if len(k.Chain()) != 3 || !k.Chain()[0].Equal(id.Certificate) || !k.Chain()[2].Equal(p.OfficialRoot.Certificate) {
			t.Errorf("%s: chain of %d", kind, len(k.Chain()))
		}
		if len(k.Warnings()) > 0 {
			t.Errorf("%s: warnings %v", kind, k.Warnings())
		}
		input, opts := digest[:], crypto.SignerOpts(crypto.SHA256)
		if kind == "ed25519" {
			input, opts = message, crypto.Hash(0)
		}
		sig, err := k.Sign(context.Background(), input, opts)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if !verify(id.Certificate, message, digest[:], sig) {
			t.Errorf("%s: the signature does not verify", kind)
		}
	}
}

func verify(c *x509.Certificate, message, digest, sig []byte) bool {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(k, crypto.SHA256, digest, sig) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, digest, sig)
	case ed25519.PublicKey:
		return ed25519.Verify(k, message, sig)
	}
	return false
}

func TestPSS(t *testing.T) {
	id := issue(t, newPKI(t), "rsa2048")
	b, err := pkcs12.Modern.Encode(id.Key, id.Certificate, nil, "x")
	if err != nil {
		t.Fatal(err)
	}
	k, err := softkey.Decode(b, "x")
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a"))
	opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	sig, err := k.Sign(context.Background(), digest[:], opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := rsa.VerifyPSS(id.Certificate.PublicKey.(*rsa.PublicKey), crypto.SHA256, digest[:], sig, opts); err != nil {
		t.Error(err)
	}
	for name, call := range map[string]func() ([]byte, error){
		"SHA-1":       func() ([]byte, error) { return k.Sign(context.Background(), digest[:20], crypto.SHA1) },
		"wrong size":  func() ([]byte, error) { return k.Sign(context.Background(), digest[:20], crypto.SHA256) },
		"no options":  func() ([]byte, error) { return k.Sign(context.Background(), digest[:], nil) },
		"no hash RSA": func() ([]byte, error) { return k.Sign(context.Background(), digest[:], crypto.Hash(0)) },
	} {
		if _, err := call(); err == nil {
			t.Errorf("%s was signed", name)
		} else {
			wantCode(t, err, "softkey-digest")
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := k.Sign(ended, digest[:], crypto.SHA256); !errors.Is(err, context.Canceled) {
		t.Errorf("signed after the context ended: %v", err)
	}
}

// TestOldEncryption reads what other products write.
func TestOldEncryption(t *testing.T) {
	p := newPKI(t)
	id := issue(t, p, "rsa2048")
	for name, enc := range map[string]*pkcs12.Encoder{"3DES": pkcs12.LegacyDES, "RC2": pkcs12.LegacyRC2, "2023": pkcs12.Modern2023, "2026": pkcs12.Modern2026} {
		b, err := enc.Encode(id.Key, id.Certificate, id.Chain[1:], "bí mật")
		if err != nil {
			t.Fatal(err)
		}
		if k, err := softkey.Decode(b, "bí mật"); err != nil || !k.Chain()[0].Equal(id.Certificate) {
			t.Errorf("%s: %v", name, err)
		}
		_, err = softkey.Decode(b, "sai")
		wantCode(t, err, "softkey-wrong-password")
	}
}

func TestOpenSSLFile(t *testing.T) {
	tooltest.Need(t, "openssl")
	p := newPKI(t)
	id := issue(t, p, "rsa2048")
	dir := t.TempDir()
	if err := p.Save(dir); err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(id.Key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "k.der", key, 0o600)
	write(t, dir, "c.der", id.Certificate.Raw, 0o600)
	pw := write(t, dir, "pw", []byte("123456\n"), 0o600)
	for _, args := range [][]string{
		{"pkcs8", "-in", "k.der", "-inform", "DER", "-nocrypt", "-out", "k.pem"},
		{"x509", "-in", "c.der", "-inform", "DER", "-out", "c.pem"},
		{"pkcs12", "-export", "-inkey", "k.pem", "-in", "c.pem", "-certfile", "official-ca.pem", "-out", "new.p12", "-passout", "file:pw"},
	} {
		cmd := exec.Command("openssl", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	k, err := softkey.Open(filepath.Join(dir, "new.p12"), pw)
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Chain()) != 3 {
		t.Errorf("chain of %d, want leaf, issuing CA and root", len(k.Chain()))
	}
}

func TestBadFiles(t *testing.T) {
	p := newPKI(t)
	id, other := issue(t, p, "p256"), issue(t, p, "p256")
	dir := t.TempDir()
	good := filepath.Join(dir, "good.p12")
	if err := certtest.WriteP12(good, id, "x"); err != nil {
		t.Fatal(err)
	}
	bytesOfGood, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	swapped, err := pkcs12.Modern.Encode(id.Key, other.Certificate, nil, "x")
	if err != nil {
		t.Fatal(err)
	}
	noKey, err := pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{id.Certificate}, "x")
	if err != nil {
		t.Fatal(err)
	}
	pw, wrong := write(t, dir, "pw", []byte("x\n"), 0o600), write(t, dir, "wrong", []byte("y\n"), 0o600)
	huge := write(t, dir, "huge", bytes.Repeat([]byte("x"), 1<<20+1), 0o600)
	for _, row := range []struct{ name, p12, pw, code string }{
		{"missing", filepath.Join(dir, "none.p12"), pw, "softkey-file"},
		{"folder", dir, pw, "softkey-file"},
		{"missing password", good, filepath.Join(dir, "none"), "softkey-password-file"},
		{"wrong password", good, wrong, "softkey-wrong-password"},
		{"huge file", huge, pw, "softkey-too-large"},
		{"huge password", good, huge, "softkey-too-large"},
		{"text", write(t, dir, "text.p12", []byte("xin chào"), 0o600), pw, "softkey-format"},
		{"empty", write(t, dir, "empty.p12", nil, 0o600), pw, "softkey-format"},
		{"cut", write(t, dir, "cut.p12", bytesOfGood[:len(bytesOfGood)/2], 0o600), pw, "softkey-format"},
		{"another certificate", write(t, dir, "swapped.p12", swapped, 0o600), pw, "softkey-key-mismatch"},
		{"certificate only", write(t, dir, "nokey.p12", noKey, 0o600), pw, "softkey-no-key"},
	} {
		t.Run(row.name, func(t *testing.T) {
			start := time.Now()
			k, err := softkey.Open(row.p12, row.pw)
			if k != nil {
				t.Error("a key came back")
			}
			wantCode(t, err, row.code)
			if err != nil && strings.Contains(err.Error(), "y\n") {
				t.Error("the password is in the error")
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestAbsurdWork: a file that asks for 8 million rounds of key derivation is
// refused before the first one, wherever it says so.
func TestAbsurdWork(t *testing.T) {
	id := issue(t, newPKI(t), "p256")
	for name, enc := range map[string]*pkcs12.Encoder{"old": pkcs12.LegacyDES, "modern": pkcs12.Modern} {
		b, err := enc.WithIterations(0x10000).Encode(id.Key, id.Certificate, nil, "x")
		if err != nil {
			t.Fatal(err)
		}
		number, absurd := []byte{2, 3, 1, 0, 0}, []byte{2, 3, 0x7f, 0xff, 0xff}
		count := bytes.Count(b, number)
		if count == 0 {
			t.Fatal("the number of rounds is not where it was")
		}
		for from, n := 0, 0; n < count; n++ {
			at := from + bytes.Index(b[from:], number)
			from = at + len(number)
			bad := bytes.Clone(b)
			copy(bad[at:], absurd)
			_, err := softkey.Decode(bad, "x")
			wantCode(t, err, "softkey-format")
			if err != nil && !strings.Contains(err.Error(), "iterations") {
				t.Errorf("%s, number %d of %d: %v", name, n+1, count, err)
			}
		}
	}
}

func TestLoosePermissions(t *testing.T) {
	id := issue(t, newPKI(t), "p256")
	dir := t.TempDir()
	p12 := filepath.Join(dir, "key.p12")
	if err := certtest.WriteP12(p12, id, "x"); err != nil {
		t.Fatal(err)
	}
	pw := write(t, dir, "pw", []byte("x"), 0o644)
	if err := os.Chmod(pw, 0o644); err != nil {
		t.Fatal(err)
	}
	k, err := softkey.Open(p12, pw)
	if err != nil {
		t.Fatal(err)
	}
	if w := k.Warnings(); len(w) != 1 || w[0].Code.ID() != "softkey-permissions" || !strings.Contains(w[0].Text(fault.Vi), pw) {
		t.Errorf("warnings %v", w)
	}
}

func FuzzDecode(f *testing.F) {
	p, err := certtest.New(certtest.Config{})
	if err != nil {
		f.Fatal(err)
	}
	id := issue(f, p, "p256")
	for _, enc := range []*pkcs12.Encoder{pkcs12.Passwordless, pkcs12.LegacyDES.WithIterations(1), pkcs12.Modern.WithIterations(1)} {
		b, err := enc.Encode(id.Key, id.Certificate, id.Chain[1:], "")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := softkey.Decode(b, "")
		if (k == nil) == (err == nil) {
			t.Fatal("neither a key nor an error, or both")
		}
		if err != nil && fault.From(err).Code == fault.Unexpected {
			t.Fatalf("an error without a code: %v", err)
		}
	})
}
