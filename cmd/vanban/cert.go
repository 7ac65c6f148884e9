package main

import (
	"context"
	"crypto/rand"
	"os"
	"time"

	"github.com/spf13/cobra"

	"vanban/certs/certtest"
	"vanban/internal/fault"
)

var codeFolderUsed = fault.Define("cli-folder-in-use", fault.Conflict,
	"Thư mục %s đã có dữ liệu.", "The folder %s is in use already.",
	"Chọn thư mục khác bằng --dir, hoặc tự xóa thư mục cũ nếu không cần nữa.", "Choose another folder with --dir, or remove the old one yourself when it is no longer needed.")

func newCertCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cert",
		Short: t.of(text{"chứng thư số", "certificates"}),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var dir string
	demo := &cobra.Command{
		Use:   "demo",
		Short: t.of(text{"tạo bộ chứng thư số thử nghiệm", "make certificates to try with"}),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runCertDemo(cmd.Context(), t, folder(dir))
		},
	}
	demo.Flags().StringVar(&dir, "dir", "demo-pki", t.of(text{"thư mục mới để ghi vào", "new folder to write into"}))
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
	why     text
}

const day = 24 * time.Hour

// certSamples are one good key of each kind and the bad ones that a person
// should have seen refused once.
func certSamples() []sample {
	leader := certtest.Subject{CN: "Nguyễn Thị Nghĩa", Title: "Giám đốc", O: "Sở Nội vụ tỉnh Hà Tĩnh", L: "Hà Tĩnh"}
	return []sample{
		{name: "leader", subject: leader, from: -day, until: 3 * 365 * day,
			why: text{"lãnh đạo ký", "a leader signs"}},
		{name: "agency", agency: true, subject: certtest.Subject{CN: "Ủy ban nhân dân tỉnh Vĩnh Long", O: "Ủy ban nhân dân tỉnh Vĩnh Long", L: "Vĩnh Long"}, from: -day, until: 3 * 365 * day,
			why: text{"cơ quan đóng dấu", "an agency seals"}},
		{name: "citizen", citizen: true, subject: certtest.Subject{CN: "Đặng Hữu Lộc", L: "Nghĩa Hành"}, from: -day, until: 2 * 365 * day,
			why: text{"công dân, chứng thư công cộng", "a citizen, public domain"}},
		{name: "expired", subject: leader, from: -400 * day, until: -30 * day,
			why: text{"đã hết hạn: phải bị từ chối", "expired: must be refused"}},
		{name: "not-yet-valid", subject: leader, from: 30 * day, until: 400 * day,
			why: text{"chưa có hiệu lực: phải bị từ chối", "not yet valid: must be refused"}},
		{name: "revoked", subject: leader, from: -60 * day, until: 300 * day, revoke: true,
			why: text{"đã bị thu hồi (xem evidence/): phải bị từ chối", "revoked (see evidence/): must be refused"}},
		{name: "wrong-usage", subject: leader, from: -day, until: 300 * day, usage: certtest.ForTLS,
			why: text{"không dùng để ký: phải bị từ chối", "not for signing: must be refused"}},
	}
}

// runCertDemo writes a PKI in the two trust domains with a key of each kind.
func runCertDemo(ctx context.Context, t *terminal, f folder) error {
	if entries, err := os.ReadDir(string(f)); err == nil && len(entries) > 0 {
		return codeFolderUsed.New(string(f))
	}
	pki, err := certtest.New(certtest.Config{Now: t.now})
	if err != nil {
		return err
	}
	for _, dir := range []string{string(f), f.trust(), f.evidence()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return codeWrite.Wrap(err, dir, reason(err))
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
		p12, password := f.path(s.name+".p12"), f.path(s.name+".password")
		if err := s.write(pki, t.now(), p12, password); err != nil {
			return err
		}
		keys = append(keys, made{p12, password, t.of(s.why)})
	}
	if err := writeTrust(f, pki); err != nil {
		return err
	}
	if t.json {
		return t.object(map[string]any{"trust": f.trust(), "evidence": f.evidence(), "keys": keys})
	}
	for _, k := range keys {
		t.line("%s  %s", k.P12, k.Note)
	}
	t.say(text{"Chứng thư gốc: %s, CRL: %s. Chỉ dùng để thử.", "Anchors: %s, CRLs: %s. For trying only."}, f.trust(), f.evidence())
	t.say(text{"Thử: vanban sign VAN-BAN.pdf -o da-ky.pdf --p12 %s --password-file %s && vanban verify da-ky.pdf --trust %s --evidence %s --offline",
		"Try: vanban sign LETTER.pdf -o signed.pdf --p12 %s --password-file %s && vanban verify signed.pdf --trust %s --evidence %s --offline"},
		keys[0].P12, keys[0].PasswordFile, f.trust(), f.evidence())
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
	return writeKey(p12, passwordFile, id)
}

// writeKey writes a key under a password of its own, which lies beside it:
// demo keys protect nothing.
func writeKey(p12, passwordFile string, id *certtest.Identity) error {
	password := rand.Text()
	if err := certtest.WriteP12(p12, id, password); err != nil {
		return codeWrite.Wrap(err, p12, reason(err))
	}
	return writeSecret(passwordFile, password+"\n")
}

// writeTrust writes the anchors and the current CRL of every CA.
func writeTrust(f folder, pki *certtest.PKI) error {
	if err := pki.WriteAnchors(f.trust()); err != nil {
		return codeWrite.Wrap(err, f.trust(), reason(err))
	}
	for _, ca := range []*certtest.CA{pki.OfficialRoot, pki.OfficialCA, pki.PublicRoot, pki.PublicCA} {
		crl, err := pki.CRL(ca)
		if err != nil {
			return err
		}
		path := f.path("evidence", ca.Name+".crl")
		if err := os.WriteFile(path, crl, 0o644); err != nil {
			return codeWrite.Wrap(err, path, reason(err))
		}
	}
	return nil
}
