package demo

import (
	"encoding/json"
	"strings"

	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
	"vanban/exchange"
	"vanban/exchange/layout"
	"vanban/testdata"
)

// NewJob is the main job for the sample letter: from the sender to the
// three others.
func NewJob(t *terminal.Terminal, h *house.House, base string) (*Job, error) {
	letter, err := testdata.Letter()
	if err != nil {
		return nil, err
	}
	j := &Job{t: t, base: base, out: h.Folder, judge: h.Judge, name: letter.Name + ".pdf", pdf: letter.PDF, to: Receivers()}
	j.draft, err = DraftOf(letter)
	if err != nil {
		return nil, err
	}
	j.tokens, err = Tokens(h.Folder)
	return j, err
}

// DraftOf is what the clerk says about a sample when uploading it.
func DraftOf(d testdata.Document) (exchange.Draft, error) {
	var marks layout.Layout
	if err := json.Unmarshal(d.Marks, &marks); err != nil {
		return exchange.Draft{}, err
	}
	return exchange.Draft{Agency: Sender, Type: d.Type, Unit: d.Unit, Subject: d.Subject, Leader: Leader, Layout: &marks}, nil
}

// Tokens reads the log-in tokens of the cast, by person.
func Tokens(f house.Folder) (map[string]string, error) {
	tokens := map[string]string{}
	for _, m := range demoPeople {
		b, err := files.ReadSmall(f.TokenFile(m.id), 1<<10)
		if err != nil {
			return nil, err
		}
		tokens[m.id] = strings.TrimSpace(string(b))
	}
	return tokens, nil
}

// Welcome prints what a newcomer needs: where, as whom, and what to try.
func Welcome(t *terminal.Terminal, f house.Folder, base, version string) error {
	tokens, err := Tokens(f)
	if err != nil {
		return err
	}
	t.Say(terminal.T("vanban %s — bản dùng thử, dữ liệu ở %s", "vanban %s — demo, data in %s"), version, f)
	t.Say(terminal.T("Trang kiểm tra văn bản (không cần đăng nhập): %s/kiem-tra", "Check a document (no log-in): %s/kiem-tra?lang=en"), base)
	t.Say(terminal.T("Đăng nhập: %s/dang-nhap", "Log in: %s/dang-nhap?lang=en"), base)
	for _, m := range demoPeople {
		t.Line("  %-18s %-28s %s — %s, %s", m.id, tokens[m.id], m.name, m.title, officeName(m.agency))
	}
	t.Say(terminal.T("Thử bằng curl (mã đăng nhập ở %[1]s/tokens/):", "Try with curl (log-in tokens are in %[1]s/tokens/):"), f)
	t.Line(`  curl -s -H "Authorization: Bearer $(cat %s)" -H "Idempotency-Key: $(date +%%s%%N)" -F "meta=@%s;type=application/json" -F "file=@%s;type=application/pdf" %s/api/v1/documents`,
		f.TokenFile(Clerk), f.Path("samples", "cong-van.json"), f.Path("samples", "cong-van.pdf"), base)
	t.Line(`  curl -s --data-binary @%s -H "Content-Type: application/pdf" %s/api/v1/verify`, f.Path("samples", "cong-van.pdf"), base)
	t.Say(terminal.T("Các bước tiếp theo (ký, đóng dấu, gửi, tiếp nhận): README.md.", "The next steps (sign, seal, send, accept): README.md."))
	t.Say(terminal.T("Tự chạy toàn bộ quy trình: vanban demo --once --dir %s (sau khi dừng bản này). Nhấn Ctrl+C để dừng.", "The whole main job by itself: vanban demo --once --dir %s (after stopping this one). Press Ctrl+C to stop."), f)
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
