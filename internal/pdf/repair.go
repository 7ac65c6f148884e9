package pdf

import (
	"bytes"
	"errors"
	"io"
	"sort"

	"vanban/internal/pdf/syntax"
)

const (
	maxRepairSize    = 512 << 20
	maxRepairObjects = 1 << 19
)

// repair rebuilds the table of objects by looking for "n g obj" in the whole
// file; of several objects with one number the last counts. It serves reading
// only: what another reader would find is anybody's guess.
func (f *File) repair() error {
	if f.size > maxRepairSize {
		return errors.New("the file is too large to be searched")
	}
	f.entries, f.revs, f.trailer = nil, nil, nil
	clear(f.objstms)
	if f.header > 0 && len(f.notes) > 0 { // offsets were shifted; look at all of it
		f.notes = nil
	}
	r := &repairer{f: f, found: map[uint32]entry{}}
	if err := r.scan(); err != nil {
		return err
	}
	r.rebuild()
	r.openStreams()
	r.rebuild()
	return r.root()
}

type repairer struct {
	f        *File
	found    map[uint32]entry
	trailers []Dict
}

// scan passes over the file in overlapping blocks and looks at every place
// where obj or trailer stands.
func (r *repairer) scan() error {
	const overlap = 64
	buf := make([]byte, 256<<10)
	for at := int64(0); at < r.f.size; at += int64(len(buf) - overlap) {
		n, err := r.f.src.ReadAt(buf[:min(int64(len(buf)), r.f.size-at)], at)
		if n == 0 && err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err := r.block(buf[:n], at); err != nil {
			return err
		}
	}
	return nil
}

func (r *repairer) block(b []byte, at int64) error {
	for i := 0; ; {
		j := bytes.Index(b[i:], []byte("obj"))
		if j < 0 {
			break
		}
		i += j
		if err := r.object(b, i, at); err != nil {
			return err
		}
		i += 3
	}
	for i := 0; ; {
		j := bytes.Index(b[i:], []byte("trailer"))
		if j < 0 {
			return nil
		}
		i += j + 7
		o, err := newLexer(r.f.src, at+int64(i), r.f.size).Value()
		if d, ok := o.(Dict); ok && err == nil && len(r.trailers) < maxSections {
			r.trailers = append(r.trailers, d)
		}
	}
}

// object notes the object whose obj keyword stands at b[i].
func (r *repairer) object(b []byte, i int, at int64) error {
	start, ok := headerBefore(b, i)
	if !ok {
		return nil
	}
	ref, err := newLexer(r.f.src, at+int64(start), r.f.size).Header()
	if err != nil {
		return nil //nolint:nilerr // not an object after all
	}
	if len(r.found) >= maxRepairObjects {
		return TooCostly.New(Reason("objects"))
	}
	r.found[ref.Num] = entry{num: ref.Num, gen: ref.Gen, kind: entryOffset, at: at + int64(start)}
	return nil
}

// headerBefore walks back over "n g " from the keyword at b[i].
func headerBefore(b []byte, i int) (int, bool) {
	p := i
	for range 2 {
		q := p
		for q > 0 && syntax.IsSpace(int(b[q-1])) {
			q--
		}
		if q == p && p != i {
			return 0, false
		}
		p = q
		for q > 0 && b[q-1] >= '0' && b[q-1] <= '9' {
			q--
		}
		if q == p || p-q > 10 {
			return 0, false
		}
		p = q
	}
	return p, true
}

func (r *repairer) rebuild() {
	out := make([]entry, 0, len(r.found))
	for _, e := range r.found {
		out = append(out, e)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].num < out[j].num })
	r.f.entries = out
}

// openStreams adds what stands in object streams, and the dictionaries of
// cross-reference streams as trailers.
func (r *repairer) openStreams() {
	for _, e := range append([]entry(nil), r.f.entries...) {
		if r.f.spent.inflated > maxInflated/2 {
			return
		}
		_, o, _, err := r.f.readAt(e.at)
		st, ok := o.(*Stream)
		if err != nil || !ok {
			continue
		}
		switch st.Dict["Type"] {
		case Name("XRef"):
			r.trailers = append(r.trailers, st.Dict)
		case Name("ObjStm"):
			s, err := r.f.objectStream(e.num)
			if err != nil {
				continue
			}
			for i, num := range s.nums {
				if _, have := r.found[num]; !have && len(r.found) < maxRepairObjects {
					r.found[num] = entry{num: num, kind: entryInStream, at: int64(e.num), index: uint32(i)}
				}
			}
		}
	}
}

// root chooses the last trailer that names a catalog, or looks for one.
func (r *repairer) root() error {
	for i := len(r.trailers) - 1; i >= 0; i-- {
		r.f.trailer = r.trailers[i]
		if r.f.Encrypted() || r.f.checkRoot() == nil {
			return nil
		}
	}
	for _, e := range r.f.entries {
		o, err := r.f.Get(Ref{Num: e.num, Gen: e.gen})
		if d, ok := o.(Dict); ok && err == nil && d["Type"] == Name("Catalog") {
			r.f.trailer = Dict{"Root": Ref{Num: e.num, Gen: e.gen}}
			if r.f.checkRoot() == nil {
				return nil
			}
		}
	}
	return errors.New("no catalog was found")
}
