package storetest

import (
	"context"
	"errors"
	"sync"

	"vanban/exchange/storage"
)

// ErrFault is what a Faulty store reports for the write that it was told to
// fail.
var ErrFault = errors.New("storetest: injected fault")

// Faulty passes everything on to a store, except that one write, counted from
// 0 over Update and blob Commit alike, fails: once before it happened, once
// after. That is what a caller sees when a disk or a machine dies around a
// write. It is safe for concurrent use.
type Faulty struct {
	storage.Store

	mu        sync.Mutex
	at        int
	persisted bool
	writes    int
}

// NewFaulty fails write number at (none when negative), after making it
// durable or before.
func NewFaulty(s storage.Store, at int, persisted bool) *Faulty {
	return &Faulty{Store: s, at: at, persisted: persisted}
}

// Writes is the number of writes seen so far.
func (f *Faulty) Writes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writes
}

// next says whether the write that comes now is the one.
func (f *Faulty) next() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writes++
	return f.writes-1 == f.at
}

// Update implements storage.Store.
func (f *Faulty) Update(ctx context.Context, do func(storage.Tx) error) error {
	if !f.next() {
		return f.Store.Update(ctx, do)
	}
	if f.persisted {
		if err := f.Store.Update(ctx, do); err != nil {
			return err
		}
	}
	return ErrFault
}

// Blobs implements storage.Store.
func (f *Faulty) Blobs() storage.Blobs { return faultyBlobs{f.Store.Blobs(), f} }

type faultyBlobs struct {
	storage.Blobs
	store *Faulty
}

func (b faultyBlobs) New(ctx context.Context, limit int64) (storage.BlobWriter, error) {
	w, err := b.Blobs.New(ctx, limit)
	return faultyWriter{w, b.store}, err
}

type faultyWriter struct {
	storage.BlobWriter
	store *Faulty
}

func (w faultyWriter) Commit() (storage.Blob, error) {
	if !w.store.next() {
		return w.BlobWriter.Commit()
	}
	if w.store.persisted {
		if _, err := w.BlobWriter.Commit(); err != nil {
			return storage.Blob{}, err
		}
	}
	return storage.Blob{}, ErrFault
}
