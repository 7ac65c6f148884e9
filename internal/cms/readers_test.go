package cms_test

import (
	"bytes"
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.mozilla.org/pkcs7"

	"vanban/internal/cms"
	"vanban/internal/tooltest"
)

// criticalTimeStamping is extKeyUsage with timeStamping alone, critical (RFC 3161, 2.3).
func criticalTimeStamping() pkix.Extension {
	value, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		panic(err)
	}
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: value}
}

func TestMozillaReadsOurs(t *testing.T) {
	for _, kind := range []string{"rsa", "p256"} {
		id := newIdentity(t, kind)
		p7, err := pkcs7.Parse(id.sign(t, content, cms.Spec{Digest: crypto.SHA256}))
		if err != nil {
			t.Fatal(err)
		}
		p7.Content = content
		if err := p7.Verify(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		p7.Content = content[1:]
		if err := p7.Verify(); err == nil {
			t.Errorf("%s: other content verifies", kind)
		}
	}
}

func TestReadsMozilla(t *testing.T) {
	for _, kind := range []string{"rsa", "p256"} {
		id := newIdentity(t, kind)
		sd, err := pkcs7.NewSignedData(content)
		if err != nil {
			t.Fatal(err)
		}
		sd.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
		if err := sd.AddSignerChain(id.cert, id.key, id.chain[1:], pkcs7.SignerInfoConfig{}); err != nil {
			t.Fatal(err)
		}
		sd.Detach()
		der, err := sd.Finish()
		if err != nil {
			t.Fatal(err)
		}
		s, err := cms.Parse(der)
		if err != nil {
			t.Fatal(err)
		}
		si := s.Signers[0]
		if faults := si.Verify(s.SignerCertificate(si), si.Digest.Sum(content)); len(faults) > 0 {
			t.Errorf("%s: %v", kind, faults)
		}
		if si.SigningTime == nil || time.Since(*si.SigningTime).Abs() > time.Hour {
			t.Errorf("%s: signing time %v", kind, si.SigningTime)
		}
		if !hasFault(si.Faults, cms.MissingESS) {
			t.Errorf("%s: the missing ESS attribute is not named: %v", kind, si.Faults)
		}
	}
}

func hasFault(faults []cms.Fault, code cms.FaultCode) bool {
	for _, f := range faults {
		if f.Code == code {
			return true
		}
	}
	return false
}

func TestSecondOpinionDisagrees(t *testing.T) {
	id := newIdentity(t, "p256")
	der := id.sign(t, content, cms.Spec{Digest: crypto.SHA256})
	s, err := cms.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	if decided, err := s.SecondOpinion(der, cms.DigestOf(crypto.SHA256).Sum([]byte("other"))); !decided || err == nil {
		t.Errorf("another digest: %v, %v", decided, err)
	}
	bent := bytes.Clone(der)
	bent[len(bent)-5] ^= 1 // inside the signature value
	if decided, err := s.SecondOpinion(bent, cms.DigestOf(crypto.SHA256).Sum(content)); !decided || err == nil {
		t.Errorf("bent signature: %v, %v", decided, err)
	}
}

func TestTrailingBytes(t *testing.T) {
	der := newIdentity(t, "p256").sign(t, content, cms.Spec{Digest: crypto.SHA256})
	s, err := cms.Parse(append(bytes.Clone(der), 0, 0, 7))
	if err != nil || !s.TrailingGarbage || s.DERLen != len(der) {
		t.Errorf("garbage after the message: %+v, %v", s, err)
	}
}

func TestHostile(t *testing.T) {
	deep := bytes.Repeat([]byte{0x30, 0x80}, 1<<20)
	for name, b := range map[string][]byte{
		"empty":           nil,
		"text":            []byte("%PDF-1.7"),
		"null":            {5, 0},
		"deep":            deep,
		"deep definite":   bytes.Repeat([]byte{0x30, 0x84, 0x00, 0x7f, 0xff, 0xff}, 1<<16),
		"huge length":     {0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"length of 127":   append([]byte{0x30, 0xff}, make([]byte, 200)...),
		"many elements":   append([]byte{0x30, 0x80}, bytes.Repeat([]byte{5, 0}, 1<<20)...),
		"over the limit":  make([]byte, 9<<20),
		"enveloped":       mustHex("300b06092a864886f70d010703"),
		"signed, hollow":  mustHex("300d06092a864886f70d010702a000"),
		"primitive indef": {0x04, 0x80, 0, 0},
	} {
		start := time.Now()
		if _, err := cms.Parse(b); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

func mustHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// contentsHex finds signature values in a PDF, crudely.
var contentsHex = regexp.MustCompile(`/Contents\s*<([0-9A-Fa-f\s]{200,})>`)

// corpusMessages gives every hexadecimal /Contents of the signed documents.
func corpusMessages(t testing.TB, visit func(file string, der []byte)) {
	root := tooltest.Corpus(t)
	for _, folder := range []string{"signed", "attacks", "timestamps", "malformed"} {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.pdf"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range contentsHex.FindAllSubmatch(b, -1) {
				digits := strings.Join(strings.Fields(string(m[1])), "")
				der, err := hex.DecodeString(digits[:len(digits)/2*2])
				if err != nil {
					t.Fatal(err)
				}
				visit(folder+"/"+filepath.Base(file), der)
			}
		}
	}
}

// TestCorpus reads every message of the corpus. The signature value over the
// signed attributes needs no document, so it is checked with the message's own
// idea of the content digest.
func TestCorpus(t *testing.T) {
	read, refused, right := 0, 0, 0
	corpusMessages(t, func(file string, der []byte) {
		s, err := cms.Parse(der)
		if err != nil {
			refused++
			t.Logf("%s: %v", file, err)
			return
		}
		read++
		for _, si := range s.Signers {
			if !si.HasSignedAttributes {
				t.Logf("%s: %s %s without attributes", file, si.SignatureAlgorithm, si.Digest)
				continue
			}
			faults := si.Verify(s.SignerCertificate(si), si.MessageDigest)
			if len(faults) == 0 {
				right++
				continue
			}
			t.Logf("%s: %v", file, faults)
		}
		for _, si := range s.Signers {
			for _, token := range si.TimeStamps {
				ts, err := cms.ParseTimeStamp(token)
				if err != nil {
					t.Logf("%s: time-stamp: %v", file, err)
					continue
				}
				if faults := ts.Verify(func(d cms.Digest) []byte { return d.Sum(si.Signature) }); len(faults) > 0 {
					t.Logf("%s: time-stamp: %v", file, faults)
				}
			}
		}
	})
	t.Logf("%d messages read, %d refused, %d signers right over their attributes", read, refused, right)
	if right < 100 {
		t.Errorf("only %d signers of the corpus verify", right)
	}
}

func FuzzParse(f *testing.F) {
	for _, kind := range []string{"p256", "rsa"} {
		f.Add(newIdentity(f, kind).sign(f, content, cms.Spec{Digest: crypto.SHA256, PSS: kind == "rsa"}))
	}
	f.Add([]byte{0x30, 0x80, 0x06, 0x09})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := cms.Parse(b)
		if err != nil {
			return
		}
		if s.DERLen > len(b) {
			t.Fatalf("message of %d bytes in %d", s.DERLen, len(b))
		}
		for _, si := range s.Signers {
			si.Verify(s.SignerCertificate(si), si.MessageDigest)
		}
		s.Rebuild(s.Certificates)
	})
}

func FuzzParseTimeStamp(f *testing.F) {
	f.Add(mustHex("3003020100"))
	id := newIdentity(f, "p256")
	q := &cms.TimeStampQuery{Digest: cms.DigestOf(crypto.SHA256), Imprint: make([]byte, 32)}
	reply, err := cms.BuildTimeStampReply(q, cms.Authority{Certificate: id.cert, Key: id.key, Policy: []int{1, 2, 3}, Accuracy: time.Second},
		id.cert.SerialNumber, time.Now())
	if err != nil {
		f.Fatal(err)
	}
	token, err := cms.ParseTimeStampReply(reply)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add(reply)
	f.Fuzz(func(t *testing.T, b []byte) {
		cms.ParseTimeStampQuery(b)
		if token, err := cms.ParseTimeStampReply(b); err == nil {
			b = token
		}
		ts, err := cms.ParseTimeStamp(b)
		if err != nil {
			return
		}
		ts.Certificate()
		ts.Verify(func(d cms.Digest) []byte { return d.Sum(nil) })
	})
}
