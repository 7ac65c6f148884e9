package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"vanban/certs"
	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
	"vanban/exchange/receipt"
	"vanban/internal/fault"
	"vanban/verify"
)

func newReceiptCommand(t *terminal.Terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "receipt",
		Short: t.Of(terminal.T("biên nhận", "receipts")),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o := &verifyOptions{offline: true}
	document := ""
	check := &cobra.Command{
		Use:   "verify RECEIPT... [--document PDF]",
		Short: t.Of(terminal.T("kiểm tra biên nhận ngoại tuyến (mã thoát như lệnh verify)", "check receipts offline (exit statuses as for verify)")),
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.inputs = args
			return runReceiptVerify(cmd.Context(), t, o, document)
		},
	}
	f := check.Flags()
	f.StringVar(&document, "document", "", t.Of(terminal.T("tệp văn bản mà biên nhận phải nói về", "the document that the receipt must be about")))
	f.StringArrayVar(&o.trust, "trust", nil, t.Of(terminal.T("tệp hoặc thư mục chứng thư gốc tin cậy", "file or folder of trust anchors")))
	f.StringArrayVar(&o.evidence, "evidence", nil, t.Of(terminal.T("tệp hoặc thư mục CRL, OCSP, chứng thư có sẵn", "file or folder of CRLs, OCSP responses, certificates at hand")))
	f.StringVar(&o.at, "at", "", t.Of(terminal.T("kiểm tra tại thời điểm này (RFC 3339), mặc định bây giờ", "validation time (RFC 3339), default now")))
	f.StringVar(&o.policy, "policy", "", t.Of(terminal.T("tệp chính sách (TOML)", "policy file (TOML)")))
	cmd.AddCommand(check)
	return cmd
}

// runReceiptVerify judges each receipt and ends with the worst verdict.
func runReceiptVerify(ctx context.Context, t *terminal.Terminal, o *verifyOptions, document string) error {
	j, err := o.judge(t)
	if err != nil {
		return err
	}
	digest := ""
	if document != "" {
		if digest, err = files.Digest(document); err != nil {
			return err
		}
	}
	reports, status := make([]*receipt.Report, 0, len(o.inputs)), exitDone
	for _, in := range o.inputs {
		if err := ctx.Err(); err != nil {
			return err
		}
		report, err := receiptFile(j, in, digest)
		if err != nil {
			report, status = unreadableReceipt(in, err), worse(status, exitUnreadable)
			if !t.JSON {
				t.Complain(in, err)
			}
		} else {
			status = worse(status, receiptStatus(report))
			receiptReport(t, report)
		}
		reports = append(reports, report)
	}
	if t.JSON {
		if err := t.Object(map[string]any{"receipts": reports}); err != nil {
			return err
		}
	}
	if status == exitDone {
		return nil
	}
	return &terminal.Exit{Status: status}
}

// receiptFile judges one receipt file. digest is that of the document it must
// be about, or empty.
func receiptFile(j house.Judge, path, digest string) (*receipt.Report, error) {
	b, err := files.ReadSmall(path, receipt.MaxSize)
	if err != nil {
		return nil, err
	}
	report, err := j.Receipt(b, digest)
	if err == nil {
		report.File = path
	}
	return report, err
}

func unreadableReceipt(path string, err error) *receipt.Report {
	e := fault.From(err)
	return &receipt.Report{File: path, Indication: verify.Indeterminate, Alarm: !files.IsMissing(err),
		Findings: []receipt.Finding{{Code: e.Code.ID(), Level: string(certs.Fail), Text: terminal.OneLine(e.Text(fault.Vi)), TextEn: terminal.OneLine(e.Text(fault.En))}}}
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
func receiptReport(t *terminal.Terminal, r *receipt.Report) {
	e := r.Evidence
	what := terminal.T("đã tiếp nhận", "accepted")
	if e.Status == receipt.StatusRefused {
		what = terminal.T("đã từ chối", "refused")
	}
	at := e.Time
	if parsed, err := time.Parse(time.RFC3339, e.Time); err == nil {
		at = terminal.Shown(parsed)
	}
	head := r.Indication
	if r.SubIndication != "" {
		head += " / " + r.SubIndication
	}
	t.Line("%s: %s (%s)", terminal.OneLine(r.File), t.Of(terminal.VerdictWords[r.Indication]), head)
	t.Line("  %s", terminal.OneLine(t.Of(terminal.T("%s %s văn bản %s của %s lúc %s", "%s %s document %s of %s at %s"), e.Receiver.Name, t.Of(what), e.Notation, e.Sender.Name, at)))
	t.Line("  SHA-256 %s", terminal.OneLine(e.Digest.Value))
	for _, f := range r.Findings {
		sentence := f.Text
		if t.Lang == fault.En {
			sentence = f.TextEn
		}
		t.Line("  %s %s [%s]", terminal.Mark(f.Level), terminal.OneLine(sentence), f.Code)
	}
}
