package demo

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"vanban/cmd/vanban/badpdf"
	"vanban/exchange"
	"vanban/testdata"
)

// TestBadRequests gives the hub the bad input of the issue over HTTP: each
// answers a problem document with one code and both languages in time, and
// leaves no half-made record.
func TestBadRequests(t *testing.T) {
	h, base := demoServer(t)
	tokens, err := Tokens(h.Folder)
	if err != nil {
		t.Fatal(err)
	}
	letter, err := testdata.Letter()
	if err != nil {
		t.Fatal(err)
	}
	draft, err := DraftOf(letter)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	clerk, leader := NewClient(base, tokens[Clerk]), NewClient(base, tokens[Leader])
	first, err := clerk.Upload(ctx, "", draft, "a.pdf", bytes.NewReader(letter.PDF))
	if err != nil {
		t.Fatal(err)
	}
	approved, err := leader.Act(ctx, first, "approve", "")
	if err != nil {
		t.Fatal(err)
	}
	second, err := clerk.Upload(ctx, "", draft, "b.pdf", bytes.NewReader(letter.PDF))
	if err != nil {
		t.Fatal(err)
	}
	upload := func(b []byte) func() error {
		return func() error {
			_, err := clerk.Upload(ctx, "", draft, "x.pdf", bytes.NewReader(b))
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
		{"a deep array", upload(badpdf.DeepArray()), 422, "pdf-damaged"},
		{"a cyclic page tree", upload(badpdf.CyclicPages()), 422, "pdf-damaged"},
		{"over the limit", func() error {
			_, err := clerk.Upload(ctx, "", draft, "x.pdf", io.MultiReader(bytes.NewReader(letter.PDF), io.LimitReader(zeros{}, demoLimitMiB<<20)))
			return err
		}, 413, ""},
		{"a seal without a leader's signature", func() error { _, err := clerk.Act(ctx, second, "issue", ""); return err }, 409, "exchange-not-approved"},
		{"a signature by a clerk", func() error { _, err := clerk.Act(ctx, second, "approve", ""); return err }, 403, ""},
		{"a stale If-Match", func() error { _, err := clerk.Act(ctx, first, "issue", ""); return err }, 412, "exchange-stale-version"},
		{"sending what is not issued", func() error { _, err := clerk.Send(ctx, approved, "", Receivers()); return err }, 409, "exchange-not-issued"},
		{"no log-in", func() error { _, err := NewClient(base, "").Document(ctx, first.ID); return err }, 401, "web-login-needed"},
		{"a document of others", func() error {
			_, err := NewClient(base, tokens["le-thi-vinh"]).Document(ctx, first.ID)
			return err
		}, 403, "exchange-needs-staff"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { badRequest(t, c.do, c.status, c.code) })
	}
	issued, err := clerk.Act(ctx, approved, "issue", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("an unknown recipient", func(t *testing.T) {
		badRequest(t, func() error { _, err := clerk.Send(ctx, issued, "", []string{"H61", "H99.NONE"}); return err }, 422, "exchange-receiver-unknown")
	})
	all, err := clerk.Documents(ctx)
	if err != nil || len(all) != 2 {
		t.Errorf("%d documents, %v; want the two good ones", len(all), err)
	}
	if d, err := clerk.Document(ctx, issued.ID); err != nil || d.State != exchange.Issued || d.Number != 1 {
		t.Errorf("the issued document is %+v, %v", d, err)
	}
	inbox, err := NewClient(base, tokens["le-thi-vinh"]).Inbox(ctx)
	if err != nil || len(inbox) != 0 {
		t.Errorf("H61 got %d deliveries, %v, of a request that was refused", len(inbox), err)
	}
	if problems, err := h.Service.Check(ctx); err != nil || len(problems) > 0 {
		t.Errorf("check: %v %v", problems, err)
	}
}

// promptly is what a bad request may take: 2 s, and three times that on a busy
// machine.
const promptly = 6 * time.Second

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func badRequest(t *testing.T, do func() error, status int, code string) {
	t.Helper()
	start := time.Now()
	err := do()
	if took := time.Since(start); took > promptly {
		t.Errorf("took %v", took)
	}
	var answer *Answer
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
