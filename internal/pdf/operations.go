package pdf

import (
	"bytes"
	"iter"

	"vanban/internal/pdf/syntax"
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
			t, err := l.Token()
			if err != nil {
				return
			}
			k, isWord := t.(keyword)
			if isWord && k != syntax.ArrayOpen && k != syntax.DictOpen && k != "true" && k != "false" && k != "null" {
				if k == "BI" && !inlineImage(l, b) {
					return
				}
				if !yield(Operation{Name: string(k), Operands: operands}) {
					return
				}
				operands = nil
				continue
			}
			o, err := l.Operand(t)
			if err != nil || len(operands) >= maxOperands {
				return
			}
			operands = append(operands, o)
		}
	}
}

// inlineImage skips to behind the EI of an inline image.
func inlineImage(l *lexer, b []byte) bool {
	from := min(int(l.Pos), len(b))
	for {
		i := bytes.Index(b[from:], []byte("EI"))
		if i < 0 {
			return false
		}
		from += i + 2
		before, after := from-3, from
		if before >= 0 && syntax.IsSpace(int(b[before])) && (after == len(b) || syntax.IsSpace(int(b[after]))) {
			l.Pos = int64(from)
			return true
		}
	}
}
