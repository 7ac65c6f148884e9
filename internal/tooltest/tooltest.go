// Package tooltest lets tests use what may be missing on a laptop: the Debian
// tools that judge our PDFs from outside, and the shared corpus.
//
// A missing tool skips a test on a laptop and fails it in CI, so that a green
// CI run has really asked every independent reader. The corpus is no part of
// the project, so its absence skips everywhere.
package tooltest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// CI says whether nothing may skip: the environment variable CI is set.
func CI() bool { return os.Getenv("CI") != "" }

// Need skips the test when one of the outside tools is not in PATH, and fails
// it when CI is set.
func Need(t testing.TB, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if CI() {
			t.Fatalf("%s is not installed, and CI may not skip (make test installs it)", tool)
		}
		t.Skipf("%s is not installed", tool)
	}
}

// Has says whether an outside tool is in PATH, for a test that only asks one
// reader more when it is there. In CI a missing tool fails the test.
func Has(t testing.TB, tool string) bool {
	t.Helper()
	_, err := exec.LookPath(tool)
	if err != nil && CI() {
		t.Fatalf("%s is not installed, and CI may not skip (make test installs it)", tool)
	}
	return err == nil
}

// Corpus is the folder of shared test documents: VANBAN_CORPUS, or the first
// shared/corpus beside or above the test's folder. It skips the test when
// there is none, even in CI.
func Corpus(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("VANBAN_CORPUS"); dir != "" {
		if !isDir(dir) {
			t.Fatalf("VANBAN_CORPUS=%s is not a folder", dir)
		}
		return dir
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if dir := upward(wd); dir != "" {
		return dir
	}
	t.Skip("no shared corpus: set VANBAN_CORPUS to its folder")
	return ""
}

// upward looks for shared/corpus in dir and in every folder above it.
func upward(dir string) string {
	for {
		if found := filepath.Join(dir, "shared", "corpus"); isDir(found) {
			return found
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
