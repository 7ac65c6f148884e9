package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"vanban/exchange/notation"
	"vanban/exchange/receipt"
	"vanban/exchange/storage"
	"vanban/verify"
)

// Accept registers a delivery under the next arrival number and signs the
// receipt 03 with the receiving agency's seal (REG-02 to 04). It refuses when
// the verdict is an alarm. Accepting again gives the same answer.
func (s *Service) Accept(ctx context.Context, by Actor, cond If, delivery string) (Delivery, error) {
	return s.answer(ctx, by, cond, ActAccept, delivery, "")
}

// Refuse returns a delivery to its sender with a reason of 10 to 500
// characters and signs the receipt 02 (EXC-08).
func (s *Service) Refuse(ctx context.Context, by Actor, cond If, delivery, reason string) (Delivery, error) {
	if reason = notation.CleanText(reason); !notation.ValidText(reason, 10, 500) {
		return Delivery{}, codeReason.New()
	}
	return s.answer(ctx, by, cond, ActRefuse, delivery, reason)
}

// answer works under the lock of the receiving agency, because arrival numbers
// and receipts of one agency come one after the other.
func (s *Service) answer(ctx context.Context, by Actor, cond If, act Act, id, reason string) (Delivery, error) {
	req, err := storage.NewRequest(by.Person, cond.Key, act, id, reason)
	if err != nil {
		return Delivery{}, err
	}
	receiver, err := s.receiverOf(ctx, id)
	if err != nil {
		return Delivery{}, err
	}
	release, err := s.locks.take(ctx, "receiver/"+receiver)
	if err != nil {
		return Delivery{}, err
	}
	defer release()
	at := s.now()
	a := answering{act: act, reason: reason, at: at}
	done, err := s.beginAnswer(ctx, by, cond, req, id, &a)
	if err != nil || done {
		return a.delivery, err
	}
	if act == ActAccept && !a.delivery.Verdict.acceptable() {
		return Delivery{}, codeAlarm.New(a.delivery.Verdict.Indication)
	}
	file, err := s.open(ctx, a.delivery.File)
	if err != nil {
		return Delivery{}, err
	}
	file.Close()
	if err := s.makeReceipt(ctx, by, &a); err != nil {
		return Delivery{}, err
	}
	answered, err := storage.Once(ctx, s.store, req, func(tx storage.Tx) (Delivery, error) { return a.write(tx) })
	if err == nil {
		s.log.InfoContext(ctx, "delivery answered", "delivery", id, "state", string(answered.State), "receiver", receiver, "by", by.Person)
	}
	return answered, err
}

// answering is one answer on its way.
type answering struct {
	deliveryCase
	act    Act
	reason string
	at     time.Time

	year     counter // of arrivals, as read
	chain    link    // newest receipt of the receiver, as read
	answered Delivery
	receipt  []byte
}

func (s *Service) receiverOf(ctx context.Context, id string) (receiver string, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		d, found, err := storage.Load[Delivery](tx, deliveries, id)
		if err == nil && !found {
			err = codeNoDelivery.New(clip(id))
		}
		receiver = d.Receiver
		return err
	})
	return receiver, err
}

// beginAnswer loads the case. done means that a.delivery is the answer: it was
// given before, to this request or to the same one under another key.
func (s *Service) beginAnswer(ctx context.Context, by Actor, cond If, req storage.Request, id string, a *answering) (done bool, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		if a.deliveryCase, err = deliveryFor(tx, by, a.act, id, a.at); err != nil {
			return err
		}
		old, found, err := storage.Replay[Delivery](tx, req)
		if err != nil {
			return err
		}
		if found {
			a.delivery, done = old, true
			return nil
		}
		if d := a.delivery; d.State == Accepted && a.act == ActAccept || d.State == Refused && a.act == ActRefuse && d.Reason == a.reason {
			done = true
			return nil
		}
		if a.delivery.State != Available {
			return codeAnswered.New()
		}
		if cond.Version >= 0 && cond.Version != a.delivery.Version {
			return codeStale.New(cond.Version, a.delivery.Version)
		}
		if a.year, _, err = storage.Load[counter](tx, arrivals, a.yearKey()); err != nil {
			return err
		}
		a.chain, _, err = storage.Load[link](tx, chains, a.receiver.ID)
		return err
	})
	if err != nil {
		a.delivery = Delivery{}
	}
	return done, err
}

func (a *answering) yearKey() string { return fmt.Sprintf("%s/%04d", a.receiver.ID, a.at.Year()) }

// makeReceipt signs the evidence and checks the result as a stranger would.
func (s *Service) makeReceipt(ctx context.Context, by Actor, a *answering) error {
	key, err := s.agencyKey(ctx, a.receiver, a.at)
	if err != nil {
		return err
	}
	evidence, err := s.newID(a.at)
	if err != nil {
		return fmt.Errorf("making an identifier: %w", err)
	}
	d := a.delivery
	d.State, d.Version, d.AnsweredBy, d.AnsweredAt, d.ReceiptID = Refused, d.Version+1, by.Person, &a.at, evidence
	d.Reason = a.reason
	if a.act == ActAccept {
		d.State, d.ArrivalNumber = Accepted, a.year.Last+1
	}
	a.answered = d
	if a.receipt, err = receipt.Make(ctx, key, a.evidence()); err != nil {
		return err
	}
	anchors, policy, known := s.verifier.Trust(ctx, key.Chain())
	report, err := receipt.Verify(a.receipt, receipt.Options{
		Anchors: anchors, Policy: policy, Evidence: known, At: a.at, Document: d.File.SHA256,
	})
	if err != nil {
		return err
	}
	if report.Alarm || report.Indication != verify.TotalPassed {
		return codeReceiptCheck.New(report.Reason())
	}
	return nil
}

func (a *answering) evidence() receipt.Evidence {
	d := a.answered
	e := receipt.Evidence{
		ID: d.ReceiptID, Event: receipt.EventAccepted, Version: 1, Time: receipt.Time(a.at),
		DocumentID: d.Document, DeliveryID: d.ID, Revision: 1, Notation: d.Notation, Date: d.Date,
		Digest:   receipt.Digest{Algorithm: "SHA-256", Value: d.File.SHA256, Size: d.File.Size},
		Sender:   receipt.Party{Code: d.SenderCode, Name: a.sender.Name},
		Receiver: receipt.Party{Code: d.ReceiverCode, Name: a.receiver.Name},
		Status:   receipt.StatusAccepted, Reason: d.Reason, ArrivalNumber: d.ArrivalNumber,
		Verdict:  receipt.Verdict{Indication: d.Verdict.Indication, Alarm: d.Verdict.Alarm},
		Previous: a.chain.SHA256,
	}
	if d.State == Refused {
		e.Event, e.Status = receipt.EventRefused, receipt.StatusRefused
	}
	return e
}

// write commits state, receipt, arrival number and chain together, if nothing
// of what they were made from has moved.
func (a *answering) write(tx storage.Tx) (Delivery, error) {
	now, _, err := storage.Load[Delivery](tx, deliveries, a.delivery.ID)
	if err != nil {
		return Delivery{}, err
	}
	if now.Version != a.delivery.Version {
		return Delivery{}, codeStale.New(a.delivery.Version, now.Version)
	}
	year, _, err := storage.Load[counter](tx, arrivals, a.yearKey())
	if err != nil {
		return Delivery{}, err
	}
	chain, _, err := storage.Load[link](tx, chains, a.receiver.ID)
	if err != nil {
		return Delivery{}, err
	}
	if year != a.year || chain != a.chain {
		return Delivery{}, codeRace.New()
	}
	d := a.answered
	if d.State == Accepted {
		if err := storage.Save(tx, arrivals, a.yearKey(), counter{Last: d.ArrivalNumber, Date: receipt.Time(a.at)[:10]}); err != nil {
			return Delivery{}, err
		}
		if err := tx.Put(incoming, storage.Numbered(a.yearKey(), d.ArrivalNumber), []byte(d.ID)); err != nil {
			return Delivery{}, err
		}
	}
	sum := sha256.Sum256(a.receipt)
	next := link{Sequence: chain.Sequence + 1, SHA256: hex.EncodeToString(sum[:])}
	if err := storage.Save(tx, chains, a.receiver.ID, next); err != nil {
		return Delivery{}, err
	}
	if err := tx.Put(answers, storage.Numbered(a.receiver.ID, next.Sequence), []byte(d.ID)); err != nil {
		return Delivery{}, err
	}
	if err := tx.Put(receipts, d.ID, a.receipt); err != nil {
		return Delivery{}, err
	}
	return d, storage.Save(tx, deliveries, d.ID, d)
}
