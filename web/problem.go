package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"vanban/internal/fault"
)

// problem is an RFC 9457 problem document. Title, detail and hint are
// Vietnamese; detailEn and hintEn say the same in English. It carries no cause:
// causes are for the log.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      string `json:"code"`
	Hint      string `json:"hint,omitempty"`
	Instance  string `json:"instance"`
	DetailEn  string `json:"detailEn"`
	HintEn    string `json:"hintEn,omitempty"`
	RequestID string `json:"requestId"`
}

// retryAfterSeconds is what a client is told to wait when we are busy.
const retryAfterSeconds = 5

// coded turns whatever a handler returned into a coded error. Errors of Echo
// and of net/http are translated by what they mean; anything else is
// unexpected and its text stays in the log.
func (s *server) coded(c echo.Context, err error) *fault.Error {
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	var tooLarge *http.MaxBytesError
	var fromEcho *echo.HTTPError
	switch {
	case errors.As(err, &tooLarge):
		return codeBodyTooLarge.Wrap(err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return codeGone.Wrap(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return codeBodyCut.Wrap(err)
	case errors.As(err, &fromEcho):
		switch fromEcho.Code {
		case http.StatusNotFound:
			return codeNoSuchPage.New()
		case http.StatusMethodNotAllowed:
			return codeMethod.New(c.Request().Method)
		}
	}
	return fault.From(err)
}

// fail answers a request whose handler returned an error: a problem document
// for programs, a page for people.
func (s *server) fail(err error, c echo.Context) {
	e := s.coded(c, err)
	note(c).code, note(c).cause = e.Code.ID(), err
	if c.Response().Committed {
		return
	}
	status := statusOf(e.Code)
	s.failureHeaders(c, status)
	if !forPrograms(c.Request()) {
		if err := s.pageError(c, status, e); err == nil {
			return
		}
	}
	if err := writeProblem(c, status, e); err != nil {
		note(c).cause = errors.Join(note(c).cause, err)
	}
}

// failureHeaders adds what some statuses ask for.
func (s *server) failureHeaders(c echo.Context, status int) {
	h := c.Response().Header()
	switch status {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(retryAfterSeconds))
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="vanban"`)
	case http.StatusRequestEntityTooLarge:
		// net/http would read the rest of the body before the next request on
		// this connection; a client that sends too much is cut off instead.
		h.Set("Connection", "close")
	}
}

func writeProblem(c echo.Context, status int, e *fault.Error) error {
	p := problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: e.Text(fault.Vi), Code: e.Code.ID(), Hint: e.Hint(fault.Vi),
		Instance: c.Request().URL.Path, DetailEn: e.Text(fault.En), HintEn: e.Hint(fault.En),
		RequestID: note(c).id,
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(status, "application/problem+json", body)
}

// forPrograms says whether the answer goes to a program rather than a browser.
func forPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/healthz" ||
		r.URL.Path == "/readyz" || r.URL.Path == "/metrics"
}
