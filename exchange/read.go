package exchange

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"vanban/exchange/directory"
	"vanban/exchange/storage"
)

// Stage names one of the files of a document.
type Stage string

// The stages of a document's file.
const (
	StageDraft    Stage = "draft"
	StageApproved Stage = "approved"
	StageIssued   Stage = "issued"
)

// File is a document's bytes, open for reading; close it.
type File struct {
	storage.BlobReader
	SHA256 string // lower-case hex: a strong ETag
	Name   string // for saving: letters, digits, dashes, and .pdf at the end
}

// readable loads the actor and the agency and asks whether the one may act.
func readable(tx storage.Tx, s *Service, by Actor, act Act, agency string) (a directory.Agency, err error) {
	p, err := who(tx, by)
	if err != nil {
		return a, err
	}
	if a, err = agencyOf(tx, agency); err != nil {
		return a, err
	}
	return a, may(p, act, a, s.now())
}

// Outbox lists an agency's own documents, newest first.
func (s *Service) Outbox(ctx context.Context, by Actor, agency string, p Page) (list []Document, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		list, err = listOf[Document](tx, s, by, ActOut, agency, p, outbox, documents)
		return err
	})
	return list, err
}

// Inbox lists an agency's deliveries, newest first.
func (s *Service) Inbox(ctx context.Context, by Actor, agency string, p Page) (list []Delivery, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		list, err = listOf[Delivery](tx, s, by, ActIn, agency, p, inbox, deliveries)
		return err
	})
	return list, err
}

func listOf[T any](tx storage.Tx, s *Service, by Actor, act Act, agency string, p Page, index, records storage.Collection) ([]T, error) {
	if _, err := readable(tx, s, by, act, agency); err != nil {
		return nil, err
	}
	ids, err := storage.Newest(tx, index, agency, p.Before, s.pageSize(p))
	if err != nil {
		return nil, err
	}
	list := make([]T, 0, len(ids))
	for _, id := range ids {
		v, found, err := storage.Load[T](tx, records, id)
		if err != nil || !found {
			return nil, fmt.Errorf("%s %q from %s: found %v, %w", records, id, index, found, err)
		}
		list = append(list, v)
	}
	return list, nil
}

// Document gives one document to its own agency.
func (s *Service) Document(ctx context.Context, by Actor, id string) (Document, error) {
	var c documentCase
	err := s.store.View(ctx, func(tx storage.Tx) (err error) {
		c, err = documentFor(tx, by, ActOut, id, s.now())
		return err
	})
	if err != nil {
		return Document{}, err
	}
	return c.document, nil
}

// Deliveries lists where a document went, for its own agency, by receiver id.
func (s *Service) Deliveries(ctx context.Context, by Actor, document string) (list []Delivery, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		list = nil
		if _, err := documentFor(tx, by, ActOut, document, s.now()); err != nil {
			return err
		}
		return tx.Scan(routes, storage.Range{Prefix: document + "/"}, func(_ string, id []byte) (bool, error) {
			d, _, err := storage.Load[Delivery](tx, deliveries, string(id))
			list = append(list, d)
			return false, err
		})
	})
	return list, err
}

// Delivery gives one delivery to its sender or receiver.
func (s *Service) Delivery(ctx context.Context, by Actor, id string) (Delivery, error) {
	var c deliveryCase
	err := s.store.View(ctx, func(tx storage.Tx) (err error) {
		c, err = deliveryFor(tx, by, ActIn, id, s.now())
		return err
	})
	if err != nil {
		return Delivery{}, err
	}
	return c.delivery, nil
}

// Receipt gives the exact bytes of the receipt file of an answered delivery,
// to its sender or receiver.
func (s *Service) Receipt(ctx context.Context, by Actor, delivery string) (file []byte, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		if _, err := deliveryFor(tx, by, ActIn, delivery, s.now()); err != nil {
			return err
		}
		b, err := tx.Get(receipts, delivery)
		if err == nil && b == nil {
			err = codeNoReceipt.New()
		}
		file = bytes.Clone(b)
		return err
	})
	return file, err
}

// OpenFile opens a file of a document for its own agency.
func (s *Service) OpenFile(ctx context.Context, by Actor, document string, stage Stage) (*File, error) {
	d, err := s.Document(ctx, by, document)
	if err != nil {
		return nil, err
	}
	blob, name := Blob{}, d.ID+"-"+string(stage)
	switch stage {
	case StageDraft:
		blob = d.Draft
	case StageApproved:
		blob = d.Approved
	case StageIssued:
		blob, name = d.Issued, d.Notation
	}
	if blob.SHA256 == "" {
		return nil, codeNoFile.New(clip(string(stage)))
	}
	return s.file(ctx, blob, name)
}

// OpenDelivered opens the issued file of a delivery for sender or receiver.
func (s *Service) OpenDelivered(ctx context.Context, by Actor, delivery string) (*File, error) {
	d, err := s.Delivery(ctx, by, delivery)
	if err != nil {
		return nil, err
	}
	return s.file(ctx, d.File, d.Notation)
}

func (s *Service) file(ctx context.Context, b Blob, name string) (*File, error) {
	r, err := s.store.Blobs().Open(ctx, b.SHA256)
	if err != nil {
		return nil, err
	}
	return &File{BlobReader: r, SHA256: b.SHA256, Name: strings.NewReplacer("/", "-", "&", "-").Replace(name) + ".pdf"}, nil
}

// Register is the register of outgoing documents of one year, by series and
// number (REG-06).
func (s *Service) Register(ctx context.Context, by Actor, agency string, year int) (lines []RegisterLine, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error {
		lines = nil
		if _, err := readable(tx, s, by, ActOut, agency); err != nil {
			return err
		}
		return tx.Scan(register, storage.Range{Prefix: seriesKey(agency, year, "")}, func(_ string, id []byte) (bool, error) {
			line, err := registerLine(tx, string(id))
			lines = append(lines, line)
			return false, err
		})
	})
	return lines, err
}

func registerLine(tx storage.Tx, id string) (RegisterLine, error) {
	d, _, err := storage.Load[Document](tx, documents, id)
	if err != nil {
		return RegisterLine{}, err
	}
	leader, err := who(tx, Actor{Person: d.Leader})
	if err != nil {
		return RegisterLine{}, err
	}
	line := RegisterLine{Number: d.Number, Notation: d.Notation, Date: d.Date, Type: d.Type, Subject: d.Subject,
		Signer: leader.Name, Recipients: []string{}, Document: d.ID, Series: d.Series}
	err = tx.Scan(routes, storage.Range{Prefix: id + "/"}, func(key string, _ []byte) (bool, error) {
		a, err := agencyOf(tx, key[len(id)+1:])
		line.Recipients = append(line.Recipients, a.Name)
		return false, err
	})
	return line, err
}
