package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"vanban/exchange"
	"vanban/exchange/directory"
	"vanban/exchange/layout"
	"vanban/exchange/notation"
	"vanban/web/pages"
	"vanban/web/words"
)

// names looks up what to call agencies and people, once for each page.
type names struct {
	ctx      context.Context
	service  *exchange.Service
	agencies map[string]string
	people   map[string]string
}

// Agency is the name of an agency, or its id when it cannot be found.
func (n *names) Agency(id string) string {
	return lookUp(n.agencies, id, func() (string, error) {
		a, err := n.service.Agency(n.ctx, id)
		return a.Name, err
	})
}

// Person is the name of a person, or the id when it cannot be found.
func (n *names) Person(id string) string {
	return lookUp(n.people, id, func() (string, error) {
		p, err := n.service.Person(n.ctx, id)
		return p.Name, err
	})
}

func lookUp(known map[string]string, id string, find func() (string, error)) string {
	if id == "" {
		return ""
	}
	name, ok := known[id]
	if !ok {
		var err error
		if name, err = find(); err != nil || name == "" {
			name = id
		}
		known[id] = name
	}
	return name
}

func (s *server) newNames(c echo.Context) *names {
	return &names{c.Request().Context(), s.Service, map[string]string{}, map[string]string{}}
}

func (s *server) inboxPage(c echo.Context, who person) error {
	f := s.newFrame(c, &who, "/van-ban-den")
	f.Title, f.Nav, f.Body = f.W.Inbox(), "inbox", pages.Inbox{}
	page := exchange.Page{Before: c.QueryParam("truoc")}
	found, err := s.Service.Inbox(c.Request().Context(), who.actor(), who.post.Agency, page)
	if err != nil {
		return s.render(c, s.failed(c, &f, err), pages.InboxPage, f)
	}
	body := pages.NewInbox(f.W, s.newNames(c), found)
	if full(len(found), page) {
		body.Older = found[len(found)-1].ID
	}
	f.Body = body
	return s.render(c, http.StatusOK, pages.InboxPage, f)
}

func (s *server) outboxPage(c echo.Context, who person) error {
	return s.showOutbox(c, who, pages.Draft{Type: notation.OfficialLetter}, nil)
}

// showOutbox renders the page, with the form as it was left when a draft was
// refused.
func (s *server) showOutbox(c echo.Context, who person, form pages.Draft, failure error) error {
	ctx := c.Request().Context()
	f := s.newFrame(c, &who, "/van-ban-di")
	f.Title, f.Nav, f.Body = f.W.Outbox(), "outbox", pages.Outbox{}
	status := http.StatusOK
	if failure != nil {
		status = s.failed(c, &f, failure)
	}
	page := exchange.Page{Before: c.QueryParam("truoc")}
	found, err := s.Service.Outbox(ctx, who.actor(), who.post.Agency, page)
	if err != nil {
		return s.render(c, s.failed(c, &f, err), pages.OutboxPage, f)
	}
	body := pages.NewOutbox(f.W, s.newNames(c), found, who.ID, who.has(directory.Clerk))
	if full(len(found), page) {
		body.Older = found[len(found)-1].ID
	}
	if who.has(directory.Clerk) || who.has(directory.Officer) {
		if err := s.fillDraft(ctx, f.W, who, &form); err != nil {
			status = s.failed(c, &f, err)
		}
		body.Form = &form
	}
	f.Body = body
	return s.render(c, status, pages.OutboxPage, f)
}

// fillDraft adds the choices of the form.
func (s *server) fillDraft(ctx context.Context, w words.Words, who person, form *pages.Draft) error {
	form.Key = rand.Text()
	form.Types = pages.TypeChoices(w)
	people, err := s.Service.People(ctx, who.actor(), who.post.Agency)
	if err != nil {
		return err
	}
	now := s.Clock()
	for _, p := range people {
		if post, ok := p.Holds(who.post.Agency, directory.Leader, now); ok {
			title := strings.TrimSpace(post.Authority + " " + post.Title)
			form.Leaders = append(form.Leaders, pages.Choice{Value: p.ID, Name: p.Name + ", " + title})
		}
	}
	return nil
}

// draftForm takes the upload form; the file is its last part and streamed.
func (s *server) draftForm(c echo.Context, who person) error {
	in, err := s.openForm(c)
	var form pages.Draft
	if in != nil {
		form = pages.Draft{Open: true, Type: in.fields["type"], Unit: in.fields["unit"], Subject: in.fields["subject"],
			Leader: in.fields["leader"], Marks: in.fields["marks"]}
	}
	if err != nil {
		return s.showOutbox(c, who, form, err)
	}
	made, err := s.createFromForm(c, who, in, form)
	if err != nil {
		return s.showOutbox(c, who, form, err)
	}
	return s.done(c, "/van-ban/"+made.ID, words.Words.DoneDraft)
}

func (s *server) createFromForm(c echo.Context, who person, in *incoming, form pages.Draft) (exchange.Document, error) {
	draft := exchange.Draft{
		Agency: who.post.Agency, Type: form.Type, Unit: strings.TrimSpace(form.Unit),
		Subject: strings.TrimSpace(form.Subject), Leader: form.Leader,
	}
	if marks := strings.TrimSpace(form.Marks); marks != "" {
		var l layout.Layout
		if err := decodeJSON(strings.NewReader(marks), &l); err != nil {
			return exchange.Document{}, codeMarksBad.Wrap(err)
		}
		draft.Layout = &l
	}
	key := in.fields["key"]
	if !goodKey(key) {
		return exchange.Document{}, codeBodyBad.New()
	}
	made, err := s.Service.CreateDraft(c.Request().Context(), who.actor(), exchange.If{Key: key, Version: -1}, draft, in)
	return made, in.explain(err)
}

// done redirects after a form that worked and leaves the message for the next
// page in the session.
func (s *server) done(c echo.Context, to string, say func(words.Words) string) error {
	if cookie, err := c.Cookie(sessionCookie); err == nil {
		if id := s.sessions.Leave(cookie.Value, say(s.speak(c))); id != "" {
			to += "?tb=" + url.QueryEscape(id)
		}
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// formCondition reads what a form on a page is sent under.
func formCondition(c echo.Context) (exchange.If, error) {
	if err := parseForm(c); err != nil {
		return exchange.If{}, err
	}
	form := c.Request().PostForm
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil || version < 1 || !goodKey(form.Get("key")) {
		return exchange.If{}, codeBodyBad.New()
	}
	return exchange.If{Key: form.Get("key"), Version: version}, nil
}
