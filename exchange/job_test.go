package exchange_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanban/certs"
	"vanban/exchange"
	"vanban/exchange/boltstore"
	"vanban/exchange/receipt"
	"vanban/internal/tooltest"
	"vanban/testdata"
	"vanban/verify"
)

// The main job of the product, with the default store and RSA keys: draft,
// leader's signature, number and seal, three receivers, two acceptances and
// one refusal, receipts, and everything checked by strangers.
func TestMainJob(t *testing.T) {
	store, err := boltstore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	o := newOffice(t, store, "rsa2048")
	sent := o.sent("H61", "H48.40", "H27.14")
	if len(sent) != 3 || sent[0].Receiver != vinhLong || sent[0].Notation != "01/SNV-VP" || sent[0].Date != "2026-01-05" {
		t.Fatalf("sent: %+v", sent)
	}
	for _, d := range sent {
		v := d.Verdict
		if v.Indication != verify.TotalPassed || v.Alarm || len(v.Signatures) != 2 || v.Signatures[0].Holder != leader || v.Signatures[1].Holder != snv {
			t.Errorf("verdict at %s: %+v", d.Receiver, v)
		}
	}
	accepted, err := o.Accept(ctx, as(clerkVL), free, sent[0].ID)
	o.must(err)
	if accepted.State != exchange.Accepted || accepted.ArrivalNumber != 1 || accepted.Version != 2 {
		t.Errorf("accepted: %+v", accepted)
	}
	if _, err = o.Accept(ctx, as(clerkNH), free, sent[1].ID); err != nil {
		t.Error(err)
	}
	returned, err := o.Refuse(ctx, as(clerkTC), free, sent[2].ID, "Văn bản gửi nhầm cơ quan, đề nghị gửi lại.")
	o.must(err)
	if returned.State != exchange.Refused || returned.ArrivalNumber != 0 {
		t.Errorf("refused: %+v", returned)
	}
	final := o.bytesOf(o.OpenFile(ctx, as(clerk), sent[0].Document, exchange.StageIssued))
	o.strangersAgree(final)
	o.receiptsHold(sent)
	lines, err := o.Register(ctx, as(clerk), snv, 2026)
	o.must(err)
	if len(lines) != 1 || lines[0].Signer != "Nguyễn Thị Nghĩa" || len(lines[0].Recipients) != 3 {
		t.Errorf("register: %+v", lines)
	}
	o.sound()
}

// strangersAgree asks our verifier and the outside ones about an issued file.
func (o *office) strangersAgree(file []byte) {
	t := o.t
	t.Helper()
	report, err := verify.File(ctx, bytes.NewReader(file), int64(len(file)),
		verify.Options{Anchors: o.pki.Anchors(), Policy: certs.DefaultPolicy(), At: o.clock.Now().Add(time.Hour), Evidence: o.known(ctx, nil), Capacity: o.Capacity})
	o.must(err)
	if report.Indication != verify.TotalPassed || report.Alarm || len(report.Signatures) != 2 {
		t.Errorf("verify: %+v", report)
	}
	for _, sig := range report.Signatures {
		if sig.Field == "LeaderSignature" && (sig.ChangesAfter != verify.ChangesPermitted || sig.Certification != 2) {
			t.Errorf("leader's signature: %+v", sig)
		}
	}
	for _, q := range report.Questions {
		if q.ID == "allowed" && q.Answer != verify.Yes {
			t.Errorf("question %+v", q)
		}
	}
	name := filepath.Join(t.TempDir(), "issued.pdf")
	o.must(os.WriteFile(name, file, 0o600))
	if tooltest.Has(t, "qpdf") {
		if out, err := exec.Command("qpdf", "--check", name).CombinedOutput(); err != nil {
			t.Errorf("qpdf: %v\n%s", err, out)
		}
	}
	if tooltest.Has(t, "pdfsig") {
		out, err := exec.Command("pdfsig", "-nocert", name).CombinedOutput()
		if err != nil || strings.Count(string(out), "Signature is Valid") != 2 {
			t.Errorf("pdfsig: %v\n%s", err, out)
		}
	}
	if tooltest.Has(t, "pdftotext") {
		out, err := exec.Command("pdftotext", "-layout", name, "-").CombinedOutput()
		text := strings.ReplaceAll(strings.Join(strings.Fields(string(out)), " "), " /", "/")
		if err != nil || !strings.Contains(text, "Số: 01/SNV-VP") || !strings.Contains(text, "Hà Tĩnh, ngày 05 tháng 01 năm 2026") {
			t.Errorf("pdftotext: %v\n%s", err, out)
		}
	}
}

// receiptsHold checks every receipt as somebody would who has only the files.
func (o *office) receiptsHold(sent []exchange.Delivery) {
	t := o.t
	t.Helper()
	for _, d := range sent {
		file, err := o.Receipt(ctx, as(clerk), d.ID)
		o.must(err)
		opt := receipt.Options{Anchors: o.pki.Anchors(), Policy: certs.DefaultPolicy(), At: o.clock.Now().Add(time.Hour), Document: d.File.SHA256}
		report, err := receipt.Verify(file, opt)
		o.must(err)
		if report.Indication != verify.TotalPassed || report.Alarm || report.Evidence.DeliveryID != d.ID || report.Evidence.Notation != d.Notation {
			t.Errorf("receipt of %s: %+v", d.Receiver, report)
		}
		opt.Document = strings.Repeat("0", 64)
		if report, err = receipt.Verify(file, opt); err != nil || !report.Alarm {
			t.Errorf("receipt of %s holds for another document: %v", d.Receiver, err)
		}
	}
}

// Every shape of file and both kinds of document come out sealed and sound.
func TestEveryDocumentOfTestdata(t *testing.T) {
	o := newMemoryOffice(t)
	variants, err := testdata.Variants()
	o.must(err)
	decision, err := testdata.Decision()
	o.must(err)
	for i, doc := range append(variants, decision) {
		d, err := o.CreateDraft(ctx, as(officer), free, draftOf(t, doc), bytes.NewReader(doc.PDF))
		o.must(err)
		if _, err = o.Approve(ctx, as(leader), free, d.ID); err != nil {
			t.Fatalf("%s: %v", doc.Name, err)
		}
		if d, err = o.Issue(ctx, as(clerk), free, d.ID); err != nil {
			t.Fatalf("%s: %v", doc.Name, err)
		}
		want := exchange.Document{Number: i + 1, State: exchange.Issued}
		if d.Number != want.Number || d.State != want.State || d.Verdict.Alarm {
			t.Errorf("%s: %+v", doc.Name, d)
		}
	}
	o.sound()
}

// With the real PDFs of the shared corpus, drafts and others.
func TestCorpusDocuments(t *testing.T) {
	dir := filepath.Join(tooltest.Corpus(t), "vn")
	o := newMemoryOffice(t)
	for _, name := range []string{"plain16/gm-0088-draft.pdf", "plain16/qd-0572-draft.pdf", "pdfa2b/gm-0088-draft.pdf",
		"variants/gm-0088.objstm.pdf", "variants/gm-0088.linearized.pdf", "scan/gm-0088.scan-color200.pdf"} {
		file, err := os.ReadFile(filepath.Join(dir, name))
		o.must(err)
		d, err := o.CreateDraft(ctx, as(clerk), free, exchange.Draft{Agency: snv, Type: "CV", Unit: "VP", Subject: name, Leader: leader}, bytes.NewReader(file))
		if err == nil {
			d, err = o.Approve(ctx, as(leader), free, d.ID)
		}
		if err == nil {
			d, err = o.Issue(ctx, as(clerk), free, d.ID)
		}
		if err != nil || d.Verdict.Alarm {
			t.Errorf("%s: %v, %+v", name, err, d.Verdict)
		}
	}
	for name, code := range map[string]string{"variants/gm-0088.encrypted-aes256.pdf": "pdf-encrypted", "variants/gm-0088.truncated.pdf": "pdf-truncated",
		"variants/gm-0088.leading-junk.pdf": "pdf-leading-junk"} {
		file, err := os.ReadFile(filepath.Join(dir, name))
		o.must(err)
		_, err = o.CreateDraft(ctx, as(clerk), free, exchange.Draft{Agency: snv, Type: "CV", Unit: "VP", Subject: name, Leader: leader}, bytes.NewReader(file))
		refused(t, name, err, code)
	}
}
