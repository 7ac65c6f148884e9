package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanban/cmd/vanban/badpdf"
	"vanban/internal/tooltest"
)

// What the program may cost on bad input. The promise is 2 s and 200 MB; a
// busy CI machine gets more time, never more memory.
const (
	badInputTime   = 2 * time.Second
	badInputKiB    = 200 << 10
	busyMachine    = 3 // times slower than an idle one
	badInputSlack  = badInputTime * busyMachine
	passwordInTest = "mật khẩu sai"
)

// badFolder holds a demo PKI and the bad files of the issue.
func badFolder(t *testing.T) string {
	t.Helper()
	tooltest.Need(t, "qpdf")
	dir := t.TempDir()
	if o := measure(t, nil, "cert", "demo", "--dir", filepath.Join(dir, "pki")); o.status != 0 {
		t.Fatalf("cert demo: %s%s", o.out, o.err)
	}
	good := badpdf.Good()
	files := map[string][]byte{
		"good.pdf": good, "text.pdf": []byte("Kính gửi: các cơ quan\n"), "empty.pdf": {},
		"truncated.pdf": good[:len(good)*2/3], "startxref.pdf": badpdf.WrongStartxref(),
		"huge.pdf": badpdf.HugeStream(), "deep.pdf": badpdf.DeepArray(), "cycle.pdf": badpdf.CyclicPages(),
		"wrong.password": []byte(passwordInTest),
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("qpdf", "--encrypt", "", "owner", "256", "--", filepath.Join(dir, "good.pdf"), filepath.Join(dir, "encrypted.pdf")).CombinedOutput()
	if err != nil {
		t.Fatalf("qpdf: %v\n%s", err, out)
	}
	return dir
}

// TestBadInput gives every bad input of the issue to sign and verify: one line
// in each language with the same code, a hint, the right exit status, no file
// left behind, and neither much time nor much memory.
func TestBadInput(t *testing.T) {
	dir := badFolder(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	signWith := func(file, key string) []string {
		return []string{"sign", in(file), "-o", in("out/signed.pdf"), "--p12", in("pki/" + key + ".p12"),
			"--password-file", in("pki/" + key + ".password"), "--trust", in("pki/trust"), "--evidence", in("pki/evidence"), "--offline"}
	}
	verify := func(file string) []string {
		return []string{"verify", in(file), "--trust", in("pki/trust"), "--offline"}
	}
	wrongPassword := signWith("good.pdf", "leader")
	wrongPassword[7] = in("wrong.password")
	cases := []struct {
		name   string
		args   []string
		code   string
		status int
	}{
		{"sign a text file", signWith("text.pdf", "leader"), "pdf-not-a-pdf", 1},
		{"verify a text file", verify("text.pdf"), "pdf-not-a-pdf", 3},
		{"sign an empty file", signWith("empty.pdf", "leader"), "pdf-empty", 1},
		{"verify an empty file", verify("empty.pdf"), "pdf-empty", 3},
		{"sign a truncated file", signWith("truncated.pdf", "leader"), "pdf-truncated", 1},
		{"sign an encrypted file", signWith("encrypted.pdf", "leader"), "pdf-encrypted", 1},
		{"sign with a wrong startxref", signWith("startxref.pdf", "leader"), "pdf-damaged", 1},
		{"sign a deep array", signWith("deep.pdf", "leader"), "", 1},
		{"verify a deep array", verify("deep.pdf"), "", 3},
		{"sign a cyclic page tree", signWith("cycle.pdf", "leader"), "", 1},
		{"wrong password", wrongPassword, "softkey-wrong-password", 1},
		{"huge claimed stream", signWith("huge.pdf", "leader"), "pdf-damaged", 1},
		{"expired certificate", signWith("good.pdf", "expired"), "", 1},
		{"not yet valid certificate", signWith("good.pdf", "not-yet-valid"), "", 1},
		{"revoked certificate", signWith("good.pdf", "revoked"), "", 1},
		{"certificate of another use", signWith("good.pdf", "wrong-usage"), "", 1},
		{"no such file", verify("nowhere.pdf"), "cli-file-missing", 3},
	}
	if err := os.Mkdir(in("out"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { badInput(t, c.args, c.code, c.status, in("out")) })
	}
	t.Run("huge claimed stream, read", func(t *testing.T) {
		// The stream's real end is there, so a reader may repair it; it must only
		// not believe the length. Nothing is signed in it (table above).
		within(t, measure(t, nil, verify("huge.pdf")...))
	})
}

func badInput(t *testing.T, args []string, code string, status int, out string) {
	t.Helper()
	seen := map[string]string{}
	for _, lang := range []string{"vi", "en"} {
		o := measure(t, nil, append([]string{"--lang", lang}, args...)...)
		within(t, o)
		if o.status != status {
			t.Errorf("%s: exit status %d, want %d\n%s%s", lang, o.status, status, o.out, o.err)
		}
		lines := strings.Split(strings.TrimSpace(o.err), "\n")
		if len(lines) != 2 || !strings.HasPrefix(lines[0], "vanban: ") || !strings.HasPrefix(lines[1], "hint: ") {
			t.Fatalf("%s: want one line and one hint, got:\n%s", lang, o.err)
		}
		open := strings.LastIndex(lines[0], "[")
		if open < 0 || !strings.HasSuffix(lines[0], "]") {
			t.Fatalf("%s: no code in %q", lang, lines[0])
		}
		seen[lang] = strings.Trim(lines[0][open:], "[]")
		t.Logf("%s: %s (%v, %d KiB)", lang, lines[0], o.elapsed.Round(time.Millisecond), o.peakKiB)
	}
	if seen["vi"] != seen["en"] || code != "" && seen["vi"] != code {
		t.Errorf("codes %v, want %q in both", seen, code)
	}
	o := measure(t, nil, append([]string{"--json"}, args...)...)
	if !strings.Contains(o.out, seen["vi"]) || !json.Valid([]byte(o.out)) {
		t.Errorf("--json does not carry %s:\n%s", seen["vi"], o.out)
	}
	left, err := os.ReadDir(out)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func within(t *testing.T, o outcome) {
	t.Helper()
	if o.elapsed > badInputSlack || o.peakKiB > badInputKiB {
		t.Errorf("took %v and %d KiB, allowed %v and %d KiB", o.elapsed, o.peakKiB, badInputSlack, badInputKiB)
	}
}
