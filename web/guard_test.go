package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"vanban/internal/fault"
	"vanban/verify"
)

func TestEveryAnswerIsGuarded(t *testing.T) {
	d := sharedDesk(t, nil)
	for _, path := range []string{"/kiem-tra", "/dang-nhap", "/healthz", "/metrics", "/api/v1/me", "/api/v1/openapi.json", "/static/style.css", "/nothing"} {
		a := d.do(ask{method: "GET", path: path})
		for name, want := range map[string]string{
			"Content-Security-Policy": contentPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if len(a.header.Get("X-Request-Id")) < 10 {
			t.Errorf("%s has no request id", path)
		}
		if kind := a.header.Get("Content-Type"); kind == "" || strings.HasPrefix(path, "/static") && !strings.HasPrefix(kind, "text/css") {
			t.Errorf("%s is %q", path, kind)
		}
	}
	if a := d.do(ask{method: "GET", path: "/static/..%2fweb.go"}); a.status != 404 {
		t.Errorf("a file outside: %d", a.status)
	}
	css := d.do(ask{method: "GET", path: "/static/style.css"})
	if a := d.do(ask{method: "GET", path: "/static/style.css", headers: []string{"If-None-Match: " + css.header.Get("ETag")}}); a.status != 304 {
		t.Errorf("unchanged style sheet: %d", a.status)
	}
	if a := d.do(ask{method: "PUT", path: "/kiem-tra"}); a.status != 405 || !strings.Contains(a.header.Get("Allow"), "POST") {
		t.Errorf("PUT: %d, Allow %q", a.status, a.header.Get("Allow"))
	}
}

func TestWritesFromOtherSitesAreRefused(t *testing.T) {
	d := sharedDesk(t, nil)
	b := d.browser(clerk)
	for _, headers := range [][]string{{"Sec-Fetch-Site: cross-site"}, {"Sec-Fetch-Site: same-site"}, {"Origin: https://evil.example"}} {
		a := b.do(ask{method: "POST", path: "/dang-xuat", headers: headers})
		if a.status != http.StatusForbidden {
			t.Errorf("%v: %d", headers, a.status)
		}
	}
	b.get("/van-ban-di")
	b.sees(200, "Trần Văn Tĩnh") // still logged in
}

func TestCookiesAreSecureOverHTTPS(t *testing.T) {
	d := sharedDesk(t, func(c *Config) { c.Secure = true })
	b := d.visitor()
	b.post("/dang-nhap", url.Values{"token": {tokenOf(clerk)}})
	if got := b.last.header.Get("Set-Cookie"); !strings.Contains(got, "; Secure") {
		t.Errorf("cookie %q", got)
	}
	if b.last.header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
	// A forwarding header of a stranger changes nothing.
	d = sharedDesk(t, nil)
	a := d.do(ask{method: "GET", path: "/kiem-tra", headers: []string{"X-Forwarded-Proto: https", "X-Forwarded-For: 9.9.9.9", "X-Real-Ip: 9.9.9.9"}})
	if a.header.Get("Strict-Transport-Security") != "" || strings.Contains(d.log.String(), "9.9.9.9") {
		t.Error("forwarding headers were believed")
	}
}

func TestUnknownErrorsSayNothing(t *testing.T) {
	const secret = "disk at 10.1.2.3 says no"
	for name, broken := range map[string]func() error{
		"error":        func() error { return errors.New(secret) },
		"panic":        func() error { panic(secret) },
		"wrapped code": func() error { return fault.Unexpected.Wrap(errors.New(secret)) },
	} {
		d := sharedDesk(t, func(c *Config) {
			c.Verify = func(context.Context, io.ReaderAt, int64) (*verify.Report, error) { return nil, broken() }
		})
		a := d.do(ask{method: "POST", path: "/api/v1/verify", body: "x", key: "-"})
		if a.status != 500 || a.code() != "internal" || strings.Contains(string(a.body), "10.1.2.3") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		b := d.visitor()
		b.post("/kiem-tra", form{{"file", "x"}})
		b.sees(500, "internal", "Người vận hành hệ thống", "Mã yêu cầu")
		b.seesNot("10.1.2.3")
		if log := d.log.String(); !strings.Contains(log, secret) || !strings.Contains(log, a.header.Get("X-Request-Id")) || !strings.Contains(log, `"level":"ERROR"`) {
			t.Errorf("%s: the log lacks the cause: %s", name, log)
		}
	}
}

func TestTheLogKeepsSecrets(t *testing.T) {
	d := sharedDesk(t, nil)
	d.browser(clerk).get("/van-ban-di?tb=SECRETQUERY")
	d.do(ask{method: "GET", path: "/api/v1/me", who: leader})
	d.do(ask{method: "GET", path: "/api/v1/me", who: "SECRETGUESS"})
	d.do(ask{method: "POST", path: "/api/v1/verify", body: "SECRETDOCUMENT", key: "-"})
	d.do(ask{method: "GET", path: "/SECRETPATH\nlevel=ERROR"[:11]})
	log := d.log.String()
	for _, secret := range []string{"token-of-", "SECRET", "vanban_session"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log contains %s:\n%s", secret, log)
		}
	}
	if lines := strings.Count(log, "\n"); lines != 7 {
		t.Errorf("%d lines for 7 requests:\n%s", lines, log)
	}
	for _, want := range []string{`"route":"/api/v1/me"`, `"person":"nguyen-thi-nghia"`, `"code":"web-token-wrong"`, `"remote":"127.0.0.1"`, `"route":"none"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
}

func TestRatesAreLimited(t *testing.T) {
	d := sharedDesk(t, func(c *Config) { c.Limits.LoginsPerMinute, c.Limits.ChecksPerMinute = 3, 2 })
	b := d.visitor()
	for range 3 {
		b.post("/dang-nhap", url.Values{"token": {"guess"}})
		b.sees(401)
	}
	b.post("/dang-nhap", url.Values{"token": {tokenOf(clerk)}})
	b.sees(429, "web-too-many-requests")
	if a := d.do(ask{method: "GET", path: "/api/v1/me", who: "guess"}); a.status != 429 || a.header.Get("Retry-After") == "" {
		t.Errorf("guessing over the API: %d", a.status)
	}
	if a := d.do(ask{method: "GET", path: "/api/v1/me", who: clerk}); a.status != 200 {
		t.Errorf("a right token is let in all the same: %d", a.status)
	}
	for i, want := range []int{422, 422, 429} {
		if a := d.do(ask{method: "POST", path: "/api/v1/verify", body: "x", key: "-"}); a.status != want {
			t.Errorf("check %d: %d, want %d", i, a.status, want)
		}
	}
	b.post("/kiem-tra", form{{"file", "x"}})
	b.sees(429, "web-too-many-requests")
	if metrics := d.do(ask{method: "GET", path: "/metrics"}); !strings.Contains(string(metrics.body), "vanban_http_rate_limited_total 4\n") {
		t.Errorf("metrics: %s", metrics.body)
	}
}

func TestChecksAtOneTimeAreBounded(t *testing.T) {
	started, finish := make(chan bool), make(chan bool)
	d := sharedDesk(t, func(c *Config) {
		c.Limits.Checks = 1
		c.Verify = func(context.Context, io.ReaderAt, int64) (*verify.Report, error) {
			started <- true
			<-finish
			return &verify.Report{Indication: verify.Indeterminate, Findings: []verify.Finding{}, Signatures: []verify.Signature{}}, nil
		}
	})
	done := make(chan int)
	go func() { done <- d.do(ask{method: "POST", path: "/api/v1/verify", body: "x", key: "-"}).status }()
	<-started
	if a := d.do(ask{method: "POST", path: "/api/v1/verify", body: "x", key: "-"}); a.status != 503 || a.code() != "web-checks-busy" {
		t.Errorf("one too many: %d %s", a.status, a.body)
	}
	finish <- true
	if got := <-done; got != 200 {
		t.Errorf("the first: %d", got)
	}
	go func() { <-started; finish <- true }()
	if a := d.do(ask{method: "POST", path: "/api/v1/verify", body: "x", key: "-"}); a.status != 200 {
		t.Errorf("afterwards: %d", a.status)
	}
}

func TestChecksLeaveNothing(t *testing.T) {
	folder := t.TempDir()
	names := func() []string {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, e := range entries {
			out = append(out, e.Name())
		}
		return out
	}
	d := sharedDesk(t, func(c *Config) {
		c.TempDir = folder
		inner := c.Verify
		c.Verify = func(ctx context.Context, r io.ReaderAt, size int64) (*verify.Report, error) {
			if found := names(); len(found) != 0 {
				t.Errorf("while it is checked the upload has a name: %v", found)
			}
			return inner(ctx, r, size)
		}
	})
	for _, body := range []string{string(theLetter(t).PDF), "no PDF", strings.Repeat("x", testUpload+1)} {
		d.do(ask{method: "POST", path: "/api/v1/verify", body: body, key: "-"})
	}
	cutUpload(t, d, "/api/v1/verify", "")
	if found := names(); len(found) != 0 {
		t.Errorf("checks left %v", found)
	}
}

// A client that promises more than it sends leaves no document behind and
// learns why, if it still listens.
func TestUploadsCutShort(t *testing.T) {
	d := newDesk(t, nil)
	for path, headers := range map[string]string{"/api/v1/verify": "", "/api/v1/documents": "Authorization: Bearer " + tokenOf(clerk) + "\r\nIdempotency-Key: k\r\n"} {
		if got := cutUpload(t, d, path, headers); !strings.Contains(got, " 400 ") || !strings.Contains(got, "web-body-cut-short") {
			t.Errorf("%s: %s", path, got)
		}
	}
	if a := d.do(ask{method: "GET", path: "/api/v1/documents", who: clerk}); strings.TrimSpace(string(a.body)) != `{"documents":[]}` {
		t.Errorf("a cut upload left %s", a.body)
	}
}

// cutUpload announces a whole form and closes its side in the middle.
func cutUpload(t *testing.T, d *desk, path, headers string) string {
	t.Helper()
	letter := theLetter(t)
	body, media := form{{"meta", meta(t, letter)}, {"file", string(letter.PDF)}}.encode()
	whole, _ := io.ReadAll(body)
	if path == "/api/v1/verify" {
		whole, media = letter.PDF, "application/pdf"
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n", path, media, len(whole), headers)
	if _, err := conn.Write(whole[:len(whole)/2]); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	got, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestSlowRequestsEnd(t *testing.T) {
	d := sharedDesk(t, func(c *Config) {
		c.Limits.UploadTime = 200 * time.Millisecond
		c.Verify = func(ctx context.Context, _ io.ReaderAt, _ int64) (*verify.Report, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	})
	began := time.Now()
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/pdf\r\nContent-Length: 100\r\n\r\nslow")
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Errorf("the server did not end the connection: %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestStatusOfEveryKind(t *testing.T) {
	want := map[fault.Kind]int{fault.Input: 422, fault.Unauthenticated: 401, fault.Denied: 403, fault.Missing: 404, fault.Conflict: 409,
		fault.Stale: 412, fault.TooLarge: 413, fault.Busy: 503, fault.Outside: 502, fault.Internal: 500}
	for _, code := range fault.All() {
		if _, special := statusOfCode[code]; special {
			continue
		}
		if got := statusOf(code); got != want[code.Kind()] {
			t.Errorf("%s: %d, want %d", code.ID(), got, want[code.Kind()])
		}
	}
}

func TestMetricsNameNoStranger(t *testing.T) {
	d := sharedDesk(t, nil)
	for i := range 20 {
		d.do(ask{method: "GET", path: fmt.Sprintf("/stranger-%d", i)})
	}
	d.do(ask{method: "POST", path: "/api/v1/verify", body: theLetter(t).PDF, key: "-"})
	d.do(ask{method: "STRANGER", path: "/kiem-tra"})
	if a := d.do(ask{method: "HEAD", path: "/kiem-tra"}); a.status != 200 || len(a.body) != 0 {
		t.Errorf("HEAD: %d", a.status)
	}
	body := d.do(ask{method: "GET", path: "/metrics"}).body
	if bytes.Contains(bytes.ToLower(body), []byte("stranger")) {
		t.Errorf("unknown paths became labels:\n%s", body)
	}
	for _, want := range []string{`vanban_build_info{version="test"} 1`, `vanban_http_requests_total{route="none",method="GET",status="4xx"} 20`,
		`vanban_http_requests_total{route="/api/v1/verify",method="POST",status="2xx"} 1`, "vanban_sessions 0", "vanban_http_requests_running 1"} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("metrics lack %s:\n%s", want, body)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("a desk without a service was made")
	}
}
