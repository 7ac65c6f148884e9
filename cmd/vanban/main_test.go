package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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
		},
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
