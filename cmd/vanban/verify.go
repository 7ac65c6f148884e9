package main

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"vanban/certs"
	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/paper"
	"vanban/cmd/vanban/terminal"
	"vanban/internal/fault"
	"vanban/verify"
)

var (
	codeTime = fault.Define("cli-time", fault.Input,
		"Thời điểm %q không đúng dạng RFC 3339.", "The time %q is not in the form of RFC 3339.",
		"Ví dụ: --at 2026-01-05T14:05:09+07:00", "For instance: --at 2026-01-05T14:05:09+07:00")
	codeNoRevision = fault.Define("cli-no-revision", fault.Missing,
		"Không có chữ ký nào phủ phiên bản %d.", "No signature covers revision %d.",
		"Xem số phiên bản của từng chữ ký bằng vanban verify.", "vanban verify lists the revision of each signature.")
)

// verifyOptions are the flags of verify.
type verifyOptions struct {
	inputs          []string
	trust, evidence []string
	at              string
	offline         bool
	policy          string
	report          string
	extract         int
	out             string
}

func newVerifyCommand(t *terminal.Terminal) *cobra.Command {
	o := &verifyOptions{}
	cmd := &cobra.Command{
		Use:   verifyCommandName + " IN...",
		Short: t.Of(terminal.T("kiểm tra chữ ký số trong tệp PDF", "check the signatures in PDF files")),
		Long:  t.Of(terminal.T("Kiểm tra chữ ký số trong tệp PDF.\n\nMã thoát: 0 mọi chữ ký hợp lệ · 1 chưa đủ thông tin để kết luận · 2 có chữ ký không hợp lệ · 3 không đọc được hoặc không có chữ ký.", "Check the signatures in PDF files.\n\nExit status: 0 every signature valid · 1 something indeterminate · 2 something invalid · 3 could not be read or no signature.")),
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.inputs = args
			return runVerify(cmd.Context(), t, o)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.trust, "trust", nil, t.Of(terminal.T("tệp hoặc thư mục chứng thư gốc tin cậy", "file or folder of trust anchors")))
	f.StringArrayVar(&o.evidence, "evidence", nil, t.Of(terminal.T("tệp hoặc thư mục CRL, OCSP, chứng thư có sẵn", "file or folder of CRLs, OCSP responses, certificates at hand")))
	f.StringVar(&o.at, "at", "", t.Of(terminal.T("kiểm tra tại thời điểm này (RFC 3339), mặc định bây giờ", "validation time (RFC 3339), default now")))
	f.BoolVar(&o.offline, "offline", false, t.Of(terminal.T("không truy cập mạng", "do not use the network")))
	f.StringVar(&o.policy, "policy", "", t.Of(terminal.T("tệp chính sách (TOML)", "policy file (TOML)")))
	f.StringVar(&o.report, "report", "", t.Of(terminal.T("in kết quả ra tệp PDF này", "print the verdict into this PDF")))
	f.IntVar(&o.extract, "extract-revision", 0, t.Of(terminal.T("chép nguyên vẹn phiên bản N đã ký ra tệp -o", "copy the signed revision N as it was into the file -o")))
	f.StringVarP(&o.out, "output", "o", "", t.Of(terminal.T("tệp kết quả của --extract-revision", "output file of --extract-revision")))
	cmd.MarkFlagsRequiredTogether("extract-revision", "output")
	return cmd
}

// judge turns the flags into a judge.
func (o *verifyOptions) judge(t *terminal.Terminal) (house.Judge, error) {
	j := house.Judge{At: t.Now}
	var err error
	if o.at != "" {
		at, err := time.Parse(time.RFC3339, o.at)
		if err != nil {
			return j, codeTime.Wrap(err, o.at)
		}
		j.At = func() time.Time { return at }
	}
	if j.Policy, err = house.LoadPolicy(o.policy); err != nil {
		return j, err
	}
	if len(o.trust) > 0 {
		if j.Anchors, err = certs.LoadAnchors(o.trust...); err != nil {
			return j, err
		}
	}
	if j.Evidence, err = house.LoadEvidence(o.evidence); err != nil {
		return j, err
	}
	if !o.offline && !j.Anchors.Empty() {
		j.Fetch = house.NewFetcher(nil, t.Now)
	}
	return j, nil
}

// runVerify judges each input and ends with the worst verdict as exit status.
func runVerify(ctx context.Context, t *terminal.Terminal, o *verifyOptions) error {
	j, err := o.judge(t)
	if err != nil {
		return err
	}
	if o.extract != 0 {
		return runExtract(ctx, t, j, o)
	}
	if o.report != "" {
		if err := files.Distinct(o.inputs, []string{o.report}); err != nil {
			return err
		}
	}
	reports, status := verifyAll(ctx, t, j, o.inputs)
	if o.report != "" {
		if err := printReport(t, o.report, j.At(), reports); err != nil {
			return err
		}
	}
	if t.JSON {
		if err := t.Object(map[string]any{"documents": reports}); err != nil {
			return err
		}
	}
	if status == exitDone {
		return nil
	}
	return &terminal.Exit{Status: status}
}

// verifyAll judges each file and says so; the status is that of the worst.
func verifyAll(ctx context.Context, t *terminal.Terminal, j house.Judge, inputs []string) ([]*verify.Report, int) {
	reports, status := make([]*verify.Report, 0, len(inputs)), exitDone
	bar := t.Progress(len(inputs))
	for _, in := range inputs {
		report, err := verifyPath(ctx, j, in)
		bar.Step()
		if err != nil {
			report = unreadable(in, err, j.At())
			status = worse(status, exitUnreadable)
			if !t.JSON {
				t.Complain(in, err)
			}
		} else {
			status = worse(status, report.ExitStatus())
			t.Report(report)
		}
		reports = append(reports, report)
		if ctx.Err() != nil {
			break
		}
	}
	return reports, status
}

// printReport puts the verdicts on paper (VER-11). Whoever needs a proof signs
// the sheet with vanban sign; a print alone proves nothing.
func printReport(t *terminal.Terminal, path string, at time.Time, reports []*verify.Report) error {
	lines := []string{t.Of(terminal.T("Thời điểm kiểm tra: %s. Chương trình: vanban %s.", "Checked at %s by vanban %s."), terminal.Shown(at), version), ""}
	for _, r := range reports {
		lines = append(append(lines, t.ReportLines(r)...), "")
	}
	return files.WriteWhole(path, 0o666, func(w io.Writer) error {
		return paper.Write(w, t.Of(terminal.T("Kết quả kiểm tra chữ ký số", "Verification of signatures")), lines)
	})
}

// worse orders the exit statuses for several files: invalid, then unreadable,
// then indeterminate, then valid.
func worse(a, b int) int {
	rank := map[int]int{exitDone: 0, exitFailed: 1, exitUnreadable: 2, exitInvalid: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

func verifyPath(ctx context.Context, j house.Judge, path string) (*verify.Report, error) {
	f, size, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	report, err := j.File(ctx, f, size)
	if err != nil {
		return nil, err
	}
	report.File = path
	return report, nil
}

// unreadable is the JSON of a file that could not be looked at. Its content
// alarms, because nobody may rely on it; a missing file does not.
func unreadable(path string, err error, at time.Time) *verify.Report {
	e := fault.From(err)
	return &verify.Report{
		File: path, Indication: verify.Indeterminate, Alarm: !files.IsMissing(err), CheckedAt: at,
		Findings: []verify.Finding{{Code: e.Code.ID(), Level: string(certs.Fail),
			Text: terminal.OneLine(e.Text(fault.Vi)), TextEn: terminal.OneLine(e.Text(fault.En))}},
		Signatures: []verify.Signature{}, Questions: []verify.Question{},
		Summary: terminal.OneLine(e.Text(fault.Vi)), SummaryEn: terminal.OneLine(e.Text(fault.En)),
	}
}

// runExtract copies what one signature covers, byte for byte: the document as
// its signer saw it.
func runExtract(ctx context.Context, t *terminal.Terminal, j house.Judge, o *verifyOptions) error {
	if len(o.inputs) != 1 {
		return codeUsage.New("--extract-revision: one IN")
	}
	if err := files.Distinct(o.inputs, []string{o.out}); err != nil {
		return err
	}
	f, size, err := files.Open(o.inputs[0])
	if err != nil {
		return err
	}
	defer f.Close()
	report, err := j.File(ctx, f, size)
	if err != nil {
		return err
	}
	for _, s := range report.Signatures {
		if s.Revision != o.extract || s.SignedBytes <= 0 || s.SignedBytes > size {
			continue
		}
		err := files.WriteWhole(o.out, 0o666, func(w io.Writer) error {
			_, err := io.Copy(w, io.NewSectionReader(f, 0, s.SignedBytes))
			return err
		})
		if err != nil {
			return err
		}
		t.Say(terminal.T("%s: phiên bản %d, %d byte", "%s: revision %d, %d bytes"), o.out, o.extract, s.SignedBytes)
		if t.JSON {
			return t.Object(map[string]any{"file": o.out, "revision": o.extract, "size": s.SignedBytes})
		}
		return nil
	}
	return codeNoRevision.New(o.extract)
}
