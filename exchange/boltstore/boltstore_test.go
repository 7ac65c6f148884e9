package boltstore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"vanban/exchange/boltstore"
	"vanban/exchange/storage"
	"vanban/exchange/storetest"
	"vanban/internal/fault"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, true, func(dir string) (storage.Store, error) { return boltstore.Open(dir) })
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	s, err := boltstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := boltstore.Open(dir); fault.From(err).Code.ID() != "store-locked" {
		t.Fatalf("second open: %v", err)
	}
}

func TestDamagedDatabaseIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "vanban.db"), []byte("this is no database, but it is long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := boltstore.Open(dir); err == nil || fault.From(err).Code.ID() != "store-unusable" {
		t.Fatalf("open: %v", err)
	}
}

// A crash leaves temporary files; they go away with the next start and nothing
// else does.
func TestUnfinishedBlobsAreRemoved(t *testing.T) {
	dir := t.TempDir()
	s, err := boltstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Blobs().New(context.Background(), 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil { // as a crash would: neither Commit nor Discard
		t.Fatal(err)
	}
	s, err = boltstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if left, _ := filepath.Glob(filepath.Join(dir, "blobs", ".new-*")); len(left) > 0 {
		t.Fatalf("left behind: %v", left)
	}
}

func TestFilesArePrivate(t *testing.T) {
	dir := t.TempDir()
	s, err := boltstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, name := range []string{"vanban.db", "blobs", "blobs/00"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

// While one update blocks the committing goroutine, the queue fills up and
// the next writer is told at once to come back later.
func TestBackPressure(t *testing.T) {
	s, err := boltstore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	running, release := make(chan struct{}), make(chan struct{})
	block := func(storage.Tx) error { close(running); <-release; return nil }
	answers := make(chan error, 3000)
	go func() { answers <- s.Update(context.Background(), block) }()
	<-running
	for range 2000 {
		go func() { answers <- s.Update(context.Background(), func(storage.Tx) error { return nil }) }()
	}
	busy := 0
	for range 2000 - 1024 {
		if err := <-answers; !errors.Is(err, storage.Busy) {
			t.Fatalf("over the limit: %v", err)
		}
		busy++
	}
	close(release)
	for range 2001 - busy {
		if err := <-answers; err != nil {
			t.Fatalf("within the limit: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkUpdate(b *testing.B) {
	s, err := boltstore.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	value := make([]byte, 900)
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := s.Update(context.Background(), func(tx storage.Tx) error { return tx.Put("bench", "key", value) }); err != nil {
				b.Error(err)
			}
		}
	})
}
