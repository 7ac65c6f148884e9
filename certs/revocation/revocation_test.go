package revocation_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"vanban/certs/certtest"
	"vanban/certs/revocation"
)

// made is a CA with one certificate that it revoked and one that it did not.
type made struct {
	pki           *certtest.PKI
	good, revoked *x509.Certificate
	crl           []byte
	answers       [2][]byte // about good and revoked
}

func setUp(t testing.TB) made {
	t.Helper()
	p, err := certtest.New(certtest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	m := made{pki: p}
	for i, to := range []**x509.Certificate{&m.good, &m.revoked} {
		id, err := p.Leader(certtest.Subject{CN: "Nguyễn Thị Nghĩa"}, certtest.Options{Key: "p256"})
		if err != nil {
			t.Fatal(err)
		}
		*to = id.Certificate
		if i == 1 {
			if err := p.Revoke(id.Certificate, time.Now().Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		if m.answers[i], err = p.OCSP(id.Certificate); err != nil {
			t.Fatal(err)
		}
	}
	if m.crl, err = p.CRL(p.OfficialCA); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestAgreesWithOCSPLibrary compares the two readers field by field.
func TestAgreesWithOCSPLibrary(t *testing.T) {
	m := setUp(t)
	issuer := m.pki.OfficialCA.Certificate
	for i, der := range m.answers {
		ours, err := revocation.ParseOCSP(der)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := ocsp.ParseResponse(der, issuer)
		if err != nil {
			t.Fatal(err)
		}
		a := ours.Answers[0]
		want := map[int]revocation.Status{ocsp.Good: revocation.Good, ocsp.Revoked: revocation.Revoked}[theirs.Status]
		if a.Status != want || !a.ThisUpdate.Equal(theirs.ThisUpdate) || !a.NextUpdate.Equal(theirs.NextUpdate) ||
			!a.RevokedAt.Equal(theirs.RevokedAt) || !ours.ProducedAt.Equal(theirs.ProducedAt) {
			t.Errorf("%+v against %+v", a, theirs)
		}
		if !bytes.Equal(ours.Signed, theirs.TBSResponseData) || !bytes.Equal(ours.Signature, theirs.Signature) ||
			ours.Algorithm != theirs.SignatureAlgorithm || !ours.Embedded[0].Equal(theirs.Certificate) {
			t.Error("what is signed differs")
		}
		if !ours.Names(theirs.Certificate) || ours.Names(issuer) {
			t.Error("another responder is named")
		}
		about := []*x509.Certificate{m.good, m.revoked}
		if !a.IsAbout(about[i], issuer) || a.IsAbout(about[1-i], issuer) || a.IsAbout(about[i], m.pki.PublicCA.Certificate) {
			t.Error("the answer is about another certificate")
		}
		renamed, rekeyed := *issuer, *issuer
		renamed.RawSubject = m.pki.PublicCA.Certificate.RawSubject
		rekeyed.RawSubjectPublicKeyInfo = m.pki.PublicCA.Certificate.RawSubjectPublicKeyInfo
		if a.IsAbout(about[i], &renamed) || a.IsAbout(about[i], &rekeyed) {
			t.Error("half of the CA's identity is enough")
		}
	}
}

func TestBasicResponse(t *testing.T) {
	m := setUp(t)
	whole, err := revocation.ParseOCSP(m.answers[0])
	if err != nil {
		t.Fatal(err)
	}
	// The BasicOCSPResponse starts with the element that holds what is signed.
	i := bytes.Index(m.answers[0], whole.Signed)
	for start := i - 4; start < i; start++ {
		if m.answers[0][start] != 0x30 {
			continue
		}
		if basic, err := revocation.ParseOCSP(m.answers[0][start:]); err != nil || len(basic.Answers) != 1 {
			t.Errorf("a response without its wrapper: %v", err)
		}
		return
	}
	t.Error("no BasicOCSPResponse found")
}

func TestNoAnswer(t *testing.T) {
	for status, der := range map[int][]byte{1: ocsp.MalformedRequestErrorResponse, 3: ocsp.TryLaterErrorResponse, 6: ocsp.UnauthorizedErrorResponse} {
		_, err := revocation.ParseOCSP(der)
		var none revocation.NoAnswer
		if !errors.As(err, &none) || int(none) != status {
			t.Errorf("status %d: %v", status, err)
		}
	}
}

// TestAgreesWithStandardLibrary compares the two readers of a CRL.
func TestAgreesWithStandardLibrary(t *testing.T) {
	m := setUp(t)
	ours, err := revocation.ParseCRL(m.crl)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := x509.ParseRevocationList(m.crl)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ours.Signed, theirs.RawTBSRevocationList) || !bytes.Equal(ours.Signature, theirs.Signature) ||
		!bytes.Equal(ours.Issuer, theirs.RawIssuer) || !bytes.Equal(ours.KeyID, theirs.AuthorityKeyId) ||
		ours.Algorithm != theirs.SignatureAlgorithm || !ours.ThisUpdate.Equal(theirs.ThisUpdate) || !ours.NextUpdate.Equal(theirs.NextUpdate) {
		t.Errorf("%+v", ours)
	}
	for _, c := range []*x509.Certificate{m.good, m.revoked} {
		st, partial, err := ours.About(c)
		if err != nil || partial != "" {
			t.Fatal(err, partial)
		}
		want := revocation.Statement{Status: revocation.Good}
		for _, e := range theirs.RevokedCertificateEntries {
			if e.SerialNumber.Cmp(c.SerialNumber) == 0 {
				want = revocation.Statement{Status: revocation.Revoked, RevokedAt: e.RevocationTime, Reason: e.ReasonCode}
			}
		}
		if st.Status != want.Status || !st.RevokedAt.Equal(want.RevokedAt) || st.Reason != want.Reason {
			t.Errorf("%+v, want %+v", st, want)
		}
	}
}

// TestOldList reads a list that is signed with RSA and SHA-1.
func TestOldList(t *testing.T) {
	m := setUp(t)
	root, _, err := m.pki.Legacy()
	if err != nil {
		t.Fatal(err)
	}
	der, err := m.pki.CRL(root)
	if err != nil {
		t.Fatal(err)
	}
	l, err := revocation.ParseCRL(der)
	if err != nil || l.Algorithm != x509.SHA1WithRSA {
		t.Fatalf("%v %v", l, err)
	}
	der, err = certtest.Resign(bytes.ReplaceAll(der, []byte{0x0d, 1, 1, 5}, []byte{0x0d, 1, 1, 11}), root.Key, crypto.MD5)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := revocation.ParseCRL(der); err != nil || l.Algorithm != x509.MD5WithRSA {
		t.Errorf("%v %v", l, err)
	}
}

// TestTwoAlgorithms: the identifier outside is not signed, so it must be the one
// inside.
func TestTwoAlgorithms(t *testing.T) {
	der := bytes.Clone(setUp(t).crl)
	id := []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2} // ecdsa-with-SHA256
	if bytes.Count(der, id) != 2 {
		t.Fatal("the list is signed with something else")
	}
	der[bytes.LastIndex(der, id)+len(id)-1] = 3
	if _, err := revocation.ParseCRL(der); err == nil {
		t.Error("two algorithms in one list")
	}
}

func TestTooLarge(t *testing.T) {
	if _, err := revocation.ParseOCSP(make([]byte, 1<<20+1)); err == nil {
		t.Error("an OCSP response over the limit was read")
	}
	if _, err := revocation.ParseCRL(make([]byte, 64<<20+1)); err == nil {
		t.Error("a CRL over the limit was read")
	}
}

// FuzzParse: no bytes make the readers panic, and what they return can be asked.
func FuzzParse(f *testing.F) {
	m := setUp(f)
	f.Add(m.crl)
	f.Add(m.answers[0])
	f.Add(m.answers[1])
	f.Add(ocsp.TryLaterErrorResponse)
	issuer := m.pki.OfficialCA.Certificate
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := revocation.ParseCRL(b); err == nil {
			l.About(m.good)
			l.Unusable()
		} else if l != nil {
			t.Fatal("a list and an error")
		}
		o, err := revocation.ParseOCSP(b)
		if err != nil {
			return
		}
		o.Names(issuer)
		for _, a := range o.Answers {
			a.IsAbout(m.good, issuer)
		}
	})
}

func BenchmarkLongCRL(b *testing.B) {
	m := setUp(b)
	l, err := revocation.ParseCRL(longCRL(b, m, 1_000_000))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := l.About(m.good); err != nil {
			b.Fatal(err)
		}
	}
}

// longCRL repeats the one entry of a list; its signature is wrong then.
func longCRL(b *testing.B, m made, n int) []byte {
	b.Helper()
	l, err := x509.ParseRevocationList(m.crl)
	if err != nil {
		b.Fatal(err)
	}
	entry := l.RevokedCertificateEntries[0].Raw
	tbs := l.RawTBSRevocationList
	i := bytes.Index(tbs, entry)
	inner := tlv(0x30, bytes.Repeat(entry, n))
	head, tail := tbs[4:i-2], tbs[i+len(entry):]
	if tbs[i-2] != 0x30 {
		b.Fatal("the list is not where it was")
	}
	signed := tlv(0x30, bytes.Join([][]byte{head, inner, tail}, nil))
	rest := m.crl[bytes.Index(m.crl, tbs)+len(tbs):]
	return tlv(0x30, append(signed, rest...))
}

func tlv(tag byte, body []byte) []byte {
	n := len(body)
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}
