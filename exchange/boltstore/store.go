// Package boltstore is the default store: one bbolt file vanban.db for
// everything small and a folder blobs/ of content-addressed files for the
// documents, under one data folder that one process holds at a time.
//
// One goroutine commits. It takes every update that waits, runs them one after
// the other in one bbolt transaction and answers all of them after the one
// fsync, so that throughput grows with load and an answer always means
// durable. An update that fails after it has written takes the whole
// transaction back; the others are then run again without it, and it gets a
// transaction of its own, so that no update sees another's half.
//
// A commit that fails leaves it unknown what is on the disk. The store then
// refuses every write until it is opened again, which is when bbolt finds out.
package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"vanban/exchange/storage"
	"vanban/internal/fault"
)

const (
	queueLength = 1024            // updates that may wait; one more is StoreBusy
	maxBatch    = 512             // updates in one transaction, about 10 ms of work
	lockWait    = 2 * time.Second // for another process to let go of the file
)

// What can be wrong with a data folder.
var (
	codeLocked = fault.Define("store-locked", fault.Conflict,
		"Thư mục dữ liệu %s đang được chương trình khác dùng.", "The data folder %s is in use by another program.",
		"Dừng chương trình vanban kia, hoặc chọn thư mục dữ liệu khác.", "Stop the other vanban, or choose another data folder.")
	codeUnusable = fault.Define("store-unusable", fault.Internal,
		"Không mở được kho dữ liệu %s.", "The store %s cannot be opened.",
		"Kiểm tra quyền và ổ đĩa; nếu tệp hỏng, khôi phục từ bản sao lưu.", "Check permissions and the disk; if the file is damaged, restore the backup.")
)

var errClosed = errors.New("boltstore: closed")

// Store implements storage.Store.
type Store struct {
	db    *bolt.DB
	blobs *blobs
	queue chan *update  // closed by Close, drained by commitAll
	done  chan struct{} // closed when commitAll has ended

	mu     sync.RWMutex // guards closed and sending on queue
	closed bool

	failure error // set once by the committing goroutine, which alone reads it
}

// update is one waiting call of Update.
type update struct {
	ctx    context.Context
	f      func(storage.Tx) error
	answer chan error // buffered, gets exactly one value
}

// Open opens or creates the store in folder dir. Folder and files are private
// to the user. Unfinished blobs of a crash are removed.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, codeUnusable.Wrap(err, dir)
	}
	b, err := openBlobs(filepath.Join(dir, "blobs"))
	if err != nil {
		return nil, codeUnusable.Wrap(err, dir)
	}
	db, err := bolt.Open(filepath.Join(dir, "vanban.db"), 0o600, &bolt.Options{
		Timeout:         lockWait,
		FreelistType:    bolt.FreelistMapType,
		InitialMmapSize: 256 << 20, // address space only: growing must not wait for readers
	})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, codeLocked.Wrap(err, dir)
	case err != nil:
		return nil, codeUnusable.Wrap(err, dir)
	}
	if err := b.removeUnfinished(); err != nil {
		return nil, errors.Join(codeUnusable.Wrap(err, dir), db.Close())
	}
	if err := syncDir(dir); err != nil {
		return nil, errors.Join(codeUnusable.Wrap(err, dir), db.Close())
	}
	s := &Store{db: db, blobs: b, queue: make(chan *update, queueLength), done: make(chan struct{})}
	go s.commitAll()
	return s, nil
}

// Blobs are the document files.
func (s *Store) Blobs() storage.Blobs { return s.blobs }

// Close answers what waits and closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.queue)
	s.mu.Unlock()
	<-s.done
	return s.db.Close()
}

// View implements storage.Store.
func (s *Store) View(ctx context.Context, f func(storage.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock() // so that Close waits for readers
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	return s.db.View(func(t *bolt.Tx) error { return f(&tx{bolt: t}) })
}

// Update implements storage.Store. Once queued it is answered whatever
// happens to ctx: a caller must not be left without knowing.
func (s *Store) Update(ctx context.Context, f func(storage.Tx) error) error {
	u := &update{ctx: ctx, f: f, answer: make(chan error, 1)}
	if err := s.enqueue(u); err != nil {
		return err
	}
	return <-u.answer
}

func (s *Store) enqueue(u *update) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	select {
	case s.queue <- u:
		return nil
	default:
		return storage.Busy.New()
	}
}

// commitAll is the one committing goroutine.
func (s *Store) commitAll() {
	defer close(s.done)
	for first := range s.queue {
		for _, alone := range s.commit(s.drain(first)) {
			s.commit([]*update{alone})
		}
	}
}

// drain takes what waits behind first, without waiting for more.
func (s *Store) drain(first *update) []*update {
	batch := []*update{first}
	for len(batch) < maxBatch {
		select {
		case u, ok := <-s.queue:
			if !ok {
				return batch
			}
			batch = append(batch, u)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction and answers it, except for those
// updates that it returns: they failed after writing and must run alone.
func (s *Store) commit(batch []*update) (alone []*update) {
	for len(batch) > 0 {
		spoiler, ok := s.tryCommit(batch, len(batch) == 1)
		if ok {
			return alone
		}
		alone = append(alone, batch[spoiler])
		batch = append(append([]*update(nil), batch[:spoiler]...), batch[spoiler+1:]...)
	}
	return alone
}

// tryCommit answers the whole batch and reports true, or answers nobody and
// names the update because of which the transaction had to be taken back.
// A single update is always answered.
func (s *Store) tryCommit(batch []*update, single bool) (spoiler int, ok bool) {
	if s.failure != nil {
		answerAll(batch, storage.Failed.Wrap(s.failure))
		return 0, true
	}
	t, err := s.db.Begin(true)
	if err != nil {
		answerAll(batch, fmt.Errorf("boltstore: begin: %w", err))
		return 0, true
	}
	errs := make([]error, len(batch))
	for i, u := range batch {
		view := &tx{bolt: t, writable: true}
		if errs[i] = run(u, view); errs[i] == nil || !view.wrote {
			continue
		}
		if err := t.Rollback(); err != nil {
			s.failure = err
		}
		if single {
			u.answer <- errs[i]
		}
		return i, single
	}
	if err := t.Commit(); err != nil {
		s.failure = err
		for i, u := range batch {
			if errs[i] == nil {
				errs[i] = storage.Failed.Wrap(err)
			}
			u.answer <- errs[i]
		}
		return 0, true
	}
	for i, u := range batch {
		u.answer <- errs[i]
	}
	return 0, true
}

func answerAll(batch []*update, err error) {
	for _, u := range batch {
		u.answer <- err
	}
}

// run calls f. A panic in it must not take the committing goroutine and every
// other caller along; what it wrote is taken back like after any error.
func run(u *update, view *tx) (err error) {
	if err := u.ctx.Err(); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			view.wrote = true
			err = fmt.Errorf("boltstore: update panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return u.f(view)
}
