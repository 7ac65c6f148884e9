package cms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"sync"
	"testing"
	"time"

	"vanban/internal/cms"
)

// identity is a key with a certificate of a throw-away CA.
type identity struct {
	key   crypto.Signer
	cert  *x509.Certificate
	chain []*x509.Certificate // cert, then the CA
}

var testCA = sync.OnceValue(func() *identity {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	tmpl := template("CA thử nghiệm Vĩnh Long", 1)
	tmpl.IsCA, tmpl.BasicConstraintsValid, tmpl.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	return certify(tmpl, key, nil)
})

func template(name string, serial int64) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		Subject: pkix.Name{CommonName: name, Organization: []string{"UBND tỉnh Hà Tĩnh"}, Country: []string{"VN"}}}
}

func certify(tmpl *x509.Certificate, key crypto.Signer, by *identity) *identity {
	id := &identity{key: key}
	parent, signer := tmpl, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), signer)
	if err != nil {
		panic(err)
	}
	if id.cert, err = x509.ParseCertificate(der); err != nil {
		panic(err)
	}
	id.chain = []*x509.Certificate{id.cert}
	if by != nil {
		id.chain = append(id.chain, by.cert)
	}
	return id
}

// newIdentity issues a certificate for a key of the given kind.
func newIdentity(t testing.TB, kind string) *identity {
	t.Helper()
	var key crypto.Signer
	var err error
	switch kind {
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "p256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "p384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "p521":
		key, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		t.Fatalf("no such kind: %s", kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	tmpl := template("Nguyễn Trọng Nghĩa", 0x1122334455667788)
	tmpl.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	tmpl.SubjectKeyId = []byte{7, 7, 7}
	return certify(tmpl, key, testCA())
}

// sign builds a message over content.
func (id *identity) sign(t testing.TB, content []byte, spec cms.Spec, unsigned ...cms.Attribute) []byte {
	t.Helper()
	spec.Certificate, spec.Chain = id.cert, id.chain
	spec.ContentDigest = cms.DigestOf(spec.Digest).Sum(content)
	u, err := cms.Prepare(spec)
	if err != nil {
		t.Fatal(err)
	}
	// What is signed goes through storage, as it does between two processes.
	if u, err = cms.UnmarshalUnsigned(u.Marshal()); err != nil {
		t.Fatal(err)
	}
	message, digest, opts := u.ToBeSigned()
	if opts.HashFunc() == 0 {
		digest = message
	}
	signature, err := id.key.Sign(rand.Reader, digest, opts)
	if err != nil {
		t.Fatal(err)
	}
	der, err := u.Complete(signature, unsigned...)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

var algorithms = []struct {
	name, key string
	hash      crypto.Hash
	pss       bool
	opinion   bool // the second reader can judge it
}{
	{"RSA-SHA256", "rsa", crypto.SHA256, false, true},
	{"RSA-SHA384", "rsa", crypto.SHA384, false, true},
	{"RSA-SHA512", "rsa", crypto.SHA512, false, true},
	{"PSS-SHA256", "rsa", crypto.SHA256, true, false},
	{"PSS-SHA512", "rsa", crypto.SHA512, true, false},
	{"P256-SHA256", "p256", crypto.SHA256, false, true},
	{"P384-SHA384", "p384", crypto.SHA384, false, true},
	{"P521-SHA512", "p521", crypto.SHA512, false, true},
	{"P256-SHA512", "p256", crypto.SHA512, false, true},
	{"Ed25519", "ed25519", crypto.SHA512, false, false},
}

var content = []byte("Về việc nghỉ lễ Quốc khánh; Hà Tĩnh, ngày 02 tháng 9 năm 2026\n")

func TestRoundTrip(t *testing.T) {
	for _, a := range algorithms {
		t.Run(a.name, func(t *testing.T) {
			id := newIdentity(t, a.key)
			der := id.sign(t, content, cms.Spec{Digest: a.hash, PSS: a.pss})
			s, err := cms.Parse(append(bytes.Clone(der), 0, 0, 0))
			if err != nil {
				t.Fatal(err)
			}
			if s.DERLen != len(der) || s.TrailingGarbage || s.HasContent || len(s.Certificates) != 2 || len(s.Signers) != 1 {
				t.Errorf("read back as %+v", s)
			}
			si := s.Signers[0]
			if len(si.Faults) > 0 || si.SigningTime != nil || !si.HasSignedAttributes || len(si.SignedAttributes) != 3 || len(si.ESS) != 1 {
				t.Errorf("signer read back as %+v", si)
			}
			if si.ESS[0].Serial.Cmp(id.cert.SerialNumber) != 0 || !bytes.Equal(si.ESS[0].Issuer, id.cert.RawIssuer) {
				t.Errorf("ESS identifier without issuer and serial: %+v", si.ESS[0])
			}
			cert := s.SignerCertificate(si)
			if cert == nil || !cert.Equal(id.cert) {
				t.Fatal("signer's certificate not found")
			}
			sum := si.Digest.Sum(content)
			if faults := si.Verify(cert, sum); len(faults) > 0 {
				t.Errorf("faults: %v", faults)
			}
			if faults := si.Verify(cert, si.Digest.Sum([]byte("other"))); len(faults) != 1 || faults[0].Code != cms.MessageDigestMismatch {
				t.Errorf("other content: %v", faults)
			}
			if faults := si.Verify(testCA().cert, sum); len(faults) == 0 {
				t.Error("the CA's certificate verifies the signature")
			}
			if faults := si.Verify(nil, sum); len(faults) != 1 || faults[0].Code != cms.NoCertificate {
				t.Errorf("no certificate: %v", faults)
			}
			decided, err := s.SecondOpinion(der, sum)
			if err != nil || decided != a.opinion {
				t.Errorf("second opinion: %v, %v", decided, err)
			}
			rebuilt, err := s.Rebuild(id.chain)
			if err == nil && s.TrailingGarbage {
				t.Error("rebuilt in spite of trailing bytes")
			}
			if err != nil || !bytes.Equal(rebuilt, der) {
				t.Errorf("rebuilt message differs (%v)", err)
			}
		})
	}
}

func TestSigningTimeAndContent(t *testing.T) {
	id := newIdentity(t, "p256")
	at := time.Date(2026, 9, 2, 7, 0, 0, 0, time.UTC)
	der := id.sign(t, content, cms.Spec{Digest: crypto.SHA256, SigningTime: at, Content: content})
	s, err := cms.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	if !s.HasContent || !bytes.Equal(s.Content, content) {
		t.Error("content is not embedded")
	}
	if got := s.Signers[0].SigningTime; got == nil || !got.Equal(at) {
		t.Errorf("signing time %v", got)
	}
	if rebuilt, err := s.Rebuild(id.chain); err != nil || !bytes.Equal(rebuilt, der) {
		t.Errorf("rebuilt message differs (%v)", err)
	}
}

func TestPrepareRefuses(t *testing.T) {
	id, ed := newIdentity(t, "p256"), newIdentity(t, "ed25519")
	sum := cms.DigestOf(crypto.SHA256).Sum(content)
	for name, spec := range map[string]cms.Spec{
		"no certificate":      {Digest: crypto.SHA256, ContentDigest: sum},
		"SHA-1":               {Certificate: id.cert, Digest: crypto.SHA1, ContentDigest: cms.DigestOf(crypto.SHA1).Sum(content)},
		"short digest":        {Certificate: id.cert, Digest: crypto.SHA256, ContentDigest: sum[:20]},
		"PSS without RSA":     {Certificate: id.cert, Digest: crypto.SHA256, ContentDigest: sum, PSS: true},
		"Ed25519 and SHA-256": {Certificate: ed.cert, Digest: crypto.SHA256, ContentDigest: sum},
		"attribute twice": {Certificate: id.cert, Digest: crypto.SHA256, ContentDigest: sum,
			Extra: []cms.Attribute{{Type: []int{1, 2, 840, 113549, 1, 9, 4}, Values: [][]byte{{5, 0}}}}},
		"empty attribute": {Certificate: id.cert, Digest: crypto.SHA256, ContentDigest: sum, Extra: []cms.Attribute{{}}},
	} {
		if _, err := cms.Prepare(spec); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCompleteRefusesForeignSignature(t *testing.T) {
	id, other := newIdentity(t, "p256"), newIdentity(t, "p256")
	u, err := cms.Prepare(cms.Spec{Certificate: id.cert, Digest: crypto.SHA256, ContentDigest: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	_, digest, opts := u.ToBeSigned()
	signature, err := other.key.Sign(rand.Reader, digest, opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Complete(signature); err == nil {
		t.Error("a signature of another key was accepted")
	}
}

// TestEveryFlippedByteIsCaught is the promise that receipts rely on: no byte of
// a message can change without a fault or a difference to the rebuilt message.
func TestEveryFlippedByteIsCaught(t *testing.T) {
	for _, kind := range []string{"p256", "ed25519", "rsa"} {
		id := newIdentity(t, kind)
		h := crypto.SHA256
		if kind == "ed25519" {
			h = crypto.SHA512
		}
		der := id.sign(t, content, cms.Spec{Digest: h, PSS: kind == "rsa"})
		sum := cms.DigestOf(h).Sum(content)
		for i := range der {
			mask := []byte{0x01, 0x80, 0x20}[i%3]
			bent := bytes.Clone(der)
			bent[i] ^= mask
			if silentlyGood(bent, sum, id.chain) {
				t.Fatalf("%s: byte %d ^ %#x goes unnoticed", kind, i, mask)
			}
		}
	}
}

func silentlyGood(der, sum []byte, chain []*x509.Certificate) bool {
	s, err := cms.Parse(der)
	if err != nil || len(s.Signers) != 1 {
		return false
	}
	if faults := s.Signers[0].Verify(chain[0], sum); len(faults) > 0 {
		return false
	}
	rebuilt, err := s.Rebuild(chain)
	return err == nil && bytes.Equal(rebuilt, der)
}

func TestDigests(t *testing.T) {
	if d := cms.DigestOf(crypto.BLAKE2b_256); d.Known() || d.New() != nil || d.Sum(nil) != nil {
		t.Error("an unknown digest works")
	}
	for _, h := range []crypto.Hash{crypto.MD5, crypto.SHA1, crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512,
		crypto.SHA512_256, crypto.SHA3_224, crypto.SHA3_256, crypto.SHA3_384, crypto.SHA3_512} {
		d := cms.DigestOf(h)
		if !d.Known() || d.Hash() != h || len(d.Sum(nil)) != h.Size() || d.OID() == nil {
			t.Errorf("%v is not itself: %v", h, d)
		}
		if d.Weak() != (h == crypto.MD5 || h == crypto.SHA1) {
			t.Errorf("%v: weak is %v", h, d.Weak())
		}
	}
}

func TestFaultCodesAreListedOnce(t *testing.T) {
	seen := map[cms.FaultCode]bool{}
	for _, c := range cms.FaultCodes() {
		if seen[c] || c == "" {
			t.Errorf("code %q twice", c)
		}
		seen[c] = true
	}
}
