package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
	"vanban/internal/fault"
	"vanban/sign"
)

const (
	stateFormat       = "vanban-pending-1"
	maxStateFile      = 16 << 20
	maxSignatureBytes = 64 << 10
)

var (
	codeState = fault.Define("cli-state-file", fault.Input,
		"Tệp %s không phải tệp trạng thái ký đang chờ.", "The file %s is not the state of a pending signature.",
		"Dùng tệp do lệnh vanban prepare tạo ra.", "Use the file that vanban prepare made.")
	codeStateOther = fault.Define("cli-state-other-input", fault.Conflict,
		"Tệp %s đã thay đổi kể từ khi chuẩn bị ký.", "The file %s has changed since the signature was prepared.",
		"Chuẩn bị lại bằng vanban prepare rồi ký lại.", "Prepare again with vanban prepare, then sign again.")
)

// state is what prepare leaves for finish. It holds no secret: only whoever
// has the key can make the signature that it waits for.
type state struct {
	Format  string `json:"format"`
	Input   string `json:"input"`       // absolute path of the PDF
	SHA256  string `json:"inputSha256"` // of the PDF
	Sign    []byte `json:"sign"`        // what the key signs: a digest, or for Ed25519 the message
	Hash    string `json:"hash"`        // of that digest; empty when Sign is the message
	Pending []byte `json:"pending"`     // sign.Pending
}

func newPrepareCommand(t *terminal.Terminal) *cobra.Command {
	o, certificate, digest := &signOptions{}, "", ""
	cmd := &cobra.Command{
		Use:   "prepare IN -o STATE --cert F",
		Short: t.Of(terminal.T("chuẩn bị ký: tạo giá trị băm cho khóa ở nơi khác", "prepare a signature: make the digest for a key that is elsewhere")),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.inputs = args
			return runPrepare(cmd.Context(), t, o, certificate, digest)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.out, "output", "o", "", t.Of(terminal.T("tệp trạng thái sẽ tạo", "state file to make")))
	f.StringVar(&certificate, "cert", "", t.Of(terminal.T("chứng thư của người ký, rồi các CA (PEM)", "the signer's certificate, then its CAs (PEM)")))
	f.StringVar(&digest, "digest", "", t.Of(terminal.T("ghi thêm giá trị cần ký (nhị phân) ra tệp này", "also write the value to sign (binary) into this file")))
	o.addSigningFlags(cmd, t)
	mustRequire(cmd, "output", "cert")
	return cmd
}

// runPrepare writes the state and prints what the key has to sign.
func runPrepare(ctx context.Context, t *terminal.Terminal, o *signOptions, certificate, digest string) error {
	outputs := []string{o.out}
	if digest != "" {
		outputs = append(outputs, digest)
	}
	if err := files.Distinct(append(slices.Clone(o.inputs), certificate), outputs); err != nil {
		return err
	}
	s, field, err := o.prepare(ctx, t, certificate)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := files.WriteBytes(o.out, 0o600, append(b, '\n')); err != nil {
		return err
	}
	if digest != "" {
		if err := files.WriteBytes(digest, 0o666, s.Sign); err != nil {
			return err
		}
	}
	if t.JSON {
		return t.Object(map[string]any{"state": o.out, "field": field, "hash": s.Hash, "sign": hex.EncodeToString(s.Sign)})
	}
	t.Say(terminal.T("Đã chuẩn bị %s. Ký giá trị %s sau đây (hex):", "%s is prepared. Sign this %s value (hex):"), o.out, s.Hash)
	t.Line("%x", s.Sign)
	return nil
}

// prepare lays out the signature and gives the state and the field's name.
func (o *signOptions) prepare(ctx context.Context, t *terminal.Terminal, certificate string) (s state, field string, err error) {
	chain, err := house.LoadChain(certificate)
	if err != nil {
		return s, "", err
	}
	if chain, err = o.withChain(chain); err != nil {
		return s, "", err
	}
	req, err := o.request(t)
	if err != nil {
		return s, "", err
	}
	f, size, err := files.Open(o.inputs[0])
	if err != nil {
		return s, "", err
	}
	defer f.Close()
	pending, err := sign.Prepare(ctx, f, size, chain, req)
	if err != nil {
		return s, "", err
	}
	s = state{Format: stateFormat}
	if s.Pending, err = pending.Marshal(); err != nil {
		return s, "", err
	}
	if s.Input, err = filepath.Abs(o.inputs[0]); err != nil {
		return s, "", err
	}
	if s.SHA256, err = files.Digest(o.inputs[0]); err != nil {
		return s, "", err
	}
	value, opts := pending.Digest()
	if s.Sign = value; opts.HashFunc() != 0 {
		s.Hash = opts.HashFunc().String()
	}
	return s, pending.Field(), nil
}

func newFinishCommand(t *terminal.Terminal) *cobra.Command {
	var signature, out, tsa, input string
	cmd := &cobra.Command{
		Use:   "finish STATE --signature F -o OUT",
		Short: t.Of(terminal.T("hoàn tất chữ ký đã chuẩn bị, một lần duy nhất", "finish a prepared signature, once")),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runFinish(cmd.Context(), t, args[0], signature, input, out, tsa)
		},
	}
	f := cmd.Flags()
	f.StringVar(&signature, "signature", "", t.Of(terminal.T("tệp chữ ký thô do khóa tạo ra (nhị phân hoặc base64)", "file with the raw signature that the key made (binary or base64)")))
	f.StringVarP(&out, "output", "o", "", t.Of(terminal.T("tệp đã ký", "the signed file")))
	f.StringVar(&input, "input", "", t.Of(terminal.T("tệp PDF gốc nếu đã chuyển chỗ", "the PDF, if it has moved")))
	f.StringVar(&tsa, "tsa", "", t.Of(terminal.T("dịch vụ cấp dấu thời gian, khi đã chuẩn bị mức B-T", "time-stamp authority, when prepared for level B-T")))
	mustRequire(cmd, "signature", "output")
	return cmd
}

// runFinish puts the signature in. The state is removed when the file is
// there, so that one consent makes one signature.
func runFinish(ctx context.Context, t *terminal.Terminal, statePath, signaturePath, input, out, tsa string) error {
	s, err := readState(statePath)
	if err != nil {
		return err
	}
	if input == "" {
		input = s.Input
	}
	if err := files.Distinct([]string{input, statePath, signaturePath}, []string{out}); err != nil {
		return err
	}
	value, err := readSignature(signaturePath)
	if err != nil {
		return err
	}
	pending, err := sign.UnmarshalPending(s.Pending)
	if err != nil {
		return codeState.Wrap(err, statePath)
	}
	if tsa != "" {
		if pending.TSA, err = house.NewTimeStamper(tsa, true, nil, t.Now); err != nil {
			return err
		}
	}
	f, _, err := files.Open(input)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := sameContent(f, s.SHA256, input); err != nil {
		return err
	}
	result := signed{File: input, Output: out}
	err = files.WriteWhole(out, 0o666, func(w io.Writer) error {
		r, err := pending.Finish(ctx, value, f, w)
		if err == nil {
			result.fill(r)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := os.Remove(statePath); err != nil {
		return files.WriteError(statePath, err)
	}
	if t.JSON {
		return t.Object(map[string]any{"signed": []signed{result}})
	}
	signedLine(t, &result)
	return nil
}

func readState(path string) (state, error) {
	var s state
	b, err := files.ReadSmall(path, maxStateFile)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, codeState.Wrap(err, path)
	}
	if s.Format != stateFormat {
		return s, codeState.New(path)
	}
	return s, nil
}

// readSignature takes the raw value, or base64 of it as tools print it.
func readSignature(path string) ([]byte, error) {
	b, err := files.ReadSmall(path, maxSignatureBytes)
	if err != nil {
		return nil, err
	}
	if decoded, err := base64.StdEncoding.DecodeString(string(b)); err == nil && len(decoded) > 0 {
		return decoded, nil
	}
	return b, nil
}

// sameContent refuses to finish on other bytes than were prepared.
func sameContent(f *os.File, want, path string) error {
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return files.OpenError(path, err)
	}
	if hex.EncodeToString(h.Sum(nil)) != want {
		return codeStateOther.New(path)
	}
	return nil
}

// mustRequire marks flags as required; an unknown name is a mistake in the program.
func mustRequire(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
}
