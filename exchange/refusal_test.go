package exchange_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanban/exchange"
	"vanban/exchange/boltstore"
	"vanban/exchange/layout"
	"vanban/exchange/storage"
	"vanban/exchange/storetest"
)

// Bad input leaves neither a record nor a file behind.
func TestRefusedDraftsLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	store, err := boltstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	o := newOffice(t, store, "p256")
	signed := o.bytesOf(o.OpenFile(ctx, as(clerk), o.approved().ID, exchange.StageApproved))
	before := blobNames(t, dir)
	good, pdf := letter(t)
	for _, c := range []struct {
		name, code string
		file       []byte
		change     func(*exchange.Draft)
	}{
		{"text", "pdf-not-a-pdf", []byte("Kính gửi: Sở Nội vụ\n"), nil},
		{"empty", "pdf-empty", nil, nil},
		{"truncated", "pdf-truncated", pdf[:len(pdf)/2], nil},
		{"signed already", "exchange-draft-signed", signed, nil},
		{"too large", "exchange-file-too-large", append(bytes.Clone(pdf), make([]byte, 64<<20)...), nil},
		{"classified", "exchange-classified", pdf, func(d *exchange.Draft) { d.Secrecy = "Mật" }},
		{"unknown type", "exchange-draft-invalid", pdf, func(d *exchange.Draft) { d.Type = "XX" }},
		{"công văn without unit", "exchange-draft-invalid", pdf, func(d *exchange.Draft) { d.Unit = "" }},
		{"unit with slash", "exchange-draft-invalid", pdf, func(d *exchange.Draft) { d.Unit = "V/P" }},
		{"quyết định with unit", "exchange-draft-invalid", pdf, func(d *exchange.Draft) { d.Type = "QĐ" }},
		{"no subject", "exchange-draft-invalid", pdf, func(d *exchange.Draft) { d.Subject = " " }},
		{"long subject", "exchange-draft-invalid", pdf, func(d *exchange.Draft) { d.Subject = strings.Repeat("ế", 501) }},
		{"subject with a bell", "exchange-draft-invalid", pdf, func(d *exchange.Draft) { d.Subject = "a\x07b" }},
		{"clerk as signer", "exchange-leader-unknown", pdf, func(d *exchange.Draft) { d.Leader = clerk }},
		{"leader of another agency", "exchange-leader-unknown", pdf, func(d *exchange.Draft) { d.Leader = leaderVL }},
		{"no such agency", "exchange-agency-unknown", pdf, func(d *exchange.Draft) { d.Agency = "nowhere" }},
		{"another agency", "exchange-needs-staff", pdf, func(d *exchange.Draft) { d.Agency = stc }},
		{"mark outside", "exchange-mark-outside-page", pdf, func(d *exchange.Draft) {
			d.Layout = &layout.Layout{Marks: []layout.Mark{{Kind: layout.Number, Page: 1, X: 205, Y: 10, W: 20, H: 5}}}
		}},
		{"no such page", "pdf-no-such-page", pdf, func(d *exchange.Draft) {
			d.Layout = &layout.Layout{Marks: []layout.Mark{{Kind: layout.Number, Page: 9, X: 20, Y: 10, W: 20, H: 5}}}
		}},
		{"small seal", "exchange-mark-invalid", pdf, func(d *exchange.Draft) {
			d.Layout = &layout.Layout{Marks: []layout.Mark{{Kind: layout.Seal, Page: 1, X: 20, Y: 10, W: 20, H: 20}}}
		}},
	} {
		d := good
		if c.change != nil {
			c.change(&d)
		}
		_, err := o.CreateDraft(ctx, as(clerk), free, d, bytes.NewReader(c.file))
		refused(t, c.name, err, c.code)
	}
	if _, err := o.CreateDraft(ctx, as(clerk), free, good, io.MultiReader(bytes.NewReader(pdf[:1000]), brokenReader{})); err == nil {
		t.Error("an upload that breaks off was taken in")
	}
	if after := blobNames(t, dir); strings.Join(after, " ") != strings.Join(before, " ") {
		t.Errorf("files before %v, after %v", before, after)
	}
	if list, err := o.Outbox(ctx, as(clerk), snv, exchange.Page{}); err != nil || len(list) != 1 {
		t.Errorf("outbox: %v, %v", list, err)
	}
	o.sound()
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func blobNames(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "blobs", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	open, err := filepath.Glob(filepath.Join(dir, "blobs", ".*"))
	if err != nil {
		t.Fatal(err)
	}
	return append(names, open...)
}

// SIG-01, SIG-02: nothing is sealed that no competent person signed.
func TestSealNeedsTheLeader(t *testing.T) {
	o := newMemoryOffice(t)
	_, err := o.Issue(ctx, as(clerk), free, o.drafted().ID)
	refused(t, "unsigned", err, "exchange-not-approved")

	// Afterwards it turns out that the position had ended before the signature.
	d := o.approved()
	ended := start.Add(-time.Hour)
	o.directory.People[0].Positions[0].Until = &ended
	o.must(o.Import(ctx, o.directory, o.images))
	_, err = o.Issue(ctx, as(clerk), free, d.ID)
	refused(t, "signer without position", err, "exchange-leader-not-competent")
	o.directory.People[0].Positions[0].Until = nil

	// Or that the certificate was not the leader's.
	was := o.directory.People[0].Certificates
	o.directory.People[0].Certificates = nil
	o.must(o.Import(ctx, o.directory, o.images))
	_, err = o.Issue(ctx, as(clerk), free, d.ID)
	refused(t, "signer with another certificate", err, "exchange-leader-not-competent")
	o.directory.People[0].Certificates = was
	o.must(o.Import(ctx, o.directory, o.images))

	// Or that the certificate was revoked.
	revoked := newMemoryOffice(t)
	d2 := revoked.approved()
	revoked.clock.Set(start.Add(time.Hour))
	revoked.must(revoked.pki.Revoke(revoked.keys[leader].Certificate, start.Add(time.Minute)))
	_, err = revoked.Issue(ctx, as(clerk), free, d2.ID)
	refused(t, "revoked leader", err, "exchange-leader-signature-invalid")
	_, err = revoked.Approve(ctx, as(leader), free, revoked.drafted().ID)
	if err == nil {
		t.Error("a revoked leader has signed")
	}

	if d, err := o.Issue(ctx, as(clerk), free, d.ID); err != nil || d.Number != 1 {
		t.Errorf("none of this has used a number: %+v, %v", d, err)
	}
	_, err = o.Issue(ctx, as(clerk), free, d.ID)
	refused(t, "twice", err, "exchange-already-issued")
	_, err = o.Approve(ctx, as(leader), free, d.ID)
	refused(t, "signing what is issued", err, "exchange-not-a-draft")
	o.sound()
}

// A file that somebody changes on the disk is neither sealed, sent, accepted,
// nor passed by Check.
func TestTamperedFiles(t *testing.T) {
	dir := t.TempDir()
	store, err := boltstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	o := newOffice(t, store, "p256")
	tamper := func(digest string) (repair func()) {
		name := filepath.Join(dir, "blobs", digest[:2], digest)
		was, err := os.ReadFile(name)
		o.must(err)
		spoilt := bytes.Clone(was)
		spoilt[len(spoilt)/3] ^= 1
		o.must(os.WriteFile(name, spoilt, 0o600))
		return func() { o.must(os.WriteFile(name, was, 0o600)) }
	}
	d := o.drafted()
	repair := tamper(d.Draft.SHA256)
	_, err = o.Approve(ctx, as(leader), free, d.ID)
	refused(t, "signing", err, "exchange-file-changed")
	repair()

	d, err = o.Approve(ctx, as(leader), free, d.ID)
	o.must(err)
	repair = tamper(d.Approved.SHA256)
	_, err = o.Issue(ctx, as(clerk), free, d.ID)
	refused(t, "sealing", err, "exchange-file-changed")
	repair()

	d, err = o.Issue(ctx, as(clerk), free, d.ID)
	o.must(err)
	repair = tamper(d.Issued.SHA256)
	_, err = o.Send(ctx, as(clerk), free, d.ID, []string{"H61"})
	refused(t, "sending", err, "exchange-file-changed")
	repair()

	sent, err := o.Send(ctx, as(clerk), free, d.ID, []string{"H61"})
	o.must(err)
	repair = tamper(d.Issued.SHA256)
	_, err = o.Accept(ctx, as(clerkVL), free, sent[0].ID)
	refused(t, "accepting", err, "exchange-file-changed")
	if problems, err := o.Check(ctx); err != nil || len(problems) == 0 {
		t.Errorf("check: %v, %v", problems, err)
	}
	repair()
	o.sound()
}

func TestReceivers(t *testing.T) {
	o := newMemoryOffice(t)
	d := o.issued()
	for _, c := range []struct {
		name, code string
		to         []string
	}{
		{"nobody", "exchange-receivers-invalid", nil},
		{"too many", "exchange-receivers-invalid", make([]string, 1001)},
		{"unknown", "exchange-receiver-unknown", []string{"H61", "H99"}},
		{"empty", "exchange-receiver-unknown", []string{""}},
		{"lower case", "exchange-receiver-unknown", []string{"h61"}},
		{"very long", "exchange-receiver-unknown", []string{strings.Repeat("H", 10_000)}},
		{"itself", "exchange-receivers-invalid", []string{"H61", "H27.12"}},
	} {
		_, err := o.Send(ctx, as(clerk), free, d.ID, c.to)
		refused(t, c.name, err, c.code)
	}
	if list, err := o.Deliveries(ctx, as(clerk), d.ID); err != nil || len(list) != 0 {
		t.Errorf("something was sent: %v, %v", list, err)
	}
	_, err := o.Send(ctx, as(clerk), free, o.drafted().ID, []string{"H61"})
	refused(t, "a draft", err, "exchange-not-issued")

	first, err := o.Send(ctx, as(clerk), free, d.ID, []string{"H61", "H48.40", "H61"})
	o.must(err)
	again, err := o.Send(ctx, as(clerk), free, d.ID, []string{"H27.14", "H61"})
	o.must(err)
	if len(first) != 2 || len(again) != 2 || again[1].ID != first[0].ID {
		t.Errorf("sent %+v, then %+v", first, again)
	}
	if d, err = o.Document(ctx, as(clerk), d.ID); err != nil || d.Version != 5 {
		t.Errorf("two sendings with something new in them: version %d, %v", d.Version, err)
	}
	if _, err = o.Send(ctx, as(clerk), free, d.ID, []string{"H48.40"}); err != nil {
		t.Error(err)
	}
	if d, err = o.Document(ctx, as(clerk), d.ID); err != nil || d.Version != 5 {
		t.Errorf("a sending with nothing new: version %d, %v", d.Version, err)
	}

	// A code that was closed leads nowhere (exchange.md 1.2), and comes back to
	// no other agency.
	end := start.Add(time.Hour)
	o.directory.Agencies[1].Codes[0].Until = &end
	o.must(o.Import(ctx, o.directory, o.images))
	o.clock.Set(end)
	_, err = o.Send(ctx, as(clerk), free, o.issued().ID, []string{"H61"})
	refused(t, "closed code", err, "exchange-receiver-unknown")
	o.sound()
}

func TestAnswers(t *testing.T) {
	o := newMemoryOffice(t)
	sent := o.sent("H61", "H27.14")
	for _, reason := range []string{"", "quá ngắn", "         a         ", strings.Repeat("x", 501), "không \xff hợp lệ"} {
		_, err := o.Refuse(ctx, as(clerkTC), free, sent[1].ID, reason)
		refused(t, "reason "+reason, err, "exchange-reason-required")
	}
	_, err := o.Receipt(ctx, as(clerk), sent[0].ID)
	refused(t, "receipt before the answer", err, "exchange-receipt-not-yet")
	_, err = o.Accept(ctx, as(clerkVL), free, "nothing")
	refused(t, "no such delivery", err, "exchange-delivery-unknown")

	first, err := o.Accept(ctx, as(clerkVL), free, sent[0].ID)
	o.must(err)
	file, err := o.Receipt(ctx, as(clerkVL), sent[0].ID)
	o.must(err)
	o.clock.Set(start.Add(time.Hour))
	again, err := o.Accept(ctx, as(clerkVL), free, sent[0].ID)
	if err != nil || again.ReceiptID != first.ReceiptID || !again.AnsweredAt.Equal(*first.AnsweredAt) {
		t.Errorf("accepting again: %+v, %v", again, err)
	}
	if same, err := o.Receipt(ctx, as(clerk), sent[0].ID); err != nil || !bytes.Equal(same, file) {
		t.Errorf("another receipt: %v", err)
	}
	_, err = o.Refuse(ctx, as(clerkVL), free, sent[0].ID, "đổi ý sau khi đã tiếp nhận")
	refused(t, "refusing what was accepted", err, "exchange-already-answered")

	back, err := o.Refuse(ctx, as(clerkTC), free, sent[1].ID, "  gửi nhầm\r\n cơ quan\u200b nhận  ")
	o.must(err)
	if back.Reason != "gửi nhầm cơ quan nhận" {
		t.Errorf("reason %q", back.Reason)
	}
	if again, err = o.Refuse(ctx, as(clerkTC), free, sent[1].ID, "gửi nhầm cơ quan nhận"); err != nil || again.ReceiptID != back.ReceiptID {
		t.Errorf("refusing again: %+v, %v", again, err)
	}
	_, err = o.Accept(ctx, as(clerkTC), free, sent[1].ID)
	refused(t, "accepting what was refused", err, "exchange-already-answered")

	// REG-04: arrival numbers follow each other; a refusal uses none.
	next := o.sent("H61", "H27.14")
	if d, err := o.Accept(ctx, as(clerkVL), free, next[0].ID); err != nil || d.ArrivalNumber != 2 {
		t.Errorf("second arrival: %+v, %v", d, err)
	}
	if d, err := o.Accept(ctx, as(clerkTC), free, next[1].ID); err != nil || d.ArrivalNumber != 1 {
		t.Errorf("first arrival: %+v, %v", d, err)
	}
	o.sound()
}

// REG-02: what raised an alarm on arrival can be returned, not accepted.
func TestAlarmingDeliveriesAreNotAccepted(t *testing.T) {
	store := storetest.NewMemory()
	o := newOffice(t, store, "p256")
	sent := o.sent("H61", "H27.14")
	for i, change := range [][2]string{{`"alarm":false`, `"alarm":true`}, {`"indication":"TOTAL-PASSED"`, `"indication":"TOTAL-FAILED"`}} {
		o.must(store.Update(ctx, func(tx storage.Tx) error {
			b, err := tx.Get("deliveries", sent[i].ID)
			if err != nil {
				return err
			}
			return tx.Put("deliveries", sent[i].ID, []byte(strings.Replace(string(b), change[0], change[1], 1)))
		}))
		by := as([]string{clerkVL, clerkTC}[i])
		_, err := o.Accept(ctx, by, free, sent[i].ID)
		refused(t, change[1], err, "exchange-verdict-alarm")
		if acts, err := o.DeliveryActs(ctx, by, sent[i].ID); err != nil || len(acts) != 1 || acts[0] != exchange.ActRefuse {
			t.Errorf("%s: menu %v, %v", change[1], acts, err)
		}
		if _, err := o.Refuse(ctx, by, free, sent[i].ID, "chữ ký số không hợp lệ"); err != nil {
			t.Errorf("%s: %v", change[1], err)
		}
	}
	o.sound()
}

// A receipt is signed with the agency's own certificate or not at all.
func TestReceiptNeedsTheRightSeal(t *testing.T) {
	o := newMemoryOffice(t)
	sent := o.sent("H61")
	right := o.keys[vinhLong]
	o.keys[vinhLong] = o.keys[stc]
	_, err := o.Accept(ctx, as(clerkVL), free, sent[0].ID)
	refused(t, "key of another agency", err, "exchange-key-not-bound")
	o.keys[vinhLong] = right
	o.directory.Agencies[1].Name = "Ủy ban nhân dân tỉnh Bến Tre"
	o.must(o.Import(ctx, o.directory, o.images))
	_, err = o.Accept(ctx, as(clerkVL), free, sent[0].ID)
	refused(t, "certificate in another name", err, "exchange-receipt-check-failed")
	if d, err := o.Delivery(ctx, as(clerkVL), sent[0].ID); err != nil || d.State != exchange.Available {
		t.Errorf("half answered: %+v, %v", d, err)
	}
	o.sound()
}

func TestPages(t *testing.T) {
	o := newOffice(t, storetest.NewMemory(), "p256")
	var ids []string
	for range 5 {
		ids = append(ids, o.drafted().ID)
	}
	var got []string
	page := exchange.Page{Limit: 2}
	for {
		list, err := o.Outbox(ctx, as(clerk), snv, page)
		o.must(err)
		if len(list) == 0 {
			break
		}
		for _, d := range list {
			got = append(got, d.ID)
		}
		page.Before = list[len(list)-1].ID
	}
	for i := range ids {
		if len(got) != 5 || got[i] != ids[4-i] {
			t.Fatalf("pages give %v of %v", got, ids)
		}
	}
}
