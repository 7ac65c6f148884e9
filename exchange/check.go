package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"vanban/exchange/directory"
	"vanban/exchange/notation"
	"vanban/exchange/receipt"
	"vanban/exchange/storage"
)

// Check derives every invariant again and lists what is wrong; the error
// means that it could not look. It reads one snapshot, so it may run while
// others work, and every file that the snapshot names.
//
//   - numbers of each series run from 1 to the counter, each to one document
//     of that series and year, and dates never run backwards (NUM-01, NUM-04);
//   - so do arrival numbers (REG-04);
//   - documents and deliveries have the files, indexes and answers that go
//     with their state, and no two deliveries have the same route;
//   - every answer has a receipt that verifies, says the same as the delivery,
//     and follows the agency's receipt before it;
//   - every file and every picture of the directory is there with the digest of
//     its name, and the files with their size;
//   - every remembered answer can be given again.
func (s *Service) Check(ctx context.Context) ([]error, error) {
	c := checker{files: map[Blob]string{}, pictures: map[string]string{}, receipts: map[string][]byte{}, deliveries: map[string]Delivery{}}
	err := s.store.View(ctx, func(tx storage.Tx) error {
		return errors.Join(directory.Check(tx, c.problem), c.directory(tx), c.documents(tx), c.numbers(tx), c.allDeliveries(tx), c.arrivals(tx), c.chains(tx), c.remembered(tx))
	})
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(c.receipts)) {
		if err := s.checkReceipt(ctx, &c, c.deliveries[id], c.receipts[id]); err != nil {
			return nil, err
		}
	}
	for b, of := range c.files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r, err := s.open(ctx, b)
		if err != nil {
			c.problem("%s: %v", of, err)
			continue
		}
		r.Close()
	}
	for digest, of := range c.pictures {
		if err := s.checkPicture(ctx, digest); err != nil {
			c.problem("picture of %s: %v", of, err)
		}
	}
	return c.problems, nil
}

// checkPicture reads a seal or signature picture, past what is remembered.
func (s *Service) checkPicture(ctx context.Context, digest string) error {
	r, err := s.store.Blobs().Open(ctx, digest)
	if err != nil {
		return err
	}
	defer r.Close()
	return matches(r, Blob{SHA256: digest, Size: r.Size()})
}

// checker collects what is wrong, and what must be looked at after the
// snapshot because it is slow.
type checker struct {
	problems   []error
	files      map[Blob]string     // to whom it belongs, for messages
	pictures   map[string]string   // digest to whose it is
	receipts   map[string][]byte   // by delivery
	deliveries map[string]Delivery // the answered ones
}

func (c *checker) problem(format string, args ...any) {
	c.problems = append(c.problems, codeInvariant.New(fmt.Sprintf(format, args...)))
}

func (c *checker) must(ok bool, format string, args ...any) {
	if !ok {
		c.problem(format, args...)
	}
}

// directory collects the pictures that signing needs.
func (c *checker) directory(tx storage.Tx) error {
	agencies, err := directory.AllAgencies(tx)
	for _, a := range agencies {
		if a.SealImage != "" {
			c.pictures[a.SealImage] = a.ID
		}
	}
	people, err2 := directory.AllPeople(tx)
	for _, p := range people {
		if p.SignatureImage != "" {
			c.pictures[p.SignatureImage] = p.ID
		}
	}
	return errors.Join(err, err2)
}

func (c *checker) documents(tx storage.Tx) error {
	return storage.Each(tx, documents, "", func(id string, d Document) error {
		c.must(d.ID == id, "document %s is stored under %s", d.ID, id)
		index, err := tx.Get(outbox, d.Agency+"/"+id)
		c.must(index != nil, "document %s is not in its outbox", id)
		rank := slices.Index([]DocumentState{Drafted, Approved, Issued, Sent}, d.State)
		c.must(rank >= 0 && d.Version >= rank+1, "document %s has state %q, version %d", id, d.State, d.Version)
		for i, b := range []Blob{d.Draft, d.Approved, d.Issued} {
			c.must((b.SHA256 != "") == (rank >= i), "document %s in state %s: file %d is %q", id, d.State, i, b.SHA256)
			if b.SHA256 != "" {
				c.files[b] = "document " + id
			}
		}
		issued := d.State == Issued || d.State == Sent
		c.must(issued == (d.Number > 0) && issued == (d.Notation != ""), "document %s in state %s has number %d", id, d.State, d.Number)
		if !issued {
			return err
		}
		n, parseErr := notation.Parse(d.Notation)
		c.must(parseErr == nil && n.Number == d.Number && len(d.Date) == 10, "document %s is number %d, notation %q of %q", id, d.Number, d.Notation, d.Date)
		year, _ := strconv.Atoi(d.Date[:min(4, len(d.Date))])
		line, err2 := tx.Get(register, storage.Numbered(seriesKey(d.Agency, year, d.Series), d.Number))
		c.must(string(line) == id, "document %s has number %d, which the register gives to %q", id, d.Number, line)
		return errors.Join(err, err2)
	})
}

// runs checks that a register's lines under each counter run 1, 2, 3 … last.
func (c *checker) runs(tx storage.Tx, counts, lines storage.Collection, line func(key string, n int, id string) error) error {
	total := 0
	err := storage.Each(tx, counts, "", func(key string, last counter) error {
		n := 0
		err := tx.Scan(lines, storage.Range{Prefix: key + "/"}, func(k string, id []byte) (bool, error) {
			if strings.Contains(k[len(key)+1:], "/") {
				return false, nil // of a series whose name begins like this one
			}
			n++
			total++
			c.must(k == storage.Numbered(key, n), "%s: %q where number %d should be", lines, k, n)
			return false, line(key, n, string(id))
		})
		c.must(n == last.Last, "%s: %d lines in %s, the counter says %d", lines, n, key, last.Last)
		return err
	})
	all := 0
	err2 := tx.Scan(lines, storage.Range{}, func(string, []byte) (bool, error) { all++; return false, nil })
	c.must(all == total, "%s: %d lines, %d of them under a counter", lines, all, total)
	return errors.Join(err, err2)
}

func (c *checker) numbers(tx storage.Tx) error {
	lastSeries, lastDate := "", ""
	return c.runs(tx, counters, register, func(series string, n int, id string) error {
		d, found, err := storage.Load[Document](tx, documents, id)
		year, _, _ := strings.Cut(strings.TrimPrefix(series, d.Agency+"/"), "/")
		c.must(found && d.Number == n && seriesKey(d.Agency, atoi(year), d.Series) == series && strings.HasPrefix(d.Date, year),
			"register %s gives %d to document %q (%s of %s)", series, n, id, d.Notation, d.Date)
		if series == lastSeries {
			c.must(d.Date >= lastDate, "register %s: number %d of %s after one of %s", series, n, d.Date, lastDate)
		}
		lastSeries, lastDate = series, d.Date
		return err
	})
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func (c *checker) arrivals(tx storage.Tx) error {
	return c.runs(tx, arrivals, incoming, func(key string, n int, id string) error {
		d, found, err := storage.Load[Delivery](tx, deliveries, id)
		c.must(found && d.State == Accepted && d.ArrivalNumber == n && strings.HasPrefix(key, d.Receiver+"/"),
			"incoming register %s gives %d to delivery %q", key, n, id)
		return err
	})
}

func (c *checker) allDeliveries(tx storage.Tx) error {
	return storage.Each(tx, deliveries, "", func(id string, d Delivery) error {
		c.must(d.ID == id, "delivery %s is stored under %s", d.ID, id)
		doc, found, err := storage.Load[Document](tx, documents, d.Document)
		c.must(found && doc.State == Sent && doc.Issued == d.File && doc.Notation == d.Notation && doc.Agency == d.Sender,
			"delivery %s does not fit its document %q", id, d.Document)
		route, err2 := tx.Get(routes, d.Document+"/"+d.Receiver)
		index, err3 := tx.Get(inbox, d.Receiver+"/"+id)
		c.must(string(route) == id && index != nil, "delivery %s: route %q, in the inbox: %v", id, route, index != nil)
		c.files[d.File] = "delivery " + id
		file, err4 := tx.Get(receipts, id)
		answered := d.State == Accepted || d.State == Refused
		c.must(answered || d.State == Available, "delivery %s has state %q", id, d.State)
		c.must(answered == (file != nil) && answered == (d.ReceiptID != "") && answered == (d.AnsweredAt != nil),
			"delivery %s in state %s: receipt %q", id, d.State, d.ReceiptID)
		c.must((d.State == Accepted) == (d.ArrivalNumber > 0), "delivery %s in state %s has arrival number %d", id, d.State, d.ArrivalNumber)
		if answered && file != nil {
			c.receipts[id], c.deliveries[id] = slices.Clone(file), d
		}
		return errors.Join(err, err2, err3, err4)
	})
}

// chains follows each agency's receipts from the first to the newest.
func (c *checker) chains(tx storage.Tx) error {
	return storage.Each(tx, chains, "", func(receiver string, end link) error {
		previous, n := "", 0
		err := tx.Scan(answers, storage.Range{Prefix: receiver + "/"}, func(k string, id []byte) (bool, error) {
			n++
			file, err := tx.Get(receipts, string(id))
			evidence, readErr := receipt.Read(file)
			c.must(readErr == nil && k == storage.Numbered(receiver, n) && evidence.Previous == previous,
				"receipt of delivery %s does not follow the one before it", id)
			sum := sha256.Sum256(file)
			previous = hex.EncodeToString(sum[:])
			return false, err
		})
		c.must(n == end.Sequence && previous == end.SHA256, "receipts of %s end with %d, not %d", receiver, n, end.Sequence)
		return err
	})
}

// remembered checks that answers which clients may ask for again are about
// things that exist.
func (c *checker) remembered(tx storage.Tx) error {
	return storage.Answered(tx, func(key string, ids []string) error {
		c.must(len(ids) > 0, "remembered answer %s cannot be read", key)
		for _, id := range ids {
			d, err1 := tx.Get(documents, id)
			v, err2 := tx.Get(deliveries, id)
			if err := errors.Join(err1, err2); err != nil {
				return err
			}
			c.must(d != nil || v != nil, "remembered answer %s names %q, which does not exist", key, id)
		}
		return nil
	})
}

// checkReceipt verifies a receipt as it was when it was made and compares it
// with its delivery.
func (s *Service) checkReceipt(ctx context.Context, c *checker, d Delivery, file []byte) error {
	anchors, policy, known := s.verifier.Trust(ctx, nil)
	report, err := receipt.Verify(file, receipt.Options{Anchors: anchors, Policy: policy, Evidence: known, At: s.now(), Document: d.File.SHA256})
	if err != nil {
		c.problem("receipt of delivery %s: %v", d.ID, err)
		return ctx.Err()
	}
	c.must(!report.Alarm, "receipt of delivery %s: %s", d.ID, report.Reason())
	e := report.Evidence
	status := receipt.StatusAccepted
	if d.State == Refused {
		status = receipt.StatusRefused
	}
	c.must(e.ID == d.ReceiptID && e.DeliveryID == d.ID && e.DocumentID == d.Document && e.Status == status && e.Reason == d.Reason &&
		e.ArrivalNumber == d.ArrivalNumber && e.Notation == d.Notation && e.Receiver.Code == d.ReceiverCode,
		"receipt of delivery %s says something else than the delivery", d.ID)
	return ctx.Err()
}
