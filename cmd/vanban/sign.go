package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vanban/certs"
	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
	"vanban/internal/fault"
	"vanban/internal/pdf/draw"
	"vanban/sign"
	"vanban/sign/softkey"
)

// maxPicture bounds --image before it is decoded; draw has finer limits.
const maxPicture = 8 << 20

// signOptions are the flags of sign and prepare.
type signOptions struct {
	inputs            []string
	out, outDir       string
	p12, passwordFile string
	level             string
	tsa               string
	field             string
	page              int
	rect              string
	image             string
	text              []string
	reason, location  string
	certify           int
	hash              string
	pss               bool
	chain             string
	trust, evidence   []string
	offline           bool
}

// signed is one line of the result.
type signed struct {
	File     string               `json:"file"`
	Output   string               `json:"output,omitempty"`
	Field    string               `json:"field,omitempty"`
	Size     int64                `json:"size,omitempty"`
	SHA256   string               `json:"sha256,omitempty"`
	Level    string               `json:"level,omitempty"`
	Warnings []terminal.ErrorJSON `json:"warnings,omitempty"`
	Error    *terminal.ErrorJSON  `json:"error,omitempty"`
}

func newSignCommand(t *terminal.Terminal) *cobra.Command {
	o := &signOptions{}
	cmd := &cobra.Command{
		Use:   "sign IN... (-o OUT | --out-dir D) --p12 F --password-file F",
		Short: t.Of(terminal.T("ký số tệp PDF (PAdES)", "sign PDF files (PAdES)")),
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.inputs = args
			return runSign(cmd.Context(), t, o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.out, "output", "o", "", t.Of(terminal.T("tệp kết quả, khi chỉ ký một tệp", "the signed file, when there is one input")))
	f.StringVar(&o.outDir, "out-dir", "", t.Of(terminal.T("thư mục kết quả, tên tệp giữ nguyên", "the folder for signed files, names stay")))
	f.StringVar(&o.p12, "p12", "", t.Of(terminal.T("tệp khóa PKCS#12 (.p12, .pfx)", "key file, PKCS#12 (.p12, .pfx)")))
	f.StringVar(&o.passwordFile, "password-file", "", t.Of(terminal.T("tệp chứa mật khẩu của tệp khóa", "file that holds the password of the key file")))
	o.addSigningFlags(cmd, t)
	cmd.MarkFlagsOneRequired("output", "out-dir")
	cmd.MarkFlagsMutuallyExclusive("output", "out-dir")
	mustRequire(cmd, "p12", "password-file")
	return cmd
}

// addSigningFlags adds what sign and prepare share.
func (o *signOptions) addSigningFlags(cmd *cobra.Command, t *terminal.Terminal) {
	f := cmd.Flags()
	f.StringVar(&o.level, "level", "", t.Of(terminal.T("mức PAdES: B-B hoặc B-T (mặc định B-T khi có --tsa, nếu không B-B)", "PAdES level: B-B or B-T (default B-T with --tsa, else B-B)")))
	f.StringVar(&o.tsa, "tsa", "", t.Of(terminal.T("địa chỉ dịch vụ cấp dấu thời gian RFC 3161", "address of an RFC 3161 time-stamp authority")))
	f.StringVar(&o.field, "field", "", t.Of(terminal.T("tên trường chữ ký có sẵn hoặc mới", "name of an existing or new signature field")))
	f.IntVar(&o.page, "page", 1, t.Of(terminal.T("trang hiện chữ ký, 0 là trang cuối", "page of the visible signature, 0 is the last")))
	f.StringVar(&o.rect, "rect", "", t.Of(terminal.T("ô chữ ký x,y,rộng,cao (mm từ góc trên bên trái)", "rectangle x,y,width,height (mm from the top left)")))
	f.StringVar(&o.image, "image", "", t.Of(terminal.T("ảnh chữ ký PNG nền trong suốt", "picture of the signature, PNG with transparency")))
	f.StringArrayVar(&o.text, "text", nil, t.Of(terminal.T("dòng chữ trong ô chữ ký (dùng được nhiều lần)", "line of text in the rectangle (repeatable)")))
	f.StringVar(&o.reason, "reason", "", t.Of(terminal.T("lý do ký", "reason for signing")))
	f.StringVar(&o.location, "location", "", t.Of(terminal.T("nơi ký", "place of signing")))
	f.IntVar(&o.certify, "certify", 0, t.Of(terminal.T("chứng nhận tài liệu, mức 1, 2 hoặc 3", "certify the document, level 1, 2 or 3")))
	f.StringVar(&o.hash, "hash", "sha256", "sha256 | sha384 | sha512")
	f.BoolVar(&o.pss, "pss", false, t.Of(terminal.T("RSASSA-PSS thay cho PKCS#1 v1.5", "RSASSA-PSS instead of PKCS#1 v1.5")))
	f.StringVar(&o.chain, "chain", "", t.Of(terminal.T("tệp chứng thư CA trung gian kèm thêm", "file with more intermediate certificates")))
	f.StringArrayVar(&o.trust, "trust", nil, t.Of(terminal.T("tệp hoặc thư mục chứng thư gốc tin cậy; khi có thì bắt buộc", "file or folder of trust anchors; required to match when given")))
	f.StringArrayVar(&o.evidence, "evidence", nil, t.Of(terminal.T("tệp hoặc thư mục CRL, OCSP, chứng thư có sẵn", "file or folder of CRLs, OCSP responses, certificates at hand")))
	f.BoolVar(&o.offline, "offline", false, t.Of(terminal.T("không truy cập mạng", "do not use the network")))
}

var (
	codeLevel = fault.Define("cli-level", fault.Input,
		"Mức ký %q chưa được hỗ trợ.", "The signature level %q is not available.",
		"Dùng --level B-B, hoặc --level B-T cùng với --tsa URL.", "Use --level B-B, or --level B-T together with --tsa URL.")
	codeHash = fault.Define("cli-hash", fault.Input,
		"Hàm băm %q không được dùng để ký.", "The hash %q is not used for signing.",
		"Chọn sha256, sha384 hoặc sha512.", "Choose sha256, sha384 or sha512.")
	codeOfflineTSA = fault.Define("cli-offline-tsa", fault.Input,
		"Mức B-T cần dịch vụ cấp dấu thời gian, không dùng được với --offline.", "Level B-T needs a time-stamp authority and cannot be made with --offline.",
		"Bỏ --offline hoặc ký mức B-B.", "Leave out --offline or sign at level B-B.")
)

// runSign signs each input. One that fails does not stop the rest (SIG-17).
func runSign(ctx context.Context, t *terminal.Terminal, o *signOptions) error {
	outputs, err := o.outputs()
	if err != nil {
		return err
	}
	req, err := o.request(t)
	if err != nil {
		return err
	}
	key, err := o.key()
	if err != nil {
		return err
	}
	o.fetchEvidence(ctx, t, key, &req)
	results, failed := make([]signed, len(o.inputs)), error(nil)
	bar := t.Progress(len(o.inputs))
	for i, in := range o.inputs {
		results[i] = signed{File: in, Output: outputs[i]}
		err := signFile(ctx, in, outputs[i], key, req, &results[i])
		bar.Step()
		if err == nil {
			signedLine(t, &results[i])
			continue
		}
		failed = err
		e := terminal.NewErrorJSON("", err)
		results[i].Output, results[i].Error = "", &e
		if !t.JSON && len(o.inputs) > 1 {
			t.Complain(in, err)
		}
		if ctx.Err() != nil {
			results = results[:i+1]
			break
		}
	}
	if t.JSON {
		if err := t.Object(map[string]any{"signed": results}); err != nil {
			return err
		}
	}
	switch {
	case failed == nil:
		return nil
	case t.JSON || len(o.inputs) > 1:
		return &terminal.Exit{Status: exitFailed}
	default:
		return failed
	}
}

// fill takes over what sign says about the file that it made.
func (s *signed) fill(r *sign.Result) {
	s.Field, s.Size, s.SHA256 = r.Field, r.Size, hex.EncodeToString(r.SHA256[:])
	for _, w := range r.Warnings {
		s.Warnings = append(s.Warnings, terminal.NewErrorJSON("", w))
	}
}

// signedLine says that a file was signed (SIG-06) and what is doubtful about it.
func signedLine(t *terminal.Terminal, s *signed) {
	t.Say(terminal.T("%s: ký số thành công, trường %s", "%s: signed, field %s"), terminal.OneLine(s.Output), terminal.OneLine(s.Field))
	for _, w := range s.Warnings {
		sentence := w.Vi
		if t.Lang == fault.En {
			sentence = w.En
		}
		t.Line("  ! %s [%s]", sentence, w.Code)
	}
}

// outputs names the result of each input.
func (o *signOptions) outputs() ([]string, error) {
	var outputs []string
	switch {
	case o.out != "" && len(o.inputs) != 1:
		return nil, codeUsage.New("-o takes one input; use --out-dir for several")
	case o.out != "":
		outputs = []string{o.out}
	default:
		for _, in := range o.inputs {
			outputs = append(outputs, filepath.Join(o.outDir, filepath.Base(in)))
		}
		if err := os.MkdirAll(o.outDir, 0o777); err != nil {
			return nil, files.WriteError(o.outDir, err)
		}
	}
	return outputs, files.Distinct(o.inputs, outputs)
}

// request turns flags into what sign wants. It reads every file that the flags
// name, so that a mistake shows before anything is signed.
func (o *signOptions) request(t *terminal.Terminal) (sign.Request, error) {
	req := sign.Request{Field: o.field, Certify: o.certify, PSS: o.pss, Reason: o.reason, Location: o.location,
		Time: t.Now(), Policy: certs.DefaultPolicy()}
	var err error
	if o.certify < 0 || o.certify > 3 {
		return req, codeUsage.New("--certify 1 | 2 | 3")
	}
	if req.Hash, err = hashNamed(o.hash); err != nil {
		return req, err
	}
	if req.Visible, err = o.visible(); err != nil {
		return req, err
	}
	if len(o.trust) > 0 {
		if req.Anchors, err = certs.LoadAnchors(o.trust...); err != nil {
			return req, err
		}
	}
	if req.Evidence, err = house.LoadEvidence(o.evidence); err != nil {
		return req, err
	}
	err = o.timeStamp(t, &req)
	return req, err
}

// timeStamp settles the level and who proves the time.
func (o *signOptions) timeStamp(t *terminal.Terminal, req *sign.Request) error {
	level := strings.ToUpper(o.level)
	if level == "" {
		level = "B-B"
		if o.tsa != "" {
			level = "B-T"
		}
	}
	req.Level = sign.Level(level)
	switch {
	case level == "B-B":
		return nil
	case level != "B-T" || o.tsa == "":
		return codeLevel.New(o.level)
	case o.offline:
		return codeOfflineTSA.New()
	}
	// The address was typed by the person who signs, so it may be a private one.
	tsa, err := house.NewTimeStamper(o.tsa, true, req.Anchors, t.Now)
	req.TSA = tsa
	return err
}

func hashNamed(name string) (crypto.Hash, error) {
	switch strings.ToLower(strings.ReplaceAll(name, "-", "")) {
	case "sha256":
		return crypto.SHA256, nil
	case "sha384":
		return crypto.SHA384, nil
	case "sha512":
		return crypto.SHA512, nil
	}
	return 0, codeHash.New(name)
}

// visible gathers the appearance, or nil for an invisible signature.
func (o *signOptions) visible() (*sign.Visible, error) {
	if o.rect == "" {
		if o.image != "" || len(o.text) > 0 {
			return nil, codeUsage.New("--image, --text: --rect x,y,w,h")
		}
		return nil, nil
	}
	r, err := parseRect(o.rect)
	if err != nil {
		return nil, err
	}
	v := &sign.Visible{Page: o.page, Rect: sign.Rect{X: r.x, Y: r.y, W: r.w, H: r.h}, Text: o.text}
	if o.image == "" {
		return v, nil
	}
	b, err := files.ReadSmall(o.image, maxPicture)
	if err != nil {
		return nil, err
	}
	if v.Image, err = draw.DecodePNG(b); err != nil {
		return nil, err
	}
	return v, nil
}

// key opens the PKCS#12 file and adds the certificates of --chain.
func (o *signOptions) key() (sign.Key, error) {
	key, err := softkey.Open(o.p12, o.passwordFile)
	if err != nil {
		return nil, err
	}
	chain, err := o.withChain(key.Chain())
	return chainedKey{key, chain}, err
}

// fetchEvidence asks whether the certificate and its issuers are still good
// (SIG-05) when they lead to one of the anchors and the network may be used.
func (o *signOptions) fetchEvidence(ctx context.Context, t *terminal.Terminal, key sign.Key, req *sign.Request) {
	if o.offline || req.Anchors.Empty() {
		return
	}
	j := house.Judge{Anchors: req.Anchors, Policy: req.Policy, Evidence: req.Evidence, At: t.Now, Fetch: house.NewFetcher(nil, t.Now)}
	_, _, req.Evidence = j.Trust(ctx, key.Chain())
}

// withChain adds the certificates of --chain that are not there already.
func (o *signOptions) withChain(chain []*x509.Certificate) ([]*x509.Certificate, error) {
	if o.chain == "" {
		return chain, nil
	}
	more, err := house.LoadChain(o.chain)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(chain)
	for _, c := range more {
		if !slices.ContainsFunc(out, c.Equal) {
			out = append(out, c)
		}
	}
	return out, nil
}

// chainedKey is a key with a longer chain than its file has.
type chainedKey struct {
	sign.Key
	chain []*x509.Certificate
}

func (k chainedKey) Chain() []*x509.Certificate { return k.chain }

// signFile signs one file. The output appears whole or not at all.
func signFile(ctx context.Context, in, out string, key sign.Key, req sign.Request, result *signed) error {
	f, size, err := files.Open(in)
	if err != nil {
		return err
	}
	defer f.Close()
	return files.WriteWhole(out, 0o666, func(w io.Writer) error {
		r, err := sign.Sign(ctx, f, size, key, req, w)
		if err != nil {
			return err
		}
		result.fill(r)
		result.Level = string(req.Level)
		return nil
	})
}
