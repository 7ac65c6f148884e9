package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"vanban/exchange"
	"vanban/web/pages"
	"vanban/web/words"
)

func (s *server) documentPage(c echo.Context, who person) error { return s.showDocument(c, who, nil) }

// showDocument renders a document, with the reason why an act on it failed.
func (s *server) showDocument(c echo.Context, who person, failure error) error {
	ctx, id := c.Request().Context(), c.Param("id")
	d, err := s.Service.Document(ctx, who.actor(), id)
	if err != nil {
		return err
	}
	f := s.newFrame(c, &who, "/van-ban/"+d.ID)
	f.Title, f.Nav = d.Subject, "outbox"
	status := http.StatusOK
	if failure != nil {
		status = s.failed(c, &f, failure)
	}
	sent, err := s.Service.Deliveries(ctx, who.actor(), id)
	if err != nil {
		return err
	}
	body := pages.NewDocument(f.W, s.newNames(c), d, sent)
	if body.Acts, err = s.documentForms(c, f.W, who, d, sent); err != nil {
		return err
	}
	if stage := newestStage(d); stage != exchange.StageDraft {
		file, err := s.Service.OpenFile(ctx, who.actor(), id, stage)
		if err != nil {
			return err
		}
		if body.Verdict, err = s.verdict(ctx, f.W, file, d.Verdict); err != nil {
			return err
		}
	}
	f.Body = body
	return s.render(c, status, pages.DocumentPage, f)
}

// verdict checks a file anew, so that the page shows what is true today and
// not what was true when it was sent.
func (s *server) verdict(ctx context.Context, w words.Words, file *exchange.File, known *exchange.Verdict) (*pages.Verdict, error) {
	defer file.Close()
	report, err := s.Verify(ctx, file, file.Size())
	if err != nil {
		return nil, err
	}
	return pages.NewVerdict(w, report, known), nil
}

// documentForms offers what exchange says that the visitor may do now.
func (s *server) documentForms(c echo.Context, w words.Words, who person, d exchange.Document, sent []exchange.Delivery) ([]pages.Act, error) {
	ctx := c.Request().Context()
	allowed, err := s.Service.DocumentActs(ctx, who.actor(), d.ID)
	if err != nil {
		return nil, err
	}
	var out []pages.Act
	form := func(action, name, lead string) pages.Act {
		return pages.Act{Action: "/van-ban/" + d.ID + action, Name: name, Lead: lead, Key: rand.Text(), Version: d.Version}
	}
	if slices.Contains(allowed, exchange.ActApprove) {
		out = append(out, form("/ky", w.SignDocument(), w.SignLead(capacity(who))))
	}
	if slices.Contains(allowed, exchange.ActIssue) {
		out = append(out, form("/phat-hanh", w.IssueDocument(), w.IssueLead()))
	}
	if slices.Contains(allowed, exchange.ActSend) {
		send := form("/gui", w.SendDocument(), w.SendLead())
		if len(sent) > 0 {
			send.Name = w.SendMore()
		}
		if send.Agencies, err = s.receivers(c, d, sent); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(send.Agencies, func(r pages.Receiver) bool { return !r.Sent }) {
			out = append(out, send)
		}
	}
	return out, nil
}

// capacity is in what quality a person signs: "TM. Chủ tịch" and the like.
func capacity(who person) string {
	title := who.post.Title
	if who.post.Authority != "" {
		title = who.post.Authority + " " + title
	}
	if title == "" {
		return who.Name
	}
	return who.Name + ", " + title
}

// receivers lists the agencies that a document can be sent to. What was ticked
// before a failure stays ticked.
func (s *server) receivers(c echo.Context, d exchange.Document, sent []exchange.Delivery) ([]pages.Receiver, error) {
	agencies, err := s.Service.Agencies(c.Request().Context())
	if err != nil {
		return nil, err
	}
	ticked := c.Request().PostForm["to"]
	var out []pages.Receiver
	for _, a := range agencies {
		code := a.Code(s.Clock())
		if a.ID == d.Agency || code == "" {
			continue
		}
		out = append(out, pages.Receiver{
			Code: code, Name: a.Name, Checked: slices.Contains(ticked, code),
			Sent: slices.ContainsFunc(sent, func(d exchange.Delivery) bool { return d.Receiver == a.ID }),
		})
	}
	return out, nil
}

func (s *server) approveForm(c echo.Context, who person) error {
	return s.documentAct(c, who, s.Service.Approve, func(w words.Words, _ exchange.Document) string { return w.DoneApprove() })
}

func (s *server) issueForm(c echo.Context, who person) error {
	return s.documentAct(c, who, s.Service.Issue, func(w words.Words, d exchange.Document) string { return w.DoneIssue(d.Notation) })
}

type documentDeed func(ctx context.Context, by exchange.Actor, cond exchange.If, id string) (exchange.Document, error)

// documentAct does one thing to a document and shows it again either way.
func (s *server) documentAct(c echo.Context, who person, deed documentDeed, say func(words.Words, exchange.Document) string) error {
	cond, err := formCondition(c)
	if err != nil {
		return s.showDocument(c, who, err)
	}
	changed, err := deed(c.Request().Context(), who.actor(), cond, c.Param("id"))
	if err != nil {
		return s.showDocument(c, who, err)
	}
	return s.done(c, "/van-ban/"+changed.ID, func(w words.Words) string { return say(w, changed) })
}

func (s *server) sendForm(c echo.Context, who person) error {
	cond, err := formCondition(c)
	if err == nil && len(c.Request().PostForm["to"]) == 0 {
		err = codeNoReceiver.New()
	}
	if err != nil {
		return s.showDocument(c, who, err)
	}
	id := c.Param("id")
	made, err := s.Service.Send(c.Request().Context(), who.actor(), cond, id, c.Request().PostForm["to"])
	if err != nil {
		return s.showDocument(c, who, err)
	}
	return s.done(c, "/van-ban/"+id, func(w words.Words) string { return w.DoneSend(len(made)) })
}

func (s *server) deliveryPage(c echo.Context, who person) error {
	return s.showDelivery(c, who, "", nil)
}

// showDelivery renders a delivery for its receiver (or its sender), with the
// reason why an act on it failed and what was typed.
func (s *server) showDelivery(c echo.Context, who person, typed string, failure error) error {
	ctx, id := c.Request().Context(), c.Param("id")
	d, err := s.Service.Delivery(ctx, who.actor(), id)
	if err != nil {
		return err
	}
	f := s.newFrame(c, &who, "/van-ban-den/"+d.ID)
	f.Title, f.Nav = d.Subject, "inbox"
	status := http.StatusOK
	if failure != nil {
		status = s.failed(c, &f, failure)
	}
	body := pages.NewDelivery(f.W, s.newNames(c), d)
	if d.Receiver != who.post.Agency {
		body.Back, body.BackName, f.Nav = "/van-ban/"+d.Document, f.W.Outbox(), "outbox"
	}
	file, err := s.Service.OpenDelivered(ctx, who.actor(), id)
	if err != nil {
		return err
	}
	if body.Verdict, err = s.verdict(ctx, f.W, file, &d.Verdict); err != nil {
		return err
	}
	if err := s.deliveryForms(ctx, f.W, who, d, typed, &body); err != nil {
		return err
	}
	f.Body = body
	return s.render(c, status, pages.DocumentPage, f)
}

// deliveryForms offers to accept and to refuse. Exchange does not allow to
// accept what raised an alarm; then the page says why.
func (s *server) deliveryForms(ctx context.Context, w words.Words, who person, d exchange.Delivery, typed string, body *pages.Thing) error {
	allowed, err := s.Service.DeliveryActs(ctx, who.actor(), d.ID)
	if err != nil {
		return err
	}
	base := pages.Act{Version: d.Version}
	if slices.Contains(allowed, exchange.ActAccept) {
		accept := base
		accept.Action, accept.Name, accept.Lead = "/van-ban-den/"+d.ID+"/tiep-nhan", w.AcceptDelivery(), w.AcceptLead()
		accept.Key = rand.Text()
		body.Acts = append(body.Acts, accept)
	} else if slices.Contains(allowed, exchange.ActRefuse) {
		body.Blocked = w.AcceptBlocked()
	}
	if slices.Contains(allowed, exchange.ActRefuse) {
		refuse := base
		refuse.Action, refuse.Name, refuse.Lead = "/van-ban-den/"+d.ID+"/tu-choi", w.RefuseDelivery(), w.RefuseLead()
		refuse.Key, refuse.AskReason, refuse.Danger, refuse.Reason = rand.Text(), true, true, typed
		body.Acts = append(body.Acts, refuse)
	}
	return nil
}

func (s *server) acceptForm(c echo.Context, who person) error {
	cond, err := formCondition(c)
	if err != nil {
		return s.showDelivery(c, who, "", err)
	}
	changed, err := s.Service.Accept(c.Request().Context(), who.actor(), cond, c.Param("id"))
	if err != nil {
		return s.showDelivery(c, who, "", err)
	}
	return s.done(c, "/van-ban-den/"+changed.ID, func(w words.Words) string { return w.DoneAccept(pages.Arrival(changed.ArrivalNumber)) })
}

func (s *server) refuseForm(c echo.Context, who person) error {
	cond, err := formCondition(c)
	reason := c.Request().PostForm.Get("reason")
	if err != nil {
		return s.showDelivery(c, who, reason, err)
	}
	changed, err := s.Service.Refuse(c.Request().Context(), who.actor(), cond, c.Param("id"), reason)
	if err != nil {
		return s.showDelivery(c, who, reason, err)
	}
	return s.done(c, "/van-ban-den/"+changed.ID, words.Words.DoneRefuse)
}
