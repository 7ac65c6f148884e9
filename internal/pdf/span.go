package pdf

import "vanban/internal/pdf/syntax"

// ValueSpan says which bytes of the file are the value at the end of a path of
// dictionary keys that starts at an object, for instance the Contents string
// of a signature. ok is false when the object is inside an object stream or
// the path leaves it. A key that stands twice makes it false too.
func (f *File) ValueSpan(r Ref, path ...Name) (s Span, ok bool) {
	at, ok := f.Offset(r)
	if !ok {
		return Span{}, false
	}
	l := newLexer(f.src, at, f.size)
	if got, err := l.Header(); err != nil || got != r {
		return Span{}, false
	}
	for _, key := range path {
		if !seek(l, key) {
			return Span{}, false
		}
	}
	l.SkipSpace()
	s.Start = l.Pos
	if _, err := l.Value(); err != nil {
		return Span{}, false
	}
	s.End = l.Pos
	return s, true
}

// seek reads a dictionary and moves to the value of a key.
func seek(l *lexer, key Name) bool {
	if t, err := l.Token(); err != nil || t != syntax.DictOpen {
		return false
	}
	found := int64(-1)
	for {
		t, err := l.Token()
		if err != nil {
			return false
		}
		if t == syntax.DictClose {
			break
		}
		k, ok := t.(Name)
		if !ok || (k == key && found >= 0) {
			return false
		}
		if k == key {
			found = l.Pos
		}
		if _, err := l.Value(); err != nil {
			return false
		}
	}
	l.Pos = found
	return found >= 0
}
