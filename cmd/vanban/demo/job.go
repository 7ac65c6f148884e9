package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
	"vanban/exchange"
	"vanban/internal/fault"
	"vanban/verify"
)

var codeDemoFailed = fault.Define("cli-demo-failed", fault.Internal,
	"Bước %q không đạt: %s", "The step %q failed: %s",
	"Xem các bước đã in ở trên; tệp trung gian nằm trong thư mục out/.", "See the steps printed above; what was made so far is in out/.")

// Step is one line of the main job as it went.
type Step struct {
	Step    string  `json:"step"`
	OK      bool    `json:"ok"`
	Verdict string  `json:"verdict"`
	Seconds float64 `json:"seconds"`
}

// Job carries one document through the main job over HTTP, as six people
// would, and checks everything that comes back with nothing but the anchors.
type Job struct {
	t      *terminal.Terminal
	base   string // of the hub
	tokens map[string]string
	out    house.Folder // artefacts go to out.Out()
	judge  house.Judge
	draft  exchange.Draft
	name   string // file name of the draft
	pdf    []byte
	to     []string // agency codes
	prefix string   // of the artefacts' names
	quiet  bool     // do not print
	flips  int      // places at which a changed byte is tried; 0: 40

	Steps    []Step // as they went
	document exchange.Document
	sent     []exchange.Delivery
	issued   []byte
	approved []byte
	receipts map[string][]byte // by receiving agency's id
}

// as is the API as one person.
func (j *Job) as(person string) *Client { return NewClient(j.base, j.tokens[person]) }

// Run does every step in order and stops at the first that fails.
func (j *Job) Run(ctx context.Context) error {
	steps := []struct {
		name terminal.Text
		do   func(context.Context) (string, error)
	}{
		{terminal.T("Văn thư tải dự thảo lên", "The clerk uploads the draft"), j.upload},
		{terminal.T("Lãnh đạo ký", "The leader signs"), j.approve},
		{terminal.T("Văn thư cấp số, ngày và đóng dấu", "The clerk numbers, dates and seals"), j.issue},
		{terminal.T("Gửi đến các cơ quan nhận", "It is sent to the receiving agencies"), j.send},
		{terminal.T("Mỗi cơ quan nhận kiểm tra và tiếp nhận", "Each receiver checks and accepts"), j.receive},
		{terminal.T("Bên gửi kiểm tra biên nhận ngoại tuyến", "The sender checks the receipts offline"), j.checkReceipts},
		{terminal.T("Ai cũng kiểm tra được văn bản ngoại tuyến", "Anybody checks the document offline"), j.checkDocument},
		{terminal.T("Sửa một byte bất kỳ đều bị phát hiện", "A single changed byte is caught"), j.tamper},
		{terminal.T("Công cụ độc lập cũng xác nhận", "Independent tools agree"), j.independent},
	}
	for i, s := range steps {
		start := time.Now()
		verdict, err := s.do(ctx)
		done := Step{Step: j.t.Of(s.name), OK: err == nil, Verdict: verdict, Seconds: time.Since(start).Seconds()}
		if err != nil {
			done.Verdict = j.t.Sentence(err)
		}
		j.Steps = append(j.Steps, done)
		if !j.quiet {
			sign := "✓"
			if err != nil {
				sign = "✗"
			}
			j.t.Line("%s %d. %s (%.1f s)\n     %s", sign, i+1, done.Step, done.Seconds, terminal.OneLine(done.Verdict))
		}
		if err != nil {
			return codeDemoFailed.Wrap(err, done.Step, done.Verdict)
		}
	}
	return nil
}

func (j *Job) upload(ctx context.Context) (string, error) {
	if err := j.keep("draft.pdf", j.pdf); err != nil {
		return "", err
	}
	var err error
	j.document, err = j.as(Clerk).Upload(ctx, "", j.draft, j.name, bytes.NewReader(j.pdf))
	if err != nil {
		return "", err
	}
	if got, want := j.document.Draft.SHA256, DigestOf(j.pdf); got != want {
		return "", fmt.Errorf("the hub holds %s, not %s", got, want)
	}
	return j.t.Of(terminal.T("trạng thái %s, %d byte, SHA-256 %s", "state %s, %d bytes, SHA-256 %s"),
		j.document.State, j.document.Draft.Size, j.document.Draft.SHA256), nil
}

func (j *Job) approve(ctx context.Context) (string, error) {
	var err error
	if j.document, err = j.as(Leader).Act(ctx, j.document, "approve", ""); err != nil {
		return "", err
	}
	if j.approved, err = j.as(Leader).File(ctx, j.document.ID, exchange.StageApproved); err != nil {
		return "", err
	}
	if err := j.keep("approved.pdf", j.approved); err != nil {
		return "", err
	}
	return j.verdict(ctx, j.approved, 1)
}

func (j *Job) issue(ctx context.Context) (string, error) {
	var err error
	if j.document, err = j.as(Clerk).Act(ctx, j.document, "issue", ""); err != nil {
		return "", err
	}
	if j.issued, err = j.as(Clerk).File(ctx, j.document.ID, exchange.StageIssued); err != nil {
		return "", err
	}
	if err := j.keep("issued.pdf", j.issued); err != nil {
		return "", err
	}
	verdict, err := j.verdict(ctx, j.issued, 2)
	return j.t.Of(terminal.T("số %s ngày %s; ", "number %s of %s; "), j.document.Notation, j.document.Date) + verdict, err
}

func (j *Job) send(ctx context.Context) (string, error) {
	var err error
	if j.sent, err = j.as(Clerk).Send(ctx, j.document, "", j.to); err != nil {
		return "", err
	}
	if len(j.sent) != len(j.to) {
		return "", fmt.Errorf("%d deliveries, want %d", len(j.sent), len(j.to))
	}
	var places []string
	for _, d := range j.sent {
		places = append(places, fmt.Sprintf("%s: %s", d.Receiver, d.State))
	}
	return strings.Join(places, ", "), nil
}

// receive is what each receiving clerk does: find it in the inbox, fetch it,
// check it with nothing but the anchors, accept.
func (j *Job) receive(ctx context.Context) (string, error) {
	j.receipts = map[string][]byte{}
	var lines []string
	for i, sent := range j.sent {
		desk := j.as(ClerkOf(sent.Receiver))
		inbox, err := desk.Inbox(ctx)
		if err != nil {
			return "", err
		}
		found := exchange.Delivery{}
		for _, d := range inbox {
			if d.ID == sent.ID {
				found = d
			}
		}
		if found.ID == "" {
			return "", fmt.Errorf("%s has no %s in its inbox", sent.Receiver, sent.ID)
		}
		file, err := desk.DeliveredFile(ctx, found.ID)
		if err != nil {
			return "", err
		}
		if !bytes.Equal(file, j.issued) {
			return "", fmt.Errorf("%s got other bytes than were issued", sent.Receiver)
		}
		verdict, err := j.verdict(ctx, file, 2)
		if err != nil {
			return "", err
		}
		if j.sent[i], err = desk.Accept(ctx, found, ""); err != nil {
			return "", err
		}
		if j.receipts[sent.Receiver], err = desk.Receipt(ctx, found.ID); err != nil {
			return "", err
		}
		lines = append(lines, j.t.Of(terminal.T("%s: %s, số đến %d", "%s: %s, arrival number %d"), sent.Receiver, j.sent[i].State, j.sent[i].ArrivalNumber)+" ("+verdict+")")
	}
	return strings.Join(lines, "; "), nil
}

// checkReceipts fetches every receipt as the sender and checks it offline.
func (j *Job) checkReceipts(ctx context.Context) (string, error) {
	var lines []string
	for _, d := range j.sent {
		b, err := j.as(Clerk).Receipt(ctx, d.ID)
		if err != nil {
			return "", err
		}
		if !bytes.Equal(b, j.receipts[d.Receiver]) {
			return "", fmt.Errorf("sender and %s hold different receipts", d.Receiver)
		}
		if err := j.keep("receipt-"+d.Receiver+".json", b); err != nil {
			return "", err
		}
		line, err := j.receiptVerdict(b, DigestOf(j.issued))
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; "), nil
}

// checkDocument writes the reports that anybody could make from the file and
// the anchors.
func (j *Job) checkDocument(ctx context.Context) (string, error) {
	for name, b := range map[string][]byte{"approved": j.approved, "issued": j.issued} {
		report, err := j.judge.File(ctx, bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return "", err
		}
		report.File = j.prefix + name + ".pdf"
		asJSON, err := json.MarshalIndent(map[string]any{"documents": []any{report}}, "", "  ")
		if err != nil {
			return "", err
		}
		if err := j.keep(name+".report.json", append(asJSON, '\n')); err != nil {
			return "", err
		}
		if err := j.keep(name+".report.txt", []byte(strings.Join(j.t.ReportLines(report), "\n")+"\n")); err != nil {
			return "", err
		}
	}
	return j.verdict(ctx, j.issued, 2)
}

// tamper changes single bytes across document and receipts; each must be noticed.
func (j *Job) tamper(ctx context.Context) (string, error) {
	samples := j.flips
	if samples == 0 {
		samples = 40
	}
	for i := range samples {
		at := i * (len(j.issued) - 1) / (samples - 1)
		if !j.flipIsCaught(ctx, at) {
			return "", fmt.Errorf("byte %d of issued.pdf can be changed unnoticed", at)
		}
	}
	for agency, receipt := range j.receipts {
		for i := range samples {
			at := i * (len(receipt) - 1) / (samples - 1)
			changed := bytes.Clone(receipt)
			changed[at] ^= 0x01
			if _, err := j.receiptVerdict(changed, DigestOf(j.issued)); err == nil {
				return "", fmt.Errorf("byte %d of the receipt of %s can be changed unnoticed", at, agency)
			}
		}
	}
	return j.t.Of(terminal.T("đã thử %d vị trí trong văn bản và trong mỗi biên nhận", "%d places tried in the document and in each receipt"), samples), nil
}

// independent asks pdfsig and qpdf, when they are installed.
func (j *Job) independent(ctx context.Context) (string, error) {
	file := j.out.Path("out", j.prefix+"issued.pdf")
	var said []string
	if path, err := exec.LookPath("pdfsig"); err == nil {
		out, err := exec.CommandContext(ctx, path, "-nocert", file).CombinedOutput()
		valid := strings.Count(string(out), "Signature is Valid.")
		if valid != 2 {
			return "", fmt.Errorf("pdfsig finds %d valid signatures of 2 (%v)", valid, err)
		}
		said = append(said, j.t.Of(terminal.T("pdfsig: 2 chữ ký hợp lệ", "pdfsig: 2 valid signatures")))
	}
	if path, err := exec.LookPath("qpdf"); err == nil {
		if out, err := exec.CommandContext(ctx, path, "--check", file).CombinedOutput(); err != nil {
			return "", fmt.Errorf("qpdf --check: %w: %s", err, terminal.OneLine(string(out)))
		}
		said = append(said, j.t.Of(terminal.T("qpdf --check: không có lỗi", "qpdf --check: no complaint")))
	}
	if len(said) == 0 {
		return j.t.Of(terminal.T("không có công cụ nào được cài (pdfsig, qpdf)", "none is installed (pdfsig, qpdf)")), nil
	}
	return strings.Join(said, "; "), nil
}

// keep writes an artefact.
func (j *Job) keep(name string, b []byte) error {
	return files.WriteBytes(j.out.Path("out", j.prefix+name), 0o644, b)
}

// verdict verifies a PDF offline and wants every one of so many signatures valid.
func (j *Job) verdict(ctx context.Context, b []byte, signatures int) (string, error) {
	report, err := j.judge.File(ctx, bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", err
	}
	var signers []string
	for _, s := range report.Signatures {
		signers = append(signers, s.SignerName)
	}
	line := fmt.Sprintf("%s: %s", report.Indication, strings.Join(signers, ", "))
	if report.Indication != verify.TotalPassed || report.Alarm || len(report.Signatures) != signatures {
		return "", errors.New(strings.Join(j.t.ReportLines(report), " | "))
	}
	return line, nil
}

// receiptVerdict verifies a receipt offline against the document's digest.
func (j *Job) receiptVerdict(b []byte, digest string) (string, error) {
	report, err := j.judge.Receipt(b, digest)
	if err != nil {
		return "", err
	}
	if report.Indication != verify.TotalPassed || report.Alarm {
		return "", fmt.Errorf("receipt: %s %s %v", report.Indication, report.SubIndication, report.Findings)
	}
	return fmt.Sprintf("%s: %s", report.Indication, report.Evidence.Receiver.Name), nil
}

// flipIsCaught changes one byte of the issued file and says whether anybody notices.
func (j *Job) flipIsCaught(ctx context.Context, at int) bool {
	changed := bytes.Clone(j.issued)
	changed[at] ^= 0x01
	report, err := j.judge.File(ctx, bytes.NewReader(changed), int64(len(changed)))
	return err != nil || report.Alarm || report.Indication != verify.TotalPassed || len(report.Signatures) != 2
}

func DigestOf(b []byte) string {
	d := sha256.Sum256(b)
	return hex.EncodeToString(d[:])
}
