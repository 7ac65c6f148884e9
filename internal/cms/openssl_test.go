package cms_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"vanban/internal/cms"
	"vanban/internal/tooltest"
)

// workshop is a folder with files for openssl.
type workshop struct {
	t   *testing.T
	dir string
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	tooltest.Need(t, "openssl")
	return &workshop{t, t.TempDir()}
}

func (w *workshop) write(name string, b []byte) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func (w *workshop) read(name string) []byte {
	w.t.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// run calls openssl in the folder.
func (w *workshop) run(args ...string) (string, error) {
	cmd := exec.Command("openssl", args...)
	cmd.Dir = w.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (w *workshop) must(args ...string) {
	w.t.Helper()
	if out, err := w.run(args...); err != nil {
		w.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
}

// keyFiles writes the identity as key.pem, cert.pem and ca.pem.
func (w *workshop) keyFiles(id *identity) {
	w.t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	w.write("cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.cert.Raw}))
	w.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: testCA().cert.Raw}))
	w.write("content", content)
}

func TestOpenSSLVerifiesOurs(t *testing.T) {
	for _, a := range algorithms {
		if a.key == "ed25519" {
			continue // OpenSSL 3.0 has no EdDSA in CMS
		}
		t.Run(a.name, func(t *testing.T) {
			w := newWorkshop(t)
			id := newIdentity(t, a.key)
			w.keyFiles(id)
			w.write("sig.der", id.sign(t, content, cms.Spec{Digest: a.hash, PSS: a.pss, SigningTime: time.Now()}))
			verify := []string{"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "sig.der", "-content", "content",
				"-CAfile", "ca.pem", "-purpose", "any", "-out", "out"}
			w.must(verify...)
			if !bytes.Equal(w.read("out"), content) {
				t.Error("openssl gives other content")
			}
			w.write("content", append(bytes.Clone(content), '!'))
			if _, err := w.run(verify...); err == nil {
				t.Error("openssl accepts other content")
			}
		})
	}
}

func TestReadsOpenSSL(t *testing.T) {
	cases := []struct {
		name, key, digest string
		args              []string
		attributes        bool
		ess               bool
		weak              bool
	}{
		{"RSA", "rsa", "sha256", []string{"-cades"}, true, true, false},
		{"RSA without ESS", "rsa", "sha512", nil, true, false, false},
		{"RSA without attributes", "rsa", "sha256", []string{"-noattr"}, false, false, false},
		{"RSA SHA-1", "rsa", "sha1", []string{"-cades"}, true, true, true},
		{"RSA key identifier", "rsa", "sha256", []string{"-keyid"}, true, false, false},
		{"RSA SHA-3", "rsa", "sha3-256", nil, true, false, false},
		{"RSA-PSS", "rsa", "sha256", []string{"-keyopt", "rsa_padding_mode:pss"}, true, false, false},
		{"RSA-PSS short salt", "rsa", "sha384", []string{"-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20"}, true, false, false},
		{"RSA-PSS SHA-1 default", "rsa", "sha1", []string{"-keyopt", "rsa_padding_mode:pss"}, true, false, true},
		{"P-256", "p256", "sha256", []string{"-cades"}, true, true, false},
		{"P-384", "p384", "sha384", nil, true, false, false},
		{"RSA-PSS without salt", "rsa", "sha256", []string{"-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:0"}, true, false, false},
		{"P-521 without attributes", "p521", "sha512", []string{"-noattr"}, false, false, false},
		{"streamed, indefinite lengths", "p256", "sha256", []string{"-cades", "-stream", "-indef", "-nodetach"}, true, true, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorkshop(t)
			id := newIdentity(t, c.key)
			w.keyFiles(id)
			args := append([]string{"cms", "-sign", "-binary", "-in", "content", "-signer", "cert.pem", "-inkey", "key.pem",
				"-certfile", "ca.pem", "-md", c.digest, "-outform", "DER", "-out", "sig.der"}, c.args...)
			w.must(args...)
			s, err := cms.Parse(w.read("sig.der"))
			if err != nil {
				t.Fatal(err)
			}
			si := s.Signers[0]
			if si.HasSignedAttributes != c.attributes || (len(si.ESS) > 0) != c.ess || si.Digest.Weak() != c.weak {
				t.Errorf("read as %+v", si)
			}
			if faults := si.Verify(s.SignerCertificate(si), si.Digest.Sum(content)); len(faults) > 0 {
				t.Errorf("faults: %v", faults)
			}
			if faults := si.Verify(s.SignerCertificate(si), si.Digest.Sum(content[1:])); len(faults) == 0 {
				t.Error("other content is right too")
			}
			if s.HasContent && !bytes.Equal(s.Content, content) {
				t.Error("other content embedded")
			}
		})
	}
}

// TestReadsKeysThatGoRefuses: crypto/rsa takes neither short keys nor huge
// exponents; both are in archives, and certs calls them weak.
func TestReadsKeysThatGoRefuses(t *testing.T) {
	for name, genrsa := range map[string][]string{
		"short":         {"genrsa", "-out", "key.pem", "768"},
		"huge exponent": {"genpkey", "-algorithm", "RSA", "-out", "key.pem", "-pkeyopt", "rsa_keygen_pubexp:4294967311"},
	} {
		w := newWorkshop(t)
		w.write("content", content)
		w.must(genrsa...)
		w.must("req", "-x509", "-new", "-key", "key.pem", "-subj", "/CN=old", "-out", "cert.pem", "-sha256")
		for _, padding := range []string{"pkcs1", "pss"} {
			w.must("cms", "-sign", "-binary", "-in", "content", "-signer", "cert.pem", "-inkey", "key.pem", "-md", "sha256",
				"-keyopt", "rsa_padding_mode:"+padding, "-outform", "DER", "-out", "sig.der")
			s, err := cms.Parse(w.read("sig.der"))
			if err != nil {
				t.Fatal(err)
			}
			si := s.Signers[0]
			if faults := si.Verify(s.SignerCertificate(si), si.Digest.Sum(content)); len(faults) > 0 {
				t.Errorf("%s, %s: %v", name, padding, faults)
			}
			si.Signature[9] ^= 1
			if faults := si.Verify(s.SignerCertificate(si), si.Digest.Sum(content)); !hasFault(faults, cms.SignatureMismatch) {
				t.Errorf("%s, %s: a bent value gives %v", name, padding, faults)
			}
		}
	}
}

// tsaConfig makes "openssl ts" an authority.
const tsaConfig = `
[tsa]
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsakey.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`

func (w *workshop) authority() *identity {
	w.t.Helper()
	key := newIdentity(w.t, "rsa").key
	tmpl := template("TSA thử nghiệm", 77)
	tmpl.KeyUsage = x509.KeyUsageDigitalSignature
	// crypto/x509 cannot mark the purpose critical, which RFC 3161, 2.3 demands.
	tmpl.ExtraExtensions = append(tmpl.ExtraExtensions, criticalTimeStamping())
	id := certify(tmpl, key, testCA())
	der, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write("tsakey.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	w.write("tsa.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.cert.Raw}))
	w.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: testCA().cert.Raw}))
	w.write("serial", []byte("10\n"))
	w.write("ts.cnf", []byte(tsaConfig))
	return id
}

func TestReadsOpenSSLTimeStamp(t *testing.T) {
	w := newWorkshop(t)
	id := w.authority()
	sum := cms.DigestOf(crypto.SHA256).Sum(content)
	nonce := big.NewInt(0x7fedcba987654321)
	query, err := cms.NewTimeStampQuery(sum, crypto.SHA256, nonce)
	if err != nil {
		t.Fatal(err)
	}
	w.write("q.tsq", query)
	w.must("ts", "-reply", "-config", "ts.cnf", "-section", "tsa", "-queryfile", "q.tsq", "-out", "r.tsr")
	token, err := cms.ParseTimeStampReply(w.read("r.tsr"))
	if err != nil {
		t.Fatal(err)
	}
	ts, err := cms.ParseTimeStamp(token)
	if err != nil {
		t.Fatal(err)
	}
	if ts.Nonce.Cmp(nonce) != 0 || !ts.Ordering || ts.Accuracy != 1500100*time.Microsecond || ts.Policy.String() != "1.2.3.4.1" ||
		len(ts.Authority) == 0 || time.Since(ts.Time).Abs() > time.Hour {
		t.Errorf("read as %+v", ts)
	}
	if c := ts.Certificate(); c == nil || !c.Equal(id.cert) {
		t.Error("the authority's certificate was not found")
	}
	if faults := ts.Verify(func(d cms.Digest) []byte { return d.Sum(content) }); len(faults) > 0 {
		t.Errorf("faults: %v", faults)
	}
	faults := ts.Verify(func(d cms.Digest) []byte { return d.Sum(nil) })
	if len(faults) != 1 || faults[0].Code != cms.ImprintMismatch {
		t.Errorf("other content: %v", faults)
	}
}

func TestOpenSSLReadsOurTimeStamp(t *testing.T) {
	w := newWorkshop(t)
	id := w.authority()
	w.write("content", content)
	w.must("ts", "-query", "-data", "content", "-sha512", "-cert", "-out", "q.tsq")
	q, err := cms.ParseTimeStampQuery(w.read("q.tsq"))
	if err != nil {
		t.Fatal(err)
	}
	if q.Nonce == nil || !q.WantCertificates || q.Digest.Hash() != crypto.SHA512 {
		t.Errorf("query read as %+v", q)
	}
	reply, err := cms.BuildTimeStampReply(q, cms.Authority{Certificate: id.cert, Chain: id.chain, Key: id.key,
		Policy: asn1.ObjectIdentifier{1, 2, 3, 4}, Accuracy: time.Second}, big.NewInt(5), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.write("r.tsr", reply)
	w.must("ts", "-verify", "-queryfile", "q.tsq", "-in", "r.tsr", "-CAfile", "ca.pem")
	token, err := cms.ParseTimeStampReply(reply)
	if err != nil {
		t.Fatal(err)
	}
	ts, err := cms.ParseTimeStamp(append(bytes.Clone(token), 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if ts.Accuracy != time.Second || ts.Serial.Int64() != 5 || ts.Nonce.Cmp(q.Nonce) != 0 {
		t.Errorf("read as %+v", ts)
	}
	if faults := ts.Verify(func(d cms.Digest) []byte { return d.Sum(content) }); len(faults) > 0 {
		t.Errorf("faults: %v", faults)
	}

	signer := newIdentity(t, "p256")
	der := signer.sign(t, content, cms.Spec{Digest: crypto.SHA256}, cms.TimeStampAttribute(token))
	s, err := cms.Parse(der)
	if err != nil || len(s.Signers[0].TimeStamps) != 1 || !bytes.Equal(s.Signers[0].TimeStamps[0], token) {
		t.Errorf("the embedded token does not come back (%v)", err)
	}
}

func TestTimeStampRefused(t *testing.T) {
	if _, err := cms.ParseTimeStampReply(cms.RejectTimeStamp("hết giờ làm việc")); err == nil {
		t.Error("a refusal is a token")
	}
	w := newWorkshop(t)
	w.authority()
	query, err := cms.NewTimeStampQuery(make([]byte, 48), crypto.SHA384, nil) // a digest that this authority does not stamp
	if err != nil {
		t.Fatal(err)
	}
	w.write("q.tsq", query)
	w.must("ts", "-reply", "-config", "ts.cnf", "-section", "tsa", "-queryfile", "q.tsq", "-out", "r.tsr")
	if _, err := cms.ParseTimeStampReply(w.read("r.tsr")); err == nil {
		t.Error("a refusal by openssl is a token")
	}
}

// TestEveryFlippedByteOfATokenIsCaught: what is outside of the signed part of a
// token is its chain, which certs judges, and ornaments of the envelope.
func TestEveryFlippedByteOfATokenIsCaught(t *testing.T) {
	w := newWorkshop(t)
	id := w.authority()
	q := &cms.TimeStampQuery{Digest: cms.DigestOf(crypto.SHA256), Imprint: cms.DigestOf(crypto.SHA256).Sum(content)}
	reply, err := cms.BuildTimeStampReply(q, cms.Authority{Certificate: id.cert, Key: id.key, Policy: asn1.ObjectIdentifier{1, 2, 3, 4}},
		big.NewInt(5), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	token, err := cms.ParseTimeStampReply(reply)
	if err != nil {
		t.Fatal(err)
	}
	for i := range token {
		bent := bytes.Clone(token)
		bent[i] ^= 0x01
		ts, err := cms.ParseTimeStamp(bent)
		if err != nil || len(ts.Verify(func(d cms.Digest) []byte { return d.Sum(content) })) > 0 {
			continue
		}
		if rebuilt, err := ts.Signed.Rebuild(id.chain[:1]); err == nil && bytes.Equal(rebuilt, bent) {
			t.Fatalf("byte %d goes unnoticed", i)
		}
		if !ts.Time.Equal(ts.Time.Truncate(time.Second)) || !bytes.Equal(ts.Imprint, q.Imprint) {
			t.Fatalf("byte %d changes what the token says", i)
		}
	}
}
