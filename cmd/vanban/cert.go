package main

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"

	"vanban/certs/certtest"
	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
	"vanban/internal/fault"
)

var codeFolderUsed = fault.Define("cli-folder-in-use", fault.Conflict,
	"Thư mục %s đã có dữ liệu.", "The folder %s is in use already.",
	"Chọn thư mục khác bằng --dir, hoặc tự xóa thư mục cũ nếu không cần nữa.", "Choose another folder with --dir, or remove the old one yourself when it is no longer needed.")

func newCertCommand(t *terminal.Terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cert",
		Short: t.Of(terminal.T("chứng thư số", "certificates")),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var dir string
	demo := &cobra.Command{
		Use:   "demo",
		Short: t.Of(terminal.T("tạo bộ chứng thư số thử nghiệm", "make certificates to try with")),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runCertDemo(cmd.Context(), t, house.Folder(dir))
		},
	}
	demo.Flags().StringVar(&dir, "dir", "demo-pki", t.Of(terminal.T("thư mục mới để ghi vào", "new folder to write into")))
	cmd.AddCommand(demo)
	return cmd
}

// sample is one key file that cert demo writes, and why it is worth having.
type sample struct {
	name    string
	citizen bool // of the public domain
	agency  bool
	subject certtest.Subject
	from    time.Duration // validity, relative to now
	until   time.Duration
	usage   certtest.Usage
	revoke  bool
	why     terminal.Text
}

const day = 24 * time.Hour

// certSamples are one good key of each kind and the bad ones that a person
// should have seen refused once.
func certSamples() []sample {
	leader := certtest.Subject{CN: "Nguyễn Thị Nghĩa", Title: "Giám đốc", O: "Sở Nội vụ tỉnh Hà Tĩnh", L: "Hà Tĩnh"}
	return []sample{
		{name: "leader", subject: leader, from: -day, until: 3 * 365 * day,
			why: terminal.T("lãnh đạo ký", "a leader signs")},
		{name: "agency", agency: true, subject: certtest.Subject{CN: "Ủy ban nhân dân tỉnh Vĩnh Long", O: "Ủy ban nhân dân tỉnh Vĩnh Long", L: "Vĩnh Long"}, from: -day, until: 3 * 365 * day,
			why: terminal.T("cơ quan đóng dấu", "an agency seals")},
		{name: "citizen", citizen: true, subject: certtest.Subject{CN: "Đặng Hữu Lộc", L: "Nghĩa Hành"}, from: -day, until: 2 * 365 * day,
			why: terminal.T("công dân, chứng thư công cộng", "a citizen, public domain")},
		{name: "expired", subject: leader, from: -400 * day, until: -30 * day,
			why: terminal.T("đã hết hạn: phải bị từ chối", "expired: must be refused")},
		{name: "not-yet-valid", subject: leader, from: 30 * day, until: 400 * day,
			why: terminal.T("chưa có hiệu lực: phải bị từ chối", "not yet valid: must be refused")},
		{name: "revoked", subject: leader, from: -60 * day, until: 300 * day, revoke: true,
			why: terminal.T("đã bị thu hồi (xem evidence/): phải bị từ chối", "revoked (see evidence/): must be refused")},
		{name: "wrong-usage", subject: leader, from: -day, until: 300 * day, usage: certtest.ForTLS,
			why: terminal.T("không dùng để ký: phải bị từ chối", "not for signing: must be refused")},
	}
}

// runCertDemo writes a PKI in the two trust domains with a key of each kind.
func runCertDemo(ctx context.Context, t *terminal.Terminal, f house.Folder) error {
	if entries, err := os.ReadDir(string(f)); err == nil && len(entries) > 0 {
		return codeFolderUsed.New(string(f))
	}
	pki, err := certtest.New(certtest.Config{Now: t.Now})
	if err != nil {
		return err
	}
	for _, dir := range []string{string(f), f.Trust(), f.Evidence()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return files.WriteError(dir, err)
		}
	}
	type made struct {
		P12          string `json:"p12"`
		PasswordFile string `json:"passwordFile"`
		Note         string `json:"note"`
	}
	var keys []made
	for _, s := range certSamples() {
		if err := ctx.Err(); err != nil {
			return err
		}
		p12, password := f.Path(s.name+".p12"), f.Path(s.name+".password")
		if err := s.write(pki, t.Now(), p12, password); err != nil {
			return err
		}
		keys = append(keys, made{p12, password, t.Of(s.why)})
	}
	if err := house.WriteTrust(f, pki); err != nil {
		return err
	}
	if t.JSON {
		return t.Object(map[string]any{"trust": f.Trust(), "evidence": f.Evidence(), "keys": keys})
	}
	for _, k := range keys {
		t.Line("%s  %s", k.P12, k.Note)
	}
	t.Say(terminal.T("Chứng thư gốc: %s, CRL: %s. Chỉ dùng để thử.", "Anchors: %s, CRLs: %s. For trying only."), f.Trust(), f.Evidence())
	t.Say(terminal.T("Thử: vanban sign VAN-BAN.pdf -o da-ky.pdf --p12 %s --password-file %s && vanban verify da-ky.pdf --trust %s --evidence %s --offline", "Try: vanban sign LETTER.pdf -o signed.pdf --p12 %s --password-file %s && vanban verify signed.pdf --trust %s --evidence %s --offline"),
		keys[0].P12, keys[0].PasswordFile, f.Trust(), f.Evidence())
	return nil
}

// write issues one sample and writes its key and password files.
func (s sample) write(pki *certtest.PKI, now time.Time, p12, passwordFile string) error {
	issue := pki.Leader
	switch {
	case s.agency:
		issue = pki.Agency
	case s.citizen:
		issue = pki.Citizen
	}
	id, err := issue(s.subject, certtest.Options{NotBefore: now.Add(s.from), NotAfter: now.Add(s.until), Usage: s.usage})
	if err != nil {
		return err
	}
	if s.revoke {
		if err := pki.Revoke(id.Certificate, now.Add(-day)); err != nil {
			return err
		}
	}
	return house.WriteKey(p12, passwordFile, id)
}
