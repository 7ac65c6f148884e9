package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"

	"vanban/internal/pdf/syntax"
)

// maxRefHops bounds a chain of references that point at references.
const maxRefHops = 32

// The work that one file, together with its earlier states (Until), may cause:
// a file that asks for the same object stream again and again, or that has the
// same large table in every revision, is given up on in time.
const (
	maxInflated = 256 << 20 // bytes
	maxScanned  = 2 << 30   // bytes searched or compared
	maxGets     = 2 << 20   // objects read
	entryCost   = 32        // of inflated bytes, for an entry of a table
)

// budget counts that work.
type budget struct{ inflated, scanned, gets int64 }

// File is an opened PDF. It is not safe for concurrent use: it caches decoded
// object streams and counts its work.
type File struct {
	src      io.ReaderAt
	size     int64
	header   int64 // offset of %PDF-
	version  string
	entries  []entry // sorted by number
	trailer  Dict
	revs     []Revision // oldest first
	repaired error      // why the cross-reference data had to be rebuilt
	notes    []string
	spent    *budget
	lies     int // streams read whose length is not what their dictionary says
	objstms  map[uint32]*objectStream
	stmBytes int64
	loading  map[Ref]bool
}

// Open reads the cross-reference data of a PDF. A damaged file is mended for
// reading (see Repaired) when enough of it is left; errors are coded.
func Open(src io.ReaderAt, size int64) (*File, error) {
	return openWith(src, size, &budget{})
}

// Until opens the file as it was when it ended at a byte. The work that this
// takes is counted as work on f.
func (f *File) Until(end int64) (*File, error) {
	return openWith(io.NewSectionReader(f.src, 0, end), end, f.spent)
}

func openWith(src io.ReaderAt, size int64, spent *budget) (*File, error) {
	f := &File{src: src, size: size, spent: spent, objstms: map[uint32]*objectStream{}, loading: map[Ref]bool{}}
	if size == 0 {
		return nil, Empty.New()
	}
	if err := f.readHeader(); err != nil {
		return nil, err
	}
	err := f.readChain()
	if err == nil {
		err = f.checkRoot()
	}
	if err == nil {
		return f, nil
	}
	if errors.Is(err, TooCostly) {
		return nil, err
	}
	if rerr := f.repair(); rerr != nil {
		return nil, f.whyBroken(err)
	}
	f.repaired = err
	return f, nil
}

func (f *File) readHeader() error {
	head := make([]byte, min(f.size, 1024+16))
	n, err := f.src.ReadAt(head, 0)
	if err != nil && n < len(head) {
		return Damaged.Wrap(err, Reason("unreadable"))
	}
	i := bytes.Index(head[:n], []byte("%PDF-"))
	if i < 0 {
		return NotPDF.New()
	}
	f.header = int64(i)
	if i+8 <= n {
		f.version = string(head[i+5 : i+8])
	}
	return nil
}

// whyBroken chooses the clearest code for a file that cannot be read at all.
func (f *File) whyBroken(err error) error {
	if errors.Is(err, Damaged) || errors.Is(err, TooCostly) {
		return err // in good words already
	}
	tail := f.tail(1024)
	if !bytes.Contains(tail, []byte("%%EOF")) && !bytes.Contains(tail, []byte("startxref")) {
		return Truncated.Wrap(err)
	}
	return Damaged.Wrap(err, Reason(err.Error()))
}

func (f *File) tail(n int64) []byte {
	n = min(n, f.size)
	b := make([]byte, n)
	got, _ := f.src.ReadAt(b, f.size-n)
	return b[:got]
}

func (f *File) readChain() error {
	start, err := f.startXref()
	if err != nil {
		return err
	}
	x := &xrefReader{f: f}
	if err := x.chain(start); err != nil {
		if f.header > 0 && !errors.Is(err, TooCostly) {
			return f.shifted(start)
		}
		return err
	}
	f.adopt(x)
	return nil
}

// shifted retries with offsets counted from the header, as files with foreign
// bytes in front need it.
func (f *File) shifted(start int64) error {
	f.src, f.size = io.NewSectionReader(f.src, f.header, f.size-f.header), f.size-f.header
	f.notes = append(f.notes, "leading junk")
	x := &xrefReader{f: f}
	if err := x.chain(start); err != nil {
		return err
	}
	f.adopt(x)
	return nil
}

func (f *File) adopt(x *xrefReader) {
	f.trailer = x.revs[0].Trailer
	f.entries = x.thin()
	f.revs = sections(x.revs)
}

// sections orders the revisions oldest first and joins the two sections of a
// linearized file, which are one save (ISO 32000-2, annex F).
func sections(newest []Revision) []Revision {
	var out []Revision
	for i := len(newest) - 1; i >= 0; i-- {
		r := newest[i]
		if i == len(newest)-2 && r.Section < newest[i+1].Section && newest[i+1].End != 0 {
			r.End, out = max(r.End, newest[i+1].End), out[:0]
		}
		out = append(out, r)
	}
	return out
}

// startXref finds the last startxref of the file.
func (f *File) startXref() (int64, error) {
	for _, n := range []int64{1024, 64 << 10} {
		tail := f.tail(n)
		i := bytes.LastIndex(tail, []byte("startxref"))
		if i < 0 {
			continue
		}
		l := newLexer(f.src, f.size-int64(len(tail))+int64(i)+9, f.size)
		t, err := l.Token()
		at, ok := t.(int64)
		if err != nil || !ok || at < 0 || at >= f.size {
			return 0, errors.New("startxref points outside the file")
		}
		return at, nil
	}
	return 0, errors.New("there is no startxref")
}

// checkRoot makes sure that the catalog can be read, which is the least that
// makes the cross-reference data believable.
func (f *File) checkRoot() error {
	if f.Encrypted() {
		return nil
	}
	o, err := f.Resolve(f.trailer["Root"])
	if err != nil {
		return err
	}
	d, ok := o.(Dict)
	if !ok || d["Pages"] == nil {
		return errors.New("there is no catalog")
	}
	return nil
}

// Size is the length of the file in bytes, counted from its header.
func (f *File) Size() int64 { return f.size }

// Source gives the bytes of the file, for hashing and copying.
func (f *File) Source() io.ReaderAt { return f.src }

// Version is the version named in the header, for instance "1.7".
func (f *File) Version() string { return f.version }

// Trailer is the newest trailer dictionary. It must not be changed.
func (f *File) Trailer() Dict { return f.trailer }

// Revisions lists the saves of the file, oldest first. A repaired file has
// none.
func (f *File) Revisions() []Revision { return f.revs }

// Repaired says why the file had to be mended for reading; nil when it did
// not. Verification must then assume that other readers see something else.
func (f *File) Repaired() error { return f.repaired }

// LeadingJunk says whether foreign bytes stand before the header.
func (f *File) LeadingJunk() bool { return f.header > 0 }

// Notes lists what was odd in the parts that were read so far, in English, for
// diagnosis.
func (f *File) Notes() []string { return f.notes }

func (f *File) note(format string, args ...any) {
	if len(f.notes) < 100 {
		f.notes = append(f.notes, fmt.Sprintf(format, args...))
	}
}

// Streams reads the head of every object that stands by itself and refuses a
// stream whose Length is not where it ends: each reader of such a file decides
// for itself what the stream holds.
func (f *File) Streams() error {
	for _, e := range f.entries {
		if e.kind != entryOffset {
			continue
		}
		before := f.lies
		if _, _, _, err := f.readAt(e.at); err != nil {
			continue // an object that nobody can read; whoever needs it says so
		}
		if f.lies > before {
			return Damaged.New(Reason(fmt.Sprintf("object %d: a stream has a wrong length", e.num)))
		}
	}
	return nil
}

// Encrypted says whether the document is encrypted, and then its strings and
// streams cannot be read.
func (f *File) Encrypted() bool { return f.trailer["Encrypt"] != nil }

// Catalog is the document catalog.
func (f *File) Catalog() (Dict, error) {
	return f.Dict(f.trailer["Root"])
}

// Dict resolves o to a dictionary; the dictionary of a stream counts. Nil and
// other types give an empty dictionary.
func (f *File) Dict(o Object) (Dict, error) {
	o, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	switch d := o.(type) {
	case Dict:
		return d, nil
	case *Stream:
		return d.Dict, nil
	}
	return Dict{}, nil
}

// Array resolves o to an array; anything else gives an empty one.
func (f *File) Array(o Object) (Array, error) {
	o, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	a, _ := o.(Array)
	return a, nil
}

// Resolve follows references until something else is found.
func (f *File) Resolve(o Object) (Object, error) {
	for range maxRefHops {
		r, ok := o.(Ref)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = f.Get(r); err != nil {
			return nil, err
		}
	}
	return nil, Damaged.New(Reason("references go in circles"))
}

// Next is the lowest object number that the file does not use.
func (f *File) Next() uint32 {
	next := uint32(1)
	if n := len(f.entries); n > 0 {
		next = f.entries[n-1].num + 1
	}
	if size, ok := f.trailer["Size"].(int64); ok && size > int64(next) && size < 1<<31 {
		next = uint32(size)
	}
	return next
}

// Objects lists the numbers of the objects in use, in order.
func (f *File) Objects() []Ref {
	out := make([]Ref, 0, len(f.entries))
	for _, e := range f.entries {
		if e.kind != entryFree {
			out = append(out, Ref{Num: e.num, Gen: e.gen})
		}
	}
	return out
}

func (f *File) find(num uint32) (entry, bool) {
	i := sort.Search(len(f.entries), func(i int) bool { return f.entries[i].num >= num })
	if i < len(f.entries) && f.entries[i].num == num {
		return f.entries[i], true
	}
	return entry{}, false
}

// Get reads an object. An object that the file does not have is null, as the
// standard says; one that is not where the file says it is, is an error.
func (f *File) Get(r Ref) (Object, error) {
	e, ok := f.find(r.Num)
	if !ok || e.kind == entryFree || e.gen != r.Gen {
		return nil, nil
	}
	if f.spent.gets++; f.spent.gets > maxGets {
		return nil, TooCostly.New(Reason("objects"))
	}
	if f.loading[r] {
		return nil, Damaged.New(Reason(fmt.Sprintf("object %d needs itself", r.Num)))
	}
	f.loading[r] = true
	defer delete(f.loading, r)
	if e.kind == entryInStream {
		return f.fromStream(e)
	}
	got, o, _, err := f.readAt(e.at)
	if err != nil {
		return nil, f.damagedObject(r, err)
	}
	if got.Num != r.Num || got.Gen != r.Gen {
		return nil, Damaged.New(Reason(fmt.Sprintf("object %d is not where the file says", r.Num)))
	}
	return o, nil
}

// Offset is the place of an object that stands in the file by itself; ok is
// false for objects in object streams and for those that do not exist.
func (f *File) Offset(r Ref) (at int64, ok bool) {
	e, ok := f.find(r.Num)
	if !ok || e.kind != entryOffset || e.gen != r.Gen {
		return 0, false
	}
	return e.at, true
}

func (f *File) damagedObject(r Ref, err error) error {
	if errors.Is(err, TooCostly) || errors.Is(err, Damaged) {
		return err
	}
	return Damaged.Wrap(err, Reason(fmt.Sprintf("object %d: %v", r.Num, err)))
}

// readAt reads the indirect object that starts at a byte, and returns a lexer
// that stands behind it.
func (f *File) readAt(at int64) (Ref, Object, *lexer, error) {
	if at < 0 || at >= f.size {
		return Ref{}, nil, nil, syntax.ErrNotObject
	}
	l := newLexer(f.src, at, f.size)
	r, err := l.Header()
	if err != nil {
		return r, nil, nil, err
	}
	o, err := l.Value()
	if err != nil {
		return r, nil, nil, err
	}
	t, err := l.Token()
	if err != nil {
		return r, nil, nil, err
	}
	d, isDict := o.(Dict)
	if t == keyword("stream") && isDict {
		s, err := f.streamAt(l, d)
		return r, s, l, err
	}
	if t != keyword("endobj") {
		f.note("object %d is not closed", r.Num)
	}
	return r, o, l, nil
}

// streamAt finds the bytes of a stream whose dictionary was just read.
func (f *File) streamAt(l *lexer, d Dict) (*Stream, error) {
	switch l.Peek() {
	case '\r':
		l.Pos++
		if l.Peek() == '\n' {
			l.Pos++
		}
	case '\n':
		l.Pos++
	}
	s := &Stream{Dict: d, Offset: l.Pos}
	o, err := f.Resolve(d["Length"])
	if err != nil {
		return nil, err
	}
	if n, ok := o.(int64); ok && n >= 0 && n <= f.size-s.Offset {
		after := newLexer(f.src, s.Offset+n, f.size)
		if t, err := after.Token(); err == nil && t == keyword("endstream") {
			s.Length = n
			l.Pos = after.Pos
			if t, err := l.Token(); err == nil && t != keyword("endobj") {
				f.note("a stream object is not closed")
			}
			return s, nil
		}
	}
	f.lies++
	f.note("a stream has a wrong length")
	n, ok := f.search(s.Offset, []byte("endstream"))
	if !ok {
		return nil, errors.New("a stream does not end")
	}
	s.Length = n - s.Offset
	l.Pos = n + 9
	return s, nil
}

// search finds the next occurrence of a word, counting the bytes it passes as
// work.
func (f *File) search(from int64, word []byte) (int64, bool) {
	buf := make([]byte, 32<<10)
	for at := from; at < f.size; {
		n, _ := f.src.ReadAt(buf[:min(int64(len(buf)), f.size-at)], at)
		if i := bytes.Index(buf[:n], word); i >= 0 {
			return at + int64(i), true
		}
		if f.spent.scanned += int64(n); n < len(word) || f.spent.scanned > maxScanned {
			return 0, false
		}
		at += int64(n - len(word) + 1)
	}
	return 0, false
}

// asInt reads an object as an int within bounds.
func asInt(o Object, low, high int64) (int64, bool) {
	n, ok := o.(int64)
	if !ok {
		if v, isNum := Float(o); isNum && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			n, ok = int64(v), true
		}
	}
	return n, ok && n >= low && n <= high
}
