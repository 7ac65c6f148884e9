package exchange

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"vanban/exchange/directory"
	"vanban/exchange/layout"
	"vanban/exchange/notation"
	"vanban/exchange/storage"
	"vanban/internal/pdf"
)

const maxSubject = 500 // characters (REG-10)

// CreateDraft takes a PDF in. The bytes are read once, up to the limit, and
// nothing is kept of a file that is refused: encrypted, damaged (a signature
// could not hold on what readers repair differently), or signed already.
func (s *Service) CreateDraft(ctx context.Context, by Actor, cond If, d Draft, file io.Reader) (Document, error) {
	at := s.now()
	agency, err := s.checkDraft(ctx, by, &d, at)
	if err != nil {
		return Document{}, err
	}
	marks := layout.Layout{}
	if d.Layout != nil {
		marks = *d.Layout
	}
	if marks, err = marks.Complete(agency.Diameter()); err != nil {
		return Document{}, err
	}
	blob, err := s.takeIn(ctx, file, marks, at)
	if err != nil {
		return Document{}, err
	}
	req, err := storage.NewRequest(by.Person, cond.Key, ActDraft, d, blob)
	if err != nil {
		return Document{}, err
	}
	id, err := s.newID(at)
	if err != nil {
		return Document{}, fmt.Errorf("making an identifier: %w", err)
	}
	doc := Document{
		ID: id, Agency: d.Agency, Type: d.Type, Unit: d.Unit, Series: d.Series, Subject: d.Subject, Leader: d.Leader,
		Layout: marks, State: Drafted, Version: 1, Draft: blob, CreatedBy: by.Person, CreatedAt: at,
	}
	doc, err = storage.Once(ctx, s.store, req, func(tx storage.Tx) (Document, error) {
		if err := tx.Put(outbox, doc.Agency+"/"+doc.ID, storage.Mark); err != nil {
			return Document{}, err
		}
		return doc, storage.Save(tx, documents, doc.ID, doc)
	})
	if err == nil {
		s.log.InfoContext(ctx, "draft taken in", "document", doc.ID, "agency", doc.Agency, "by", by.Person, "size", blob.Size)
	}
	return doc, err
}

// checkDraft checks rights and words, and cleans the words.
func (s *Service) checkDraft(ctx context.Context, by Actor, d *Draft, at time.Time) (a directory.Agency, err error) {
	for _, field := range []*string{&d.Type, &d.Unit, &d.Series, &d.Subject, &d.Secrecy} {
		*field = notation.CleanText(*field)
	}
	err = s.store.View(ctx, func(tx storage.Tx) error {
		p, err := who(tx, by)
		if err != nil {
			return err
		}
		if a, err = agencyOf(tx, d.Agency); err != nil {
			return err
		}
		if err := may(p, ActDraft, a, at); err != nil {
			return err
		}
		leader, _, err := directory.FindPerson(tx, d.Leader)
		if err != nil {
			return err
		}
		if _, ok := leader.Holds(a.ID, directory.Leader, at); !ok {
			return codeNoLeader.New(clip(d.Leader), a.Name)
		}
		return nil
	})
	if err != nil {
		return a, err
	}
	if d.Secrecy != "" && d.Secrecy != "Thường" {
		return a, codeSecrecy.New(clip(d.Secrecy)) // SEC-01
	}
	if _, known := notation.TypeByCode(d.Type); !known {
		return a, codeDraft.New("type", clip(d.Type))
	}
	if d.Type == notation.OfficialLetter && !notation.ValidGroup(d.Unit) || d.Type != notation.OfficialLetter && d.Unit != "" {
		return a, codeDraft.New("unit", clip(d.Unit)) // NUM-07
	}
	if d.Series != "" && !slices.Contains(a.Series, d.Series) {
		return a, codeDraft.New("series", clip(d.Series))
	}
	if !notation.ValidText(d.Subject, 1, maxSubject) {
		return a, codeDraft.New("subject", clip(d.Subject))
	}
	return a, nil
}

// takeIn stores the file once it is known to be fit for signing.
func (s *Service) takeIn(ctx context.Context, file io.Reader, marks layout.Layout, at time.Time) (Blob, error) {
	w, err := s.store.Blobs().New(ctx, s.limits.Upload)
	if err != nil {
		return Blob{}, err
	}
	defer w.Discard()
	if _, err := io.Copy(w, file); err != nil {
		return Blob{}, err
	}
	doc, err := pdf.Open(w, w.Size())
	if err != nil {
		return Blob{}, err
	}
	// What sign would refuse later is refused now, while the person who can do
	// something about it is still there.
	if _, err := pdf.NewUpdate(doc); err != nil {
		return Blob{}, err
	}
	err = marks.Fits(func(number int) (width, height float64, err error) {
		page, err := doc.Page(number)
		if err != nil {
			return 0, 0, err
		}
		width, height = page.Size()
		return width * 25.4 / 72, height * 25.4 / 72, nil
	})
	if err != nil {
		return Blob{}, err
	}
	report, err := s.verifier.Verify(ctx, w, w.Size(), at)
	if err != nil {
		return Blob{}, err
	}
	if len(report.Signatures) > 0 || report.Alarm {
		return Blob{}, codeDraftSigned.New()
	}
	return w.Commit()
}
