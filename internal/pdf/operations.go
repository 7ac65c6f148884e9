package pdf

import (
	"bytes"
	"iter"
)

// Operation is one operator of a content stream with its operands.
type Operation struct {
	Name     string // BI stands for a whole inline image
	Operands []Object
}

const (
	maxOperands   = 64
	maxOperations = 1 << 20
)

// Operations cuts a decoded content stream into operations. It stops at the
// first thing that it cannot read.
func Operations(b []byte) iter.Seq[Operation] {
	return func(yield func(Operation) bool) {
		l := newLexer(bytes.NewReader(b), 0, int64(len(b)))
		var operands []Object
		for range maxOperations {
			t, err := l.token()
			if err != nil {
				return
			}
			k, isWord := t.(keyword)
			if isWord && k != arrayOpen && k != dictOpen && k != "true" && k != "false" && k != "null" {
				if k == "BI" && !l.inlineImage(b) {
					return
				}
				if !yield(Operation{Name: string(k), Operands: operands}) {
					return
				}
				operands = nil
				continue
			}
			l.nodes = 0
			o, err := l.operand(t)
			if err != nil || len(operands) >= maxOperands {
				return
			}
			operands = append(operands, o)
		}
	}
}

// operand is a value that is never a reference: content streams have none.
func (l *lexer) operand(t Object) (Object, error) {
	if n, ok := t.(int64); ok {
		return n, nil
	}
	return l.parseFrom(t, 0)
}

// inlineImage skips to behind the EI of an inline image.
func (l *lexer) inlineImage(b []byte) bool {
	from := min(int(l.pos), len(b))
	for {
		i := bytes.Index(b[from:], []byte("EI"))
		if i < 0 {
			return false
		}
		from += i + 2
		before, after := from-3, from
		if before >= 0 && isSpace(int(b[before])) && (after == len(b) || isSpace(int(b[after]))) {
			l.pos = int64(from)
			return true
		}
	}
}
