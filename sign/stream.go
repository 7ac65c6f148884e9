package sign

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"time"

	"vanban/internal/pdf"
)

// block is how much of a document is in memory at a time.
const block = 64 << 10

// prefix is the digest state after the bytes of the original document: once
// with the hash of the signature and once with SHA-256 for the result. They
// are one when the signature's is SHA-256, so that one pass is enough.
type prefix struct {
	signing, whole hash.Cloner
}

func newPrefix(h crypto.Hash) (*prefix, error) {
	whole, ok := sha256.New().(hash.Cloner)
	if !ok {
		return nil, errors.New("SHA-256 cannot be cloned")
	}
	p := &prefix{signing: whole, whole: whole}
	if h != crypto.SHA256 {
		if p.signing, ok = h.New().(hash.Cloner); !ok {
			return nil, errors.New(h.String() + " cannot be cloned")
		}
	}
	return p, nil
}

// read hashes the document, in blocks, until done or ctx ends.
func (p *prefix) read(ctx context.Context, in io.ReaderAt, size int64) error {
	var w io.Writer = p.whole
	if p.signing != p.whole {
		w = io.MultiWriter(p.whole, p.signing)
	}
	buf := make([]byte, min(size, block))
	n, err := io.CopyBuffer(onlyWriter{w}, &contextReader{ctx, io.NewSectionReader(in, 0, size)}, buf)
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// digest is the digest of the signed ranges: everything but the hole.
func (p *prefix) digest(tail []byte, hole pdf.Span, size int64) ([]byte, error) {
	h, err := p.signing.Clone()
	if err != nil {
		return nil, err
	}
	h.Write(tail[:hole.Start-size])
	h.Write(tail[hole.End-size:])
	return h.Sum(nil), nil
}

// file is SHA-256 of the document with a tail.
func (p *prefix) file(tail []byte) (sum [32]byte, err error) {
	h, err := p.whole.Clone()
	if err != nil {
		return sum, err
	}
	h.Write(tail)
	return [32]byte(h.Sum(nil)), nil
}

// onlyWriter and contextReader hide every shortcut that io.Copy would take, so
// that reading stays in blocks of the given buffer and can be cancelled.
type onlyWriter struct{ io.Writer }

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// copyBase writes the first size bytes of in to out. Between two files the
// kernel copies, and shares blocks where the file system can.
func copyBase(ctx context.Context, out io.Writer, in io.ReaderAt, size int64) error {
	if n, done, err := copyFile(out, in, size); done {
		if err == nil && n != size {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	n, err := io.CopyBuffer(onlyWriter{out}, &contextReader{ctx, io.NewSectionReader(in, 0, size)}, make([]byte, min(size, block)))
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// copyFile is copyBase for two files. It opens the source a second time, so
// that the position of the caller's handle stays; done is false when that is
// not the same file any more, one of the two is no file, or it is small.
func copyFile(out io.Writer, in io.ReaderAt, size int64) (n int64, done bool, err error) {
	dst, ok := out.(*os.File)
	if !ok || size < 256<<10 {
		return 0, false, nil // below that, opening costs more than copying
	}
	src, ok := in.(*os.File)
	if !ok {
		return 0, false, nil
	}
	own, err := os.Open(src.Name())
	if err != nil {
		return 0, false, nil
	}
	defer own.Close()
	a, errA := own.Stat()
	b, errB := src.Stat()
	if errA != nil || errB != nil || !os.SameFile(a, b) {
		return 0, false, nil
	}
	n, err = dst.ReadFrom(io.LimitReader(own, size)) // copy_file_range(2)
	return n, true, err
}

// stamp is what can be known of a source without reading it, to notice that it
// was changed while it was signed. The zero stamp is that of no file.
type stamp struct {
	size int64
	time time.Time
}

func stampOf(in io.ReaderAt) stamp {
	f, ok := in.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return stamp{}
	}
	info, err := f.Stat()
	if err != nil {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime()}
}

// fillHole writes the message into the Contents string, which keeps its
// length: the digits after the message stay zero (ISO 32000-2, 12.8.1).
func fillHole(tail []byte, hole pdf.Span, size int64, der []byte) bool {
	room := tail[hole.Start-size+1 : hole.End-size-1]
	if hex.EncodedLen(len(der)) > len(room) {
		return false
	}
	hex.Encode(room, der)
	return true
}

// extended is the document with its update, without copying the document.
type extended struct {
	in   io.ReaderAt
	size int64
	tail []byte
}

func (e extended) ReadAt(b []byte, at int64) (int, error) {
	if at < e.size {
		n, err := e.in.ReadAt(b[:min(int64(len(b)), e.size-at)], at)
		if n < len(b) && at+int64(n) == e.size && (err == nil || err == io.EOF) {
			m := copy(b[n:], e.tail)
			n, err = n+m, nil
			if n < len(b) {
				err = io.EOF
			}
		}
		return n, err
	}
	at -= e.size
	if at >= int64(len(e.tail)) {
		return 0, io.EOF
	}
	n := copy(b, e.tail[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
