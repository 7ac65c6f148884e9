package certs_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"vanban/certs"
	"vanban/internal/fault"
)

// now is the real clock, because the OCSP library writes that into what it makes.
var now = time.Now().UTC().Truncate(time.Second)

const day = 24 * time.Hour

// node is a hand-made certificate with its key: certtest makes only sane ones.
type node struct {
	cert *x509.Certificate
	key  crypto.Signer
}

var serial int64 = 1000

// grow makes a certificate below parent (nil: self-signed). It starts as a CA
// that is valid around now; change varies it.
func grow(t testing.TB, parent *node, cn string, change func(*x509.Certificate)) *node {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return growWith(t, parent, cn, key, change)
}

func growWith(t testing.TB, parent *node, cn string, key crypto.Signer, change func(*x509.Certificate)) *node {
	t.Helper()
	serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{Country: []string{"VN"}, CommonName: cn},
		NotBefore: now.Add(-100 * day), NotAfter: now.Add(100 * day),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if change != nil {
		change(template)
	}
	issuer, signer := template, key
	if parent != nil {
		issuer, signer = parent.cert, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &node{c, key}
}

// person turns a template into that of a signer.
func person(c *x509.Certificate) {
	c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature
}

func both(changes ...func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		for _, change := range changes {
			change(c)
		}
	}
}

func certsOf(nodes ...*node) []*x509.Certificate {
	var out []*x509.Certificate
	for _, n := range nodes {
		out = append(out, n.cert)
	}
	return out
}

func trusting(nodes ...*node) *certs.Anchors {
	a := certs.NewAnchors()
	for _, n := range nodes {
		a.Add(n.cert, certs.Other, false)
	}
	return a
}

func judgeNow(leaf *node, a *certs.Anchors, ev certs.Evidence) certs.Result {
	return certs.Judge(leaf.cert, certs.Signing, now, now, a, ev, certs.DefaultPolicy())
}

// codes lists the findings of one level, and fails on texts that do not fit
// their arguments.
func codes(t testing.TB, r certs.Result, level certs.Level) []string {
	t.Helper()
	var out []string
	for _, f := range r.Findings {
		for _, l := range []fault.Lang{fault.Vi, fault.En} {
			if text := f.Text(l); strings.Contains(text, "%!") || strings.Contains(text, "%s") || strings.Contains(text, "%d") {
				t.Errorf("%s in %s: %q", f.Code.ID(), l, text)
			}
		}
		if f.Level == level {
			out = append(out, f.Code.ID())
		}
	}
	return out
}

// expect checks the status and that the first failing finding is its headline.
func expect(t *testing.T, r certs.Result, status certs.Status, reasons ...string) {
	t.Helper()
	failing := codes(t, r, certs.Fail)
	if r.Status != status {
		t.Errorf("status %v, want %v: %v", r.Status, status, failing)
	}
	if (status == certs.Trusted) != (len(failing) == 0) {
		t.Errorf("%v with failing findings %v", r.Status, failing)
	}
	for _, reason := range reasons {
		if !slices.Contains(failing, reason) {
			t.Errorf("no %s among %v", reason, failing)
		}
	}
}

func TestPaths(t *testing.T) {
	root := grow(t, nil, "Root", nil)
	ca := grow(t, root, "CA", nil)
	leaf := grow(t, ca, "Nguyễn Thị Nghĩa", person)
	stranger := grow(t, nil, "Root", nil) // same name, another key

	t.Run("three certificates", func(t *testing.T) {
		r := judgeNow(leaf, trusting(root), certs.Evidence{Certificates: certsOf(ca)})
		expect(t, r, certs.Trusted)
		if len(r.Chain) != 3 || !r.Chain[0].Equal(leaf.cert) || !r.Chain[2].Equal(root.cert) {
			t.Errorf("chain of %d", len(r.Chain))
		}
		if r.RevocationChecked || !slices.Contains(codes(t, r, certs.Warn), "certs-revocation-unchecked") {
			t.Error("revocation counts as checked without evidence")
		}
	})
	t.Run("evidence in any order, with strangers and copies", func(t *testing.T) {
		r := judgeNow(leaf, trusting(stranger, root), certs.Evidence{Certificates: certsOf(stranger, leaf, root, ca, ca, leaf)})
		expect(t, r, certs.Trusted)
	})
	t.Run("issuing CA pinned", func(t *testing.T) {
		expect(t, judgeNow(leaf, trusting(ca), certs.Evidence{}), certs.Trusted)
	})
	t.Run("leaf pinned", func(t *testing.T) {
		r := judgeNow(leaf, trusting(leaf), certs.Evidence{})
		expect(t, r, certs.Trusted)
		if !r.RevocationChecked || len(r.Chain) != 1 {
			t.Errorf("chain of %d, checked %v", len(r.Chain), r.RevocationChecked)
		}
	})
	t.Run("missing issuer", func(t *testing.T) {
		r := judgeNow(leaf, trusting(root), certs.Evidence{})
		expect(t, r, certs.NoChain, "certs-not-trusted")
		if len(r.Chain) != 1 {
			t.Errorf("chain of %d", len(r.Chain))
		}
	})
	t.Run("another root of the same name", func(t *testing.T) {
		r := judgeNow(leaf, trusting(stranger), certs.Evidence{Certificates: certsOf(ca, root)})
		expect(t, r, certs.NoChain, "certs-not-trusted")
		if len(r.Chain) != 3 {
			t.Errorf("best effort chain of %d, want 3", len(r.Chain))
		}
	})
	t.Run("no anchors", func(t *testing.T) {
		r := judgeNow(leaf, nil, certs.Evidence{Certificates: certsOf(ca, root)})
		expect(t, r, certs.NoChain, "certs-not-trusted")
		if !slices.Contains(codes(t, r, certs.Warn), "certs-no-anchors") {
			t.Error("not said that nothing is trusted")
		}
	})
	t.Run("no leaf", func(t *testing.T) {
		expect(t, certs.Judge(nil, certs.Signing, now, now, trusting(root), certs.Evidence{}, certs.Policy{}), certs.NoChain)
	})
	t.Run("altered certificate", func(t *testing.T) {
		bad := *leaf.cert
		bad.Signature = slices.Clone(bad.Signature)
		bad.Signature[len(bad.Signature)-1] ^= 1
		r := judgeNow(&node{cert: &bad}, trusting(root), certs.Evidence{Certificates: certsOf(ca)})
		expect(t, r, certs.NoChain, "certs-not-trusted", "certs-bad-certificate-signature")
	})
	t.Run("zero policy is the default policy", func(t *testing.T) {
		r := certs.Judge(leaf.cert, certs.Signing, now, now, trusting(root), certs.Evidence{Certificates: certsOf(ca)}, certs.Policy{})
		expect(t, r, certs.Trusted)
	})
}

// TestRules breaks one rule of RFC 5280 after the other.
func TestRules(t *testing.T) {
	root := grow(t, nil, "Root", nil)
	oidUnknown := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}
	for _, row := range []struct {
		name     string
		ca, leaf func(*x509.Certificate)
		status   certs.Status
		reason   string
	}{
		{name: "nothing wrong", status: certs.Trusted},
		{name: "issuer is no CA", ca: func(c *x509.Certificate) { c.IsCA = false }, status: certs.ChainInvalid, reason: "certs-not-a-ca"},
		{name: "issuer has no basic constraints", ca: func(c *x509.Certificate) { c.BasicConstraintsValid, c.IsCA = false, false },
			status: certs.ChainInvalid, reason: "certs-not-a-ca"},
		{name: "issuer may not sign certificates", ca: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign },
			status: certs.ChainInvalid, reason: "certs-ca-key-usage"},
		{name: "issuer without key usage", ca: func(c *x509.Certificate) { c.KeyUsage = 0 }, status: certs.Trusted},
		{name: "issuer without pathLen (VER-06)", ca: func(c *x509.Certificate) { c.MaxPathLen = -1 }, status: certs.Trusted},
		{name: "critical extension in the CA", ca: func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{oidUnknown} },
			status: certs.ChainInvalid, reason: "certs-critical-extension"},
		{name: "critical extension in the leaf", leaf: func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{oidUnknown} },
			status: certs.ChainInvalid, reason: "certs-critical-extension"},
		{name: "CA expired", ca: func(c *x509.Certificate) { c.NotAfter = now.Add(-day) }, status: certs.Expired, reason: "certs-expired"},
		{name: "CA not yet valid", ca: func(c *x509.Certificate) { c.NotBefore = now.Add(day) }, status: certs.NotYetValid, reason: "certs-not-yet-valid"},
		{name: "leaf expired", leaf: func(c *x509.Certificate) { c.NotAfter = now.Add(-day) }, status: certs.Expired, reason: "certs-expired"},
		{name: "leaf not yet valid", leaf: func(c *x509.Certificate) { c.NotBefore = now.Add(day) }, status: certs.NotYetValid, reason: "certs-not-yet-valid"},
		{name: "CA for servers only", ca: func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} },
			status: certs.BadPurpose, reason: "certs-extended-key-usage"},
		{name: "expired and no CA: the worse one is said first",
			ca: func(c *x509.Certificate) { c.IsCA, c.NotAfter = false, now.Add(-day) }, status: certs.ChainInvalid, reason: "certs-expired"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ca := grow(t, root, "CA", row.ca)
			leaf := grow(t, ca, "Leaf", func(c *x509.Certificate) {
				person(c)
				if row.leaf != nil {
					row.leaf(c)
				}
			})
			r := judgeNow(leaf, trusting(root), certs.Evidence{Certificates: certsOf(ca)})
			if row.reason == "" {
				expect(t, r, row.status)
			} else {
				expect(t, r, row.status, row.reason)
			}
			if row.status == certs.ChainInvalid && codes(t, r, certs.Fail)[0] != "certs-path-invalid" {
				t.Errorf("headline %v", codes(t, r, certs.Fail))
			}
		})
	}
}

func TestAnchorRules(t *testing.T) {
	for _, row := range []struct {
		name   string
		root   func(*x509.Certificate)
		status certs.Status
	}{
		{"expired root", func(c *x509.Certificate) { c.NotAfter = now.Add(-day) }, certs.Expired},
		{"root that is no CA", func(c *x509.Certificate) { c.IsCA = false }, certs.ChainInvalid},
		{"critical extension in the root", func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}, certs.Trusted},
	} {
		root := grow(t, nil, "Root", row.root)
		r := judgeNow(grow(t, root, "Leaf", person), trusting(root), certs.Evidence{})
		t.Run(row.name, func(t *testing.T) { expect(t, r, row.status) })
	}
}

func TestPathLength(t *testing.T) {
	zero := func(c *x509.Certificate) { c.MaxPathLenZero = true }
	root := grow(t, nil, "Root", func(c *x509.Certificate) { c.MaxPathLen = 1 })
	a := grow(t, root, "A", nil)
	b := grow(t, a, "B", zero)
	expect(t, judgeNow(grow(t, a, "Leaf", person), trusting(root), certs.Evidence{Certificates: certsOf(a)}), certs.Trusted)
	r := judgeNow(grow(t, b, "Leaf", person), trusting(root), certs.Evidence{Certificates: certsOf(a, b)})
	expect(t, r, certs.ChainInvalid, "certs-path-length") // two CAs below a root that allows one

	root2 := grow(t, nil, "Root2", nil)
	c := grow(t, root2, "C", zero)
	expect(t, judgeNow(grow(t, c, "Leaf", person), trusting(root2), certs.Evidence{Certificates: certsOf(c)}), certs.Trusted)
	d := grow(t, c, "D", nil)
	r = judgeNow(grow(t, d, "Leaf", person), trusting(root2), certs.Evidence{Certificates: certsOf(c, d)})
	expect(t, r, certs.ChainInvalid, "certs-path-length")

	// A self-issued CA (same name, new key) does not count.
	again := grow(t, c, "C", zero)
	r = judgeNow(grow(t, again, "Leaf", person), trusting(root2), certs.Evidence{Certificates: certsOf(again, c)})
	expect(t, r, certs.Trusted)
}

// TestCrossCertificates: of two ways up the good one is found, whatever is wrong
// with the other, and loops end.
func TestCrossCertificates(t *testing.T) {
	rootA, rootB := grow(t, nil, "Root A", nil), grow(t, nil, "Root B", nil)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	old := growWith(t, rootA, "CA", key, func(c *x509.Certificate) { c.NotAfter = now.Add(-day) })
	fresh := growWith(t, rootB, "CA", key, nil)
	leaf := grow(t, old, "Leaf", person)
	for _, list := range [][]*x509.Certificate{certsOf(old, fresh), certsOf(fresh, old)} {
		r := judgeNow(leaf, trusting(rootA, rootB), certs.Evidence{Certificates: list})
		expect(t, r, certs.Trusted)
		if !r.Chain[1].Equal(fresh.cert) {
			t.Error("the path goes through the expired certificate")
		}
	}
	expect(t, judgeNow(leaf, trusting(rootA), certs.Evidence{Certificates: certsOf(old, fresh)}), certs.Expired)

	// Two CAs that certify each other.
	x := grow(t, nil, "X", nil)
	y := grow(t, nil, "Y", nil)
	xy := growWith(t, y, "X", x.key, nil)
	yx := growWith(t, x, "Y", y.key, nil)
	r := judgeNow(grow(t, x, "Leaf", person), trusting(rootA), certs.Evidence{Certificates: certsOf(x, y, xy, yx)})
	expect(t, r, certs.NoChain, "certs-not-trusted")
}

// TestHostileSearch: certificates that are made to explode the search cost
// little and are not trusted.
func TestHostileSearch(t *testing.T) {
	root := grow(t, nil, "Root", nil)
	const layers, width = 7, 14
	var all []*x509.Certificate
	var above []*node
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for layer := range layers {
		var here []*node
		for i := range width {
			var parent *node
			if len(above) > 0 {
				parent = above[i]
			}
			// Same name and key within a layer, so that every one of them may be
			// the parent of every one below.
			n := growWith(t, parent, fmt.Sprintf("Layer %d", layer), key, nil)
			here = append(here, n)
			all = append(all, n.cert)
		}
		above = here
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
	}
	leaf := grow(t, above[0], "Leaf", person)
	start := time.Now()
	r := judgeNow(leaf, trusting(root), certs.Evidence{Certificates: all})
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	expect(t, r, certs.NoChain, "certs-not-trusted")
	if !slices.Contains(codes(t, r, certs.Warn), "certs-search-stopped") {
		t.Error("not said that the search was stopped")
	}

	// Too many certificates: the ones over the limit are left out, and said so.
	ca := grow(t, root, "CA", nil)
	var many []*x509.Certificate
	for i := range 120 {
		many = append(many, grow(t, nil, fmt.Sprint("Stuffing ", i), nil).cert)
	}
	leaf = grow(t, ca, "Leaf", person)
	r = judgeNow(leaf, trusting(root), certs.Evidence{Certificates: append(many, ca.cert)})
	expect(t, r, certs.NoChain)
	if !slices.Contains(codes(t, r, certs.Warn), "certs-search-stopped") {
		t.Error("not said that certificates were left out")
	}

	// A path of nine certificates is one too long.
	up, long := root, []*x509.Certificate(nil)
	for i := range 7 {
		up = grow(t, up, fmt.Sprint("Step ", i), nil)
		long = append(long, up.cert)
	}
	expect(t, judgeNow(grow(t, up, "Leaf", person), trusting(root), certs.Evidence{Certificates: long}), certs.NoChain)
	short := judgeNow(&node{cert: up.cert}, trusting(root), certs.Evidence{Certificates: long})
	if len(short.Chain) != 8 {
		t.Errorf("a path of eight: %d", len(short.Chain))
	}
}

// TestWithoutAnchors: a signer can be refused for what its own certificate says
// although nobody knows whom to trust.
func TestWithoutAnchors(t *testing.T) {
	root := grow(t, nil, "Root", nil)
	for name, row := range map[string]struct {
		change func(*x509.Certificate)
		want   string
	}{
		"expired":       {func(c *x509.Certificate) { c.NotAfter = now.Add(-day) }, "certs-expired"},
		"not yet valid": {func(c *x509.Certificate) { c.NotBefore = now.Add(day) }, "certs-not-yet-valid"},
		"wrong purpose": {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, "certs-bad-purpose"},
		"nothing":       {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			change := person
			if row.change != nil {
				change = both(person, row.change)
			}
			r := judgeNow(grow(t, root, "Leaf", change), nil, certs.Evidence{})
			failing := codes(t, r, certs.Fail)
			if r.Status != certs.NoChain || failing[0] != "certs-not-trusted" {
				t.Errorf("%v %v", r.Status, failing)
			}
			if row.want != "" && !slices.Contains(failing, row.want) || row.want == "" && len(failing) != 1 {
				t.Errorf("findings %v, want %q", failing, row.want)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	for _, row := range []struct {
		status           certs.Status
		word             string
		proven, unproven string
	}{
		{certs.Trusted, "trusted", "TOTAL-PASSED ", "TOTAL-PASSED "},
		{certs.NoChain, "no-chain", "INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND", "INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND"},
		{certs.ChainInvalid, "chain-invalid", "INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE", "INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE"},
		{certs.Revoked, "revoked", "TOTAL-FAILED REVOKED", "INDETERMINATE REVOKED_NO_POE"},
		{certs.CARevoked, "ca-revoked", "INDETERMINATE REVOKED_CA_NO_POE", "INDETERMINATE REVOKED_CA_NO_POE"},
		{certs.BadPurpose, "bad-purpose", "INDETERMINATE CHAIN_CONSTRAINTS_FAILURE", "INDETERMINATE CHAIN_CONSTRAINTS_FAILURE"},
		{certs.WeakAlgorithm, "weak-algorithm", "INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE", "INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE"},
		{certs.NotYetValid, "not-yet-valid", "TOTAL-FAILED NOT_YET_VALID", "INDETERMINATE OUT_OF_BOUNDS_NO_POE"},
		{certs.Expired, "expired", "TOTAL-FAILED EXPIRED", "INDETERMINATE OUT_OF_BOUNDS_NO_POE"},
		{certs.UnknownRevocation, "unknown-revocation", "INDETERMINATE TRY_LATER", "INDETERMINATE TRY_LATER"},
	} {
		for proven, want := range map[bool]string{true: row.proven, false: row.unproven} {
			if i, s := row.status.EN319102(proven); i+" "+s != want {
				t.Errorf("%v, proven %v: %s %s, want %s", row.status, proven, i, s, want)
			}
		}
		if row.status.String() != row.word {
			t.Errorf("%q, want %q", row.status, row.word)
		}
	}
	var forgotten certs.Result
	if forgotten.Trusted() {
		t.Error("the zero result is trusted")
	}
}
