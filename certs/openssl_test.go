package certs_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanban/certs"
	"vanban/internal/tooltest"
)

func signP256(t testing.TB, n *node, message []byte) []byte {
	t.Helper()
	digest := sha256.Sum256(message)
	sig, err := n.key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// TestOpenSSLAgrees asks openssl verify about the same chains. Where the rules
// are those of RFC 5280 the two must agree; usages are left to our own policy,
// so purpose is not asked for.
func TestOpenSSLAgrees(t *testing.T) {
	tooltest.Need(t, "openssl")
	root := grow(t, nil, "Root", nil)
	noCA := grow(t, root, "No CA", func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature })
	zero := grow(t, root, "Zero", func(c *x509.Certificate) { c.MaxPathLenZero = true })
	below := grow(t, zero, "Below", nil)
	old := grow(t, root, "Old", func(c *x509.Certificate) { c.NotAfter = now.Add(-day) })
	good := grow(t, root, "Good", nil)
	confined := grow(t, root, "Confined", constraints(nil, directory(t, nameVN)))
	f := newFamily(t)
	for _, row := range []struct {
		name  string
		root  *node
		chain []*node // leaf first, without the root
		crls  [][]byte
	}{
		{"good", root, []*node{grow(t, good, "Leaf", person), good}, nil},
		{"no CA", root, []*node{grow(t, noCA, "Leaf", person), noCA}, nil},
		{"path length", root, []*node{grow(t, below, "Leaf", person), below, zero}, nil},
		{"expired CA", root, []*node{grow(t, old, "Leaf", person), old}, nil},
		{"excluded name", root, []*node{grow(t, confined, "Leaf", person), confined}, nil},
		{"missing CA", root, []*node{grow(t, good, "Leaf", person)}, nil},
		{"another root", f.root, []*node{grow(t, good, "Leaf", person), good}, nil},
		{"not revoked", f.root, []*node{f.leaf, f.ca}, [][]byte{list(t, f.ca, f.ca, nil), list(t, f.root, f.root, nil)}},
		{"revoked", f.root, []*node{f.leaf, f.ca}, [][]byte{list(t, f.ca, f.ca, revokes(f.leaf, now.Add(-day), 1)), list(t, f.root, f.root, nil)}},
		{"CA revoked", f.root, []*node{f.leaf, f.ca}, [][]byte{list(t, f.ca, f.ca, nil), list(t, f.root, f.root, revokes(f.ca, now.Add(-day), 1))}},
		{"no CRL", f.root, []*node{f.leaf, f.ca}, [][]byte{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			pol := certs.DefaultPolicy()
			pol.RequireRevocation = row.crls != nil
			r := certs.Judge(row.chain[0].cert, certs.Signing, now, now, trusting(row.root),
				certs.Evidence{Certificates: certsOf(row.chain...), CRLs: row.crls}, pol)
			theirs, out := opensslVerify(t, row.root, row.chain, row.crls)
			if theirs != r.Trusted() {
				t.Errorf("openssl says %v, this says %v:\n%s", theirs, r.Status, out)
			}
		})
	}
}

func opensslVerify(t *testing.T, root *node, chain []*node, crls [][]byte) (bool, string) {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "root.pem", pemOf(root))
	put(t, dir, "leaf.pem", pemOf(chain[0]))
	put(t, dir, "more.pem", pemOf(chain[1:]...))
	args := []string{"verify", "-x509_strict", "-attime", fmt.Sprint(now.Unix()), "-CAfile", "root.pem"}
	if len(chain) > 1 {
		args = append(args, "-untrusted", "more.pem")
	}
	if crls != nil {
		var all strings.Builder
		for _, der := range crls {
			all.WriteString(pemBlock("X509 CRL", der))
		}
		put(t, dir, "crls.pem", []byte(all.String()))
		args = append(args, "-crl_check_all")
		if len(crls) > 0 {
			args = append(args, "-CRLfile", "crls.pem")
		}
	}
	cmd := exec.Command("openssl", append(args, "leaf.pem")...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return err == nil, string(out)
}

// TestOpenSSLNational asks openssl about the real national chains. At security
// level 0 it accepts SHA-1, as a legacy anchor does here.
func TestOpenSSLNational(t *testing.T) {
	tooltest.Need(t, "openssl")
	dir := filepath.Join(tooltest.Corpus(t), "pki", "vn")
	for _, row := range []struct{ root, leaf string }{
		{"VGCA_ROOTCA_BIN.cer", "CP_BIN.cer"}, {"VGCA_ROOTCA_BIN.cer", "BNG_BIN.cer"},
		{"MIC_BIN.cer", "VNPTCA_BIN.cer"}, {"MIC_BIN.cer", "CP_BIN.cer"}, {"Vietnam_National_Root_CA.pem", "WINCA.pem"},
	} {
		rootSet, err := certs.LoadAnchors(filepath.Join(dir, row.root))
		if err != nil {
			t.Fatal(err)
		}
		leafSet, err := certs.LoadAnchors(filepath.Join(dir, row.leaf))
		if err != nil {
			t.Fatal(err)
		}
		root, leaf := rootSet.List()[0].Certificate, leafSet.List()[0].Certificate
		at := leaf.NotBefore.Add(day)
		legacy := certs.NewAnchors()
		legacy.Add(root, certs.Other, true)
		r := certs.Judge(leaf, certs.CRLSigning, at, at, legacy, certs.Evidence{}, certs.DefaultPolicy())

		work := t.TempDir()
		put(t, work, "root.pem", pemOf(&node{cert: root}))
		put(t, work, "leaf.pem", pemOf(&node{cert: leaf}))
		cmd := exec.Command("openssl", "verify", "-auth_level", "0", "-attime", fmt.Sprint(at.Unix()), "-CAfile", "root.pem", "leaf.pem")
		cmd.Dir = work
		out, err := cmd.CombinedOutput()
		if (err == nil) != r.Trusted() {
			t.Errorf("%s under %s: openssl says %s, this says %v", row.leaf, row.root, out, r.Status)
		}
	}
}
