package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"vanban/exchange"
	"vanban/exchange/layout"
	"vanban/testdata"
)

type demoOptions struct {
	dir    string
	listen string
	once   bool
}

func newDemoCommand(t *terminal) *cobra.Command {
	o := demoOptions{}
	cmd := &cobra.Command{
		Use:   "demo [--dir D] [--listen A] [--once]",
		Short: t.of(text{"dùng thử: bốn cơ quan, sáu người, văn bản mẫu", "try it: four agencies, six people, sample documents"}),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), t, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.dir, "dir", "demo-data", t.of(text{"thư mục dữ liệu", "data folder"}))
	f.StringVar(&o.listen, "listen", defaultListen, t.of(text{"địa chỉ trả lời HTTP", "address that answers HTTP"}))
	f.BoolVar(&o.once, "once", false, t.of(text{"tự chạy toàn bộ quy trình một lần rồi thoát", "run the main job once by itself and exit"}))
	return cmd
}

// runDemo makes the data folder if it is not there, serves it, and either
// carries one document through the main job or waits for people.
func runDemo(ctx context.Context, t *terminal, o demoOptions) error {
	f := folder(o.dir)
	if exists, err := f.exists(); err != nil {
		return err
	} else if !exists {
		if err := makeDemo(ctx, f, t.now); err != nil {
			return err
		}
	}
	c, err := loadConfig(f.config())
	if err != nil {
		return err
	}
	if c.Listen = o.listen; o.once {
		c.Listen = "127.0.0.1:0" // nobody needs to find it
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return codeListen.Wrap(err, c.Listen, reason(err))
	}
	defer l.Close()
	log := t.logger()
	if o.once {
		log = slog.New(slog.DiscardHandler)
	}
	h, err := openHouse(ctx, c, t.now, log)
	if err != nil {
		return err
	}
	defer h.close()
	base := "http://" + l.Addr().String()
	if !o.once {
		if err := t.welcome(f, base); err != nil {
			return err
		}
		return h.serve(ctx, l)
	}
	return runOnce(ctx, t, h, l, base)
}

// runOnce serves and runs the main job as six people would, over HTTP.
func runOnce(ctx context.Context, t *terminal, h *house, l net.Listener, base string) error {
	serving, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- h.serve(serving, l) }()
	defer func() { stop(); <-served }()
	j, err := newDemoJob(t, h, base)
	if err != nil {
		return err
	}
	err = j.run(ctx)
	if t.json {
		if err := t.object(map[string]any{"ok": err == nil, "out": h.folder.out(), "steps": j.steps}); err != nil {
			return err
		}
		if err != nil {
			return &verdict{exitFailed}
		}
		return nil
	}
	if err == nil {
		t.say(text{"Hoàn tất. Kết quả ở %s", "Done. The results are in %s"}, h.folder.out())
	}
	return err
}

// newDemoJob is the main job for the sample letter: from the sender to the
// three others.
func newDemoJob(t *terminal, h *house, base string) (*job, error) {
	letter, err := testdata.Letter()
	if err != nil {
		return nil, err
	}
	j := &job{t: t, base: base, out: h.folder, judge: h.judge, name: letter.Name + ".pdf", pdf: letter.PDF, to: demoReceivers()}
	j.draft, err = draftOf(letter)
	if err != nil {
		return nil, err
	}
	j.tokens, err = readTokens(h.folder)
	return j, err
}

// draftOf is what the clerk says about a sample when uploading it.
func draftOf(d testdata.Document) (exchange.Draft, error) {
	var marks layout.Layout
	if err := json.Unmarshal(d.Marks, &marks); err != nil {
		return exchange.Draft{}, err
	}
	return exchange.Draft{Agency: demoSender, Type: d.Type, Unit: d.Unit, Subject: d.Subject, Leader: demoLeader, Layout: &marks}, nil
}

func readTokens(f folder) (map[string]string, error) {
	tokens := map[string]string{}
	for _, m := range demoPeople {
		b, err := readSmall(f.tokenFile(m.id), 1<<10)
		if err != nil {
			return nil, err
		}
		tokens[m.id] = strings.TrimSpace(string(b))
	}
	return tokens, nil
}

// welcome prints what a newcomer needs: where, as whom, and what to try.
func (t *terminal) welcome(f folder, base string) error {
	tokens, err := readTokens(f)
	if err != nil {
		return err
	}
	t.say(text{"vanban %s — bản dùng thử, dữ liệu ở %s", "vanban %s — demo, data in %s"}, version, f)
	t.say(text{"Trang kiểm tra văn bản (không cần đăng nhập): %s/kiem-tra", "Check a document (no log-in): %s/kiem-tra?lang=en"}, base)
	t.say(text{"Đăng nhập: %s/dang-nhap", "Log in: %s/dang-nhap?lang=en"}, base)
	for _, m := range demoPeople {
		t.line("  %-18s %-28s %s — %s, %s", m.id, tokens[m.id], m.name, m.title, officeName(m.agency))
	}
	t.say(text{"Thử bằng curl (mã đăng nhập ở %[1]s/tokens/):", "Try with curl (log-in tokens are in %[1]s/tokens/):"}, f)
	t.line(`  curl -s -H "Authorization: Bearer $(cat %s)" -H "Idempotency-Key: $(date +%%s%%N)" -F "meta=@%s;type=application/json" -F "file=@%s;type=application/pdf" %s/api/v1/documents`,
		f.tokenFile(demoClerk), f.path("samples", "cong-van.json"), f.path("samples", "cong-van.pdf"), base)
	t.line(`  curl -s --data-binary @%s -H "Content-Type: application/pdf" %s/api/v1/verify`, f.path("samples", "cong-van.pdf"), base)
	t.say(text{"Tự chạy toàn bộ quy trình: vanban demo --once --dir %s (sau khi dừng bản này). Nhấn Ctrl+C để dừng.", "The whole main job by itself: vanban demo --once --dir %s (after stopping this one). Press Ctrl+C to stop."}, f)
	return nil
}

func officeName(id string) string {
	for _, o := range demoOffices {
		if o.id == id {
			return o.name
		}
	}
	return id
}
