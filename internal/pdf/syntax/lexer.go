package syntax

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

// Lexer cuts a range of bytes into tokens. It keeps one window of the file in
// memory and may be moved anywhere by setting Pos. It is not safe for
// concurrent use.
type Lexer struct {
	src   io.ReaderAt
	Pos   int64 // of the next byte
	end   int64 // one past the last byte that may be read
	base  int64 // file offset of win[0]
	win   []byte
	buf   [windowLen]byte
	nodes int
}

// NewLexer reads the bytes of src from pos to end.
func NewLexer(src io.ReaderAt, pos, end int64) *Lexer {
	return &Lexer{src: src, Pos: pos, end: end}
}

// Peek returns the next byte, or -1 at the end.
func (l *Lexer) Peek() int {
	if l.Pos >= l.base && l.Pos < l.base+int64(len(l.win)) {
		return int(l.win[l.Pos-l.base])
	}
	if l.Pos >= l.end || l.Pos < 0 {
		return -1
	}
	n := min(int64(windowLen), l.end-l.Pos)
	got, _ := l.src.ReadAt(l.buf[:n], l.Pos)
	l.base, l.win = l.Pos, l.buf[:got]
	if got == 0 {
		return -1
	}
	return int(l.win[0])
}

// Next returns the next byte and moves behind it, or -1 at the end.
func (l *Lexer) Next() int {
	c := l.Peek()
	if c >= 0 {
		l.Pos++
	}
	return c
}

// IsSpace says whether c is white space (ISO 32000-2, table 1).
func IsSpace(c int) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c int) bool { return c >= 0 && !IsSpace(c) && !isDelimiter(byte(c)) }

// SkipSpace passes over white space and comments.
func (l *Lexer) SkipSpace() {
	for {
		c := l.Peek()
		switch {
		case IsSpace(c):
			l.Pos++
		case c == '%':
			for c = l.Next(); c >= 0 && c != '\n' && c != '\r'; c = l.Next() {
			}
		default:
			return
		}
	}
}

// Keyword is a bare word such as obj, R, stream or true.
type Keyword string

// The delimiters are keywords too; a name or string never equals one.
const (
	ArrayOpen  = Keyword("[")
	ArrayClose = Keyword("]")
	DictOpen   = Keyword("<<")
	DictClose  = Keyword(">>")
)

// Token reads one token: a Keyword, int64, Real, Name or String. The end of
// input is errEnd.
func (l *Lexer) Token() (Object, error) {
	l.SkipSpace()
	c := l.Peek()
	switch {
	case c < 0:
		return nil, errEnd
	case c == '/':
		l.Pos++
		return l.name()
	case c == '(':
		l.Pos++
		return l.literal()
	case c == '<':
		l.Pos++
		if l.Peek() == '<' {
			l.Pos++
			return DictOpen, nil
		}
		return l.hex()
	case c == '>':
		l.Pos++
		if l.Peek() == '>' {
			l.Pos++
			return DictClose, nil
		}
		return Keyword(">"), nil
	case isDelimiter(byte(c)):
		l.Pos++
		return Keyword([]byte{byte(c)}), nil
	}
	return l.word()
}

func (l *Lexer) word() (Object, error) {
	var b [64]byte
	n := 0
	for isRegular(l.Peek()) {
		c := l.Next()
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
			return Keyword(b)
		}
	}
	if digits == 0 || dots > 1 {
		if dots == 1 && digits == 0 && len(b) <= 2 {
			return Real("0")
		}
		return Keyword(b)
	}
	if dots == 0 {
		if v, err := strconv.ParseInt(string(b), 10, 64); err == nil {
			return v
		}
	}
	return Real(b)
}

func (l *Lexer) name() (Object, error) {
	var b []byte
	for isRegular(l.Peek()) {
		c := l.Next()
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
func (l *Lexer) hexPair() (int, bool) {
	start := l.Pos
	hi, lo := Unhex(l.Next()), Unhex(l.Next())
	if hi < 0 || lo < 0 {
		l.Pos = start
		return 0, false
	}
	return hi<<4 | lo, true
}

// Unhex is the value of a hexadecimal digit, or -1.
func Unhex(c int) int {
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

func (l *Lexer) hex() (Object, error) {
	out := String{}
	half := -1
	for {
		if half < 0 {
			out = l.hexRun(out)
		}
		c := l.Next()
		switch v := Unhex(c); {
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
		case !IsSpace(c):
			return nil, errors.New("a hexadecimal string holds something else")
		}
		if len(out) > maxString {
			return nil, errTooBig
		}
	}
}

// hexRun reads the digits that are in the window, two by two; what is not two
// digits is left to hex. The Contents of a signature is some ten thousand.
func (l *Lexer) hexRun(out String) String {
	if l.Pos < l.base || l.Pos >= l.base+int64(len(l.win)) {
		return out
	}
	run := l.win[l.Pos-l.base:]
	i := 0
	for ; i+1 < len(run) && len(out) < maxString; i += 2 {
		hi, lo := Unhex(int(run[i])), Unhex(int(run[i+1]))
		if hi < 0 || lo < 0 {
			break
		}
		out = append(out, byte(hi<<4|lo))
	}
	l.Pos += int64(i)
	return out
}

func (l *Lexer) literal() (Object, error) {
	out := String{}
	for depth := 1; ; {
		c := l.Next()
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
			if l.Peek() == '\n' {
				l.Pos++
			}
			c = '\n'
		}
		out = append(out, byte(c))
		if len(out) > maxString {
			return nil, errTooBig
		}
	}
}

func (l *Lexer) escape(out String) String {
	c := l.Next()
	switch c {
	case -1, '\n':
		return out
	case '\r':
		if l.Peek() == '\n' {
			l.Pos++
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
		d := l.Peek()
		if d < '0' || d > '7' {
			break
		}
		l.Pos++
		v = v<<3 | (d - '0')
	}
	return append(out, byte(v))
}
