package online

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/internal/cms"
	"vanban/internal/fault"
)

func wantCode(t *testing.T, err error, code *fault.Code) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("error %v, want %s", err, code.ID())
		return
	}
	for _, l := range []fault.Lang{fault.Vi, fault.En} {
		if text := e.Text(l); strings.Contains(text, "%!") || strings.Contains(text, "%s") {
			t.Errorf("%s: text %q", code.ID(), text)
		}
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"14.225.0.1": true, "203.113.0.1": true, "2001:ee0::1": true, "8.8.8.8": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false, "255.255.255.255": false,
		"198.18.0.1": false, "192.0.2.1": false, "240.0.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fec0::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": true, "::127.0.0.1": false, "64:ff9b::7f00:1": false,
		"2002:7f00:1::": false, "2001:0:7f00:1::": false, "2001:db8::1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}

func TestWebPort(t *testing.T) {
	for port, want := range map[string]bool{"80": true, "443": true, "8080": true, "65535": true,
		"25": false, "00025": false, "22": false, "": false, "x": false, "-1": false} {
		if webPort(port) != want {
			t.Errorf("port %q: want %v", port, want)
		}
	}
}

// fakeNet resolves names from a table and connects every address to one server.
type fakeNet struct {
	names  map[string][]string
	server string
	dialed []string
}

func (f *fakeNet) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var out []netip.Addr
	for _, s := range f.names[strings.ToLower(host)] {
		out = append(out, netip.MustParseAddr(s))
	}
	if out == nil {
		return nil, fmt.Errorf("no such host %s", host)
	}
	return out, nil
}

func (f *fakeNet) dial(ctx context.Context, network, address string) (net.Conn, error) {
	f.dialed = append(f.dialed, address)
	return (&net.Dialer{}).DialContext(ctx, network, f.server)
}

// TestGuard: who is connected to, and who is not.
func TestGuard(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, "http://inside.example/secret", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/missing":
			http.NotFound(w, r)
		case "/large":
			w.Write(bytes.Repeat([]byte("x"), 2000))
		default:
			io.WriteString(w, "ok")
		}
	}))
	defer server.Close()
	network := &fakeNet{server: strings.TrimPrefix(server.URL, "http://"), names: map[string][]string{
		"ca.example": {"14.225.0.1"}, "inside.example": {"10.0.0.5"}, "both.example": {"14.225.0.1", "127.0.0.1"},
		"allowed.example": {"10.0.0.6"},
	}}
	c := newClient(Config{Allow: []string{"Allowed.example", "10.0.0.7:8080"}}.withDefaults())
	c.resolver, c.dial = network, network.dial
	for _, row := range []struct {
		url  string
		want *fault.Code // nil: an answer
	}{
		{"http://ca.example/", nil},
		{"http://ca.example:8080/", nil},
		{"http://14.225.0.2/", nil},
		{"http://allowed.example/", nil},
		{"http://ALLOWED.example/", nil},
		{"http://10.0.0.7:8080/", nil},
		{"http://10.0.0.7/", codeRefused},
		{"http://inside.example/", codeRefused},
		{"http://both.example/", codeRefused},
		{"http://127.0.0.1/", codeRefused},
		{"http://[::1]/", codeRefused},
		{"http://169.254.169.254/latest/meta-data", codeRefused},
		{"http://ca.example:25/", codeRefused},
		{"http://ca.example/inside", codeRefused},
		{"http://ca.example/file", codeBadURL},
		{"http://ca.example/loop", codeUnreachable},
		{"http://ca.example/missing", codeUnreachable},
		{"http://ca.example/large", codeTooLarge},
		{"http://nowhere.example/", codeUnreachable},
		{"ldap://ca.example/cn=x", codeBadURL},
		{"file:///etc/passwd", codeBadURL},
		{"http://user:secret@ca.example/", codeBadURL},
		{"http:///x", codeBadURL},
		{"http://ca.example/" + strings.Repeat("a", 3000), codeBadURL},
		{"::", codeBadURL},
	} {
		network.dialed = nil
		b, err := c.do(context.Background(), row.url, nil, "", 1000)
		if row.want == nil {
			if err != nil || string(b) != "ok" {
				t.Errorf("%s: %q, %v", row.url, b, err)
			}
			continue
		}
		wantCode(t, err, row.want)
		for _, address := range network.dialed {
			host, _, _ := net.SplitHostPort(address)
			if !public(netip.MustParseAddr(host)) {
				t.Errorf("%s: connected to %s", row.url, address)
			}
		}
	}
}

func TestSlowServer(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	c := newClient(Config{Allow: []string{"127.0.0.1"}, Timeout: 50 * time.Millisecond}.withDefaults())
	_, err := c.do(context.Background(), server.URL, nil, "", 1000)
	wantCode(t, err, codeUnreachable)
	if err != nil && !strings.Contains(err.Error(), "timeout") {
		t.Errorf("the reason is not named: %v", err)
	}
}

// start makes a PKI whose certificates point to its own running servers.
func start(t *testing.T) (*certtest.PKI, string) {
	t.Helper()
	var handler atomic.Pointer[http.Handler]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*handler.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p, err := certtest.New(certtest.Config{BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	h := p.Handler()
	handler.Store(&h)
	return p, server.URL
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// TestFetch: with the leaf alone, issuer, OCSP and CRL are found by its own
// addresses, and certs is satisfied with them.
func TestFetch(t *testing.T) {
	p, base := start(t)
	id, err := p.Leader(certtest.Subject{CN: "Nguyễn Thị Nghĩa", O: "UBND tỉnh Hà Tĩnh"}, certtest.Options{Key: "p256"})
	if err != nil {
		t.Fatal(err)
	}
	leaf := []*x509.Certificate{id.Certificate}
	f := NewFetcher(Config{Allow: []string{hostOf(t, base)}})
	ev, errs := f.Fetch(context.Background(), leaf)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if len(ev.Certificates) != 2 || len(ev.OCSPs) != 2 || len(ev.CRLs) != 0 {
		t.Errorf("%d certificates, %d OCSP, %d CRLs", len(ev.Certificates), len(ev.OCSPs), len(ev.CRLs))
	}
	now := time.Now()
	if r := certs.Judge(id.Certificate, certs.Signing, now, now, p.Anchors(), ev, certs.DefaultPolicy()); r.Status != certs.Trusted || !r.RevocationChecked {
		t.Errorf("%v, revocation checked %v", r.Status, r.RevocationChecked)
	}

	if err := p.Revoke(id.Certificate, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	ev, _ = f.Fetch(context.Background(), leaf)
	if r := certs.Judge(id.Certificate, certs.Signing, now, now, p.Anchors(), ev, certs.DefaultPolicy()); r.Status != certs.Revoked {
		t.Errorf("after revocation: %v", r.Status)
	}

	// Without an OCSP address the CRL is fetched, once per address.
	id.Certificate.OCSPServer = nil
	ev, errs = f.Fetch(context.Background(), []*x509.Certificate{id.Certificate, p.OfficialCA.Certificate, p.OfficialRoot.Certificate})
	if len(errs) > 0 || len(ev.CRLs) != 1 || len(ev.Certificates) != 0 {
		t.Errorf("%d CRLs, %d certificates, %v", len(ev.CRLs), len(ev.Certificates), errs)
	}

	// Loopback is out of bounds for everybody else.
	ev, errs = NewFetcher(Config{}).Fetch(context.Background(), leaf)
	if len(errs) == 0 || len(ev.Certificates)+len(ev.CRLs)+len(ev.OCSPs) > 0 {
		t.Errorf("fetched from loopback: %v", errs)
	}
	for _, err := range errs {
		wantCode(t, err, codeRefused)
	}
}

// TestFetchIsBounded: a certificate with a thousand addresses costs few requests.
func TestFetchIsBounded(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		io.WriteString(w, "<html>")
	}))
	defer server.Close()
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("%s/%d", server.URL, i))
	}
	var chain []*x509.Certificate
	for i := range 20 {
		chain = append(chain, &x509.Certificate{RawIssuer: []byte{byte(i + 1)}, RawSubject: []byte{byte(i)},
			IssuingCertificateURL: many, OCSPServer: many, CRLDistributionPoints: many})
	}
	ev, errs := NewFetcher(Config{Allow: []string{"127.0.0.1"}}).Fetch(context.Background(), chain)
	if n := requests.Load(); n > maxRequests || n == 0 {
		t.Errorf("%d requests", n)
	}
	if len(ev.CRLs)+len(ev.OCSPs)+len(ev.Certificates) > 0 || len(errs) == 0 {
		t.Error("an error page was taken for evidence")
	}
}

func TestTimeStamp(t *testing.T) {
	p, base := start(t)
	other, _ := start(t)
	digest := sha256.Sum256([]byte("văn bản"))
	ctx := context.Background()
	for _, anchors := range []*certs.Anchors{nil, p.Anchors()} {
		client, err := NewTimeStamper(Config{}, anchors, base+"/tsa")
		if err != nil {
			t.Fatal(err)
		}
		token, err := client.TimeStamp(ctx, digest[:], crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		stamp, err := cms.ParseTimeStamp(token)
		if err != nil || !bytes.Equal(stamp.Imprint, digest[:]) {
			t.Errorf("token: %v", err)
		}
	}
	untrusting, err := NewTimeStamper(Config{}, other.Anchors(), base+"/tsa")
	if err != nil {
		t.Fatal(err)
	}
	_, err = untrusting.TimeStamp(ctx, digest[:], crypto.SHA256)
	wantCode(t, err, codeTSAUntrusted)

	// The second authority answers when the first one does not.
	second, err := NewTimeStamper(Config{}, p.Anchors(), base+"/nothing", base+"/tsa")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.TimeStamp(ctx, digest[:], crypto.SHA256); err != nil {
		t.Error(err)
	}
	none, err := NewTimeStamper(Config{}, nil, base+"/nothing", base+"/nothing-either")
	if err != nil {
		t.Fatal(err)
	}
	_, err = none.TimeStamp(ctx, digest[:], crypto.SHA256)
	wantCode(t, err, codeTSA)

	if _, err := second.TimeStamp(ctx, digest[:20], crypto.SHA1); err == nil {
		t.Error("a SHA-1 imprint was sent")
	}
	_, err = NewTimeStamper(Config{}, nil)
	wantCode(t, err, codeNoTSA)
	_, err = NewTimeStamper(Config{}, nil, "ftp://tsa.example/")
	wantCode(t, err, codeBadURL)
}

// TestTimeStampLies: an authority that answers with something else.
func TestTimeStampLies(t *testing.T) {
	now := time.Now()
	clock := now
	p, err := certtest.New(certtest.Config{Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	digest, otherDigest := sha256.Sum256([]byte("a")), sha256.Sum256([]byte("b"))
	query := func(d []byte) []byte {
		q, err := cms.NewTimeStampQuery(d, crypto.SHA256, nil)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	replay := p.TimeStamp(query(digest[:]))
	leader, err := p.Leader(certtest.Subject{CN: "Kẻ mạo danh"}, certtest.Options{Key: "p256"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name   string
		answer func(query []byte) []byte
		cfg    Config
		want   *fault.Code
	}{
		{"replayed, no nonce", func([]byte) []byte { return replay }, Config{}, codeTSAWrong},
		{"another imprint", func([]byte) []byte { return p.TimeStamp(query(otherDigest[:])) }, Config{}, codeTSAWrong},
		{"altered", func(q []byte) []byte {
			b := p.TimeStamp(q)
			b[len(b)-3] ^= 1
			return b
		}, Config{}, codeTSAWrong},
		{"old clock", func(q []byte) []byte {
			clock = now.Add(-24 * time.Hour)
			defer func() { clock = now }()
			return p.TimeStamp(q)
		}, Config{}, codeTSAWrong},
		{"another policy", p.TimeStamp, Config{TSAPolicies: []string{"1.2.3"}}, codeTSAWrong},
		{"not an authority", func(q []byte) []byte {
			imposter := *p.TSA
			defer func() { *p.TSA = imposter }()
			*p.TSA = *leader
			return p.TimeStamp(q)
		}, Config{}, codeTSAUntrusted},
		{"refusal", func([]byte) []byte { return cms.RejectTimeStamp("no") }, Config{}, codeTSADenied},
		{"page", func([]byte) []byte { return []byte("<html>") }, Config{}, codeTSADenied},
		{"empty", func([]byte) []byte { return nil }, Config{}, codeTSADenied},
		{"endless", func([]byte) []byte { return make([]byte, 1<<20) }, Config{}, codeTooLarge},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				q, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				w.Write(row.answer(q))
			}))
			defer server.Close()
			client, err := NewTimeStamper(row.cfg, nil, server.URL)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.TimeStamp(context.Background(), digest[:], crypto.SHA256)
			wantCode(t, err, row.want)
		})
	}
}
