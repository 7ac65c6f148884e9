package certs_test

import (
	"crypto/x509"
	"encoding/asn1"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"vanban/certs"
)

// FuzzJudge gives arbitrary bytes as certificate, CRL and OCSP response beside a
// good chain. Nothing may panic or hang; a leaf that the CA did not sign is
// never trusted; and made-up evidence never changes the verdict on a good one.
func FuzzJudge(f *testing.F) {
	fam := newFamily(f)
	crl, answer := list(f, fam.ca, fam.ca, nil), answer(f, fam.leaf, fam.ca, fam.delegate, nil)
	f.Add(fam.leaf.cert.Raw, crl, answer)
	f.Add(fam.ca.cert.Raw, list(f, fam.ca, fam.ca, revokes(fam.sibling, now, 1)), answer)
	f.Add(fam.delegate.cert.Raw, []byte{0x30, 0}, ocsp.TryLaterErrorResponse)
	a := trusting(fam.root)
	signed := map[string]bool{}
	for _, n := range []*node{fam.root, fam.ca, fam.otherCA, fam.leaf, fam.sibling, fam.delegate} {
		signed[string(n.cert.RawTBSCertificate)] = true
	}
	f.Fuzz(func(t *testing.T, cert, crl, answer []byte) {
		ev := certs.Evidence{Certificates: certsOf(fam.ca), CRLs: [][]byte{crl}, OCSPs: [][]byte{answer}}
		if c, err := x509.ParseCertificate(cert); err == nil {
			r := certs.Judge(c, certs.Signing, now, now, a, ev, certs.DefaultPolicy())
			if r.Trusted() && !signed[string(c.RawTBSCertificate)] {
				t.Fatal("trusted a certificate that nobody signed")
			}
			codes(t, r, certs.Fail)
			ev.Certificates = append(ev.Certificates, c)
		}
		r := certs.Judge(fam.leaf.cert, certs.Signing, now, now, a, ev, certs.DefaultPolicy())
		if !r.Trusted() {
			t.Fatalf("made-up evidence changed the verdict to %v", r.Status)
		}
		codes(t, r, certs.Warn)
	})
}

// FuzzReaders compares the two readers of CRLs: whenever the standard library
// reads a list and the CA signed it, this one must agree on what it says.
func FuzzReaders(f *testing.F) {
	fam := newFamily(f)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Add(list(f, fam.ca, fam.ca, revokes(fam.leaf, at, 1)))
	f.Add(list(f, fam.ca, fam.ca, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		// The CA signs whatever the fuzzer made of the list.
		der, ok := resigned(t, b, fam.ca)
		if !ok {
			return
		}
		theirs, err := x509.ParseRevocationList(der)
		if err != nil || theirs.CheckSignatureFrom(fam.ca.cert) != nil {
			return
		}
		want := false
		for _, e := range theirs.RevokedCertificateEntries {
			want = want || e.SerialNumber.Cmp(fam.leaf.cert.SerialNumber) == 0 && !e.RevocationTime.After(now)
		}
		r := certs.Judge(fam.leaf.cert, certs.Signing, now, now, trusting(fam.root),
			certs.Evidence{Certificates: certsOf(fam.ca), CRLs: [][]byte{der}}, certs.DefaultPolicy())
		if r.Status == certs.Revoked && !want {
			t.Fatal("revoked although the standard library reads nothing of it")
		}
		if want && r.Trusted() && r.RevocationChecked {
			t.Fatal("counts as not revoked although the standard library reads that it is")
		}
	})
}

// resigned signs the first element inside b anew with the CA's key.
func resigned(t *testing.T, b []byte, ca *node) ([]byte, bool) {
	t.Helper()
	var parts struct {
		TBS       asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(b, &parts); err != nil {
		return nil, false
	}
	sig := signP256(t, ca, parts.TBS.FullBytes)
	parts.Signature = asn1.BitString{Bytes: sig, BitLength: 8 * len(sig)}
	der, err := asn1.Marshal(parts)
	return der, err == nil
}
