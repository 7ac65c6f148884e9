package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/spf13/cobra"

	"vanban/certs"
	"vanban/exchange/receipt"
	"vanban/internal/fault"
	"vanban/verify"
)

func newReceiptCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "receipt",
		Short: t.of(text{"biên nhận", "receipts"}),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o := &verifyOptions{offline: true}
	document := ""
	check := &cobra.Command{
		Use:   "verify RECEIPT... [--document PDF]",
		Short: t.of(text{"kiểm tra biên nhận ngoại tuyến (mã thoát như lệnh verify)", "check receipts offline (exit statuses as for verify)"}),
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.inputs = args
			return runReceiptVerify(cmd.Context(), t, o, document)
		},
	}
	f := check.Flags()
	f.StringVar(&document, "document", "", t.of(text{"tệp văn bản mà biên nhận phải nói về", "the document that the receipt must be about"}))
	f.StringArrayVar(&o.trust, "trust", nil, t.of(text{"tệp hoặc thư mục chứng thư gốc tin cậy", "file or folder of trust anchors"}))
	f.StringArrayVar(&o.evidence, "evidence", nil, t.of(text{"tệp hoặc thư mục CRL, OCSP, chứng thư có sẵn", "file or folder of CRLs, OCSP responses, certificates at hand"}))
	f.StringVar(&o.at, "at", "", t.of(text{"kiểm tra tại thời điểm này (RFC 3339), mặc định bây giờ", "validation time (RFC 3339), default now"}))
	f.StringVar(&o.policy, "policy", "", t.of(text{"tệp chính sách (TOML)", "policy file (TOML)"}))
	cmd.AddCommand(check)
	return cmd
}

// runReceiptVerify judges each receipt and ends with the worst verdict.
func runReceiptVerify(ctx context.Context, t *terminal, o *verifyOptions, document string) error {
	j, err := o.judge(t)
	if err != nil {
		return err
	}
	digest := ""
	if document != "" {
		if digest, err = fileDigest(document); err != nil {
			return err
		}
	}
	reports, status := make([]*receipt.Report, 0, len(o.inputs)), exitDone
	for _, in := range o.inputs {
		if err := ctx.Err(); err != nil {
			return err
		}
		report, err := j.receiptFile(in, digest)
		if err != nil {
			report, status = unreadableReceipt(in, err), worse(status, exitUnreadable)
			if !t.json {
				t.complain(in, err)
			}
		} else {
			status = worse(status, receiptStatus(report))
			t.receiptReport(report)
		}
		reports = append(reports, report)
	}
	if t.json {
		if err := t.object(map[string]any{"receipts": reports}); err != nil {
			return err
		}
	}
	if status == exitDone {
		return nil
	}
	return &verdict{status}
}

// receiptFile judges one receipt file. digest is that of the document it must
// be about, or empty.
func (j judge) receiptFile(path, digest string) (*receipt.Report, error) {
	b, err := readSmall(path, receipt.MaxSize)
	if err != nil {
		return nil, err
	}
	report, err := j.receipt(b, digest)
	if err == nil {
		report.File = path
	}
	return report, err
}

// receipt judges the bytes of a receipt.
func (j judge) receipt(b []byte, digest string) (*receipt.Report, error) {
	return receipt.Verify(b, receipt.Options{Anchors: j.anchors, Policy: j.policy, Evidence: j.evidence, At: j.at(), Document: digest})
}

func unreadableReceipt(path string, err error) *receipt.Report {
	e := fault.From(err)
	return &receipt.Report{File: path, Indication: verify.Indeterminate, Alarm: !isMissing(err),
		Findings: []receipt.Finding{{Code: e.Code.ID(), Level: string(certs.Fail), Text: oneLine(e.Text(fault.Vi)), TextEn: oneLine(e.Text(fault.En))}}}
}

func receiptStatus(r *receipt.Report) int {
	switch {
	case r.Indication == verify.TotalFailed || r.Alarm:
		return exitInvalid
	case r.Indication == verify.TotalPassed:
		return exitDone
	}
	return exitFailed
}

// receiptReport prints the verdict on a receipt and what it proves.
func (t *terminal) receiptReport(r *receipt.Report) {
	e := r.Evidence
	what := text{"đã tiếp nhận", "accepted"}
	if e.Status == receipt.StatusRefused {
		what = text{"đã từ chối", "refused"}
	}
	at := e.Time
	if parsed, err := time.Parse(time.RFC3339, e.Time); err == nil {
		at = shown(parsed)
	}
	head := r.Indication
	if r.SubIndication != "" {
		head += " / " + r.SubIndication
	}
	t.line("%s: %s (%s)", oneLine(r.File), t.of(verdictWords[r.Indication]), head)
	t.line("  %s", oneLine(t.of(text{"%s %s văn bản %s của %s lúc %s", "%s %s document %s of %s at %s"}, e.Receiver.Name, t.of(what), e.Notation, e.Sender.Name, at)))
	t.line("  SHA-256 %s", oneLine(e.Digest.Value))
	for _, f := range r.Findings {
		sentence := f.Text
		if t.lang == fault.En {
			sentence = f.TextEn
		}
		t.line("  %s %s [%s]", mark(f.Level), oneLine(sentence), f.Code)
	}
}

// fileDigest is the SHA-256 of a file in lower-case hex.
func fileDigest(path string) (string, error) {
	f, _, err := openFile(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", codeOpen.Wrap(err, path, reason(err))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
