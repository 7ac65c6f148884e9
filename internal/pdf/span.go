package pdf

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
	if got, err := l.header(); err != nil || got != r {
		return Span{}, false
	}
	for _, key := range path {
		if !l.seek(key) {
			return Span{}, false
		}
	}
	l.skipSpace()
	s.Start = l.pos
	if _, err := l.value(); err != nil {
		return Span{}, false
	}
	s.End = l.pos
	return s, true
}

// seek reads a dictionary and moves to the value of a key.
func (l *lexer) seek(key Name) bool {
	if t, err := l.token(); err != nil || t != dictOpen {
		return false
	}
	found := int64(-1)
	for {
		t, err := l.token()
		if err != nil {
			return false
		}
		if t == dictClose {
			break
		}
		k, ok := t.(Name)
		if !ok || (k == key && found >= 0) {
			return false
		}
		if k == key {
			found = l.pos
		}
		if _, err := l.value(); err != nil {
			return false
		}
	}
	l.pos = found
	return found >= 0
}
