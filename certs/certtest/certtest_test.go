package certtest_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/internal/cms"
)

func newPKI(t *testing.T, cfg certtest.Config) *certtest.PKI {
	t.Helper()
	p, err := certtest.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func judge(t *testing.T, p *certtest.PKI, id *certtest.Identity, at time.Time) certs.Result {
	t.Helper()
	ev, err := p.Evidence(id.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	return certs.Judge(id.Certificate, certs.Signing, at, at, p.Anchors(), ev, certs.DefaultPolicy())
}

func TestDomainsStayApart(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	p := newPKI(t, certtest.Config{Now: func() time.Time { return now }})
	for _, row := range []struct {
		subject certtest.Subject
		issue   func(certtest.Subject, certtest.Options) (*certtest.Identity, error)
		want    certs.Domain
	}{
		{certtest.Subject{CN: "Nguyễn Thị Nghĩa", Title: "Chủ tịch", O: "UBND tỉnh Hà Tĩnh", L: "Hà Tĩnh", Email: "nghia@hatinh.example"}, p.Leader, certs.OfficialDuty},
		{certtest.Subject{CN: "Ủy ban nhân dân tỉnh Vĩnh Long", O: "Ủy ban nhân dân tỉnh Vĩnh Long", L: "Vĩnh Long"}, p.Agency, certs.OfficialDuty},
		{certtest.Subject{CN: "Đặng Hữu Lộc", L: "Nghĩa Hành"}, p.Citizen, certs.Public},
	} {
		id, err := row.issue(row.subject, certtest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if id.Certificate.Subject.CommonName != row.subject.CN || len(id.Chain) != 3 {
			t.Errorf("%q became %q with a chain of %d", row.subject.CN, id.Certificate.Subject.CommonName, len(id.Chain))
		}
		r := judge(t, p, id, now)
		if r.Status != certs.Trusted || r.Domain != row.want || !r.RevocationChecked {
			t.Errorf("%s: %v in %v, revocation checked %v: %v", row.subject.CN, r.Status, r.Domain, r.RevocationChecked, r.Findings)
		}
		// The independent judge agrees.
		roots, middle := x509.NewCertPool(), x509.NewCertPool()
		roots.AddCert(id.Chain[2])
		middle.AddCert(id.Chain[1])
		if _, err := id.Certificate.Verify(x509.VerifyOptions{Roots: roots, Intermediates: middle, CurrentTime: now,
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}}); err != nil {
			t.Errorf("crypto/x509: %v", err)
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	p := newPKI(t, certtest.Config{BaseURL: "http://127.0.0.1:1"})
	id, err := p.Citizen(certtest.Subject{CN: "Đặng Hữu Lộc", L: "Nghĩa Hành"}, certtest.Options{Key: "p256"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Revoke(id.Certificate, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Legacy(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "pki")
	if err := p.Save(dir); err != nil {
		t.Fatal(err)
	}
	keys, err := filepath.Glob(filepath.Join(dir, "*.key"))
	if err != nil || len(keys) != 13 {
		t.Fatalf("%d keys, want 6 CAs, 6 delegates and the TSA: %v", len(keys), err)
	}
	for _, k := range keys {
		if info, err := os.Stat(k); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", k, info.Mode(), err)
		}
	}
	q, err := certtest.Load(dir, certtest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if r := judge(t, q, id, time.Now()); r.Status != certs.Revoked {
		t.Errorf("after loading: %v, want revoked: %v", r.Status, r.Findings)
	}
	again, err := q.Leader(certtest.Subject{CN: "Phạm Thị Vĩnh"}, certtest.Options{Key: "p256"})
	if err != nil {
		t.Fatal(err)
	}
	if r := judge(t, q, again, time.Now()); r.Status != certs.Trusted || !again.Chain[2].Equal(p.OfficialRoot.Certificate) {
		t.Errorf("issued after loading: %v %v", r.Status, r.Findings)
	}
	if want := "http://127.0.0.1:1/pki/official-ca.crl"; again.Certificate.CRLDistributionPoints[0] != want {
		t.Errorf("CRL address %v, want %s", again.Certificate.CRLDistributionPoints, want)
	}
	if len(q.CAs()) != 6 || len(q.Anchors().List()) != 3 {
		t.Errorf("%d CAs, %d anchors after loading", len(q.CAs()), len(q.Anchors().List()))
	}
	if err := os.Remove(filepath.Join(dir, "tsa.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := certtest.Load(dir, certtest.Config{}); err == nil {
		t.Error("a folder without the TSA's key was loaded")
	}
}

func TestWriteAnchors(t *testing.T) {
	p := newPKI(t, certtest.Config{})
	if _, _, err := p.Legacy(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := p.WriteAnchors(dir); err != nil {
		t.Fatal(err)
	}
	a, err := certs.LoadAnchors(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, anchor := range a.List() {
		got[anchor.Domain.String()+" "+filepath.Base(anchor.Source)] = anchor.LegacySHA1
	}
	want := map[string]bool{"official-duty official-root.pem": false, "public public-root.pem": false, "official-duty legacy-root.pem": true}
	for k, v := range want {
		if legacy, ok := got[k]; !ok || legacy != v {
			t.Errorf("%s: loaded %v, legacy %v", k, ok, legacy)
		}
	}
	if len(got) != len(want) {
		t.Errorf("loaded %v", got)
	}
}

func TestServers(t *testing.T) {
	p := newPKI(t, certtest.Config{})
	url, stop, err := p.StartServer(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	id, err := p.Leader(certtest.Subject{CN: "Hồ Văn Vĩnh"}, certtest.Options{Key: "p256"})
	if err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, "GET", url+"/pki/official-ca.cer", nil); !bytes.Equal(got, p.OfficialCA.Certificate.Raw) {
		t.Error("the issuer certificate is another one")
	}
	list, err := x509.ParseRevocationList(fetch(t, "GET", url+"/pki/official-ca.crl", nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := list.CheckSignatureFrom(p.OfficialCA.Certificate); err != nil {
		t.Error(err)
	}

	query, err := ocsp.CreateRequest(id.Certificate, p.OfficialCA.Certificate, &ocsp.RequestOptions{Hash: crypto.SHA256})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := ocsp.ParseResponseForCert(fetch(t, "POST", url+"/ocsp/official-ca", query), id.Certificate, p.OfficialCA.Certificate)
	if err != nil || answer.Status != ocsp.Good {
		t.Errorf("OCSP: %v, %v", answer, err)
	}
	if _, err := ocsp.ParseResponse(fetch(t, "POST", url+"/ocsp/nobody", query), nil); err == nil {
		t.Error("an unknown CA answered")
	}

	digest := sha256.Sum256([]byte("văn bản"))
	nonce := big.NewInt(42)
	query, err = cms.NewTimeStampQuery(digest[:], crypto.SHA256, nonce)
	if err != nil {
		t.Fatal(err)
	}
	token, err := cms.ParseTimeStampReply(fetch(t, "POST", url+"/tsa", query))
	if err != nil {
		t.Fatal(err)
	}
	stamp, err := cms.ParseTimeStamp(token)
	if err != nil {
		t.Fatal(err)
	}
	if stamp.Nonce.Cmp(nonce) != 0 || !bytes.Equal(stamp.Imprint, digest[:]) {
		t.Error("the token is about something else")
	}
	if faults := stamp.Verify(func(cms.Digest) []byte { return digest[:] }); len(faults) > 0 {
		t.Error(faults)
	}
	if _, err := cms.ParseTimeStampReply(fetch(t, "POST", url+"/tsa", []byte("junk"))); err == nil {
		t.Error("junk got a token")
	}
	stop()
	if _, err := http.Get(url + "/pki/official-ca.cer"); err == nil {
		t.Error("still serving after stop")
	}
}

func fetch(t *testing.T, method, url string, body []byte) []byte {
	t.Helper()
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %v", method, url, resp.Status, err)
	}
	return b
}

func TestRefusals(t *testing.T) {
	p, other := newPKI(t, certtest.Config{}), newPKI(t, certtest.Config{})
	if _, err := p.Leader(certtest.Subject{CN: "x"}, certtest.Options{Key: "rsa17"}); err == nil || !strings.Contains(err.Error(), "rsa17") {
		t.Errorf("unknown key type: %v", err)
	}
	if err := p.Revoke(other.TSA.Certificate, time.Now()); err == nil {
		t.Error("revoked a certificate of another PKI")
	}
	if _, err := p.Issuing(p.OfficialRoot, "official-ca", "again"); err == nil {
		t.Error("two CAs with one name")
	}
	if _, err := certtest.New(certtest.Config{CAKey: "nothing"}); err == nil {
		t.Error("made a PKI without keys")
	}
	if _, err := certtest.Load(t.TempDir(), certtest.Config{}); err == nil {
		t.Error("loaded an empty folder")
	}
}
