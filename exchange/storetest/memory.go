package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"vanban/exchange/storage"
)

// Memory is a store that forgets everything when the program ends.
type Memory struct {
	mu     sync.RWMutex
	data   map[storage.Collection]map[string][]byte
	closed bool
	blobs  memoryBlobs
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	return &Memory{data: map[storage.Collection]map[string][]byte{}, blobs: memoryBlobs{files: map[string][]byte{}}}
}

var errClosed = errors.New("storetest: closed")

// View implements storage.Store.
func (m *Memory) View(ctx context.Context, f func(storage.Tx) error) error {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return f(&memoryTx{data: m.data})
}

// Update implements storage.Store.
func (m *Memory) Update(ctx context.Context, f func(storage.Tx) error) (err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &memoryTx{data: m.data, writable: true}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("storetest: update panicked: %v", p)
		}
		if err != nil {
			t.takeBack()
		}
	}()
	return f(t)
}

// Blobs implements storage.Store.
func (m *Memory) Blobs() storage.Blobs { return &m.blobs }

// Close implements storage.Store.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// memoryTx writes in place and remembers how to take it back.
type memoryTx struct {
	data     map[storage.Collection]map[string][]byte
	writable bool
	undo     []func()
}

func (t *memoryTx) takeBack() {
	for _, undo := range slices.Backward(t.undo) {
		undo()
	}
}

func (t *memoryTx) Get(c storage.Collection, key string) ([]byte, error) { return t.data[c][key], nil }

func (t *memoryTx) Put(c storage.Collection, key string, value []byte) error {
	if !t.writable {
		return errors.New("storetest: write in a View")
	}
	if len(key) < 1 || len(key) > 500 || len(value) == 0 {
		return errors.New("storetest: bad key or empty value")
	}
	if t.data[c] == nil {
		t.data[c] = map[string][]byte{}
	}
	t.remember(c, key)
	t.data[c][key] = bytes.Clone(value)
	return nil
}

func (t *memoryTx) Delete(c storage.Collection, key string) error {
	if !t.writable {
		return errors.New("storetest: write in a View")
	}
	t.remember(c, key)
	delete(t.data[c], key)
	return nil
}

func (t *memoryTx) remember(c storage.Collection, key string) {
	old, had := t.data[c][key]
	t.undo = append(t.undo, func() {
		delete(t.data[c], key)
		if had {
			t.data[c][key] = old
		}
	})
}

func (t *memoryTx) Scan(c storage.Collection, r storage.Range, f func(string, []byte) (bool, error)) error {
	keys := slices.Sorted(maps.Keys(t.data[c]))
	if r.Reverse {
		slices.Reverse(keys)
	}
	for _, k := range keys {
		beyond := r.After == "" || k > r.After
		if r.Reverse {
			beyond = r.After == "" || k < r.After
		}
		if !beyond || !strings.HasPrefix(k, r.Prefix) {
			continue
		}
		stop, err := f(k, t.data[c][k])
		if stop || err != nil {
			return err
		}
	}
	return nil
}

type memoryBlobs struct {
	mu    sync.RWMutex
	files map[string][]byte
}

func (b *memoryBlobs) Open(ctx context.Context, digest string) (storage.BlobReader, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	data, ok := b.files[digest]
	if !ok {
		return nil, storage.BlobMissing.New(digest)
	}
	return memoryReader{bytes.NewReader(data)}, ctx.Err()
}

func (b *memoryBlobs) New(ctx context.Context, limit int64) (storage.BlobWriter, error) {
	return &memoryWriter{blobs: b, limit: limit}, ctx.Err()
}

type memoryReader struct{ *bytes.Reader }

func (memoryReader) Close() error { return nil }

type memoryWriter struct {
	blobs *memoryBlobs
	data  []byte
	limit int64
	done  bool
}

func (w *memoryWriter) Size() int64 { return int64(len(w.data)) }

func (w *memoryWriter) Write(p []byte) (int, error) {
	if w.done {
		return 0, os.ErrClosed
	}
	if int64(len(p)) > w.limit-w.Size() {
		return 0, storage.BlobTooLarge.New(w.limit)
	}
	w.data = append(w.data, p...)
	return len(p), nil
}

func (w *memoryWriter) ReadAt(p []byte, off int64) (int, error) {
	if w.done {
		return 0, os.ErrClosed
	}
	return io.NewSectionReader(bytes.NewReader(w.data), 0, w.Size()).ReadAt(p, off)
}

func (w *memoryWriter) Commit() (storage.Blob, error) {
	if w.done {
		return storage.Blob{}, os.ErrClosed
	}
	w.done = true
	sum := sha256.Sum256(w.data)
	digest := hex.EncodeToString(sum[:])
	w.blobs.mu.Lock()
	defer w.blobs.mu.Unlock()
	w.blobs.files[digest] = w.data
	return storage.Blob{SHA256: digest, Size: w.Size()}, nil
}

func (w *memoryWriter) Discard() { w.done = true }
