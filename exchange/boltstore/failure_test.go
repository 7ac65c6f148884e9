package boltstore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"vanban/exchange/storage"
)

// A commit that fails leaves it open what is on the disk: every writer of the
// batch hears so, later writers are turned away at once, and opening the store
// again finds a whole state.
func TestFailedCommitStopsWriting(t *testing.T) {
	dir := t.TempDir()
	put := func(key string) func(storage.Tx) error {
		return func(tx storage.Tx) error { return tx.Put("c", key, []byte("v")) }
	}
	ctx := context.Background()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(ctx, put("before")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	broken, err := bolt.Open(filepath.Join(dir, "vanban.db"), 0o600, &bolt.Options{
		// Everything works on this file but writing.
		OpenFile: func(name string, _ int, mode fs.FileMode) (*os.File, error) {
			return os.OpenFile(name, os.O_RDONLY, mode)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s = &Store{db: broken, queue: make(chan *update, queueLength), done: make(chan struct{})}
	go s.commitAll()
	for _, what := range []string{"the commit that fails", "the one after it"} {
		if err := s.Update(ctx, put("after")); !errors.Is(err, storage.Failed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused := errors.New("refused")
	if err := s.Update(ctx, func(storage.Tx) error { return refused }); !errors.Is(err, storage.Failed) {
		t.Errorf("an update that would fail by itself: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.View(ctx, func(tx storage.Tx) error {
		before, err1 := tx.Get("c", "before")
		after, err2 := tx.Get("c", "after")
		if before == nil || after != nil {
			t.Errorf("before %q, after %q", before, after)
		}
		return errors.Join(err1, err2)
	})
	if err != nil {
		t.Error(err)
	}
	if err := s.Update(ctx, put("after")); err != nil {
		t.Errorf("writing again: %v", err)
	}
}
