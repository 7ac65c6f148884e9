package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"
)

// smallBody bounds everything that is not a PDF: forms, JSON, tokens.
const smallBody = 64 << 10

// formOverhead is what a multipart form may add to the file in it.
const formOverhead = 256 << 10

// contentPolicy allows our style sheet, our pictures and forms to ourselves,
// and no script at all.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// record is what one request leaves in the log. Owned by its request.
type record struct {
	id     string
	person string // exchange person id, once authenticated
	code   string // of the error that was answered
	cause  error
}

const recordKey = "record"

// note gives the record of the request.
func note(c echo.Context) *record {
	if r, ok := c.Get(recordKey).(*record); ok {
		return r
	}
	r := &record{id: rand.Text()[:16]}
	c.Set(recordKey, r)
	return r
}

// observe gives the request its id, answers its error, catches panics, counts
// it and writes its one line in the log.
func (s *server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		rec := note(c)
		c.Response().Header().Set("X-Request-Id", rec.id)
		s.metrics.start()
		aborted := s.guard(c, next)
		status, route := c.Response().Status, c.Path()
		if route == "" || status == http.StatusMethodNotAllowed {
			route = "none"
		}
		took := time.Since(began)
		s.metrics.finish(route, c.Request().Method, status, took)
		s.logRequest(c, rec, route, took)
		if aborted {
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

// guard runs the handler and answers its error or panic. It says whether the
// connection must be cut because half an answer was already on its way.
func (s *server) guard(c echo.Context, next echo.HandlerFunc) (aborted bool) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		err, ok := r.(error)
		if ok && err == http.ErrAbortHandler {
			aborted = true
			return
		}
		aborted = c.Response().Committed
		s.fail(fmt.Errorf("panic: %v\n%s", r, debug.Stack()), c)
	}()
	if err := next(c); err != nil {
		aborted = c.Response().Committed
		s.fail(err, c)
	}
	return aborted
}

func (s *server) logRequest(c echo.Context, rec *record, route string, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("id", rec.id),
		slog.String("method", c.Request().Method),
		slog.String("route", route),
		slog.Int("status", c.Response().Status),
		slog.Int64("bytes", c.Response().Size),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("remote", c.RealIP()),
	}
	if rec.person != "" {
		attrs = append(attrs, slog.String("person", rec.person))
	}
	level := slog.LevelInfo
	if rec.code != "" {
		attrs = append(attrs, slog.String("code", rec.code))
	}
	if rec.cause != nil {
		attrs = append(attrs, slog.String("cause", rec.cause.Error()))
	}
	switch status := c.Response().Status; {
	case status == http.StatusInternalServerError:
		level = slog.LevelError
	case status > http.StatusInternalServerError:
		level = slog.LevelWarn
	}
	s.Log.LogAttrs(c.Request().Context(), level, "request", attrs...)
}

// protect sets the headers that every answer carries and refuses writes that
// another site makes a browser send.
func (s *server) protect(next echo.HandlerFunc) echo.HandlerFunc {
	crossOrigin := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.secure(c) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if err := crossOrigin.Check(c.Request()); err != nil {
			return codeCrossOrigin.Wrap(err)
		}
		return next(c)
	}
}

// secure says whether the browser talks HTTPS.
func (s *server) secure(c echo.Context) bool { return s.Secure || c.Scheme() == "https" }

// small is for requests without a file.
func (s *server) small(next echo.HandlerFunc) echo.HandlerFunc {
	return bounded(next, smallBody, s.Limits.RequestTime)
}

// upload is for requests that carry a PDF.
func (s *server) upload(next echo.HandlerFunc) echo.HandlerFunc {
	return bounded(next, s.Limits.Upload+formOverhead, s.Limits.UploadTime)
}

// download is for answers that carry a PDF.
func (s *server) download(next echo.HandlerFunc) echo.HandlerFunc {
	return bounded(next, smallBody, s.Limits.UploadTime)
}

// bounded limits the body and the time of a request. The deadlines of the
// connection are the same for both directions, because net/http goes on
// reading while it answers and takes a read deadline for a lost client.
func bounded(next echo.HandlerFunc, body int64, within time.Duration) echo.HandlerFunc {
	return func(c echo.Context) error {
		writer := c.Response().Writer
		control, until := http.NewResponseController(writer), time.Now().Add(within)
		// Only test recorders have no deadlines; the context below still ends.
		_ = control.SetReadDeadline(until)
		_ = control.SetWriteDeadline(until)
		ctx, cancel := context.WithDeadline(c.Request().Context(), until)
		defer cancel()
		r := c.Request().WithContext(ctx)
		r.Body = http.MaxBytesReader(writer, r.Body, body)
		c.SetRequest(r)
		return next(c)
	}
}
