package sign_test

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanban/certs/certtest"
	"vanban/internal/tooltest"
	"vanban/sign"
	"vanban/testdata"
)

func TestAlgorithms(t *testing.T) {
	tooltest.Need(t, "pdfsig", "qpdf")
	w := getWorld(t)
	for _, c := range []struct {
		name   string
		key    certtest.KeyType
		hash   crypto.Hash
		pss    bool
		pdfsig bool // poppler can judge it
	}{
		{"RSA", "rsa2048", 0, false, true},
		{"RSA SHA-384", "rsa2048", crypto.SHA384, false, true},
		{"RSA-3072 SHA-512", "rsa3072", crypto.SHA512, false, true},
		{"PSS", "rsa2048", crypto.SHA256, true, true},
		{"PSS SHA-512", "rsa2048", crypto.SHA512, true, true},
		{"P-256", "p256", 0, false, true},
		{"P-384", "p384", crypto.SHA384, false, true},
		{"P-521", "p521", crypto.SHA512, false, true},
		{"Ed25519", "ed25519", 0, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := letter(t)
			out, r := do(t, in, w.key(t, c.key), sign.Request{Hash: c.hash, PSS: c.pss})
			if r.SHA256 != sha256.Sum256(out) {
				t.Error("wrong SHA-256")
			}
			if r.Field != "Signature1" {
				t.Errorf("field %q", r.Field)
			}
			if fresh := newComplaints(t, in, out); len(fresh) > 0 {
				t.Errorf("qpdf: %v", fresh)
			}
			if all, valid := validSignatures(t, out); all != 1 || c.pdfsig && valid != 1 {
				t.Errorf("pdfsig: %d signatures, %d valid", all, valid)
			}
		})
	}
}

// TestMainJob signs, fills and seals as the main job does, on the letter in
// every shape of file and page.
func TestMainJob(t *testing.T) {
	tooltest.Need(t, "pdfsig", "qpdf", "mutool", "pdftotext")
	w := getWorld(t)
	evidence, err := w.pki.Evidence(w.key(t, "rsa2048").id.Certificate, w.key(t, "p256").id.Certificate, w.pki.TSA.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	documents, err := testdata.Variants()
	if err != nil {
		t.Fatal(err)
	}
	plain, err := testdata.Letter()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range append(documents, plain) {
		t.Run(d.Name, func(t *testing.T) {
			signed, _ := do(t, d.PDF, w.key(t, "rsa2048"), leaderRequest(t, marks(t, d)))
			req := sealRequest(t, marks(t, d))
			req.Level, req.TSA = sign.BT, stamper{w: w}
			req.Anchors = w.pki.Anchors()
			sealed, r := do(t, signed, w.key(t, "p256"), req)
			if len(sealed)-len(signed) > 250<<10 {
				t.Errorf("the seal adds %d bytes", len(sealed)-len(signed))
			}
			for _, warning := range r.Warnings {
				t.Logf("warning: %v", warning)
			}
			for name, b := range map[string][]byte{"signed": signed, "sealed": sealed} {
				if fresh := newComplaints(t, d.PDF, b); len(fresh) > 0 {
					t.Errorf("%s: qpdf: %v", name, fresh)
				}
				if out, err := tool(t, b, "mutool", "info", "FILE"); err != nil || strings.Contains(out, "error") {
					t.Errorf("%s: mutool: %v %s", name, err, out)
				}
			}
			if all, valid := validSignatures(t, sealed); all != 2 || valid != 2 {
				t.Errorf("pdfsig: %d signatures, %d valid", all, valid)
			}
			if wrong := judged(t, w, sealed, evidence); wrong != "" {
				t.Errorf("verify: %s", wrong)
			}
			text, err := tool(t, sealed, "pdftotext", "-raw", "FILE", "-")
			for _, value := range req.Fill {
				if err != nil || !strings.Contains(text, value) {
					t.Errorf("pdftotext does not find %q: %v\n%s", value, err, text)
				}
			}
			if dir := os.Getenv("VANBAN_KEEP"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, d.Name+".pdf"), sealed, 0o600); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestManySignatures(t *testing.T) {
	tooltest.Need(t, "pdfsig", "qpdf")
	w := getWorld(t)
	first := letter(t)
	b := first
	const n = 5
	for i := range n {
		kinds := []certtest.KeyType{"p256", "rsa2048", "p384"}
		req := sign.Request{Reason: "Ký nháy"}
		if i%2 == 1 {
			req.Visible = &sign.Visible{Page: 1, Rect: sign.Rect{X: 20, Y: 250 + float64(i), W: 60, H: 10},
				Text: []string{"Số: 15/QĐ-UBND; 05/01/2026; 14:05:09 +07:00"}}
		}
		var r *sign.Result
		b, r = do(t, b, w.key(t, kinds[i%3]), req)
		if want := "Signature" + string(rune('1'+i)); r.Field != want {
			t.Errorf("field %q, expected %q", r.Field, want)
		}
	}
	if all, valid := validSignatures(t, b); all != n || valid != n {
		t.Errorf("pdfsig: %d signatures, %d valid", all, valid)
	}
	if fresh := newComplaints(t, first, b); len(fresh) > 0 {
		t.Errorf("qpdf: %v", fresh)
	}
}

func TestUpdateIsOnePAdESSignature(t *testing.T) {
	w := getWorld(t)
	out, r := do(t, letter(t), w.key(t, "p256"), sign.Request{})
	tail := out[len(letter(t)):]
	if bytes.Count(tail, []byte("/Contents <")) != 1 || !bytes.Contains(tail, []byte("/ETSI.CAdES.detached")) {
		t.Errorf("the update is not one PAdES signature:\n%.600s", tail)
	}
	if len(r.Signature) < 1000 || len(r.Warnings) != 1 {
		t.Errorf("result %d bytes, warnings %v", len(r.Signature), r.Warnings)
	}
}
