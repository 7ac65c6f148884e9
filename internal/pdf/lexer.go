package pdf

import (
	"errors"
	"io"
	"strconv"
)

// Limits of one object. They are far above what real files hold and low
// enough that a hostile object costs milliseconds.
const (
	maxDepth  = 100     // nesting of arrays and dictionaries
	maxNodes  = 1 << 20 // values inside one object
	maxString = 64 << 20
	maxName   = 4096
	windowLen = 4096
)

var (
	errEnd     = errors.New("the file ends inside an object")
	errTooDeep = errors.New("an object is nested too deeply")
	errTooBig  = errors.New("an object holds too many values")
)

// lexer cuts a range of bytes into tokens. It keeps one window of the file in
// memory and may be moved anywhere by setting pos.
type lexer struct {
	src   io.ReaderAt
	pos   int64 // of the next byte
	end   int64 // one past the last byte that may be read
	base  int64 // file offset of win[0]
	win   []byte
	buf   [windowLen]byte
	nodes int
	max   int // longest string; 0 means maxString
}

func newLexer(src io.ReaderAt, pos, end int64) *lexer {
	return &lexer{src: src, pos: pos, end: end}
}

// peek returns the next byte, or -1 at the end.
func (l *lexer) peek() int {
	if l.pos >= l.base && l.pos < l.base+int64(len(l.win)) {
		return int(l.win[l.pos-l.base])
	}
	if l.pos >= l.end || l.pos < 0 {
		return -1
	}
	n := min(int64(windowLen), l.end-l.pos)
	got, _ := l.src.ReadAt(l.buf[:n], l.pos)
	l.base, l.win = l.pos, l.buf[:got]
	if got == 0 {
		return -1
	}
	return int(l.win[0])
}

func (l *lexer) next() int {
	c := l.peek()
	if c >= 0 {
		l.pos++
	}
	return c
}

func isSpace(c int) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c int) bool { return c >= 0 && !isSpace(c) && !isDelimiter(byte(c)) }

// skipSpace passes over white space and comments.
func (l *lexer) skipSpace() {
	for {
		c := l.peek()
		switch {
		case isSpace(c):
			l.pos++
		case c == '%':
			for c = l.next(); c >= 0 && c != '\n' && c != '\r'; c = l.next() {
			}
		default:
			return
		}
	}
}

// keyword is a bare word such as obj, R, stream or true.
type keyword string

// The delimiters are keywords too; a name or string never equals one.
const (
	arrayOpen  = keyword("[")
	arrayClose = keyword("]")
	dictOpen   = keyword("<<")
	dictClose  = keyword(">>")
)

// token reads one token: a keyword, int64, Real, Name or String. The end of
// input is errEnd.
func (l *lexer) token() (Object, error) {
	l.skipSpace()
	c := l.peek()
	switch {
	case c < 0:
		return nil, errEnd
	case c == '/':
		l.pos++
		return l.name()
	case c == '(':
		l.pos++
		return l.literal()
	case c == '<':
		l.pos++
		if l.peek() == '<' {
			l.pos++
			return dictOpen, nil
		}
		return l.hex()
	case c == '>':
		l.pos++
		if l.peek() == '>' {
			l.pos++
			return dictClose, nil
		}
		return keyword(">"), nil
	case isDelimiter(byte(c)):
		l.pos++
		return keyword([]byte{byte(c)}), nil
	}
	return l.word()
}

func (l *lexer) word() (Object, error) {
	var b [64]byte
	n := 0
	for isRegular(l.peek()) {
		c := l.next()
		if n == len(b) {
			return nil, errors.New("a word is longer than any keyword or number")
		}
		b[n] = byte(c)
		n++
	}
	return classify(b[:n]), nil
}

// classify tells numbers from keywords. Odd forms that readers treat
// differently ("1.2.3", "--5") stay keywords and so become errors.
func classify(b []byte) Object {
	digits, dots, signs := 0, 0, 0
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			dots++
		case (c == '+' || c == '-') && i == 0:
			signs++
		default:
			return keyword(b)
		}
	}
	if digits == 0 || dots > 1 {
		if dots == 1 && digits == 0 && len(b) <= 2 {
			return Real("0")
		}
		return keyword(b)
	}
	if dots == 0 {
		if v, err := strconv.ParseInt(string(b), 10, 64); err == nil {
			return v
		}
	}
	return Real(b)
}

func (l *lexer) name() (Object, error) {
	var b []byte
	for isRegular(l.peek()) {
		c := l.next()
		if c == '#' {
			if v, ok := l.hexPair(); ok {
				c = v
			}
		}
		if len(b) >= maxName {
			return nil, errors.New("a name is too long")
		}
		b = append(b, byte(c))
	}
	return Name(b), nil
}

// hexPair reads two hex digits or moves back and reads nothing.
func (l *lexer) hexPair() (int, bool) {
	start := l.pos
	hi, lo := unhex(l.next()), unhex(l.next())
	if hi < 0 || lo < 0 {
		l.pos = start
		return 0, false
	}
	return hi<<4 | lo, true
}

func unhex(c int) int {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return -1
}

func (l *lexer) stringLimit() int {
	if l.max > 0 {
		return l.max
	}
	return maxString
}

func (l *lexer) hex() (Object, error) {
	out := String{}
	half := -1
	for {
		c := l.next()
		switch v := unhex(c); {
		case v >= 0 && half < 0:
			half = v
		case v >= 0:
			out, half = append(out, byte(half<<4|v)), -1
		case c == '>':
			if half >= 0 {
				out = append(out, byte(half<<4))
			}
			return out, nil
		case c < 0:
			return nil, errEnd
		case !isSpace(c):
			return nil, errors.New("a hexadecimal string holds something else")
		}
		if len(out) > l.stringLimit() {
			return nil, errTooBig
		}
	}
}

func (l *lexer) literal() (Object, error) {
	out := String{}
	for depth := 1; ; {
		c := l.next()
		switch c {
		case -1:
			return nil, errEnd
		case '\\':
			out = l.escape(out)
			continue
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				return out, nil
			}
		case '\r':
			if l.peek() == '\n' {
				l.pos++
			}
			c = '\n'
		}
		out = append(out, byte(c))
		if len(out) > l.stringLimit() {
			return nil, errTooBig
		}
	}
}

func (l *lexer) escape(out String) String {
	c := l.next()
	switch c {
	case -1, '\n':
		return out
	case '\r':
		if l.peek() == '\n' {
			l.pos++
		}
		return out
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	}
	if c < '0' || c > '7' {
		return append(out, byte(c))
	}
	v := c - '0'
	for range 2 {
		d := l.peek()
		if d < '0' || d > '7' {
			break
		}
		l.pos++
		v = v<<3 | (d - '0')
	}
	return append(out, byte(v))
}
