package main

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"
	"time"

	"vanban/exchange"
	"vanban/testdata"
)

// TestBadRequests gives the hub the bad input of the issue over HTTP: each
// answers a problem document with one code and both languages in time, and
// leaves no half-made record.
func TestBadRequests(t *testing.T) {
	h, base := demoServer(t)
	tokens, err := readTokens(h.folder)
	if err != nil {
		t.Fatal(err)
	}
	letter, err := testdata.Letter()
	if err != nil {
		t.Fatal(err)
	}
	draft, err := draftOf(letter)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	clerk, leader := newClient(base, tokens[demoClerk]), newClient(base, tokens[demoLeader])
	first, err := clerk.upload(ctx, "", draft, "a.pdf", bytes.NewReader(letter.PDF))
	if err != nil {
		t.Fatal(err)
	}
	approved, err := leader.documentAct(ctx, first, "approve", "")
	if err != nil {
		t.Fatal(err)
	}
	second, err := clerk.upload(ctx, "", draft, "b.pdf", bytes.NewReader(letter.PDF))
	if err != nil {
		t.Fatal(err)
	}
	upload := func(b []byte) func() error {
		return func() error {
			_, err := clerk.upload(ctx, "", draft, "x.pdf", bytes.NewReader(b))
			return err
		}
	}
	cases := []struct {
		name   string
		do     func() error
		status int
		code   string
	}{
		{"a text file", upload([]byte("Kính gửi")), 422, "pdf-not-a-pdf"},
		{"an empty file", upload(nil), 422, ""},
		{"a cut file", upload(letter.PDF[:len(letter.PDF)/2]), 422, "pdf-truncated"},
		{"a deep array", upload(deepArray()), 422, "pdf-damaged"},
		{"a cyclic page tree", upload(cyclicPages()), 422, "pdf-damaged"},
		{"over the limit", func() error {
			_, err := clerk.upload(ctx, "", draft, "x.pdf", io.MultiReader(bytes.NewReader(letter.PDF), io.LimitReader(zeros{}, demoLimitMiB<<20)))
			return err
		}, 413, ""},
		{"a seal without a leader's signature", func() error { _, err := clerk.documentAct(ctx, second, "issue", ""); return err }, 409, "exchange-not-approved"},
		{"a signature by a clerk", func() error { _, err := clerk.documentAct(ctx, second, "approve", ""); return err }, 403, ""},
		{"a stale If-Match", func() error { _, err := clerk.documentAct(ctx, first, "issue", ""); return err }, 412, "exchange-stale-version"},
		{"sending what is not issued", func() error { _, err := clerk.send(ctx, approved, "", demoReceivers()); return err }, 409, "exchange-not-issued"},
		{"no log-in", func() error { _, err := newClient(base, "").document(ctx, first.ID); return err }, 401, "web-login-needed"},
		{"a document of others", func() error {
			_, err := newClient(base, tokens["le-thi-vinh"]).document(ctx, first.ID)
			return err
		}, 403, "exchange-needs-staff"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { badRequest(t, c.do, c.status, c.code) })
	}
	issued, err := clerk.documentAct(ctx, approved, "issue", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("an unknown recipient", func(t *testing.T) {
		badRequest(t, func() error { _, err := clerk.send(ctx, issued, "", []string{"H61", "H99.NONE"}); return err }, 422, "exchange-receiver-unknown")
	})
	all, err := clerk.allDocuments(ctx)
	if err != nil || len(all) != 2 {
		t.Errorf("%d documents, %v; want the two good ones", len(all), err)
	}
	if d, err := clerk.document(ctx, issued.ID); err != nil || d.State != exchange.Issued || d.Number != 1 {
		t.Errorf("the issued document is %+v, %v", d, err)
	}
	inbox, err := newClient(base, tokens["le-thi-vinh"]).inbox(ctx)
	if err != nil || len(inbox) != 0 {
		t.Errorf("H61 got %d deliveries, %v, of a request that was refused", len(inbox), err)
	}
	if problems, err := h.service.Check(ctx); err != nil || len(problems) > 0 {
		t.Errorf("check: %v %v", problems, err)
	}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func badRequest(t *testing.T, do func() error, status int, code string) {
	t.Helper()
	start := time.Now()
	err := do()
	if took := time.Since(start); took > badInputSlack {
		t.Errorf("took %v", took)
	}
	var answer *answerError
	if !errors.As(err, &answer) {
		t.Fatalf("%v is no problem document", err)
	}
	if answer.Status != status || code != "" && answer.Code != code {
		t.Errorf("%d %s, want %d %s", answer.Status, answer.Code, status, code)
	}
	if answer.Detail == "" || answer.DetailEn == "" || answer.Detail == answer.DetailEn || answer.Hint == "" || answer.HintEn == "" {
		t.Errorf("not in both languages: %+v", answer)
	}
}

// TestFirstAnswer starts the server of a ready folder and wants its first
// answer within a second, of an idle machine, and a polite end on SIGTERM.
func TestFirstAnswer(t *testing.T) {
	dir := t.TempDir()
	if err := makeDemo(t.Context(), folder(dir), time.Now); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(folder(dir).config())
	if err != nil {
		t.Fatal(err)
	}
	c.Data = ""
	if c.Listen, err = freeAddress(); err != nil {
		t.Fatal(err)
	}
	if err := c.save(folder(dir).config()); err != nil {
		t.Fatal(err)
	}
	server := &child{t: t, args: []string{"serve", "--config", dir}, base: "http://" + c.Listen}
	t.Cleanup(server.kill)
	took := server.start()
	t.Logf("first answer after %v", took)
	if took > busyMachine*time.Second {
		t.Errorf("first answer after %v", took)
	}
	if err := server.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.cmd.Wait(); err != nil {
		t.Errorf("a polite stop: %v\n%s", err, server.errs.String())
	}
	server.cmd = nil
}
