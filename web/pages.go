package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"vanban/web/pages"
)

// start sends a visitor to where work waits.
func (s *server) start(c echo.Context) error {
	who, err := s.visitor(c)
	if err != nil {
		return err
	}
	if who == nil {
		return c.Redirect(http.StatusSeeOther, "/dang-nhap")
	}
	return c.Redirect(http.StatusSeeOther, startOf(*who))
}

// backToThing answers GET on the address of a form with the page of its thing.
func (s *server) backToThing(c echo.Context) error {
	path := c.Request().URL.EscapedPath()
	return c.Redirect(http.StatusSeeOther, path[:strings.LastIndexByte(path, '/')])
}

func (s *server) loginPage(c echo.Context) error {
	f := s.newFrame(c, nil, "/dang-nhap")
	f.Title, f.Nav, f.Body = f.W.LogIn(), "login", pages.Login{Next: localPath(c.QueryParam("next"))}
	if c.QueryParam("xong") == "1" {
		f.Flash = f.W.LoggedOut()
	}
	return s.render(c, http.StatusOK, pages.LoginPage, f)
}

// loginAgain shows the form with the reason why it failed.
func (s *server) loginAgain(c echo.Context, err error) error {
	f := s.newFrame(c, nil, "/dang-nhap")
	next := "/"
	if c.Request().PostForm != nil {
		next = localPath(c.Request().PostForm.Get("next"))
	}
	f.Title, f.Nav, f.Body = f.W.LogIn(), "login", pages.Login{Next: next}
	return s.render(c, s.failed(c, &f, err), pages.LoginPage, f)
}

// checkFrame is the check page; who is only for its head, and a failure to
// find out must not keep anybody from checking a document.
func (s *server) checkFrame(c echo.Context) pages.Frame {
	who, _ := s.visitor(c)
	f := s.newFrame(c, who, "/kiem-tra")
	f.Title, f.Nav, f.Body = f.W.CheckPDF(), "check", pages.Check{}
	return f
}

func (s *server) checkPage(c echo.Context) error {
	return s.render(c, http.StatusOK, pages.CheckPage, s.checkFrame(c))
}

// check answers the form of the public check.
func (s *server) check(c echo.Context) error {
	result, err := s.checkForm(c)
	f := s.checkFrame(c)
	if err != nil {
		return s.render(c, s.failed(c, &f, err), pages.CheckPage, f)
	}
	name := result.name
	if name == "" {
		name = f.W.Unnamed()
	}
	f.Body = pages.Check{
		Verdict: pages.NewVerdict(f.W, result.report, nil), Name: name,
		Size: f.W.Size(result.size), SHA256: result.sha256, At: pages.At(f.W, s.Clock()),
	}
	return s.render(c, http.StatusOK, pages.CheckPage, f)
}

func (s *server) checkForm(c echo.Context) (*checked, error) {
	if !s.checks.Allow(c.RealIP()) {
		return nil, codeTooMany.New()
	}
	in, err := s.openForm(c)
	if err != nil {
		return nil, err
	}
	return s.checkUpload(c, in)
}

// health says that the process runs.
func (s *server) health(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// ready says that the store answers.
func (s *server) ready(c echo.Context) error {
	if _, err := s.Service.Agencies(c.Request().Context()); err != nil {
		return fmt.Errorf("readiness: %w", err)
	}
	return c.String(http.StatusOK, "ready\n")
}

func (s *server) showMetrics(c echo.Context) error {
	c.Response().Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	c.Response().WriteHeader(http.StatusOK)
	s.metrics.write(c.Response(), s.Version, s.sessions.Count())
	return nil
}

// describe serves the API description.
func (s *server) describe(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "public, no-cache")
	return c.Blob(http.StatusOK, "application/json", openAPI)
}
