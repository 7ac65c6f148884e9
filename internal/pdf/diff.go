package pdf

import (
	"bytes"
	"errors"
	"io"
)

// Touch is one object that differs between two states of a file.
type Touch struct {
	Num        uint32
	Old, New   Object // nil when the object is not there or is null
	Container  bool   // an object or cross-reference stream: its content is compared object by object
	Unreadable error  // why the two could not be compared
}

// Added says that the older state did not have the object.
func (t Touch) Added() bool { return t.Old == nil && t.New != nil && t.Unreadable == nil }

// maxTouched bounds a comparison; real updates touch tens of objects.
const maxTouched = 1 << 16

// Since lists the objects that are not the same in f as in old, an earlier
// state of the same file. It compares what the objects say, so an object that
// was only written again is not listed.
func (f *File) Since(old *File) ([]Touch, error) {
	var out []Touch
	a, b := old.entries, f.entries
	for len(a) > 0 || len(b) > 0 {
		var x, y entry
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].num < b[0].num:
			x, a = a[0], a[1:]
		case len(a) == 0 || b[0].num < a[0].num:
			y, b = b[0], b[1:]
		default:
			x, y, a, b = a[0], b[0], a[1:], b[1:]
		}
		if f.unmoved(old, x, y) {
			continue
		}
		t := f.compare(old, x, y)
		if t == nil {
			continue
		}
		if out = append(out, *t); len(out) > maxTouched {
			return nil, TooCostly.New(Reason("changed objects"))
		}
	}
	return out, nil
}

// unmoved says that both states read the object from the same bytes.
func (f *File) unmoved(old *File, x, y entry) bool {
	if x.kind == entryFree && y.kind == entryFree {
		return true
	}
	if x != y {
		return false
	}
	if x.kind != entryInStream {
		return true
	}
	s, ok1 := old.find(uint32(x.at))
	t, ok2 := f.find(uint32(y.at))
	return ok1 && ok2 && s == t
}

func (f *File) compare(old *File, x, y entry) *Touch {
	t := &Touch{Num: max(x.num, y.num)}
	var err error
	if x.kind != entryFree {
		if t.Old, err = old.Get(Ref{Num: x.num, Gen: x.gen}); err != nil {
			t.Unreadable = err
		}
	}
	if y.kind != entryFree {
		if t.New, err = f.Get(Ref{Num: y.num, Gen: y.gen}); err != nil {
			t.Unreadable = err
		}
	}
	if t.Unreadable != nil {
		return t
	}
	if t.Old == nil && t.New == nil {
		return nil
	}
	if t.Old != nil && t.New != nil && x.gen == y.gen {
		same, err := f.sameObject(old, t.Old, t.New)
		if err != nil {
			t.Unreadable = err
		} else if same {
			return nil
		}
	}
	t.Container = container(t.New) && (t.Old == nil || container(t.Old))
	return t
}

func container(o Object) bool {
	s, ok := o.(*Stream)
	return ok && (s.Dict["Type"] == Name("XRef") || s.Dict["Type"] == Name("ObjStm"))
}

// sameObject compares two objects by value, streams by their raw bytes.
func (f *File) sameObject(old *File, a, b Object) (bool, error) {
	s, ok1 := a.(*Stream)
	t, ok2 := b.(*Stream)
	if ok1 != ok2 {
		return false, nil
	}
	if !ok1 {
		return bytes.Equal(Marshal(a), Marshal(b)), nil
	}
	if !bytes.Equal(Marshal(s.Dict), Marshal(t.Dict)) || s.Length != t.Length {
		return false, nil
	}
	if f.spent.scanned += s.Length; f.spent.scanned > maxScanned {
		return false, TooCostly.New(Reason("bytes to compare"))
	}
	return sameBytes(old.Raw(s), f.Raw(t))
}

func sameBytes(a, b io.Reader) (bool, error) {
	var p, q [16 << 10]byte
	for {
		n, err1 := io.ReadFull(a, p[:])
		m, err2 := io.ReadFull(b, q[:])
		if n != m || !bytes.Equal(p[:n], q[:m]) {
			return false, nil
		}
		if err1 != nil || err2 != nil {
			return errors.Is(err2, io.EOF) || errors.Is(err2, io.ErrUnexpectedEOF), nil
		}
	}
}
