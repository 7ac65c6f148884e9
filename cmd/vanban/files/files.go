// Package files reads what the command line names and writes what it makes:
// small inputs are bounded, an output appears whole or not at all.
package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Open opens a regular file for reading and gives its size. Folders,
// devices and pipes are refused: a PDF is read from its end.
func Open(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, OpenError(path, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, Unreadable.Wrap(err, path, Reason(err))
	}
	if !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, Unreadable.New(path, "not a regular file")
	}
	return f, info.Size(), nil
}

// ReadSmall reads a whole file of at most limit bytes: keys, pictures,
// certificates, receipts. Never documents.
func ReadSmall(path string, limit int64) ([]byte, error) {
	f, size, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > limit {
		return nil, TooLarge.New(path, limit)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, Unreadable.Wrap(err, path, Reason(err))
	}
	if int64(len(b)) > limit {
		return nil, TooLarge.New(path, limit)
	}
	return b, nil
}

// WriteWhole makes a file appear whole or not at all: it is written under
// another name in the same folder, flushed to the disk and then renamed. An
// error or a cancelled write leaves nothing behind and an older file untouched.
func WriteWhole(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	f, err := createBeside(dir, base, mode)
	if err != nil {
		return WriteError(path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	watched := &watched{f: f}
	if err := write(watched); watched.err != nil {
		return WriteError(path, watched.err)
	} else if err != nil {
		return err // not the file's fault
	}
	if err := f.Sync(); err != nil {
		return WriteError(path, err)
	}
	if err := f.Close(); err != nil {
		return WriteError(path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return WriteError(path, err)
	}
	return syncFolder(dir)
}

// watched remembers an error of the file, to tell it from errors of what is
// written.
type watched struct {
	f   *os.File
	err error
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

// WriteBytes is WriteWhole for bytes at hand.
func WriteBytes(path string, mode fs.FileMode, b []byte) error {
	return WriteWhole(path, mode, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// createBeside opens a new file with the permissions that the final one shall
// have; os.CreateTemp would leave it readable by nobody else.
func createBeside(dir, base string, mode fs.FileMode) (*os.File, error) {
	for try := 0; ; try++ {
		name := filepath.Join(dir, "."+base+".part"+strings.Repeat("x", try))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) && try < 20 {
			continue
		}
		return f, err
	}
}

// syncFolder makes a rename survive a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return WriteError(dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return WriteError(dir, err)
	}
	return nil
}

// OpenError says why a file cannot be read, in both languages where the reason
// is a common one.
func OpenError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return Missing.Wrap(err, path)
	}
	return Unreadable.Wrap(err, path, Reason(err))
}

// WriteError says that an output could not be made.
func WriteError(path string, err error) error { return Unwritable.Wrap(err, path, Reason(err)) }

// IsMissing says that there were no bytes to look at.
func IsMissing(err error) bool { return errors.Is(err, Unreadable) || errors.Is(err, Missing) }

// WriteSecret writes a file that only its owner may read.
func WriteSecret(path, content string) error {
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return WriteError(path, err)
	}
	return nil
}

// Digest is the SHA-256 of a file in lower-case hex.
func Digest(path string) (string, error) {
	f, _, err := Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", OpenError(path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Reason is the system's own word for why, without the path or address that
// the sentence has already.
func Reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// Distinct refuses outputs that would overwrite an input or each other.
func Distinct(inputs, outputs []string) error {
	seen := map[string]bool{}
	for _, in := range inputs {
		seen[clean(in)] = true
	}
	for _, out := range outputs {
		if seen[clean(out)] {
			return SameFile.New(out)
		}
		seen[clean(out)] = true
	}
	return nil
}

// clean resolves links so that two names of one file are one.
func clean(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// IsDir says whether path is a folder.
func IsDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
