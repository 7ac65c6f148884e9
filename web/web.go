// Package web is the front desk: the JSON API, the pages, log-in, limits.
//
// It authenticates and nothing more: every act goes to exchange with the
// person who asked, and exchange decides whether that person may. Echo stays
// inside this package; what leaves it is an http.Handler.
//
// The policy of the desk, in one place:
//
//   - Programs send a bearer token with each request, browsers a session cookie
//     (HttpOnly, SameSite=Strict, held in memory). The API does not look at
//     cookies and the pages do not look at tokens, so no page of another site
//     can make a browser act; http.CrossOriginProtection refuses the attempt.
//   - Checking a PDF needs no log-in and keeps nothing: the upload goes to a
//     temporary file without a name.
//   - Every body has a size limit, every request a deadline, log-ins and checks a
//     rate limit for each address, and the tables of those are bounded.
//   - Forwarding headers are never believed.
//   - Pages carry no script, and the content security policy allows none.
//   - An error that has no code is answered with a fixed text; its cause, like
//     everything else about a request, is one line in the log. Tokens, bodies,
//     query strings and document contents are never logged.
//
// The API is described by openapi.json, which the tests hold against every
// request and response.
package web

import (
	"context"
	"embed"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"vanban/exchange"
	"vanban/verify"
	"vanban/web/pages"
	"vanban/web/visitors"
)

// Config is what the front desk needs. Service and Verify are required.
type Config struct {
	// Service carries out everything that people ask for.
	Service *exchange.Service
	// Verify checks a PDF offline, now, against the operator's anchors.
	Verify func(ctx context.Context, r io.ReaderAt, size int64) (*verify.Report, error)
	// Limits bound what one client may cost; zero fields take the defaults.
	Limits Limits
	// Version is shown in the footer and in /metrics.
	Version string
	// Secure marks cookies as HTTPS only although our own connection is plain
	// HTTP, because a proxy in front of us ends TLS. Default false.
	Secure bool
	// TempDir holds the nameless files of running checks; "" is os.TempDir.
	TempDir string
	// Clock is for sessions and rate limits; default time.Now.
	Clock func() time.Time
	// Log gets one line per request; default: discard.
	Log *slog.Logger
}

// Limits bound what one client may cost. Zero fields take the defaults.
type Limits struct {
	Upload          int64         // bytes of one PDF; default 64 MiB, keep equal to exchange.Limits.Upload
	UploadTime      time.Duration // to send or fetch a file; default 10 minutes
	RequestTime     time.Duration // for everything else; default 1 minute
	Checks          int           // PDFs checked at one time without log-in, one address an eighth of them; default 64
	ChecksPerMinute int           // of one address; default 60
	LoginsPerMinute int           // wrong tokens of one address; default 10
}

func (l *Limits) fill() {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	if l.Upload <= 0 {
		l.Upload = 64 << 20
	}
	if l.UploadTime <= 0 {
		l.UploadTime = 10 * time.Minute
	}
	if l.RequestTime <= 0 {
		l.RequestTime = time.Minute
	}
	set(&l.Checks, 64)
	set(&l.ChecksPerMinute, 60)
	set(&l.LoginsPerMinute, 10)
}

// server is the state behind the handler. Everything in it is safe for
// concurrent use or never changes after New.
type server struct {
	Config
	pages    *pages.Set
	metrics  *metrics
	sessions *visitors.Sessions
	logins   *visitors.Limiter
	checks   *visitors.Limiter
	checking *visitors.Slots
}

//go:embed openapi.json
var openAPI []byte

//go:embed static
var staticFiles embed.FS

// New checks the configuration, parses the templates once and gives the
// handler. It dials nothing and starts nothing.
func New(c Config) (http.Handler, error) {
	if c.Service == nil || c.Verify == nil {
		return nil, errors.New("web: Config.Service and Config.Verify are required")
	}
	c.Limits.fill()
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.TempDir == "" {
		c.TempDir = os.TempDir()
	}
	parsed, err := pages.Parse()
	if err != nil {
		return nil, err
	}
	s := &server{
		Config: c, pages: parsed, metrics: newMetrics(c.Clock()), sessions: visitors.NewSessions(c.Clock),
		logins:   visitors.NewLimiter(c.Limits.LoginsPerMinute, c.Clock),
		checks:   visitors.NewLimiter(c.Limits.ChecksPerMinute, c.Clock),
		checking: visitors.NewSlots(c.Limits.Checks, max(1, c.Limits.Checks/8)),
	}
	e := echo.New()
	e.HTTPErrorHandler = s.fail
	e.IPExtractor = echo.ExtractIPDirect()
	e.SchemeExtractor = echo.ExtractSchemeDirect()
	e.Use(s.observe, s.protect)
	s.routes(e)
	return e, nil
}

// NewServer wraps the handler in a server with the timeouts that the handler
// counts on; it sets its own deadlines for bodies and answers.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}

// routes is the whole address space.
func (s *server) routes(e *echo.Echo) {
	small, upload, download := s.small, s.upload, s.download
	both(e, "/healthz", s.health, small)
	both(e, "/readyz", s.ready, small)
	both(e, "/metrics", s.showMetrics, small)
	both(e, "/static/:name", s.static, small)

	api := e.Group("/api/v1")
	both(api, "/openapi.json", s.describe, small)
	api.POST("/verify", s.verifyUpload, upload)
	both(api, "/me", s.api(s.me), small)
	both(api, "/agencies", s.api(s.agencies), small)
	both(api, "/documents", s.api(s.documents), small)
	api.POST("/documents", s.api(s.createDocument), upload)
	both(api, "/documents/:id", s.api(s.document), small)
	both(api, "/documents/:id/file", s.api(s.documentFile), download)
	both(api, "/documents/:id/deliveries", s.api(s.deliveriesOf), small)
	api.POST("/documents/:id/approve", s.api(s.change(s.Service.Approve)), small)
	api.POST("/documents/:id/issue", s.api(s.change(s.Service.Issue)), small)
	api.POST("/documents/:id/send", s.api(s.send), small)
	both(api, "/inbox", s.api(s.inbox), small)
	both(api, "/deliveries/:id", s.api(s.delivery), small)
	both(api, "/deliveries/:id/file", s.api(s.deliveryFile), download)
	api.POST("/deliveries/:id/accept", s.api(s.accept), small)
	api.POST("/deliveries/:id/refuse", s.api(s.refuse), small)
	both(api, "/deliveries/:id/receipt", s.api(s.receipt), small)

	both(e, "/", s.start, small)
	both(e, "/dang-nhap", s.loginPage, small)
	e.POST("/dang-nhap", s.login, small)
	e.POST("/dang-xuat", s.logout, small)
	both(e, "/kiem-tra", s.checkPage, small)
	e.POST("/kiem-tra", s.check, upload)
	both(e, "/van-ban-den", s.page(s.inboxPage), small)
	both(e, "/van-ban-den/:id", s.page(s.deliveryPage), small)
	both(e, "/van-ban-den/:id/tep", s.page(s.deliveryFile), download)
	both(e, "/van-ban-den/:id/bien-nhan", s.page(s.receipt), small)
	e.POST("/van-ban-den/:id/tiep-nhan", s.page(s.acceptForm), small)
	e.POST("/van-ban-den/:id/tu-choi", s.page(s.refuseForm), small)
	both(e, "/van-ban-di", s.page(s.outboxPage), small)
	e.POST("/van-ban-di", s.page(s.draftForm), upload)
	both(e, "/van-ban/:id", s.page(s.documentPage), small)
	both(e, "/van-ban/:id/tep", s.page(s.documentFile), download)
	e.POST("/van-ban/:id/ky", s.page(s.approveForm), small)
	e.POST("/van-ban/:id/phat-hanh", s.page(s.issueForm), small)
	e.POST("/van-ban/:id/gui", s.page(s.sendForm), small)
	// A form that failed leaves its own address in the browser; going there
	// again shows the thing itself.
	for _, act := range []string{"/van-ban/:id/ky", "/van-ban/:id/phat-hanh", "/van-ban/:id/gui",
		"/van-ban-den/:id/tiep-nhan", "/van-ban-den/:id/tu-choi"} {
		both(e, act, s.backToThing, small)
	}
}

// both registers a read for GET and HEAD (RFC 9110, 9.1); net/http leaves the
// body of an answer to HEAD away.
func both(r interface {
	GET(string, echo.HandlerFunc, ...echo.MiddlewareFunc) *echo.Route
	HEAD(string, echo.HandlerFunc, ...echo.MiddlewareFunc) *echo.Route
}, path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	r.GET(path, h, m...)
	r.HEAD(path, h, m...)
}
