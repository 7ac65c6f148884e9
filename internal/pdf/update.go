package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sort"

	"vanban/internal/pdf/syntax"
)

// Update collects the objects of one incremental update (ISO 32000-2, 7.5.6):
// the bytes that exist already stay as they are, the update is appended.
// It is not safe for concurrent use.
type Update struct {
	f       *File
	next    uint32
	objects map[Ref]Object
	catalog Ref
}

// NewUpdate begins an update. It refuses, with the reason, a file that other
// readers may read differently: encrypted, damaged, with streams of false
// length, or with foreign bytes in front.
func NewUpdate(f *File) (*Update, error) {
	switch {
	case f.Encrypted():
		return nil, Encrypted.New()
	case f.LeadingJunk():
		return nil, LeadingJunk.New()
	case f.Repaired() != nil:
		return nil, f.whyBroken(f.Repaired())
	}
	if err := f.Streams(); err != nil {
		return nil, err
	}
	root, ok := f.trailer["Root"].(Ref)
	if !ok {
		return nil, Damaged.New(Reason("the catalog is not an indirect object"))
	}
	return &Update{f: f, next: f.Next(), objects: map[Ref]Object{}, catalog: root}, nil
}

// File is the file being extended.
func (u *Update) File() *File { return u.f }

// CatalogRef is the reference of the catalog, which keeps its number.
func (u *Update) CatalogRef() Ref { return u.catalog }

// Reserve takes a new object number without content yet.
func (u *Update) Reserve() Ref {
	r := Ref{Num: u.next}
	u.next++
	return r
}

// Add appends a new object.
func (u *Update) Add(o Object) Ref {
	r := u.Reserve()
	u.objects[r] = o
	return r
}

// AddStream appends a new stream. Data that is already deflated gets the
// FlateDecode filter named; other data is stored as it is.
func (u *Update) AddStream(d Dict, data []byte, deflated bool) Ref {
	dict := Dict{}
	for k, v := range d {
		dict[k] = v
	}
	if deflated {
		dict["Filter"] = Name("FlateDecode")
	}
	return u.Add(&Stream{Dict: dict, Data: data})
}

// Replace writes an existing object anew, or gives a reserved one its content.
func (u *Update) Replace(r Ref, o Object) { u.objects[r] = o }

// Get reads an object as it will be after the update.
func (u *Update) Get(r Ref) (Object, error) {
	if o, ok := u.objects[r]; ok {
		return o, nil
	}
	return u.f.Get(r)
}

// Resolve follows references as they will be after the update.
func (u *Update) Resolve(o Object) (Object, error) {
	for range maxRefHops {
		r, ok := o.(Ref)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = u.Get(r); err != nil {
			return nil, err
		}
	}
	return nil, Damaged.New(Reason("references go in circles"))
}

// Rendered is an update as bytes. Its spans are offsets in the whole new file.
type Rendered struct {
	Tail  []byte
	Holes map[string]Span
}

// Render writes the update. base is the length of the file that it extends.
func (u *Update) Render() (*Rendered, error) {
	base := u.f.size
	w := &syntax.Writer{}
	if last := u.f.tail(1); len(last) == 1 && last[0] != '\n' && last[0] != '\r' {
		w.WriteByte('\n')
	}
	rows := u.writeObjects(w, base)
	start := base + int64(w.Len())
	newest := u.f.revs[len(u.f.revs)-1]
	trailer := u.trailer(w.Bytes())
	if newest.Stream {
		u.writeStream(w, rows, trailer, start)
	} else {
		u.writeTable(w, rows, trailer)
	}
	fmt.Fprintf(w, "startxref\n%d\n%%%%EOF\n", start)
	out := &Rendered{Tail: w.Bytes(), Holes: map[string]Span{}}
	for id, s := range w.Holes {
		out.Holes[id] = Span{Start: s.Start + base, End: s.End + base}
	}
	return out, nil
}

func (u *Update) writeObjects(w *syntax.Writer, base int64) []entry {
	refs := make([]Ref, 0, len(u.objects))
	for r := range u.objects {
		refs = append(refs, r)
	}
	sort.Slice(refs, func(i, j int) bool { return refs[i].Num < refs[j].Num })
	rows := make([]entry, 0, len(refs)+1)
	for _, r := range refs {
		rows = append(rows, entry{num: r.Num, gen: r.Gen, kind: entryOffset, at: base + int64(w.Len())})
		fmt.Fprintf(w, "%d %d obj\n", r.Num, r.Gen)
		w.Object(u.objects[r])
		w.WriteString("\nendobj\n")
	}
	return rows
}

// trailer keeps every key of the old trailer that is not about its own
// section.
func (u *Update) trailer(update []byte) Dict {
	t := Dict{}
	for k, v := range u.f.trailer {
		switch k {
		case "Prev", "XRefStm", "Size", "Type", "W", "Index", "Filter", "DecodeParms", "Length", "DL", "F", "FFilter", "FDecodeParms":
		default:
			t[k] = v
		}
	}
	t["Prev"] = u.f.newestSection()
	t["Size"] = int64(u.next)
	sum := sha256.Sum256(update)
	first := String(sum[16:])
	if o, err := u.f.Array(u.f.trailer["ID"]); err == nil && len(o) == 2 {
		if old, ok := o[0].(String); ok {
			first = old
		}
	}
	t["ID"] = Array{first, String(sum[:16])}
	return t
}

// newestSection is where the newest section starts; in a linearized file that
// is the one startxref names, not the one that stands last.
func (f *File) newestSection() int64 {
	at, err := f.startXref()
	if err != nil {
		return f.revs[len(f.revs)-1].Section
	}
	return at
}

func (u *Update) writeTable(w *syntax.Writer, rows []entry, trailer Dict) {
	w.WriteString("xref\n")
	for len(rows) > 0 {
		n := run(rows)
		fmt.Fprintf(w, "%d %d\n", rows[0].num, n)
		for _, e := range rows[:n] {
			fmt.Fprintf(w, "%010d %05d n \n", e.at, e.gen)
		}
		rows = rows[n:]
	}
	w.WriteString("trailer\n")
	w.Object(trailer)
	w.WriteByte('\n')
}

// run is the number of rows with consecutive numbers at the front.
func run(rows []entry) int {
	n := 1
	for n < len(rows) && rows[n].num == rows[n-1].num+1 {
		n++
	}
	return n
}

func (u *Update) writeStream(w *syntax.Writer, rows []entry, trailer Dict, start int64) {
	self := Ref{Num: u.next}
	trailer["Size"] = int64(u.next) + 1
	rows = append(rows, entry{num: self.Num, kind: entryOffset, at: start})
	var data bytes.Buffer
	for _, e := range rows {
		data.WriteByte(1)
		data.Write(binary.BigEndian.AppendUint64(nil, uint64(e.at)))
		data.Write(binary.BigEndian.AppendUint16(nil, e.gen))
	}
	index := Array{}
	for rest := rows; len(rest) > 0; {
		n := run(rest)
		index = append(index, int64(rest[0].num), int64(n))
		rest = rest[n:]
	}
	trailer["Type"] = Name("XRef")
	trailer["W"] = Array{int64(1), int64(8), int64(2)}
	trailer["Index"] = index
	fmt.Fprintf(w, "%d 0 obj\n", self.Num)
	w.Object(&Stream{Dict: trailer, Data: data.Bytes()})
	w.WriteString("\nendobj\n")
}
