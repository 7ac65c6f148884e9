package certs_test

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"strings"
	"testing"
	"time"

	"vanban/certs"
	"vanban/certs/certtest"
)

func TestAlgorithms(t *testing.T) {
	p, err := certtest.New(certtest.Config{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	subject := certtest.Subject{CN: "Nguyễn Thị Nghĩa"}
	for kind, want := range map[certtest.KeyType]certs.Status{
		"rsa1024": certs.WeakAlgorithm, "p224": certs.WeakAlgorithm, "rsa2048": certs.Trusted, "p256": certs.Trusted,
		"p384": certs.Trusted, "p521": certs.Trusted, "ed25519": certs.Trusted,
	} {
		id, err := p.Leader(subject, certtest.Options{Key: kind})
		if err != nil {
			t.Fatal(err)
		}
		r := certs.Judge(id.Certificate, certs.Signing, now, now, p.Anchors(), certs.Evidence{Certificates: id.Chain}, certs.DefaultPolicy())
		t.Run(string(kind), func(t *testing.T) { expect(t, r, want) })
	}
	strict := certs.DefaultPolicy()
	strict.MinRSABits, strict.MinECBits = 3072, 384
	for _, kind := range []certtest.KeyType{"rsa2048", "p256"} {
		id, err := p.Leader(subject, certtest.Options{Key: kind})
		if err != nil {
			t.Fatal(err)
		}
		r := certs.Judge(id.Certificate, certs.Signing, now, now, p.Anchors(), certs.Evidence{Certificates: id.Chain}, strict)
		t.Run("strict "+string(kind), func(t *testing.T) { expect(t, r, certs.WeakAlgorithm) })
	}
}

// TestLegacy: the SHA-1 chain of an older generation, and what it does not open.
func TestLegacy(t *testing.T) {
	p, err := certtest.New(certtest.Config{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	root, ca, err := p.Legacy()
	if err != nil {
		t.Fatal(err)
	}
	id, err := ca.Issue(certtest.Subject{CN: "Trần Văn Cũ"}, certtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ev, err := p.Evidence(id.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	r := certs.Judge(id.Certificate, certs.Signing, now, now, p.Anchors(), ev, certs.DefaultPolicy())
	expect(t, r, certs.Trusted)
	if !slices.Contains(codes(t, r, certs.Warn), "certs-sha1-legacy") || !r.RevocationChecked {
		t.Errorf("warnings %v, revocation checked %v", codes(t, r, certs.Warn), r.RevocationChecked)
	}

	modern := certs.NewAnchors()
	modern.Add(root.Certificate, certs.OfficialDuty, false)
	expect(t, certs.Judge(id.Certificate, certs.Signing, now, now, modern, ev, certs.DefaultPolicy()), certs.WeakAlgorithm, "certs-weak-algorithm")
	// Pinning the issuing CA as modern does not help its SHA-1 leaf either.
	modern.Add(ca.Certificate, certs.OfficialDuty, false)
	expect(t, certs.Judge(id.Certificate, certs.Signing, now, now, modern, ev, certs.DefaultPolicy()), certs.WeakAlgorithm)
	pol := certs.DefaultPolicy()
	pol.LegacySHA1 = false
	expect(t, certs.Judge(id.Certificate, certs.Signing, now, now, p.Anchors(), ev, pol), certs.WeakAlgorithm)

	// MD5 is refused below a legacy anchor too.
	der, err := certtest.Resign(resignable(t, id.Certificate.Raw, ca), ca.Key, crypto.MD5)
	if err != nil {
		t.Fatal(err)
	}
	md5, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	r = certs.Judge(md5, certs.Signing, now, now, p.Anchors(), ev, certs.DefaultPolicy())
	expect(t, r, certs.WeakAlgorithm, "certs-weak-algorithm")
	if r.RevocationChecked {
		t.Error("revocation counts as checked although nobody knows who issued it")
	}
}

// resignable undoes the SHA-1 mark, so that Resign finds what it looks for.
func resignable(t *testing.T, der []byte, ca *certtest.CA) []byte {
	t.Helper()
	from, to := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5}, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11}
	return []byte(strings.ReplaceAll(string(der), string(from), string(to)))
}

// TestUncheckedEdge: an issuer whose key nobody can check a signature with is
// never trusted, also not through the exception for SHA-1.
func TestUncheckedEdge(t *testing.T) {
	root := grow(t, nil, "Root", nil)
	middle := *grow(t, root, "Middle", nil).cert
	leaf := *grow(t, nil, "Leaf", person).cert
	leaf.RawIssuer, leaf.AuthorityKeyId = middle.RawSubject, nil
	leaf.SignatureAlgorithm = x509.SHA1WithRSA
	middle.PublicKey, middle.PublicKeyAlgorithm = nil, x509.UnknownPublicKeyAlgorithm
	middle.RawSubjectPublicKeyInfo = ed448SPKI(t)
	a := certs.NewAnchors()
	a.Add(root.cert, certs.Other, true)
	r := certs.Judge(&leaf, certs.Signing, now, now, a, certs.Evidence{Certificates: []*x509.Certificate{&middle}}, certs.DefaultPolicy())
	expect(t, r, certs.WeakAlgorithm, "certs-weak-algorithm")
}

func ed448SPKI(t *testing.T) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 101, 113}}, asn1.BitString{Bytes: make([]byte, 57), BitLength: 57 * 8}})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestUsage(t *testing.T) {
	root := grow(t, nil, "Root", nil)
	eku := func(list ...x509.ExtKeyUsage) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.ExtKeyUsage = list }
	}
	unknown := func(list ...asn1.ObjectIdentifier) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.UnknownExtKeyUsage = list }
	}
	critical := func(oids ...asn1.ObjectIdentifier) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			value, err := asn1.Marshal(oids)
			if err != nil {
				t.Fatal(err)
			}
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: value}}
		}
	}
	ku := func(u x509.KeyUsage) func(*x509.Certificate) { return func(c *x509.Certificate) { c.KeyUsage = u } }
	tsaOID := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	for _, row := range []struct {
		name    string
		purpose certs.Purpose
		change  func(*x509.Certificate)
		status  certs.Status
		warn    string
	}{
		{"no EKU", certs.Signing, nil, certs.Trusted, ""},
		{"officials (VER-06)", certs.Signing, both(ku(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment|x509.KeyUsageKeyEncipherment|x509.KeyUsageDataEncipherment),
			eku(x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection)), certs.Trusted, ""},
		{"document signing", certs.Signing, unknown(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}), certs.Trusted, ""},
		{"Adobe", certs.Signing, unknown(asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 5}), certs.Trusted, ""},
		{"Microsoft", certs.Signing, unknown(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 10, 3, 12}), certs.Trusted, ""},
		{"any", certs.Signing, eku(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageAny), certs.Trusted, ""},
		{"unusual", certs.Signing, unknown(asn1.ObjectIdentifier{1, 2, 3}), certs.Trusted, "certs-extended-key-usage-unusual"},
		{"server only", certs.Signing, eku(x509.ExtKeyUsageServerAuth), certs.BadPurpose, ""},
		{"time-stamping only", certs.Signing, eku(x509.ExtKeyUsageTimeStamping), certs.BadPurpose, ""},
		{"OCSP only", certs.Signing, eku(x509.ExtKeyUsageOCSPSigning), certs.BadPurpose, ""},
		{"nonRepudiation", certs.Signing, ku(x509.KeyUsageContentCommitment), certs.Trusted, ""},
		{"no key usage", certs.Signing, ku(0), certs.Trusted, ""},
		{"encryption only", certs.Signing, ku(x509.KeyUsageKeyEncipherment), certs.BadPurpose, ""},
		{"CA key", certs.Signing, ku(x509.KeyUsageCertSign), certs.BadPurpose, ""},
		{"TSA", certs.TimeStamping, critical(tsaOID), certs.Trusted, ""},
		{"TSA not critical", certs.TimeStamping, eku(x509.ExtKeyUsageTimeStamping), certs.Trusted, "certs-tsa-usage-not-critical"},
		{"TSA not alone", certs.TimeStamping, critical(tsaOID, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}), certs.Trusted, "certs-tsa-usage-not-critical"},
		{"TSA by any", certs.TimeStamping, eku(x509.ExtKeyUsageAny), certs.BadPurpose, ""},
		{"TSA without", certs.TimeStamping, nil, certs.BadPurpose, ""},
		{"OCSP", certs.OCSPSigning, eku(x509.ExtKeyUsageOCSPSigning), certs.Trusted, ""},
		{"OCSP without", certs.OCSPSigning, nil, certs.BadPurpose, ""},
		{"CRL", certs.CRLSigning, ku(x509.KeyUsageCRLSign), certs.Trusted, ""},
		{"CRL without", certs.CRLSigning, nil, certs.BadPurpose, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			change := person
			if row.change != nil {
				change = both(person, row.change)
			}
			leaf := grow(t, root, "Leaf", change)
			r := certs.Judge(leaf.cert, row.purpose, now, now, trusting(root), certs.Evidence{}, certs.DefaultPolicy())
			expect(t, r, row.status)
			if row.warn != "" && !slices.Contains(codes(t, r, certs.Warn), row.warn) {
				t.Errorf("warnings %v, want %s", codes(t, r, certs.Warn), row.warn)
			}
			if row.status == certs.BadPurpose && codes(t, r, certs.Fail)[0] != "certs-bad-purpose" {
				t.Errorf("headline %v", codes(t, r, certs.Fail))
			}
		})
	}
}
