package certs_test

import (
	"crypto"
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

	"golang.org/x/crypto/ocsp"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/internal/fault"
)

// answer makes an OCSP response about leaf in the name of issuer, signed by
// signer, whose certificate is embedded unless it is the issuer.
func answer(t testing.TB, leaf, issuer, signer *node, change func(*ocsp.Response)) []byte {
	t.Helper()
	template := ocsp.Response{
		Status: ocsp.Good, SerialNumber: leaf.cert.SerialNumber,
		ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(day),
	}
	if signer != issuer {
		template.Certificate = signer.cert
	}
	if change != nil {
		change(&template)
	}
	der, err := ocsp.CreateResponse(issuer.cert, signer.cert, template, signer.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// list makes a CRL signed by signer in the name of issuer.
func list(t testing.TB, issuer, signer *node, change func(*x509.RevocationList)) []byte {
	t.Helper()
	template := &x509.RevocationList{Number: big.NewInt(7), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(day)}
	if change != nil {
		change(template)
	}
	name := *issuer.cert
	name.PublicKey = signer.cert.PublicKey
	name.KeyUsage |= x509.KeyUsageCRLSign
	der, err := x509.CreateRevocationList(rand.Reader, template, &name, signer.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func revokes(n *node, at time.Time, reason int, extra ...pkix.Extension) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: n.cert.SerialNumber, RevocationTime: at, ReasonCode: reason, ExtraExtensions: extra})
	}
}

func responder(c *x509.Certificate) {
	person(c)
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
}

// family is a root, two CAs below it and two people below the first of them.
type family struct{ root, ca, otherCA, leaf, sibling, delegate *node }

func newFamily(t testing.TB) family {
	t.Helper()
	var f family
	f.root = grow(t, nil, "Root", nil)
	f.ca = grow(t, f.root, "CA", nil)
	f.otherCA = grow(t, f.root, "Other CA", nil)
	f.leaf = grow(t, f.ca, "Nguyễn Thị Nghĩa", person)
	f.sibling = grow(t, f.ca, "Kẻ Gian", person)
	f.delegate = grow(t, f.ca, "OCSP", responder)
	return f
}

// judge supplies good evidence about the CA, so that only the leaf's matters.
func (f family) judge(t testing.TB, at time.Time, ev certs.Evidence, pol certs.Policy) certs.Result {
	t.Helper()
	ev.Certificates = append(ev.Certificates, f.ca.cert, f.otherCA.cert)
	ev.CRLs = append(ev.CRLs, list(t, f.root, f.root, nil))
	return certs.Judge(f.leaf.cert, certs.Signing, at, now, trusting(f.root), ev, pol)
}

func TestOCSP(t *testing.T) {
	f := newFamily(t)
	foreign := grow(t, f.otherCA, "OCSP of the other CA", responder)
	plain := grow(t, f.ca, "No responder", person)
	ended := grow(t, f.ca, "OCSP, ended", both(responder, func(c *x509.Certificate) { c.NotAfter = now.Add(-day) }))
	revokedDelegate := grow(t, f.ca, "OCSP, revoked", responder)
	stranger := grow(t, nil, "CA", nil) // the CA's name with another key
	revoked := func(at time.Time, reason int) func(*ocsp.Response) {
		return func(r *ocsp.Response) { r.Status, r.RevokedAt, r.RevocationReason = ocsp.Revoked, at, reason }
	}
	for _, row := range []struct {
		name    string
		ev      certs.Evidence
		status  certs.Status
		checked bool
		finding string
		forged  bool
	}{
		{name: "none", status: certs.Trusted, finding: "certs-revocation-unchecked"},
		{name: "by the CA itself", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, nil)), status: certs.Trusted, checked: true},
		{name: "by a delegate", ev: ocsps(answer(t, f.leaf, f.ca, f.delegate, nil)), status: certs.Trusted, checked: true},
		{name: "certificate identifier by SHA-256", ev: ocsps(answer(t, f.leaf, f.ca, f.delegate, func(r *ocsp.Response) { r.IssuerHash = crypto.SHA256 })),
			status: certs.Trusted, checked: true},
		{name: "delegate's certificate elsewhere", status: certs.Trusted, checked: true, ev: certs.Evidence{
			OCSPs:        [][]byte{answer(t, f.leaf, f.ca, f.delegate, func(r *ocsp.Response) { r.Certificate = nil })},
			Certificates: certsOf(f.delegate)}},
		{name: "delegate's certificate nowhere", ev: ocsps(answer(t, f.leaf, f.ca, f.delegate, func(r *ocsp.Response) { r.Certificate = nil })),
			status: certs.Trusted, finding: "certs-ocsp-responder-missing"},
		{name: "revoked", ev: ocsps(answer(t, f.leaf, f.ca, f.delegate, revoked(now.Add(-day), 1))), status: certs.Revoked, finding: "certs-revoked"},
		{name: "revoked later", ev: ocsps(answer(t, f.leaf, f.ca, f.delegate, revoked(now.Add(day), 1))), status: certs.Trusted, checked: true,
			finding: "certs-revoked-later"},
		{name: "unknown", ev: ocsps(answer(t, f.leaf, f.ca, f.delegate, func(r *ocsp.Response) { r.Status = ocsp.Unknown })),
			status: certs.Trusted, finding: "certs-ocsp-unknown"},
		{name: "about somebody else", ev: ocsps(answer(t, f.sibling, f.ca, f.delegate, nil)), status: certs.Trusted, finding: "certs-revocation-unchecked"},
		{name: "same serial number at another CA", ev: ocsps(answer(t, f.leaf, f.otherCA, f.otherCA, revoked(now.Add(-day), 1))),
			status: certs.Trusted, finding: "certs-revocation-unchecked"},
		{name: "by a sibling", ev: ocsps(answer(t, f.leaf, f.ca, plain, nil)), status: certs.Trusted, finding: "certs-ocsp-unauthorised", forged: true},
		{name: "revoked by a sibling", ev: ocsps(answer(t, f.leaf, f.ca, plain, revoked(now.Add(-day), 1))), status: certs.Trusted,
			finding: "certs-ocsp-unauthorised", forged: true},
		{name: "by the leaf itself", ev: ocsps(answer(t, f.leaf, f.ca, f.leaf, nil)), status: certs.Trusted, finding: "certs-ocsp-unauthorised", forged: true},
		{name: "by the other CA's delegate", ev: ocsps(answer(t, f.leaf, f.ca, foreign, nil)), status: certs.Trusted, finding: "certs-ocsp-foreign-responder"},
		{name: "by a stranger in the CA's name", ev: ocsps(answer(t, f.leaf, f.ca, stranger, nil)), status: certs.Trusted, finding: "certs-ocsp-unauthorised", forged: true},
		{name: "by a stranger, certificate not embedded", ev: ocsps(answer(t, f.leaf, f.ca, stranger, func(r *ocsp.Response) { r.Certificate = nil })),
			status: certs.Trusted, finding: "certs-ocsp-forged", forged: true},
		{name: "delegate had ended", ev: ocsps(answer(t, f.leaf, f.ca, ended, nil)), status: certs.Trusted, finding: "certs-evidence-stale"},
		{name: "delegate revoked", status: certs.Trusted, finding: "certs-ocsp-unauthorised", forged: true, ev: certs.Evidence{
			OCSPs: [][]byte{answer(t, f.leaf, f.ca, revokedDelegate, nil)},
			CRLs: [][]byte{list(t, f.ca, f.ca, both2(revokes(revokedDelegate, now.Add(-10*day), 1),
				func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = now.Add(-9*day), now.Add(-8*day) }))}}},
		{name: "stale", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = now.Add(-3*day), now.Add(-2*day) })),
			status: certs.Trusted, finding: "certs-evidence-stale"},
		{name: "stale but revoked", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) {
			revoked(now.Add(-4*day), 1)(r)
			r.ThisUpdate, r.NextUpdate = now.Add(-3*day), now.Add(-2*day)
		})), status: certs.Revoked, finding: "certs-revoked"},
		{name: "no next update, fresh", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) { r.NextUpdate = time.Time{} })), status: certs.Trusted, checked: true},
		{name: "no next update, old", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = now.Add(-2*day), time.Time{} })),
			status: certs.Trusted, finding: "certs-evidence-stale"},
		{name: "from the future", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = now.Add(day), now.Add(2*day) })),
			status: certs.Trusted, finding: "certs-evidence-future"},
		{name: "critical extension", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) {
			r.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		})), status: certs.Trusted, finding: "certs-evidence-unreadable"},
		{name: "no answer", ev: ocsps(ocsp.TryLaterErrorResponse), status: certs.Trusted, finding: "certs-ocsp-no-answer"},
		{name: "junk", ev: ocsps([]byte("junk")), status: certs.Trusted, finding: "certs-evidence-unreadable"},
		{name: "held, then good", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, nil), answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) {
			revoked(now.Add(-5*day), 6)(r)
			r.ThisUpdate = now.Add(-4 * day)
		})), status: certs.Trusted, checked: true},
		{name: "good, then held", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, revoked(now.Add(-time.Hour), 6)), answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) {
			r.ThisUpdate = now.Add(-4 * day)
		})), status: certs.Revoked},
		{name: "revoked for good is not lifted", ev: ocsps(answer(t, f.leaf, f.ca, f.ca, nil), answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) {
			revoked(now.Add(-5*day), 1)(r)
			r.ThisUpdate = now.Add(-4 * day)
		})), status: certs.Revoked},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := f.judge(t, now, row.ev, certs.DefaultPolicy())
			checkEvidence(t, r, row.status, row.checked, row.finding, row.forged)
			if (r.RevokedAt != nil) != (row.status == certs.Revoked) {
				t.Errorf("revoked at %v", r.RevokedAt)
			}
		})
	}
}

// both2 is both for CRLs.
func both2(changes ...func(*x509.RevocationList)) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		for _, change := range changes {
			change(l)
		}
	}
}

func ocsps(list ...[]byte) certs.Evidence { return certs.Evidence{OCSPs: list} }
func crls(list ...[]byte) certs.Evidence  { return certs.Evidence{CRLs: list} }

func checkEvidence(t *testing.T, r certs.Result, status certs.Status, checked bool, finding string, forged bool) {
	t.Helper()
	all := slices.Concat(codes(t, r, certs.Fail), codes(t, r, certs.Warn), codes(t, r, certs.Info))
	if r.Status != status || r.RevocationChecked != checked {
		t.Errorf("%v, checked %v; want %v, %v: %v", r.Status, r.RevocationChecked, status, checked, all)
	}
	if finding != "" && !slices.Contains(all, finding) {
		t.Errorf("no %s among %v", finding, all)
	}
	alarm := false
	for _, f := range r.Findings {
		alarm = alarm || f.Forged()
	}
	if alarm != forged {
		t.Errorf("forged %v, want %v: %v", alarm, forged, all)
	}
}

func TestCRL(t *testing.T) {
	f := newFamily(t)
	stranger := grow(t, nil, "CA", func(c *x509.Certificate) { c.SubjectKeyId = f.ca.cert.SubjectKeyId })
	rekeyed := grow(t, f.root, "CA", func(c *x509.Certificate) { c.SubjectKeyId = []byte("another key") })
	ext := func(id int, critical bool, value any) func(*x509.RevocationList) {
		return func(l *x509.RevocationList) {
			der, ok := value.([]byte)
			if !ok {
				var err error
				if der, err = asn1.Marshal(value); err != nil {
					t.Fatal(err)
				}
			}
			l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, id}, Critical: critical, Value: der})
		}
	}
	// issuingDistributionPoint with one flag: [n] IMPLICIT BOOLEAN TRUE.
	idp := func(n byte) func(*x509.RevocationList) { return ext(28, true, []byte{0x30, 3, 0x80 | n, 1, 0xff}) }
	point := func(u string) func(*x509.RevocationList) {
		uri := append([]byte{0x86, byte(len(u))}, u...)
		full := append([]byte{0xa0, byte(len(uri))}, uri...)
		name := append([]byte{0xa0, byte(len(full))}, full...)
		return ext(28, true, append([]byte{0x30, byte(len(name))}, name...))
	}
	entryIssuer := pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}
	noSign := newFamily(t)
	noSign.ca = grow(t, noSign.root, "CA that signs no CRLs", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCertSign })
	noSign.leaf = grow(t, noSign.ca, "Leaf", person)
	cut := list(t, f.ca, f.ca, revokes(f.sibling, now.Add(-day), 1))

	for _, row := range []struct {
		name    string
		family  *family
		crl     []byte
		status  certs.Status
		checked bool
		finding string
		forged  bool
		detail  string // in the finding's English text
	}{
		{name: "empty", crl: list(t, f.ca, f.ca, nil), status: certs.Trusted, checked: true},
		{name: "somebody else", crl: cut, status: certs.Trusted, checked: true},
		{name: "revoked", crl: list(t, f.ca, f.ca, both2(revokes(f.sibling, now.Add(-day), 1), revokes(f.leaf, now.Add(-day), 1))), status: certs.Revoked, finding: "certs-revoked"},
		{name: "revoked without a reason", crl: list(t, f.ca, f.ca, revokes(f.leaf, now.Add(-day), 0)), status: certs.Revoked},
		{name: "revoked later", crl: list(t, f.ca, f.ca, revokes(f.leaf, now.Add(day), 1)), status: certs.Trusted, checked: true, finding: "certs-revoked-later"},
		{name: "stale", crl: list(t, f.ca, f.ca, func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = now.Add(-3*day), now.Add(-2*day) }),
			status: certs.Trusted, finding: "certs-evidence-stale"},
		{name: "stale but revoked", crl: list(t, f.ca, f.ca, both2(revokes(f.leaf, now.Add(-4*day), 1),
			func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = now.Add(-3*day), now.Add(-2*day) })), status: certs.Revoked},
		{name: "from the future", crl: list(t, f.ca, f.ca, func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = now.Add(day), now.Add(2*day) }),
			status: certs.Trusted, finding: "certs-evidence-future"},
		{name: "forged, empty", crl: list(t, f.ca, stranger, nil), status: certs.Trusted, finding: "certs-crl-forged", forged: true},
		{name: "forged, revoking", crl: list(t, f.ca, stranger, revokes(f.leaf, now.Add(-day), 1)), status: certs.Trusted, finding: "certs-crl-forged", forged: true},
		{name: "another key of the CA", crl: list(t, rekeyed, rekeyed, nil), status: certs.Trusted, finding: "certs-crl-other-key"},
		{name: "another CA", crl: list(t, f.otherCA, f.otherCA, revokes(f.leaf, now.Add(-day), 1)), status: certs.Trusted, finding: "certs-revocation-unchecked"},
		{name: "CA that may not sign CRLs", family: &noSign, crl: list(t, noSign.ca, noSign.ca, nil), status: certs.Trusted, finding: "certs-crl-key-usage"},
		{name: "delta", crl: list(t, f.ca, f.ca, ext(27, true, 5)), status: certs.Trusted, finding: "certs-crl-delta"},
		{name: "unknown critical extension", crl: list(t, f.ca, f.ca, ext(99, true, 5)), status: certs.Trusted, finding: "certs-crl-partial"},
		{name: "unknown extension", crl: list(t, f.ca, f.ca, ext(99, false, 5)), status: certs.Trusted, checked: true},
		{name: "users only", crl: list(t, f.ca, f.ca, idp(1)), status: certs.Trusted, checked: true},
		{name: "CAs only", crl: list(t, f.ca, f.ca, idp(2)), status: certs.Trusted, finding: "certs-crl-partial", detail: "onlyContainsCACerts"},
		{name: "some reasons", crl: list(t, f.ca, f.ca, ext(28, true, []byte{0x30, 4, 0x83, 2, 1, 6})), status: certs.Trusted, finding: "certs-crl-partial"},
		{name: "some reasons, revoked for one", crl: list(t, f.ca, f.ca, both2(ext(28, true, []byte{0x30, 4, 0x83, 2, 1, 6}), revokes(f.leaf, now.Add(-day), 1))), status: certs.Revoked},
		{name: "indirect", crl: list(t, f.ca, f.ca, idp(4)), status: certs.Trusted, finding: "certs-crl-partial", detail: "indirectCRL"},
		{name: "attributes only", crl: list(t, f.ca, f.ca, idp(5)), status: certs.Trusted, finding: "certs-crl-partial", detail: "onlyContainsAttributeCerts"},
		{name: "malformed scope", crl: list(t, f.ca, f.ca, ext(28, true, []byte{0x30, 3, 0x89, 1, 0xff})), status: certs.Trusted, finding: "certs-crl-partial"},
		{name: "its own point", crl: list(t, f.ca, f.ca, point("http://ca.example/a.crl")), status: certs.Trusted, checked: true},
		{name: "another point", crl: list(t, f.ca, f.ca, point("http://ca.example/b.crl")), status: certs.Trusted, finding: "certs-crl-partial"},
		{name: "entry of another issuer", crl: list(t, f.ca, f.ca, revokes(f.sibling, now.Add(-day), 0, entryIssuer)), status: certs.Trusted, finding: "certs-evidence-unreadable", detail: "indirect"},
		{name: "cut off", crl: cut[:len(cut)-10], status: certs.Trusted, finding: "certs-evidence-unreadable"},
		{name: "junk", crl: []byte("<html>"), status: certs.Trusted, finding: "certs-evidence-unreadable"},
	} {
		t.Run(row.name, func(t *testing.T) {
			who := f
			if row.family != nil {
				who = *row.family
			}
			leaf := *who.leaf.cert
			leaf.CRLDistributionPoints = []string{"http://ca.example/a.crl"}
			who.leaf = &node{cert: &leaf}
			r := who.judge(t, now, crls(row.crl), certs.DefaultPolicy())
			checkEvidence(t, r, row.status, row.checked, row.finding, row.forged)
			if row.detail != "" && !strings.Contains(fmt.Sprint(english(r)), row.detail) {
				t.Errorf("%q is not in %q", row.detail, english(r))
			}
		})
	}
}

func english(r certs.Result) (out []string) {
	for _, f := range r.Findings {
		out = append(out, f.Text(fault.En))
	}
	return out
}

// TestRevocationAndTime: what counts is the time asked for.
func TestRevocationAndTime(t *testing.T) {
	f := newFamily(t)
	good := func(at time.Time, life time.Duration) []byte {
		return answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = at, at.Add(life) })
	}
	revoked := list(t, f.ca, f.ca, revokes(f.leaf, now.Add(-10*day), 1))
	for _, row := range []struct {
		name   string
		at     time.Time
		ev     certs.Evidence
		status certs.Status
	}{
		{"signed before the revocation", now.Add(-11 * day), crls(revoked), certs.Trusted},
		{"signed in the same second", now.Add(-10 * day), crls(revoked), certs.Revoked},
		{"signed after it", now.Add(-9 * day), crls(revoked), certs.Revoked},
		{"evidence from before covers the time", now.Add(-5 * day), ocsps(good(now.Add(-6*day), 2*day)), certs.Trusted},
		{"evidence from before had ended", now.Add(-5 * day), ocsps(good(now.Add(-8*day), day)), certs.UnknownRevocation},
		{"evidence from after", now.Add(-5 * day), ocsps(good(now.Add(-2*day), day)), certs.Trusted},
		{"none", now, certs.Evidence{}, certs.UnknownRevocation},
	} {
		t.Run(row.name, func(t *testing.T) {
			pol := certs.DefaultPolicy()
			pol.RequireRevocation = true
			row.ev.CRLs = append(row.ev.CRLs, list(t, f.root, f.root, func(l *x509.RevocationList) { l.ThisUpdate = now.Add(-12 * day) }))
			r := f.judge(t, row.at, row.ev, pol)
			expect(t, r, row.status)
		})
	}
}

// TestEvidenceAfterTheEnd: a list made after a certificate had expired may have
// dropped it, unless the list says that it keeps them.
func TestEvidenceAfterTheEnd(t *testing.T) {
	f := newFamily(t)
	f.leaf = grow(t, f.ca, "Leaf", both(person, func(c *x509.Certificate) { c.NotAfter = now.Add(-3 * day) }))
	at := now.Add(-5 * day)
	cutoff, err := asn1.MarshalWithParams(now.Add(-50*day), "generalized")
	if err != nil {
		t.Fatal(err)
	}
	keeps := pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 60}, Value: cutoff}
	archive := pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}, Value: cutoff}
	for _, row := range []struct {
		name    string
		ev      certs.Evidence
		checked bool
	}{
		{"CRL", crls(list(t, f.ca, f.ca, nil)), false},
		{"CRL that keeps", crls(list(t, f.ca, f.ca, func(l *x509.RevocationList) { l.ExtraExtensions = []pkix.Extension{keeps} })), true},
		{"OCSP", ocsps(answer(t, f.leaf, f.ca, f.ca, nil)), false},
		{"OCSP that keeps", ocsps(answer(t, f.leaf, f.ca, f.ca, func(r *ocsp.Response) { r.ExtraExtensions = []pkix.Extension{archive} })), true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := f.judge(t, at, row.ev, certs.DefaultPolicy())
			finding := ""
			if !row.checked {
				finding = "certs-evidence-after-expiry"
			}
			checkEvidence(t, r, certs.Trusted, row.checked, finding, false)
		})
	}
}

func TestRevokedCA(t *testing.T) {
	p, err := certtest.New(certtest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ca, err := p.Issuing(p.OfficialRoot, "revoked-ca", "CA bị thu hồi (trình diễn)")
	if err != nil {
		t.Fatal(err)
	}
	id, err := ca.Issue(certtest.Subject{CN: "Lê Thị Nghĩa Hành", L: "Nghĩa Hành"}, certtest.Options{Key: "p256"})
	if err != nil {
		t.Fatal(err)
	}
	judge := func(at time.Time) certs.Result {
		ev, err := p.Evidence(id.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		return certs.Judge(id.Certificate, certs.Signing, at, time.Now(), p.Anchors(), ev, certs.DefaultPolicy())
	}
	expect(t, judge(time.Now()), certs.Trusted)
	revokedAt := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := p.Revoke(ca.Certificate, revokedAt); err != nil {
		t.Fatal(err)
	}
	r := judge(time.Now())
	expect(t, r, certs.CARevoked, "certs-ca-revoked")
	if r.RevokedAt == nil || !r.RevokedAt.Equal(revokedAt) || r.RevocationChecked {
		t.Errorf("revoked at %v, checked %v", r.RevokedAt, r.RevocationChecked)
	}
	expect(t, judge(time.Now().Add(-2*time.Hour)), certs.Trusted)
	if err := p.Revoke(id.Certificate, revokedAt); err != nil {
		t.Fatal(err)
	}
	expect(t, judge(time.Now()), certs.Revoked, "certs-revoked", "certs-ca-revoked")
}

// TestRevokedWithoutAnchors: signing with a certificate that the evidence at
// hand says is revoked can be refused without knowing whom to trust.
func TestRevokedWithoutAnchors(t *testing.T) {
	f := newFamily(t)
	ev := crls(list(t, f.ca, f.ca, revokes(f.leaf, now.Add(-day), 1)))
	ev.Certificates = certsOf(f.ca)
	r := judgeNow(f.leaf, nil, ev)
	expect(t, r, certs.NoChain, "certs-not-trusted", "certs-revoked")
	if r.RevocationChecked || r.RevokedAt != nil {
		t.Error("an untrusted chain counts as checked")
	}
}

// TestEvidenceFlood: hundreds of made-up responses cost little, accuse somebody,
// and change nothing.
func TestEvidenceFlood(t *testing.T) {
	f := newFamily(t)
	bad := answer(t, f.leaf, f.ca, f.sibling, nil)
	var ev certs.Evidence
	for range 500 {
		ev.OCSPs = append(ev.OCSPs, bad)
		ev.CRLs = append(ev.CRLs, bad)
	}
	start := time.Now()
	r := f.judge(t, now, ev, certs.DefaultPolicy())
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	checkEvidence(t, r, certs.Trusted, false, "certs-evidence-limit", true)
}

// TestWeakEvidence: below an anchor that is not legacy, a list signed with SHA-1
// proves no certificate good; that it revokes one still counts.
func TestWeakEvidence(t *testing.T) {
	p, err := certtest.New(certtest.Config{CAKey: "rsa2048"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := p.Leader(certtest.Subject{CN: "Nguyễn Thị Nghĩa"}, certtest.Options{Key: "p256"})
	if err != nil {
		t.Fatal(err)
	}
	judge := func() certs.Result {
		ev := certs.Evidence{Certificates: id.Chain}
		for _, ca := range []*certtest.CA{p.OfficialCA, p.OfficialRoot} {
			der, err := p.CRL(ca)
			if err != nil {
				t.Fatal(err)
			}
			if ca == p.OfficialCA {
				if der, err = certtest.Resign(der, ca.Key, crypto.SHA1); err != nil {
					t.Fatal(err)
				}
			}
			ev.CRLs = append(ev.CRLs, der)
		}
		return certs.Judge(id.Certificate, certs.Signing, now, now, p.Anchors(), ev, certs.DefaultPolicy())
	}
	checkEvidence(t, judge(), certs.Trusted, false, "certs-evidence-weak", false)
	if err := p.Revoke(id.Certificate, now.Add(-day)); err != nil {
		t.Fatal(err)
	}
	checkEvidence(t, judge(), certs.Revoked, false, "certs-revoked", false)
}

// TestNoStatusEver: a certificate whose CA says that it will never publish a
// status (RFC 9608) needs none; on a CA certificate that word counts for nothing.
func TestNoStatusEver(t *testing.T) {
	never := func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 56}, Value: asn1.NullBytes}}
	}
	root := grow(t, nil, "Root", nil)
	r := judgeNow(grow(t, root, "Leaf", both(person, never)), trusting(root), certs.Evidence{})
	checkEvidence(t, r, certs.Trusted, true, "", false)
	ca := grow(t, root, "CA", never)
	r = judgeNow(grow(t, ca, "Leaf", both(person, never)), trusting(root), certs.Evidence{Certificates: certsOf(ca)})
	checkEvidence(t, r, certs.Trusted, false, "certs-revocation-unchecked", false)
}
