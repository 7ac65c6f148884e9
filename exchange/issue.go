package exchange

import (
	"context"
	"time"

	"vanban/exchange/notation"
	"vanban/exchange/storage"
	"vanban/verify"
)

// Approve signs as the leader: the visible signature, and in the same revision
// the fields that number, date and seal will fill, so that they come out as
// permitted changes (SIG-15).
func (s *Service) Approve(ctx context.Context, by Actor, cond If, document string) (Document, error) {
	release, err := s.locks.take(ctx, "document/"+document)
	if err != nil {
		return Document{}, err
	}
	defer release()
	req, err := storage.NewRequest(by.Person, cond.Key, ActApprove, document)
	if err != nil {
		return Document{}, err
	}
	at := s.now()
	c, answer, err := s.begin(ctx, by, cond, req, ActApprove, document, at)
	if err != nil || answer != nil {
		return deref(answer), err
	}
	if c.document.State != Drafted {
		return Document{}, codeNotDraft.New()
	}
	key, err := s.personKey(ctx, c.person, at)
	if err != nil {
		return Document{}, err
	}
	d := c.document
	d.State, d.ApprovedBy, d.ApprovedAt = Approved, c.person.ID, &at
	d.Approved, err = s.produce(ctx, d.Draft, func(in storage.BlobReader, out storage.BlobWriter) error {
		if err := s.signAsLeader(ctx, key, c, at, in, out); err != nil {
			return err
		}
		v, err := s.judge(ctx, out, out.Size(), d)
		if err != nil {
			return err
		}
		d.Verdict = &v
		return v.produced(v.holds(partLeader, c.person.ID))
	})
	if err != nil {
		return Document{}, err
	}
	return s.advance(ctx, by, req, c.document, d, func(storage.Tx) error { return nil })
}

// Issue numbers, dates and seals in one act (NUM-03). The number is read under
// the lock of its series, the file is sealed with it and made durable, and only
// then one transaction takes the number, if it is still the next one, and
// changes the state. A crash before that transaction has used no number; after
// it everything is there (NUM-01: no gap, no duplicate).
func (s *Service) Issue(ctx context.Context, by Actor, cond If, document string) (Document, error) {
	release, err := s.locks.take(ctx, "document/"+document)
	if err != nil {
		return Document{}, err
	}
	defer release()
	req, err := storage.NewRequest(by.Person, cond.Key, ActIssue, document)
	if err != nil {
		return Document{}, err
	}
	at := s.now()
	c, answer, err := s.begin(ctx, by, cond, req, ActIssue, document, at)
	if err != nil || answer != nil {
		return deref(answer), err
	}
	switch c.document.State {
	case Drafted:
		return Document{}, codeNotApproved.New() // SIG-01
	case Approved:
	default:
		return Document{}, codeAlreadyIssued.New(c.document.Notation)
	}
	approved, err := s.checkApproved(ctx, c)
	if err != nil {
		return Document{}, err
	}
	return s.number(ctx, by, req, c, approved)
}

// approval proves that checkApproved has said yes; number takes nothing else.
type approval struct{ file Blob }

// checkApproved is SIG-02: the agency's seal goes only onto a document that
// carries the valid signature of a person entitled to sign for it.
func (s *Service) checkApproved(ctx context.Context, c documentCase) (approval, error) {
	d := c.document
	in, err := s.open(ctx, d.Approved)
	if err != nil {
		return approval{}, err
	}
	defer in.Close()
	v, err := s.judge(ctx, in, in.Size(), d)
	if err != nil {
		return approval{}, codeLeaderSignature.Wrap(err, "unreadable")
	}
	if v.Alarm || v.Indication != verify.TotalPassed {
		return approval{}, codeLeaderSignature.New(v.reason())
	}
	if !v.holds(partLeader, d.Leader) {
		return approval{}, codeIncompetent.New(c.agency.Name)
	}
	return approval{file: d.Approved}, nil
}

// number takes the next number of the series and seals with it.
func (s *Service) number(ctx context.Context, by Actor, req storage.Request, c documentCase, from approval) (Document, error) {
	release, err := s.locks.take(ctx, "series/"+c.agency.ID+"/"+c.document.Series)
	if err != nil {
		return Document{}, err
	}
	defer release()
	at := s.now() // the number's own time: the lock may have been waited for over midnight
	series := seriesKey(c.agency.ID, at.Year(), c.document.Series)
	last, err := s.lastNumber(ctx, series, at)
	if err != nil {
		return Document{}, err
	}
	key, err := s.agencyKey(ctx, c.agency, at)
	if err != nil {
		return Document{}, err
	}
	d := c.document
	d.Number, d.Date = last.Last+1, notation.ISODate(at)
	d.Notation = notation.Format(d.Number, notation.Symbol(d.Type, c.agency.Symbol, d.Unit))
	d.State, d.IssuedBy, d.IssuedAt = Issued, by.Person, &at
	c.document = d
	d.Issued, err = s.produce(ctx, from.file, func(in storage.BlobReader, out storage.BlobWriter) error {
		if err := s.seal(ctx, key, c, at, in, out); err != nil {
			return err
		}
		v, err := s.judge(ctx, out, out.Size(), d)
		if err != nil {
			return err
		}
		d.Verdict = &v
		return v.produced(v.holds(partLeader, d.Leader) && v.holds(partSeal, d.Agency))
	})
	if err != nil {
		return Document{}, err
	}
	return s.advance(ctx, by, req, c.document, d, func(tx storage.Tx) error {
		now, _, err := storage.Load[counter](tx, counters, series)
		if err != nil {
			return err
		}
		if now != last {
			return codeRace.New()
		}
		if err := storage.Save(tx, counters, series, counter{Last: d.Number, Date: d.Date}); err != nil {
			return err
		}
		return tx.Put(register, storage.Numbered(series, d.Number), []byte(d.ID))
	})
}

// lastNumber reads the counter and refuses to let a date run backwards (NUM-04).
func (s *Service) lastNumber(ctx context.Context, series string, at time.Time) (last counter, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		last, _, err = storage.Load[counter](tx, counters, series)
		return err
	})
	if today := notation.ISODate(at); err == nil && last.Date > today {
		err = codeClockBehind.New(today, last.Date)
	}
	return last, err
}

// begin loads the case of an act, checks the rights and the version, and finds
// the answer that the same request got before.
func (s *Service) begin(ctx context.Context, by Actor, cond If, req storage.Request, act Act, id string, at time.Time) (c documentCase, answer *Document, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		if c, err = documentFor(tx, by, act, id, at); err != nil {
			return err
		}
		old, found, err := storage.Replay[Document](tx, req)
		if err != nil {
			return err
		}
		if found {
			answer = &old
			return nil
		}
		if cond.Version >= 0 && cond.Version != c.document.Version {
			return codeStale.New(cond.Version, c.document.Version)
		}
		return nil
	})
	return c, answer, err
}

// advance makes a new version of a document durable, if it is still the one
// that was worked on.
func (s *Service) advance(ctx context.Context, by Actor, req storage.Request, before, after Document, more func(storage.Tx) error) (Document, error) {
	done, err := storage.Once(ctx, s.store, req, func(tx storage.Tx) (Document, error) {
		now, found, err := storage.Load[Document](tx, documents, before.ID)
		if err != nil {
			return Document{}, err
		}
		if !found || now.Version != before.Version {
			return Document{}, codeStale.New(before.Version, now.Version)
		}
		if err := more(tx); err != nil {
			return Document{}, err
		}
		next := after
		next.Version = before.Version + 1
		return next, storage.Save(tx, documents, next.ID, next)
	})
	if err == nil {
		s.log.InfoContext(ctx, "document advanced", "document", done.ID, "state", string(done.State), "notation", done.Notation, "by", by.Person)
	}
	return done, err
}

// produce makes a new file from a stored one: work writes it and judges it,
// and only then does it get its name.
func (s *Service) produce(ctx context.Context, from Blob, work func(in storage.BlobReader, out storage.BlobWriter) error) (Blob, error) {
	in, err := s.open(ctx, from)
	if err != nil {
		return Blob{}, err
	}
	defer in.Close()
	out, err := s.store.Blobs().New(ctx, s.limits.Upload+maxGrowth)
	if err != nil {
		return Blob{}, err
	}
	defer out.Discard()
	if err := work(in, out); err != nil {
		return Blob{}, err
	}
	return out.Commit()
}

// maxGrowth is by how much signing may make a file larger: pictures, fonts,
// revocation lists.
const maxGrowth = 64 << 20

func deref(d *Document) Document {
	if d == nil {
		return Document{}
	}
	return *d
}
