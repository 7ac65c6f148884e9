package pdf

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanban/internal/fault"
	"vanban/internal/tooltest"
)

// exercise reads everything that a PDF has to offer; it is what fuzzing and
// the corpus run.
func exercise(b []byte) error {
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return err
	}
	for _, err := range f.Pages() {
		if err != nil {
			break
		}
	}
	for i, r := range f.Objects() {
		if i > 20000 {
			break
		}
		o, err := f.Get(r)
		if err != nil {
			if errors.Is(err, TooCostly) {
				return err
			}
			continue
		}
		Marshal(o)
	}
	return nil
}

// TestCorpus reads every PDF of the corpus: none may take long, and whatever
// is refused is refused with a coded reason.
func TestCorpus(t *testing.T) {
	dir := tooltest.Corpus(t)
	codes := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".pdf") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		start := tooltest.CPU(t)
		rerr := exercise(b)
		if took := tooltest.CPU(t) - start; took > 5*tooltest.Slower*time.Second {
			t.Errorf("%s took %v", path, took)
		}
		if rerr == nil {
			return nil
		}
		e := fault.From(rerr)
		codes[e.Code.ID()]++
		if e.Code == fault.Unexpected {
			t.Errorf("%s: error without a code: %v", path, rerr)
		}
		if strings.Contains(path, "/vn/") && !strings.Contains(path, "truncated") {
			t.Errorf("%s: %v", path, rerr)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("refused by code: %v", codes)
}
