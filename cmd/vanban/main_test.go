package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"vanban/cmd/vanban/demo"
	"vanban/internal/tooltest"
	"vanban/testdata"
)

// TestMain lets the scripts in testdata run the real main in this process'
// binary under the name vanban.
func TestMain(m *testing.M) {
	testscript.Main(cleaner{m}, map[string]func(){"vanban": main})
}

// cleaner removes what tests share when all of them are done.
type cleaner struct{ *testing.M }

func (c cleaner) Run() int {
	defer removeBinary()
	return c.M.Run()
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: func(e *testscript.Env) error { e.Setenv("LANG", "en_US.UTF-8"); return nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"nofiles": scriptNoFiles,
			"status":  scriptStatus,
			"sample":  scriptSample,
			"flip":    scriptFlip,
			"damage":  scriptDamage,
		},
		// Nothing may skip in CI.
		Condition:     func(cond string) (bool, error) { return cond == "ci" && tooltest.CI(), nil },
		UpdateScripts: os.Getenv("VANBAN_UPDATE") != "",
	})
}

// scriptNoFiles fails when a pattern matches a file: nofiles PATTERN...
func scriptNoFiles(ts *testscript.TestScript, _ bool, args []string) {
	for _, pattern := range args {
		matches, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		if len(matches) > 0 {
			ts.Fatalf("left behind: %v", matches)
		}
	}
}

// scriptStatus runs a program that must end with a status: status N PROGRAM ARGS...
func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// scriptSample writes the sample letter and a seal: sample FILE.
func scriptSample(ts *testscript.TestScript, _ bool, args []string) {
	letter, err := testdata.Letter()
	ts.Check(err)
	seal, err := testdata.Seal(demo.Sender)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), letter.PDF, 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("seal.png"), seal, 0o644))
}

// scriptFlip copies a file with one bit changed: flip FROM OFFSET TO.
func scriptFlip(ts *testscript.TestScript, _ bool, args []string) {
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	b[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b, 0o644))
}

// scriptDamage changes one bit of the first PDF below a folder: damage DIR.
func scriptDamage(ts *testscript.TestScript, _ bool, args []string) {
	done := errors.New("done")
	err := filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		ts.Check(err)
		if !bytes.HasPrefix(b, []byte("%PDF")) {
			return nil
		}
		b[len(b)/2] ^= 1
		ts.Check(os.Chmod(path, 0o600))
		ts.Check(os.WriteFile(path, b, 0o600))
		return done
	})
	if !errors.Is(err, done) {
		ts.Fatalf("nothing to damage: %v", err)
	}
}
