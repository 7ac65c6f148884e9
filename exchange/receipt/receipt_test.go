package receipt_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/exchange/receipt"
	"vanban/internal/fault"
	"vanban/internal/tooltest"
)

// key is a sealing key in memory.
type key struct{ *certtest.Identity }

func (k key) Chain() []*x509.Certificate { return k.Identity.Chain }

func (k key) Sign(_ context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.Key.Sign(rand.Reader, digest, opts)
}

const agency = "Ủy ban nhân dân tỉnh Vĩnh Long"

var now = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

func newPKI(t testing.TB) *certtest.PKI {
	t.Helper()
	pki, err := certtest.New(certtest.Config{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return pki
}

func seal(t testing.TB, pki *certtest.PKI, cn string, o certtest.Options) key {
	t.Helper()
	id, err := pki.Agency(certtest.Subject{CN: cn, O: agency, L: "Vĩnh Long"}, o)
	if err != nil {
		t.Fatal(err)
	}
	return key{id}
}

func accepted() receipt.Evidence {
	return receipt.Evidence{
		ID: "01KE", Event: receipt.EventAccepted, Version: 1, Time: receipt.Time(now), DocumentID: "01KA", DeliveryID: "01KB",
		Revision: 1, Notation: "05/SNV-VP", Date: "2026-01-05",
		Digest: receipt.Digest{Algorithm: "SHA-256", Value: strings.Repeat("ab", 32), Size: 12345},
		Sender: receipt.Party{Code: "H27.12", Name: "Sở Nội vụ tỉnh Hà Tĩnh"}, Receiver: receipt.Party{Code: "H61", Name: agency},
		Status: receipt.StatusAccepted, ArrivalNumber: 189,
		Verdict: receipt.Verdict{Indication: "TOTAL-PASSED"},
	}
}

func refused() receipt.Evidence {
	e := accepted()
	e.Event, e.Status, e.ArrivalNumber = receipt.EventRefused, receipt.StatusRefused, 0
	e.Reason = "Gửi nhầm cơ quan \"nhận\": <chuyển lại>"
	e.Previous = strings.Repeat("0f", 32)
	return e
}

func options(pki *certtest.PKI) receipt.Options {
	return receipt.Options{Anchors: pki.Anchors(), Policy: certs.DefaultPolicy(), At: now.Add(time.Minute)}
}

func newReceipt(t testing.TB, k receipt.Key, e receipt.Evidence) []byte {
	t.Helper()
	file, err := receipt.Make(context.Background(), k, e)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func verify(t testing.TB, file []byte, opt receipt.Options) *receipt.Report {
	t.Helper()
	r, err := receipt.Verify(file, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReceiptsOfEveryKindOfKeyVerify(t *testing.T) {
	pki := newPKI(t)
	for _, kind := range []certtest.KeyType{"rsa2048", "p256", "p384", "ed25519"} {
		k := seal(t, pki, agency, certtest.Options{Key: kind})
		for _, e := range []receipt.Evidence{accepted(), refused()} {
			file := newReceipt(t, k, e)
			r := verify(t, file, options(pki))
			if r.Indication != "TOTAL-PASSED" || r.Alarm || !same(r.Evidence, e) || r.Domain != "official-duty" {
				t.Errorf("%s, status %s: %+v", kind, e.Status, r)
			}
			if !strings.HasPrefix(string(file), `{"evidence":{`) || !bytes.HasSuffix(file, []byte("\"}\n")) {
				t.Errorf("shape of the file: %.40q … %q", file, file[len(file)-5:])
			}
		}
	}
}

// openssl agrees: the format can be checked with nothing of ours, as its
// package comment describes it.
func TestOpenSSLVerifiesReceipts(t *testing.T) {
	tooltest.Need(t, "openssl")
	pki := newPKI(t)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	root := write("root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pki.OfficialRoot.Certificate.Raw}))
	for _, kind := range []certtest.KeyType{"rsa2048", "p256"} {
		file := newReceipt(t, seal(t, pki, agency, certtest.Options{Key: kind}), accepted())
		var parts struct {
			Evidence  json.RawMessage
			Signature []byte
		}
		if err := json.Unmarshal(file, &parts); err != nil {
			t.Fatal(err)
		}
		evidence, signature := write("evidence.json", parts.Evidence), write("signature.p7s", parts.Signature)
		verify := func() ([]byte, error) {
			return exec.Command("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", signature, "-content", evidence,
				"-CAfile", root, "-purpose", "any", "-attime", strconv.FormatInt(now.Unix(), 10), "-out", os.DevNull).CombinedOutput()
		}
		if out, err := verify(); err != nil {
			t.Errorf("%s: %v\n%s", kind, err, out)
		}
		write("evidence.json", bytes.Replace(parts.Evidence, []byte("189"), []byte("190"), 1))
		if out, err := verify(); err == nil {
			t.Errorf("%s: another number passes\n%s", kind, out)
		}
	}
}

// same compares evidence but for what Make adds.
func same(got, want receipt.Evidence) bool {
	want.Certificates = got.Certificates
	return got == want && len(got.Certificates) == 64
}

// The strongest promise of this package: whatever byte of the file changes, in
// whatever way, is found. Every byte is tried with its lowest bit, its case bit
// and its highest bit turned.
func TestEveryFlippedByteIsFound(t *testing.T) {
	pki := newPKI(t)
	for kind, masks := range map[certtest.KeyType][]byte{"rsa2048": {0x01, 0x20, 0x80}, "p256": {0x01}} {
		file := newReceipt(t, seal(t, pki, agency, certtest.Options{Key: kind}), refused())
		opt := options(pki)
		for i := range file {
			for _, mask := range masks {
				spoilt := bytes.Clone(file)
				spoilt[i] ^= mask
				r, err := receipt.Verify(spoilt, opt)
				if err == nil && (!r.Alarm || r.Indication == "TOTAL-PASSED") {
					t.Fatalf("%s: byte %d of %d (%q -> %q) is not noticed: %+v", kind, i, len(file), file[i], spoilt[i], r)
				}
			}
		}
		for name, spoilt := range map[string][]byte{
			"no line feed": file[:len(file)-1], "two line feeds": append(bytes.Clone(file), '\n'),
			"something behind": append(bytes.Clone(file), "{}"...), "space in front": append([]byte(" "), file...),
			"cut": file[:len(file)/2], "empty": {}, "member twice": bytes.Replace(file, []byte(`"format":`), []byte(`"format":"x","format":`), 1),
			"escaped letter": bytes.Replace(file, []byte(`"notation":"05/`), []byte(`"notation":"\u0030`+`5/`), 1),
		} {
			r, err := receipt.Verify(spoilt, opt)
			if err == nil && !r.Alarm {
				t.Errorf("%s: %s is not noticed", kind, name)
			}
		}
	}
}

func TestWhoSigned(t *testing.T) {
	pki := newPKI(t)
	good := newReceipt(t, seal(t, pki, strings.ToUpper(agency), certtest.Options{}), accepted())
	if r := verify(t, good, options(pki)); r.Indication != "TOTAL-PASSED" {
		t.Errorf("capital letters in the certificate: %+v", r)
	}
	// A person of the agency has its name as organisation, and may not seal.
	person := newReceipt(t, seal(t, pki, "Phạm Văn Long", certtest.Options{}), accepted())
	if r := verify(t, person, options(pki)); !r.Alarm || r.Findings[0].Code != "receipt-signed-by-another" {
		t.Errorf("signed by a person: %+v", r)
	}
	stranger := newPKI(t)
	foreign := newReceipt(t, seal(t, stranger, agency, certtest.Options{}), accepted())
	if r := verify(t, foreign, options(pki)); r.Indication != "INDETERMINATE" || r.SubIndication != "NO_CERTIFICATE_CHAIN_FOUND" || r.Alarm {
		t.Errorf("signed under another root: %+v", r)
	}
	nobody := options(pki)
	nobody.Anchors = nil
	if r := verify(t, good, nobody); r.Indication != "INDETERMINATE" {
		t.Errorf("without anchors: %+v", r)
	}
	tls := newReceipt(t, seal(t, pki, agency, certtest.Options{Usage: certtest.ForTLS}), accepted())
	if r := verify(t, tls, options(pki)); r.Indication == "TOTAL-PASSED" {
		t.Errorf("with a TLS certificate: %+v", r)
	}
}

func TestRevokedSeal(t *testing.T) {
	pki := newPKI(t)
	k := seal(t, pki, agency, certtest.Options{})
	file := newReceipt(t, k, accepted())
	if err := pki.Revoke(k.Certificate, now.Add(-30*time.Minute)); err != nil {
		t.Fatal(err)
	}
	opt := options(pki)
	var err error
	if opt.Evidence, err = pki.Evidence(k.Certificate); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, file, opt); r.Indication == "TOTAL-PASSED" || r.SubIndication != "REVOKED_NO_POE" {
		t.Errorf("revoked before the receipt: %+v", r)
	}
}

func TestWhatItIsAbout(t *testing.T) {
	pki := newPKI(t)
	file := newReceipt(t, seal(t, pki, agency, certtest.Options{}), accepted())
	opt := options(pki)
	opt.Document = strings.Repeat("ab", 32)
	if r := verify(t, file, opt); r.Indication != "TOTAL-PASSED" {
		t.Errorf("the right document: %+v", r)
	}
	opt.Document = strings.Repeat("cd", sha256.Size)
	if r := verify(t, file, opt); !r.Alarm || r.SubIndication != "HASH_FAILURE" {
		t.Errorf("another document: %+v", r)
	}
	early := options(pki)
	early.At = now.Add(-time.Hour)
	if r := verify(t, file, early); !r.Alarm {
		t.Errorf("a receipt from the future: %+v", r)
	}
	if _, err := receipt.Verify(file, receipt.Options{}); err == nil {
		t.Error("judged without a time")
	}
}

// Well signed nonsense is still nonsense.
func TestEvidenceMustMakeSense(t *testing.T) {
	pki := newPKI(t)
	k := seal(t, pki, agency, certtest.Options{})
	for name, spoil := range map[string]func(*receipt.Evidence){
		"event and status":     func(e *receipt.Evidence) { e.Status = receipt.StatusRefused },
		"no arrival number":    func(e *receipt.Evidence) { e.ArrivalNumber = 0 },
		"reason of acceptance": func(e *receipt.Evidence) { e.Reason = "vì sao" },
		"no receiver":          func(e *receipt.Evidence) { e.Receiver.Name = "" },
		"version":              func(e *receipt.Evidence) { e.Version = 2 },
		"digest":               func(e *receipt.Evidence) { e.Digest.Value = "zz" },
		"time zone":            func(e *receipt.Evidence) { e.Time = "2026-01-05T08:00:00Z" },
		"not UTF-8":            func(e *receipt.Evidence) { e.Receiver.Name = "\xff" },
	} {
		e := accepted()
		spoil(&e)
		if _, err := receipt.Make(context.Background(), k, e); name != "not UTF-8" && fault.From(err).Code.ID() != "receipt-evidence-invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNotAReceipt(t *testing.T) {
	opt := receipt.Options{At: now}
	for name, c := range map[string]struct{ text, code string }{
		"text":          {"xin chào", "receipt-unreadable"},
		"empty":         {"", "receipt-unreadable"},
		"pdf":           {"%PDF-1.7\n", "receipt-unreadable"},
		"other format":  {`{"evidence":{},"format":"vanban-receipt-2","signature":""}` + "\n", "receipt-unreadable"},
		"unknown field": {`{"evidence":{},"format":"vanban-receipt-1","more":1,"signature":""}` + "\n", "receipt-unreadable"},
		"deep":          {strings.Repeat(`{"evidence":`, 50_000), "receipt-too-large"},
		"deep array":    {strings.Repeat(`[`, 100_000), "receipt-unreadable"},
		"too large":     {strings.Repeat(" ", receipt.MaxSize+1), "receipt-too-large"},
	} {
		r, err := receipt.Verify([]byte(c.text), opt)
		if err == nil || fault.From(err).Code.ID() != c.code {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
}

func TestKeyThatFails(t *testing.T) {
	pki := newPKI(t)
	other := seal(t, pki, agency, certtest.Options{})
	k := seal(t, pki, agency, certtest.Options{})
	k.Key = other.Key // a key that is not the certificate's
	if _, err := receipt.Make(context.Background(), k, accepted()); err == nil {
		t.Error("a receipt that does not verify was made")
	}
	if _, err := receipt.Make(context.Background(), broken{k}, accepted()); fault.From(err).Code.ID() != "receipt-signing-failed" {
		t.Errorf("a failing key: %v", err)
	}
}

type broken struct{ key }

func (broken) Sign(context.Context, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("token is gone")
}

// Nothing makes Verify panic, and nothing passes that is not in its one form.
func FuzzVerify(f *testing.F) {
	pki := newPKI(f)
	k := seal(f, pki, agency, certtest.Options{Key: "p256"})
	for _, e := range []receipt.Evidence{accepted(), refused()} {
		f.Add(newReceipt(f, k, e))
	}
	opt := options(pki)
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := receipt.Verify(file, opt)
		if err != nil || r.Alarm {
			return
		}
		var tree any
		if err := json.Unmarshal(file, &tree); err != nil {
			t.Fatal(err)
		}
		if again, err := receipt.Canonical(tree); err != nil || string(again)+"\n" != string(file) {
			t.Fatalf("no alarm for %q, %v", file, err)
		}
	})
}
