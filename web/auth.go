package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"vanban/exchange"
	"vanban/exchange/directory"
	"vanban/internal/fault"
	"vanban/web/visitors"
)

const (
	sessionCookie = "vanban_session"
	tokenLength   = 256 // longest token that is looked at, in bytes
)

// person is who asks: authenticated, with the post that is shown and whose
// agency is meant when none is named.
type person struct {
	directory.Person
	post directory.Position // the first that holds now; zero when none does
}

func (p person) actor() exchange.Actor { return exchange.Actor{Person: p.ID} }

// has says whether the person has a role in the agency of the shown post. It
// only decides what a page offers; exchange decides what is done.
func (p person) has(role directory.Role) bool {
	for _, r := range p.post.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// handler answers a request of a known person.
type handler func(c echo.Context, who person) error

// authenticate finds the person behind a log-in token.
func (s *server) authenticate(c echo.Context, token string) (person, error) {
	if token == "" || len(token) > tokenLength {
		return person{}, codeTokenWrong.New()
	}
	found, err := s.Service.PersonByToken(c.Request().Context(), token)
	if err != nil {
		if fault.From(err).Code.Kind() == fault.Unauthenticated {
			return person{}, codeTokenWrong.Wrap(err)
		}
		return person{}, err
	}
	note(c).person = found.ID
	who := person{Person: found}
	now := s.Clock()
	for _, post := range found.Positions {
		if holds(post, now) {
			who.post = post
			break
		}
	}
	return who, nil
}

func holds(p directory.Position, at time.Time) bool {
	return !at.Before(p.From) && (p.Until == nil || at.Before(*p.Until))
}

// api lets in who carries a bearer token. Wrong tokens use up the log-in
// allowance of the address, right ones do not.
func (s *server) api(h handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		scheme, token, _ := strings.Cut(c.Request().Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return codeLoginNeeded.New()
		}
		who, err := s.authenticate(c, strings.TrimSpace(token))
		if err != nil {
			if errors.Is(err, codeTokenWrong) && !s.logins.Allow(c.RealIP()) {
				return codeTooMany.New()
			}
			return err
		}
		return h(c, who)
	}
}

// visitor is the person behind the session cookie, or nil.
func (s *server) visitor(c echo.Context) (*person, error) {
	cookie, err := c.Cookie(sessionCookie)
	if err != nil {
		return nil, nil // no cookie
	}
	token := s.sessions.Token(cookie.Value)
	if token == "" {
		return nil, nil
	}
	who, err := s.authenticate(c, token)
	if errors.Is(err, codeTokenWrong) {
		s.sessions.Close(cookie.Value)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &who, nil
}

// page lets in who has a session and sends everybody else to log in.
func (s *server) page(h handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, err := s.visitor(c)
		if err != nil {
			return err
		}
		if who == nil {
			to := "/dang-nhap"
			if c.Request().Method == http.MethodGet {
				to += "?next=" + url.QueryEscape(c.Request().URL.Path)
			}
			return c.Redirect(http.StatusSeeOther, to)
		}
		return h(c, *who)
	}
}

// login trades a token for a session. Wrong tokens use up the allowance of the
// address; when it is spent nobody logs in from there for a while.
func (s *server) login(c echo.Context) error {
	if s.logins.Spent(c.RealIP()) {
		return s.loginAgain(c, codeTooMany.New())
	}
	if err := parseForm(c); err != nil {
		return s.loginAgain(c, err)
	}
	token := strings.TrimSpace(c.Request().PostForm.Get("token"))
	who, err := s.authenticate(c, token)
	if err != nil {
		if errors.Is(err, codeTokenWrong) {
			s.logins.Allow(c.RealIP())
		}
		return s.loginAgain(c, err)
	}
	secret := s.sessions.Open(token)
	if secret == "" {
		return s.loginAgain(c, codeTooMany.New())
	}
	if old, err := c.Cookie(sessionCookie); err == nil {
		s.sessions.Close(old.Value)
	}
	s.setCookie(c, sessionCookie, secret, http.SameSiteStrictMode, int(visitors.Life.Seconds()))
	next := localPath(c.Request().PostForm.Get("next"))
	if next == "/" {
		next = startOf(who)
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// logout ends the session; without one it only goes to the log-in page.
func (s *server) logout(c echo.Context) error {
	if cookie, err := c.Cookie(sessionCookie); err == nil {
		s.sessions.Close(cookie.Value)
	}
	s.setCookie(c, sessionCookie, "", http.SameSiteStrictMode, -1)
	return c.Redirect(http.StatusSeeOther, "/dang-nhap?xong=1")
}

func (s *server) setCookie(c echo.Context, name, value string, same http.SameSite, seconds int) {
	c.SetCookie(&http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.secure(c), SameSite: same,
	})
}

// startOf is where a person's work waits: a clerk begins with what came in,
// leaders and officers with what goes out.
func startOf(who person) string {
	if who.has(directory.Clerk) {
		return "/van-ban-den"
	}
	return "/van-ban-di"
}

// localPath accepts only a path of this site, so that the log-in form cannot
// be made to send people elsewhere.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return u.EscapedPath()
}
