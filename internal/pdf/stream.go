package pdf

import (
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"encoding/ascii85"
	"errors"
	"fmt"
	"io"

	"vanban/internal/pdf/syntax"
)

const (
	maxFilters   = 8
	maxObjStm    = 48 << 20 // decoded bytes of one object stream
	maxInObjStm  = 1 << 18  // objects in one object stream
	objStmBudget = 48 << 20 // decoded object streams kept at a time
)

// Raw gives a reader over the undecoded bytes of a stream.
func (f *File) Raw(s *Stream) *io.SectionReader {
	if s.Data != nil {
		return io.NewSectionReader(bytes.NewReader(s.Data), 0, int64(len(s.Data)))
	}
	return io.NewSectionReader(f.src, s.Offset, s.Length)
}

// Decode gives the decoded bytes of a stream, at most limit of them; a longer
// stream is an error (TooCostly). Image filters are not decoded.
func (f *File) Decode(s *Stream, limit int64) ([]byte, error) {
	filters, params, err := f.filters(s.Dict)
	if err != nil {
		return nil, err
	}
	var r io.Reader = f.Raw(s)
	for i, name := range filters {
		if r, err = f.filter(r, name, params[i], limit); err != nil {
			return nil, err
		}
	}
	limit = max(0, min(limit, maxInflated-f.spent.inflated))
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	f.spent.inflated += int64(len(data))
	if int64(len(data)) > limit {
		return nil, TooCostly.New(Reason("decompressed size"))
	}
	if err != nil && len(data) == 0 {
		return nil, fmt.Errorf("a stream cannot be decoded: %w", err)
	}
	if err != nil {
		f.note("a stream ends early: %v", err)
	}
	return data, nil
}

func (f *File) filters(d Dict) ([]Name, []Dict, error) {
	o, err := f.Resolve(d["Filter"])
	if err != nil {
		return nil, nil, err
	}
	p, err := f.Resolve(d["DecodeParms"])
	if err != nil {
		return nil, nil, err
	}
	switch v := o.(type) {
	case nil:
		return nil, nil, nil
	case Name:
		params, err := f.Dict(p)
		return []Name{v}, []Dict{params}, err
	case Array:
		if len(v) > maxFilters {
			return nil, nil, errors.New("a stream has too many filters")
		}
		list, _ := p.(Array)
		return f.filterList(v, list)
	}
	return nil, nil, errors.New("a stream has a malformed filter")
}

func (f *File) filterList(names, list Array) ([]Name, []Dict, error) {
	var out []Name
	var params []Dict
	for i, o := range names {
		o, err := f.Resolve(o)
		if err != nil {
			return nil, nil, err
		}
		n, ok := o.(Name)
		if !ok {
			return nil, nil, errors.New("a stream has a malformed filter")
		}
		p := Dict{}
		if i < len(list) {
			if p, err = f.Dict(list[i]); err != nil {
				return nil, nil, err
			}
		}
		out, params = append(out, n), append(params, p)
	}
	return out, params, nil
}

func (f *File) filter(r io.Reader, name Name, p Dict, limit int64) (io.Reader, error) {
	switch name {
	case "FlateDecode", "Fl":
		z, err := zlib.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("a stream cannot be decoded: %w", err)
		}
		return predictor(z, p, limit)
	case "LZWDecode", "LZW":
		if early, ok := p["EarlyChange"].(int64); ok && early == 0 {
			return predictor(lzw.NewReader(r, lzw.MSB, 8), p, limit)
		}
		return nil, errors.New("a stream uses an LZW variant that is not read here")
	case "ASCIIHexDecode", "AHx":
		return &hexReader{r: r}, nil
	case "ASCII85Decode", "A85":
		return ascii85.NewDecoder(&until{r: r, stop: '~'}), nil
	case "Crypt":
		return r, nil
	}
	return nil, fmt.Errorf("the stream filter %s is not read here", name)
}

// hexReader decodes ASCIIHexDecode.
type hexReader struct {
	r    io.Reader
	done bool
}

func (h *hexReader) Read(p []byte) (int, error) {
	var b [1]byte
	half, n := -1, 0
	for n < len(p) && !h.done {
		if _, err := io.ReadFull(h.r, b[:]); err != nil || b[0] == '>' {
			h.done = true
			if half >= 0 {
				p[n], n = byte(half<<4), n+1
			}
			break
		}
		v := syntax.Unhex(int(b[0]))
		switch {
		case v < 0:
		case half < 0:
			half = v
		default:
			p[n], n, half = byte(half<<4|v), n+1, -1
		}
	}
	if n == 0 && h.done {
		return 0, io.EOF
	}
	return n, nil
}

// until ends a reader at a byte.
type until struct {
	r    io.Reader
	stop byte
	done bool
}

func (u *until) Read(p []byte) (int, error) {
	if u.done {
		return 0, io.EOF
	}
	n, err := u.r.Read(p)
	if i := bytes.IndexByte(p[:n], u.stop); i >= 0 {
		u.done, n = true, i
	}
	return n, err
}

// predictor undoes the PNG predictors (ISO 32000-2, 7.4.4.4). The TIFF one
// does not occur in the streams that are read here.
func predictor(r io.Reader, p Dict, limit int64) (io.Reader, error) {
	kind, _ := asInt(p["Predictor"], 0, 100)
	if kind <= 1 {
		return r, nil
	}
	colors, bits, columns := int64(1), int64(8), int64(1)
	for key, to := range map[Name]*int64{"Colors": &colors, "BitsPerComponent": &bits, "Columns": &columns} {
		if o, set := p[key]; set {
			v, ok := asInt(o, 1, 1<<20)
			if !ok {
				return nil, errors.New("a predictor has impossible parameters")
			}
			*to = v
		}
	}
	if kind == 2 || colors > 32 || bits > 16 || colors*bits*columns/8 > limit {
		return nil, errors.New("a predictor has impossible parameters")
	}
	return &pngReader{r: r, bpp: int(max(1, colors*bits/8)), row: make([]byte, 1+(colors*bits*columns+7)/8),
		last: make([]byte, 1+(colors*bits*columns+7)/8)}, nil
}

type pngReader struct {
	r         io.Reader
	bpp       int
	row, last []byte
	ready     []byte
}

func (g *pngReader) Read(p []byte) (int, error) {
	if len(g.ready) == 0 {
		g.row, g.last = g.last, g.row
		n, err := io.ReadFull(g.r, g.row)
		if n <= 1 {
			if err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
				err = io.EOF
			}
			return 0, err
		}
		if err := unfilter(g.row[:n], g.last, g.bpp); err != nil {
			return 0, err
		}
		g.ready = g.row[1:n]
	}
	n := copy(p, g.ready)
	g.ready = g.ready[n:]
	return n, nil
}

func unfilter(row, last []byte, bpp int) error {
	kind := row[0]
	for i := 1; i < len(row); i++ {
		var left, up, corner int
		if up = int(last[i]); i > bpp {
			left, corner = int(row[i-bpp]), int(last[i-bpp])
		}
		switch kind {
		case 0:
		case 1:
			row[i] += byte(left)
		case 2:
			row[i] += byte(up)
		case 3:
			row[i] += byte((left + up) / 2)
		case 4:
			row[i] += byte(paeth(left, up, corner))
		default:
			return errors.New("a predictor row has an unknown kind")
		}
	}
	return nil
}

func paeth(a, b, c int) int {
	p := a + b - c
	pa, pb, pc := max(p-a, a-p), max(p-b, b-p), max(p-c, c-p)
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

// objectStream is a decoded object stream with its table of contents.
type objectStream struct {
	data  []byte
	first int64
	nums  []uint32
	offs  []int64
}

func (f *File) fromStream(e entry) (Object, error) {
	s, err := f.objectStream(uint32(e.at))
	if err != nil {
		return nil, f.damagedObject(Ref{Num: e.num, Gen: 0}, err)
	}
	i := int(e.index)
	if i >= len(s.nums) || s.nums[i] != e.num {
		return nil, Damaged.New(Reason(fmt.Sprintf("object %d is not in its object stream", e.num)))
	}
	at := s.first + s.offs[i]
	if at < 0 || at > int64(len(s.data)) {
		return nil, Damaged.New(Reason(fmt.Sprintf("object %d is not in its object stream", e.num)))
	}
	l := newLexer(bytes.NewReader(s.data), at, int64(len(s.data)))
	o, err := l.Value()
	if err != nil {
		return nil, f.damagedObject(Ref{Num: e.num, Gen: 0}, err)
	}
	return o, nil
}

func (f *File) objectStream(num uint32) (*objectStream, error) {
	if s := f.objstms[num]; s != nil {
		return s, nil
	}
	e, ok := f.find(num)
	if !ok || e.kind != entryOffset {
		return nil, errors.New("an object stream is missing or inside another")
	}
	o, err := f.Get(Ref{Num: num, Gen: e.gen})
	if err != nil {
		return nil, err
	}
	st, ok := o.(*Stream)
	if !ok || st.Dict["Type"] != Name("ObjStm") {
		return nil, errors.New("an object stream is something else")
	}
	s, err := f.parseObjectStream(st)
	if err != nil {
		return nil, err
	}
	if f.stmBytes += int64(len(s.data)); f.stmBytes > objStmBudget {
		clear(f.objstms)
		f.stmBytes = int64(len(s.data))
	}
	f.objstms[num] = s
	return s, nil
}

func (f *File) parseObjectStream(st *Stream) (*objectStream, error) {
	n, ok1 := asInt(st.Dict["N"], 0, maxInObjStm)
	first, ok2 := asInt(st.Dict["First"], 0, maxObjStm)
	if !ok1 || !ok2 {
		return nil, errors.New("an object stream has malformed counts")
	}
	data, err := f.Decode(st, maxObjStm)
	if err != nil {
		return nil, err
	}
	s := &objectStream{data: data, first: first}
	l := newLexer(bytes.NewReader(data), 0, min(first, int64(len(data))))
	for range n {
		a, err1 := l.Token()
		b, err2 := l.Token()
		num, ok1 := asInt(a, 0, 1<<32-1)
		off, ok2 := asInt(b, 0, maxObjStm)
		if err1 != nil || err2 != nil || !ok1 || !ok2 {
			return nil, errors.New("an object stream has a malformed table")
		}
		s.nums, s.offs = append(s.nums, uint32(num)), append(s.offs, off)
	}
	return s, nil
}
