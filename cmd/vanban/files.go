package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// openFile opens a regular file for reading and gives its size. Folders,
// devices and pipes are refused: a PDF is read from its end.
func openFile(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, openError(path, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, codeOpen.Wrap(err, path, reason(err))
	}
	if !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, codeOpen.New(path, "not a regular file")
	}
	return f, info.Size(), nil
}

// readSmall reads a whole file of at most limit bytes: keys, pictures,
// certificates, receipts. Never documents.
func readSmall(path string, limit int64) ([]byte, error) {
	f, size, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > limit {
		return nil, codeTooMany.New(path, limit)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, codeOpen.Wrap(err, path, reason(err))
	}
	if int64(len(b)) > limit {
		return nil, codeTooMany.New(path, limit)
	}
	return b, nil
}

// writeWhole makes a file appear whole or not at all: it is written under
// another name in the same folder, flushed to the disk and then renamed. An
// error or a cancelled write leaves nothing behind and an older file untouched.
func writeWhole(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	f, err := createBeside(dir, base, mode)
	if err != nil {
		return codeWrite.Wrap(err, path, reason(err))
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	watched := &watched{f: f}
	if err := write(watched); watched.err != nil {
		return codeWrite.Wrap(watched.err, path, reason(watched.err))
	} else if err != nil {
		return err // not the file's fault
	}
	if err := f.Sync(); err != nil {
		return codeWrite.Wrap(err, path, reason(err))
	}
	if err := f.Close(); err != nil {
		return codeWrite.Wrap(err, path, reason(err))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return codeWrite.Wrap(err, path, reason(err))
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

// writeBytes is writeWhole for bytes at hand.
func writeBytes(path string, mode fs.FileMode, b []byte) error {
	return writeWhole(path, mode, func(w io.Writer) error { _, err := w.Write(b); return err })
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
		return codeWrite.Wrap(err, dir, reason(err))
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return codeWrite.Wrap(err, dir, reason(err))
	}
	return nil
}

// openError says why a file cannot be read, in both languages where the reason
// is a common one.
func openError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return codeNoFile.Wrap(err, path)
	}
	return codeOpen.Wrap(err, path, reason(err))
}

// reason is the system's word without the path, which the sentence has already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err.Error()
	}
	return err.Error()
}

// distinct refuses outputs that would overwrite an input or each other.
func distinct(inputs, outputs []string) error {
	seen := map[string]bool{}
	for _, in := range inputs {
		seen[clean(in)] = true
	}
	for _, out := range outputs {
		if seen[clean(out)] {
			return codeSameFile.New(out)
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

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
