package verify_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"vanban/certs"
	"vanban/internal/fault"
	"vanban/internal/tooltest"
	"vanban/verify"
)

// corpusFile is one line of the index.
type corpusFile struct{ path, label, what string }

func index(t *testing.T) (dir string, files []corpusFile) {
	dir = tooltest.Corpus(t)
	b, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(b), "\n") {
		cols := strings.Split(line, "\t")
		if len(cols) >= 3 && strings.Contains(cols[0], ".pdf") {
			files = append(files, corpusFile{cols[0], cols[1], cols[2]})
		}
	}
	return dir, files
}

func load(t *testing.T, path string) []byte {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func options(t *testing.T, dir string) verify.Options {
	anchors, err := certs.LoadAnchors(filepath.Join(dir, "pki", "own"))
	if err != nil {
		t.Fatal(err)
	}
	return verify.Options{Anchors: anchors, Policy: certs.DefaultPolicy(), At: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
}

// TestCorpus holds every label of the corpus against the verdict: what is bad
// raises an alarm, what is good does not.
func TestCorpus(t *testing.T) {
	dir, files := index(t)
	opt := options(t, dir)
	table := map[string]map[string]int{}
	for _, c := range files {
		b := load(t, filepath.Join(dir, c.path))
		start := tooltest.CPU(t)
		r, err := verify.File(context.Background(), bytes.NewReader(b), int64(len(b)), opt)
		took := tooltest.CPU(t) - start
		if took > 5*tooltest.Slower*time.Second {
			t.Errorf("%s took %v", c.path, took)
		}
		row := strings.SplitN(c.path, "/", 2)[0] + " " + c.label
		if table[row] == nil {
			table[row] = map[string]int{}
		}
		table[row][verdict(t, c, r, err)]++
		judgeLabel(t, c, r, err)
	}
	rows := make([]string, 0, len(table))
	for r := range table {
		rows = append(rows, r)
	}
	sort.Strings(rows)
	for _, r := range rows {
		t.Logf("%-28s %v", r, table[r])
	}
}

func verdict(t *testing.T, c corpusFile, r *verify.Report, err error) string {
	switch {
	case err != nil && fault.From(err).Code == fault.Unexpected:
		t.Errorf("%s: error without a code: %v", c.path, err)
		return "error"
	case err != nil:
		return "refused " + fault.From(err).Code.ID()
	case r.Alarm:
		return "alarm"
	case len(r.Signatures) == 0:
		return "unsigned"
	}
	return "quiet"
}

func judgeLabel(t *testing.T, c corpusFile, r *verify.Report, err error) {
	bad := strings.HasPrefix(c.label, "bad-") || c.label == "ts-bad"
	good := c.label == "ok" || c.label == "ok-mod" || c.label == "ok-legacy"
	switch {
	case bad && err != nil:
		t.Errorf("MISS %s (%s %s): refused without an alarm: %v", c.path, c.label, c.what, err)
	case bad && !r.Alarm:
		t.Errorf("MISS %s (%s %s): no alarm: %s", c.path, c.label, c.what, explain(r))
	case good && err != nil:
		t.Errorf("FALSE %s (%s %s): refused: %v", c.path, c.label, c.what, err)
	case good && r.Alarm:
		t.Errorf("FALSE %s (%s %s): alarm: %s", c.path, c.label, c.what, explain(r))
	}
}

func explain(r *verify.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "[%s] ", f.TextEn)
	}
	for _, s := range r.Signatures {
		fmt.Fprintf(&b, "\n      %s %s/%s %s %s:", s.Field, s.Indication, s.SubIndication, s.Integrity, s.ChangesAfter)
		for _, f := range s.Reasons {
			if f.Level == "fail" || strings.HasPrefix(f.Code, "verify-changes") || strings.Contains(f.Code, "self") {
				fmt.Fprintf(&b, " %s(%s)", f.Code, f.TextEn)
			}
		}
	}
	return b.String()
}
