package files

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteWholeLeavesNothingAfterAnError(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(path, []byte("older"), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the input broke off")
	err := WriteWhole(path, 0o644, func(w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("error = %v, want %v", err, broken)
	}
	err = WriteWhole(path, 0o644, func(w io.Writer) error {
		w.(*watched).f.Close() // the next write fails as on a full disk
		_, err := io.WriteString(w, "half")
		return err
	})
	if !errors.Is(err, Unwritable) {
		t.Errorf("error = %v, want %s", err, Unwritable.ID())
	}
	assertFolder(t, dir, map[string]string{"out.pdf": "older"})
}

func TestWriteWholeReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.pdf")
	for _, content := range []string{"one", "two"} {
		if err := WriteWhole(path, 0o644, func(w io.Writer) error { _, err := io.WriteString(w, content); return err }); err != nil {
			t.Fatal(err)
		}
		assertFolder(t, dir, map[string]string{"out.pdf": content})
	}
}

func assertFolder(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) {
		t.Errorf("%d files in %s, want %d: %v", len(entries), dir, len(want), entries)
	}
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != content {
			t.Errorf("%s = %q, %v; want %q", name, got, err, content)
		}
	}
}

func TestDistinct(t *testing.T) {
	cases := []struct {
		name    string
		in, out []string
		refused bool
	}{
		{"apart", []string{"a.pdf"}, []string{"b.pdf"}, false},
		{"onto itself", []string{"a.pdf"}, []string{"./a.pdf"}, true},
		{"two outputs", []string{"x/a.pdf", "y/a.pdf"}, []string{"out/a.pdf", "out/a.pdf"}, true},
	}
	for _, c := range cases {
		if got := Distinct(c.in, c.out) != nil; got != c.refused {
			t.Errorf("%s: refused = %v, want %v", c.name, got, c.refused)
		}
	}
}
