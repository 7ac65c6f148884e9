package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"vanban/internal/fault"
	"vanban/web/pages"
	"vanban/web/words"
)

const langCookie = "vanban_lang"

// speak gives the words in the language that the visitor asked for: by ?lang=
// (which is then remembered), by an earlier choice, or by Accept-Language.
func (s *server) speak(c echo.Context) words.Words {
	asked := c.QueryParam("lang")
	if asked == "vi" || asked == "en" {
		s.setCookie(c, langCookie, asked, http.SameSiteLaxMode, 365*24*60*60)
		return words.In(fault.Lang(asked))
	}
	if cookie, err := c.Cookie(langCookie); err == nil && (cookie.Value == "vi" || cookie.Value == "en") {
		return words.In(fault.Lang(cookie.Value))
	}
	return words.In(preferred(c.Request().Header.Get("Accept-Language")))
}

// preferred picks English only when it is asked for above Vietnamese
// (RFC 9110, 12.5.4).
func preferred(accept string) fault.Lang {
	if len(accept) > 512 {
		return fault.Vi
	}
	weight := map[fault.Lang]float64{}
	for _, item := range strings.Split(accept, ",") {
		tag, param, _ := strings.Cut(strings.TrimSpace(item), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(param), "q="); ok {
			parsed, err := strconv.ParseFloat(value, 64)
			if err != nil {
				continue
			}
			q = parsed
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		lang := fault.Lang(primary)
		if q > weight[lang] {
			weight[lang] = q
		}
	}
	if weight[fault.En] > weight[fault.Vi] {
		return fault.En
	}
	return fault.Vi
}

// newFrame fills what does not depend on the page. home is the address that
// shows the same page with GET.
func (s *server) newFrame(c echo.Context, who *person, home string) pages.Frame {
	w := s.speak(c)
	f := pages.Frame{
		W: w, OtherLangLink: home + "?lang=" + w.OtherLangCode(), Version: s.Version,
		RequestID: note(c).id, Megabytes: s.Limits.Upload >> 20,
	}
	if who == nil {
		return f
	}
	f.Me = &pages.Header{Name: who.Name, Title: strings.TrimSpace(who.post.Authority + " " + who.post.Title)}
	if agency, err := s.Service.Agency(c.Request().Context(), who.post.Agency); err == nil {
		f.Me.Agency = agency.Name
		f.Me.Title = strings.Trim(f.Me.Title+", "+agency.Name, ", ")
	}
	if cookie, err := c.Cookie(sessionCookie); err == nil && c.Request().Method == http.MethodGet {
		f.Flash = s.sessions.Take(cookie.Value, c.QueryParam("tb"))
	}
	return f
}

// render sends a page, whole or not at all.
func (s *server) render(c echo.Context, status int, name string, f pages.Frame) error {
	var body bytes.Buffer
	if err := s.pages.Render(&body, name, f); err != nil {
		return err
	}
	c.Response().Header().Set("Vary", "Accept-Language, Cookie")
	return c.HTMLBlob(status, body.Bytes())
}

// failed puts an error on a page that is shown again, and returns its status.
func (s *server) failed(c echo.Context, f *pages.Frame, err error) int {
	e := s.coded(c, err)
	note(c).code, note(c).cause = e.Code.ID(), err
	f.Error = pages.NewFailure(f.W, e)
	status := statusOf(e.Code)
	s.failureHeaders(c, status)
	return status
}

// pageError is the page for an error that no page of its own can show.
func (s *server) pageError(c echo.Context, status int, e *fault.Error) error {
	var who *person
	if e.Code.Kind() != fault.Internal && e.Code.Kind() != fault.Busy {
		who, _ = s.visitor(c) // a page about an error is shown to anybody
	}
	f := s.newFrame(c, who, "/")
	f.Title = f.W.NotDone()
	f.Error = pages.NewFailure(f.W, e)
	return s.render(c, status, pages.ErrorPage, f)
}

// static serves our style sheet and icons.
func (s *server) static(c echo.Context) error {
	name := path.Base(path.Clean("/" + c.Param("name")))
	body, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		return codeNoSuchPage.Wrap(err)
	}
	kind := map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}[path.Ext(name)]
	digest := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(digest[:8]) + `"`
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, no-cache")
	if c.Request().Header.Get("If-None-Match") == tag {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, kind, body)
}
