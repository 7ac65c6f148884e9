package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vanban/certs/certtest"
	"vanban/cmd/vanban/demo"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
	"vanban/internal/fault"
	"vanban/testdata"
	"vanban/verify"
)

// TestSignWithTimeStamp signs at level B-T from the command line, against a
// real authority on loopback, and wants the time proven; without the authority
// nothing is left behind.
func TestSignWithTimeStamp(t *testing.T) {
	dir := t.TempDir()
	f := house.Folder(dir)
	address, err := demo.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	pki, err := certtest.New(certtest.Config{BaseURL: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	base, stop, err := pki.StartServer(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	id, err := pki.Leader(certtest.Subject{CN: "Nguyễn Thị Nghĩa", L: "Nghĩa Hành"}, certtest.Options{Key: "p256"})
	if err != nil {
		t.Fatal(err)
	}
	p12, password, in := f.Path("leader.p12"), f.Path("leader.password"), f.Path("letter.pdf")
	if err := house.WriteKey(p12, password, id); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{f.Trust(), f.Evidence()} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := house.WriteTrust(f, pki); err != nil {
		t.Fatal(err)
	}
	letter, err := testdata.Letter()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in, letter.PDF, 0o644); err != nil {
		t.Fatal(err)
	}
	sign := func(out, tsa string) (int, string) {
		return runHere(t, "sign", in, "-o", f.Path(out), "--p12", p12, "--password-file", password,
			"--trust", f.Trust(), "--evidence", f.Evidence(), "--tsa", tsa)
	}
	if status, said := sign("signed.pdf", base+"/tsa"); status != 0 {
		t.Fatalf("sign: %d\n%s", status, said)
	}
	status, said := runHere(t, "verify", f.Path("signed.pdf"), "--json", "--trust", f.Trust(), "--evidence", f.Evidence(), "--offline")
	var answer struct{ Documents []verify.Report }
	if err := json.Unmarshal([]byte(said), &answer); err != nil || status != 0 {
		t.Fatalf("verify: %d %v\n%s", status, err, said)
	}
	s := answer.Documents[0].Signatures[0]
	if s.Level != "PAdES-BASELINE-T" || s.ProvenTime == nil || time.Since(*s.ProvenTime) > time.Minute {
		t.Errorf("level %s, proven time %v", s.Level, s.ProvenTime)
	}
	stop()
	if status, said := sign("none.pdf", base+"/tsa"); status != exitFailed {
		t.Errorf("sign without the authority: %d\n%s", status, said)
	}
	if left, err := filepath.Glob(f.Path("*none.pdf*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// runHere runs a command in this process and gives what it said.
func runHere(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var said bytes.Buffer
	term := terminal.New(nil, &said, &said)
	term.Lang = fault.En
	return run(t.Context(), args, term), said.String()
}
