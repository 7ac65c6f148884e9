package pdf

import (
	"errors"
	"fmt"
	"math"
)

// value reads one object. Bare keywords other than null, true and false are an
// error, so a caller that expects obj or endobj reads tokens instead.
func (l *lexer) value() (Object, error) {
	l.nodes = 0
	return l.parse(0)
}

func (l *lexer) parse(depth int) (Object, error) {
	t, err := l.token()
	if err != nil {
		return nil, err
	}
	return l.parseFrom(t, depth)
}

func (l *lexer) parseFrom(t Object, depth int) (Object, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	if l.nodes++; l.nodes > maxNodes {
		return nil, errTooBig
	}
	switch v := t.(type) {
	case int64:
		return l.refOr(v), nil
	case keyword:
		switch v {
		case arrayOpen:
			return l.array(depth)
		case dictOpen:
			return l.dict(depth)
		case "null":
			return nil, nil
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, fmt.Errorf("unexpected %q at byte %d", string(v), l.pos)
	}
	return t, nil
}

// refOr turns "n g R" into a reference and anything else back into n.
func (l *lexer) refOr(n int64) Object {
	if n < 0 || n > math.MaxUint32 {
		return n
	}
	start := l.pos
	l.skipSpace()
	if c := l.peek(); c < '0' || c > '9' {
		l.pos = start
		return n
	}
	g, err := l.token()
	gen, ok := g.(int64)
	if err != nil || !ok || gen < 0 || gen > math.MaxUint16 {
		l.pos = start
		return n
	}
	l.skipSpace()
	if l.peek() != 'R' {
		l.pos = start
		return n
	}
	if r, err := l.token(); err != nil || r != keyword("R") {
		l.pos = start
		return n
	}
	return Ref{Num: uint32(n), Gen: uint16(gen)}
}

func (l *lexer) array(depth int) (Object, error) {
	out := Array{}
	for {
		t, err := l.token()
		if err != nil {
			return nil, err
		}
		if t == arrayClose {
			return out, nil
		}
		v, err := l.parseFrom(t, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// dict reads a dictionary after its <<. A key that stands twice is an error:
// readers disagree about which of the two counts.
func (l *lexer) dict(depth int) (Object, error) {
	out := Dict{}
	for {
		t, err := l.token()
		if err != nil {
			return nil, err
		}
		if t == dictClose {
			return out, nil
		}
		k, ok := t.(Name)
		if !ok {
			return nil, fmt.Errorf("a dictionary key at byte %d is not a name", l.pos)
		}
		v, err := l.parse(depth + 1)
		if err != nil {
			return nil, err
		}
		if old, dup := out[k]; dup && string(Marshal(old)) != string(Marshal(v)) {
			return nil, fmt.Errorf("the key /%s stands twice in one dictionary", k)
		}
		if v != nil {
			out[k] = v
		}
	}
}

var errNotObject = errors.New("no object starts there")

// header reads "n g obj".
func (l *lexer) header() (Ref, error) {
	n, err1 := l.token()
	g, err2 := l.token()
	k, err3 := l.token()
	num, ok1 := n.(int64)
	gen, ok2 := g.(int64)
	if err1 != nil || err2 != nil || err3 != nil || !ok1 || !ok2 || k != keyword("obj") ||
		num < 0 || num > math.MaxUint32 || gen < 0 || gen > math.MaxUint16 {
		return Ref{}, errNotObject
	}
	return Ref{uint32(num), uint16(gen)}, nil
}
