package certs

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vanban/internal/tooltest"
)

// national reads the real certificates of the Vietnamese national CAs.
func national(t *testing.T) map[string]*x509.Certificate {
	t.Helper()
	dir := filepath.Join(tooltest.Corpus(t), "pki", "vn")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*x509.Certificate{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		list, err := parseCertificates(data)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %d certificates, %v", e.Name(), len(list), err)
		}
		out[e.Name()] = list[0]
	}
	return out
}

// TestNationalChains is VER-05: every real certificate of the older national
// CAs chains to its root when that root is pinned as legacy, with a warning,
// and none does otherwise. crypto/x509 refuses all of them.
func TestNationalChains(t *testing.T) {
	all := national(t)
	roots := map[string]Domain{
		"VGCA_ROOTCA_BIN.cer": OfficialDuty, "MIC_BIN.cer": Public, "Vietnam_National_Root_CA.pem": Public,
	}
	var ev Evidence
	legacy, modern := NewAnchors(), NewAnchors()
	for name, c := range all {
		if d, ok := roots[name]; ok {
			legacy.Add(c, d, true)
			modern.Add(c, d, false)
		} else {
			ev.Certificates = append(ev.Certificates, c)
		}
	}
	sha1 := 0
	for name, c := range all {
		if _, root := roots[name]; root {
			continue
		}
		at := c.NotBefore.Add(24 * time.Hour)
		purpose := CRLSigning
		if !c.IsCA {
			purpose = Signing
		}
		r := Judge(c, purpose, at, at, legacy, ev, DefaultPolicy())
		if r.Status != Trusted {
			t.Errorf("%s: %v %v", name, r.Status, texts(r))
			continue
		}
		if strengthOf(c.SignatureAlgorithm) == strong {
			continue // the newer generation needs no exception
		}
		sha1++
		if !has(r, "certs-sha1-legacy", Warn) {
			t.Errorf("%s: no warning about SHA-1: %v", name, texts(r))
		}
		if r := Judge(c, purpose, at, at, modern, ev, DefaultPolicy()); r.Status != WeakAlgorithm {
			t.Errorf("%s: %v below an anchor that is not legacy", name, r.Status)
		}
		strict := DefaultPolicy()
		strict.LegacySHA1 = false
		if r := Judge(c, purpose, at, at, legacy, ev, strict); r.Status != WeakAlgorithm {
			t.Errorf("%s: %v under a policy without SHA-1", name, r.Status)
		}
		pool := x509.NewCertPool()
		for root := range roots {
			pool.AddCert(all[root])
		}
		if _, err := c.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: at}); err == nil {
			t.Errorf("%s: crypto/x509 accepts it now; is the own path builder still needed?", name)
		}
	}
	// 14 different ones; one of them is there twice, as DER and as PEM.
	if sha1 != 15 {
		t.Errorf("%d SHA-1 certificates judged, want 15", sha1)
	}
}

// TestNationalDates: the same certificates at the wrong time.
func TestNationalDates(t *testing.T) {
	all := national(t)
	a := NewAnchors()
	a.Add(all["MIC_BIN.cer"], Public, true)
	c := all["CA2_BIN.cer"] // 2015 to 2020
	for _, row := range []struct {
		at   string
		want Status
	}{
		{"2015-09-23T00:00:00Z", NotYetValid},
		{"2018-01-01T00:00:00Z", Trusted},
		{"2026-11-21T00:00:00Z", Expired},
		{"2041-01-01T00:00:00Z", Expired},
	} {
		at, err := time.Parse(time.RFC3339, row.at)
		if err != nil {
			t.Fatal(err)
		}
		if r := Judge(c, CRLSigning, at, at, a, Evidence{}, DefaultPolicy()); r.Status != row.want {
			t.Errorf("%s: %v, want %v", row.at, r.Status, row.want)
		}
	}
}

func texts(r Result) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, string(f.Level)+" "+f.Code.ID()+" "+f.Text("en"))
	}
	return out
}

func has(r Result, id string, level Level) bool {
	for _, f := range r.Findings {
		if f.Code.ID() == id && f.Level == level {
			return true
		}
	}
	return false
}
