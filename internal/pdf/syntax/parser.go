package syntax

import (
	"errors"
	"fmt"
	"math"
)

// Value reads one object. Bare keywords other than null, true and false are an
// error, so a caller that expects obj or endobj reads tokens instead.
func (l *Lexer) Value() (Object, error) {
	l.nodes = 0
	return l.parse(0)
}

func (l *Lexer) parse(depth int) (Object, error) {
	t, err := l.Token()
	if err != nil {
		return nil, err
	}
	return l.parseFrom(t, depth)
}

func (l *Lexer) parseFrom(t Object, depth int) (Object, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	if l.nodes++; l.nodes > maxNodes {
		return nil, errTooBig
	}
	switch v := t.(type) {
	case int64:
		return l.refOr(v), nil
	case Keyword:
		switch v {
		case ArrayOpen:
			return l.array(depth)
		case DictOpen:
			return l.dict(depth)
		case "null":
			return nil, nil
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, fmt.Errorf("unexpected %q at byte %d", string(v), l.Pos)
	}
	return t, nil
}

// refOr turns "n g R" into a reference and anything else back into n.
func (l *Lexer) refOr(n int64) Object {
	if n < 0 || n > math.MaxUint32 {
		return n
	}
	start := l.Pos
	l.SkipSpace()
	if c := l.Peek(); c < '0' || c > '9' {
		l.Pos = start
		return n
	}
	g, err := l.Token()
	gen, ok := g.(int64)
	if err != nil || !ok || gen < 0 || gen > math.MaxUint16 {
		l.Pos = start
		return n
	}
	l.SkipSpace()
	if l.Peek() != 'R' {
		l.Pos = start
		return n
	}
	if r, err := l.Token(); err != nil || r != Keyword("R") {
		l.Pos = start
		return n
	}
	return Ref{Num: uint32(n), Gen: uint16(gen)}
}

func (l *Lexer) array(depth int) (Object, error) {
	out := Array{}
	for {
		t, err := l.Token()
		if err != nil {
			return nil, err
		}
		if t == ArrayClose {
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
func (l *Lexer) dict(depth int) (Object, error) {
	out := Dict{}
	for {
		t, err := l.Token()
		if err != nil {
			return nil, err
		}
		if t == DictClose {
			return out, nil
		}
		k, ok := t.(Name)
		if !ok {
			return nil, fmt.Errorf("a dictionary key at byte %d is not a name", l.Pos)
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

// ErrNotObject: what stands there does not begin with "n g obj".
var ErrNotObject = errors.New("no object starts there")

// Header reads "n g obj".
func (l *Lexer) Header() (Ref, error) {
	n, err1 := l.Token()
	g, err2 := l.Token()
	k, err3 := l.Token()
	num, ok1 := n.(int64)
	gen, ok2 := g.(int64)
	if err1 != nil || err2 != nil || err3 != nil || !ok1 || !ok2 || k != Keyword("obj") ||
		num < 0 || num > math.MaxUint32 || gen < 0 || gen > math.MaxUint16 {
		return Ref{}, ErrNotObject
	}
	return Ref{uint32(num), uint16(gen)}, nil
}

// Operand is Value for content streams, where nothing is a reference; t is
// the token that was read already.
func (l *Lexer) Operand(t Object) (Object, error) {
	if n, ok := t.(int64); ok {
		return n, nil
	}
	l.nodes = 0
	return l.parseFrom(t, 0)
}
