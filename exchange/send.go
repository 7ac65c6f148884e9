package exchange

import (
	"context"
	"fmt"
	"time"

	"vanban/exchange/directory"
	"vanban/exchange/storage"
)

// Send delivers an issued document to the agencies that have these codes
// today; one code that leads nowhere and nothing is sent to anyone. There is
// at most one delivery of a document to an agency: sending again gives the
// one that exists. The answer has one delivery per receiver, in the order of
// their first mention.
func (s *Service) Send(ctx context.Context, by Actor, cond If, document string, to []string) ([]Delivery, error) {
	if len(to) < 1 || len(to) > s.limits.Receivers {
		return nil, codeReceivers.New(s.limits.Receivers)
	}
	release, err := s.locks.take(ctx, "document/"+document)
	if err != nil {
		return nil, err
	}
	defer release()
	req, err := storage.NewRequest(by.Person, cond.Key, ActSend, document, to)
	if err != nil {
		return nil, err
	}
	at := s.now()
	c, post, answer, err := s.address(ctx, by, cond, req, document, to, at)
	if err != nil || answer != nil {
		return answer, err
	}
	verdict, err := s.verdictOnIssued(ctx, c.document)
	if err != nil {
		return nil, err
	}
	for i := range post {
		if err := s.fill(&post[i], c, verdict, at); err != nil {
			return nil, err
		}
	}
	sent, err := storage.Once(ctx, s.store, req, func(tx storage.Tx) ([]Delivery, error) { return deliver(tx, c.document, post, at) })
	if err == nil {
		s.log.InfoContext(ctx, "document sent", "document", document, "receivers", len(sent), "by", by.Person)
	}
	return sent, err
}

// address checks the request and resolves the codes at today's directory. Of
// each delivery it fills the receiver only.
func (s *Service) address(ctx context.Context, by Actor, cond If, req storage.Request, document string, to []string, at time.Time) (c documentCase, post, answer []Delivery, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		post, answer = nil, nil
		if c, err = documentFor(tx, by, ActSend, document, at); err != nil {
			return err
		}
		old, found, err := storage.Replay[[]Delivery](tx, req)
		if err != nil || found {
			answer = old
			return err
		}
		if cond.Version >= 0 && cond.Version != c.document.Version {
			return codeStale.New(cond.Version, c.document.Version)
		}
		if c.document.State != Issued && c.document.State != Sent {
			return codeNotIssued.New()
		}
		seen := map[string]bool{}
		for _, code := range to {
			a, found, err := directory.FindCode(tx, code, at)
			if err != nil {
				return err
			}
			if !found {
				return codeNoReceiver.New(clip(code))
			}
			if a.ID == c.agency.ID {
				return codeReceivers.New(s.limits.Receivers)
			}
			if !seen[a.ID] {
				post = append(post, Delivery{Receiver: a.ID, ReceiverCode: code})
			}
			seen[a.ID] = true
		}
		return nil
	})
	return c, post, answer, err
}

// verdictOnIssued verifies the bytes that go out, once for all receivers.
func (s *Service) verdictOnIssued(ctx context.Context, d Document) (Verdict, error) {
	file, err := s.open(ctx, d.Issued)
	if err != nil {
		return Verdict{}, err
	}
	defer file.Close()
	return s.judge(ctx, file, file.Size(), d)
}

// fill completes a delivery whose receiver is known.
func (s *Service) fill(v *Delivery, c documentCase, verdict Verdict, at time.Time) error {
	id, err := s.newID(at)
	if err != nil {
		return fmt.Errorf("making an identifier: %w", err)
	}
	d := c.document
	*v = Delivery{
		ID: id, Document: d.ID, Sender: d.Agency, SenderCode: c.agency.Code(at), Receiver: v.Receiver, ReceiverCode: v.ReceiverCode,
		State: Available, Version: 1, Subject: d.Subject, Type: d.Type, Notation: d.Notation, Date: d.Date, File: d.Issued,
		Verdict: verdict, SubmittedAt: at, AvailableAt: at,
	}
	return nil
}

// deliver writes what is new. Submitted and available are one step here, as
// both ends are in the same hub (exchange.md 4(b), lines 1 and 2).
func deliver(tx storage.Tx, d Document, post []Delivery, at time.Time) ([]Delivery, error) {
	now, found, err := storage.Load[Document](tx, documents, d.ID)
	if err != nil {
		return nil, err
	}
	if !found || now.Version != d.Version {
		return nil, codeStale.New(d.Version, now.Version)
	}
	out, fresh := make([]Delivery, 0, len(post)), false
	for _, v := range post {
		id, err := tx.Get(routes, d.ID+"/"+v.Receiver)
		if err != nil {
			return nil, err
		}
		if id != nil {
			old, _, err := storage.Load[Delivery](tx, deliveries, string(id))
			if err != nil {
				return nil, err
			}
			out = append(out, old)
			continue
		}
		if err := saveNew(tx, v); err != nil {
			return nil, err
		}
		out, fresh = append(out, v), true
	}
	if !fresh {
		return out, nil
	}
	if now.State, now.Version = Sent, now.Version+1; now.SentAt == nil {
		now.SentAt = &at
	}
	return out, storage.Save(tx, documents, now.ID, now)
}

func saveNew(tx storage.Tx, v Delivery) error {
	if err := tx.Put(routes, v.Document+"/"+v.Receiver, []byte(v.ID)); err != nil {
		return err
	}
	if err := tx.Put(inbox, v.Receiver+"/"+v.ID, storage.Mark); err != nil {
		return err
	}
	return storage.Save(tx, deliveries, v.ID, v)
}
