package tooltest

import (
	"os"
	"path/filepath"
	"testing"
)

func TestUpwardFindsTheNearestCorpus(t *testing.T) {
	root := t.TempDir()
	corpus := filepath.Join(root, "shared", "corpus")
	deep := filepath.Join(root, "project", "room", "child")
	for _, dir := range []string{corpus, deep} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got := upward(deep); got != corpus {
		t.Errorf("upward(%s) = %q, want %q", deep, got, corpus)
	}
}

func TestCorpusPrefersTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("VANBAN_CORPUS", dir)
	if got := Corpus(t); got != dir {
		t.Errorf("Corpus = %q, want %q", got, dir)
	}
}

func TestNeedSkipsOnALaptop(t *testing.T) {
	t.Setenv("CI", "")
	ran := false
	t.Run("inner", func(t *testing.T) {
		Need(t, "sh")
		ran = true
	})
	if !ran {
		t.Error("Need skipped although sh is there")
	}
}
