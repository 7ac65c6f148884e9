package boltstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vanban/exchange/storage"
)

// unfinished is the beginning of the name of a file that is being written.
const unfinished = ".new-"

// blobs is a folder with files aa/<sha-256 in hex>, aa being the first two
// digits. A file is there whole or not at all, and never changes.
type blobs struct{ dir string }

// openBlobs makes all 256 folders at once, so that a commit has to sync only
// the one folder into which it renames.
func openBlobs(dir string) (*blobs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	made := false
	for i := range 256 {
		err := os.Mkdir(filepath.Join(dir, fmt.Sprintf("%02x", i)), 0o700)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		made = made || err == nil
	}
	if made {
		if err := syncDir(dir); err != nil {
			return nil, err
		}
	}
	return &blobs{dir: dir}, nil
}

// removeUnfinished must only run while this process holds the database lock.
func (b *blobs) removeUnfinished() error {
	old, err := filepath.Glob(filepath.Join(b.dir, unfinished+"*"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

func (b *blobs) path(digest string) string { return filepath.Join(b.dir, digest[:2], digest) }

func (b *blobs) Open(ctx context.Context, digest string) (storage.BlobReader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// Only what New can have written is looked for, so no digest leads out of the folder.
	if len(digest) != 2*sha256.Size || strings.Trim(digest, "0123456789abcdef") != "" {
		return nil, storage.BlobMissing.New(fmt.Sprintf("%.64q", digest))
	}
	f, err := os.Open(b.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, storage.BlobMissing.New(digest)
	}
	if err != nil {
		return nil, fmt.Errorf("opening blob: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening blob: %w", err), f.Close())
	}
	return &reader{File: f, size: info.Size()}, nil
}

type reader struct {
	*os.File
	size int64
}

func (r *reader) Size() int64 { return r.size }

func (b *blobs) New(ctx context.Context, limit int64) (storage.BlobWriter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(b.dir, unfinished+"*")
	if err != nil {
		return nil, fmt.Errorf("starting a blob: %w", err)
	}
	return &writer{blobs: b, file: f, hash: sha256.New(), limit: limit}, nil
}

// writer is a file under its temporary name.
type writer struct {
	blobs *blobs
	file  *os.File // nil after Commit or Discard
	hash  hash.Hash
	size  int64
	limit int64
}

func (w *writer) Size() int64 { return w.size }

func (w *writer) Write(p []byte) (int, error) {
	if w.file == nil {
		return 0, os.ErrClosed
	}
	if int64(len(p)) > w.limit-w.size {
		return 0, storage.BlobTooLarge.New(w.limit)
	}
	n, err := w.file.Write(p)
	w.hash.Write(p[:n])
	w.size += int64(n)
	return n, err
}

func (w *writer) ReadAt(p []byte, off int64) (int, error) {
	if w.file == nil {
		return 0, os.ErrClosed
	}
	return w.file.ReadAt(p, off)
}

// Commit reads the file back before it gets its name: a name that does not
// tell the truth about its bytes would be found only when it is too late.
func (w *writer) Commit() (storage.Blob, error) {
	if w.file == nil {
		return storage.Blob{}, os.ErrClosed
	}
	defer w.Discard()
	if err := w.file.Sync(); err != nil {
		return storage.Blob{}, fmt.Errorf("syncing a blob: %w", err)
	}
	again := sha256.New()
	if _, err := io.Copy(again, io.NewSectionReader(w.file, 0, w.size+1)); err != nil {
		return storage.Blob{}, fmt.Errorf("reading a blob back: %w", err)
	}
	sum := w.hash.Sum(nil)
	if !bytes.Equal(sum, again.Sum(nil)) {
		return storage.Blob{}, errors.New("the disk gave back other bytes than were written")
	}
	digest := hex.EncodeToString(sum)
	// A file that is there already is replaced by the same bytes, which
	// repairs one that went bad; whoever has it open keeps reading it.
	if err := os.Rename(w.file.Name(), w.blobs.path(digest)); err != nil {
		return storage.Blob{}, fmt.Errorf("naming a blob: %w", err)
	}
	if err := syncDir(filepath.Dir(w.blobs.path(digest))); err != nil {
		return storage.Blob{}, err
	}
	return storage.Blob{SHA256: digest, Size: w.size}, nil
}

func (w *writer) Discard() {
	if w.file == nil {
		return
	}
	// Removing after a successful rename finds nothing, which is right. An
	// error here leaves a file that the next Open of the store removes.
	_ = os.Remove(w.file.Name())
	_ = w.file.Close()
	w.file = nil
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
