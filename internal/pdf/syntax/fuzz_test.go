package syntax

import (
	"bytes"
	"testing"
)

// FuzzLexer parses one object and writes it back: what was written must parse
// to the same bytes again.
func FuzzLexer(f *testing.F) {
	for _, s := range []string{"<</A[1 2.5 (x\\)y) <0aF>]/B#20C 3 0 R>>", "[[[[]]]]", "(\\101\\\n\r)", "-.5", "<<", "null", "true"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := NewLexer(bytes.NewReader(b), 0, int64(len(b))).Value()
		if err != nil {
			return
		}
		once := Marshal(o)
		again, err := NewLexer(bytes.NewReader(once), 0, int64(len(once))).Value()
		if err != nil {
			t.Fatalf("%q was written as %q, which does not parse: %v", b, once, err)
		}
		if twice := Marshal(again); !bytes.Equal(once, twice) {
			t.Fatalf("%q reads back as %q", once, twice)
		}
	})
}
