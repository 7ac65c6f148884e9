package pdf

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"vanban/internal/pdf/syntax"
)

// Limits of the cross-reference data of one file.
const (
	maxSections = 4096
	maxEntries  = 1 << 21
	maxXrefData = 64 << 20 // of one decoded cross-reference stream
)

type entryKind uint8

const (
	entryFree entryKind = iota
	entryOffset
	entryInStream
)

// entry says where one object is. For entryInStream, at is the number of the
// object stream and index the position in it.
type entry struct {
	num   uint32
	index uint32
	gen   uint16
	kind  entryKind
	at    int64
}

// Revision is one save of the file: the part of it up to End with the
// cross-reference section at Section as its newest.
type Revision struct {
	Section int64 // offset of the xref keyword or of the cross-reference stream
	End     int64 // one past the %%EOF line that closes it, 0 when there is none
	Stream  bool  // the section is a cross-reference stream
	Hybrid  bool  // a table with an XRefStm beside it
	Trailer Dict
}

// xrefReader follows the chain of sections from the newest to the oldest.
type xrefReader struct {
	f       *File
	entries []entry // newest first; sorted and thinned by finish
	revs    []Revision
	seen    map[int64]bool
}

func (x *xrefReader) chain(start int64) error {
	x.seen = map[int64]bool{}
	for at := start; ; {
		if x.seen[at] {
			return errors.New("the cross-reference sections form a circle")
		}
		if len(x.seen) >= maxSections {
			return errors.New("there are too many cross-reference sections")
		}
		x.seen[at] = true
		rev, err := x.section(at)
		if err != nil {
			return err
		}
		x.revs = append(x.revs, rev)
		prev, ok := rev.Trailer["Prev"]
		if !ok {
			return nil
		}
		n, ok := Float(prev)
		if !ok || n < 0 || n >= float64(x.f.size) || n != math.Trunc(n) {
			return errors.New("a Prev entry points outside the file")
		}
		at = int64(n)
	}
}

func (x *xrefReader) section(at int64) (Revision, error) {
	if at < 0 || at >= x.f.size {
		return Revision{}, errors.New("startxref points outside the file")
	}
	l := newLexer(x.f.src, at, x.f.size)
	l.SkipSpace()
	if c := l.Peek(); c >= '0' && c <= '9' {
		return x.streamSection(at, false)
	}
	if t, err := l.Token(); err != nil || t != keyword("xref") {
		return Revision{}, errors.New("startxref does not point at a cross-reference section")
	}
	return x.tableSection(l, at)
}

func (x *xrefReader) tableSection(l *lexer, at int64) (Revision, error) {
	rev := Revision{Section: at}
	first := len(x.entries)
	for {
		t, err := l.Token()
		if err != nil {
			return rev, err
		}
		if t == keyword("trailer") {
			break
		}
		start, ok1 := t.(int64)
		n, err := l.Token()
		count, ok2 := n.(int64)
		if err != nil || !ok1 || !ok2 || start < 0 || count < 0 || start+count > math.MaxUint32 {
			return rev, errors.New("a subsection of the cross-reference table is malformed")
		}
		if err := x.subsection(l, start, count); err != nil {
			return rev, err
		}
	}
	o, err := l.Value()
	if err != nil {
		return rev, fmt.Errorf("the trailer: %w", err)
	}
	trailer, ok := o.(Dict)
	if !ok {
		return rev, errors.New("the trailer is not a dictionary")
	}
	rev.Trailer = trailer
	rev.End = endOfRevision(l)
	if o, ok := trailer["XRefStm"]; ok {
		rev.Hybrid = true
		if err := x.hybrid(o, first); err != nil {
			return rev, err
		}
	}
	return rev, nil
}

func (x *xrefReader) subsection(l *lexer, start, count int64) error {
	for i := range count {
		o, err1 := l.Token()
		g, err2 := l.Token()
		k, err3 := l.Token()
		off, ok1 := o.(int64)
		gen, ok2 := g.(int64)
		if err1 != nil || err2 != nil || err3 != nil || !ok1 || !ok2 || off < 0 || gen < 0 {
			return errors.New("an entry of the cross-reference table is malformed")
		}
		e := entry{num: uint32(start + i), gen: uint16(min(gen, math.MaxUint16)), at: off}
		switch k {
		case keyword("n"):
			e.kind = entryOffset
			if off == 0 {
				e.kind = entryFree // some writers mark free objects so
			}
		case keyword("f"):
		default:
			return errors.New("an entry of the cross-reference table is malformed")
		}
		if err := x.add(e); err != nil {
			return err
		}
	}
	return nil
}

func (x *xrefReader) add(e entry) error {
	if x.f.spent.inflated += entryCost; len(x.entries) >= maxEntries || x.f.spent.inflated > maxInflated {
		return TooCostly.New(Reason("cross-reference entries"))
	}
	x.entries = append(x.entries, e)
	return nil
}

// hybrid reads the stream beside a table. Its entries count for objects that
// the table leaves free or does not name (ISO 32000-2, 7.5.8.4); so they go
// before the table's free entries and behind its used ones.
func (x *xrefReader) hybrid(o Object, first int) error {
	at, ok := o.(int64)
	if !ok || at < 0 || at >= x.f.size {
		return errors.New("XRefStm points nowhere")
	}
	if x.seen[at] {
		return nil // an update that copied the key of an older trailer
	}
	x.seen[at] = true
	mark := len(x.entries)
	if _, err := x.streamSection(at, true); err != nil {
		return err
	}
	table := append([]entry(nil), x.entries[first:mark]...)
	stream := append([]entry(nil), x.entries[mark:]...)
	x.entries = x.entries[:first]
	for _, free := range []bool{false, true} {
		for _, e := range table {
			if (e.kind == entryFree) == free {
				x.entries = append(x.entries, e)
			}
		}
		if !free {
			x.entries = append(x.entries, stream...)
		}
	}
	return nil
}

func (x *xrefReader) streamSection(at int64, beside bool) (Revision, error) {
	rev := Revision{Section: at, Stream: true}
	_, o, l, err := x.f.readAt(at)
	if err != nil {
		return rev, err
	}
	s, ok := o.(*Stream)
	if !ok || s.Dict["Type"] != Name("XRef") {
		return rev, errors.New("startxref does not point at a cross-reference section")
	}
	rev.Trailer = s.Dict
	if !beside {
		rev.End = endOfRevision(l)
	}
	data, err := x.f.Decode(s, maxXrefData)
	if err != nil {
		return rev, err
	}
	return rev, x.streamEntries(s.Dict, data)
}

func (x *xrefReader) streamEntries(d Dict, data []byte) error {
	w, ok := ints(d["W"], 3)
	if !ok || w[0] < 0 || w[1] < 0 || w[2] < 0 || w[0] > 8 || w[1] > 8 || w[2] > 8 || w[0]+w[1]+w[2] == 0 {
		return errors.New("the cross-reference stream has malformed widths")
	}
	size, _ := d["Size"].(int64)
	index := Array{int64(0), size}
	if a, ok := d["Index"].(Array); ok {
		index = a
	}
	row := int(w[0] + w[1] + w[2])
	for i := 0; i+1 < len(index); i += 2 {
		start, ok1 := index[i].(int64)
		count, ok2 := index[i+1].(int64)
		if !ok1 || !ok2 || start < 0 || count < 0 || count > math.MaxUint32 || start+count > math.MaxUint32 {
			return errors.New("the cross-reference stream has a malformed index")
		}
		for n := range count {
			if len(data) < row {
				return nil // a claimed size larger than the data names nothing more
			}
			if err := x.streamEntry(uint32(start+n), data, w); err != nil {
				return err
			}
			data = data[row:]
		}
	}
	return nil
}

func (x *xrefReader) streamEntry(num uint32, data []byte, w []int64) error {
	kind := int64(1)
	if w[0] > 0 {
		kind = field(data, w[0])
	}
	a := field(data[w[0]:], w[1])
	b := field(data[w[0]+w[1]:], w[2])
	e := entry{num: num, at: a}
	switch kind {
	case 0:
	case 1:
		e.kind, e.gen = entryOffset, uint16(min(max(b, 0), math.MaxUint16))
	case 2:
		if a < 0 || a > math.MaxUint32 || b < 0 || b > math.MaxUint32 {
			return errors.New("the cross-reference stream names an impossible object stream")
		}
		e.kind, e.index = entryInStream, uint32(b)
	default:
		return nil // ISO 32000-2, 7.5.8.3: unknown types are references to null
	}
	return x.add(e)
}

func field(b []byte, width int64) int64 {
	var v uint64
	for _, c := range b[:width] {
		v = v<<8 | uint64(c)
	}
	if v > math.MaxInt64 {
		return -1
	}
	return int64(v)
}

func ints(o Object, n int) ([]int64, bool) {
	a, ok := o.(Array)
	if !ok || len(a) < n {
		return nil, false
	}
	out := make([]int64, n)
	for i := range n {
		if out[i], ok = a[i].(int64); !ok {
			return nil, false
		}
	}
	return out, true
}

// thin sorts the entries by number and keeps the newest of each.
func (x *xrefReader) thin() []entry {
	sort.SliceStable(x.entries, func(i, j int) bool { return x.entries[i].num < x.entries[j].num })
	out := x.entries[:0]
	for i, e := range x.entries {
		if i == 0 || e.num != out[len(out)-1].num {
			out = append(out, e)
		}
	}
	return out
}

// endOfRevision reads the startxref and %%EOF lines behind a section and
// returns the offset after them, or 0 when they are not there.
func endOfRevision(l *lexer) int64 {
	if t, err := l.Token(); err != nil || t != keyword("startxref") {
		return 0
	}
	if t, err := l.Token(); err != nil {
		return 0
	} else if _, ok := t.(int64); !ok {
		return 0
	}
	for syntax.IsSpace(l.Peek()) {
		l.Pos++
	}
	for _, want := range "%%EOF" {
		if l.Next() != int(want) {
			return 0
		}
	}
	if l.Peek() == '\r' {
		l.Pos++
	}
	if l.Peek() == '\n' {
		l.Pos++
	}
	return l.Pos
}
