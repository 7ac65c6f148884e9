package syntax

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Object is any PDF object: nil (null), bool, int64, Real, String, Name,
// Array, Dict, Ref or *Stream. Update additionally writes Hole.
type Object any

// Name is a PDF name without its slash and with #xx decoded.
type Name string

// String is the decoded bytes of a literal or hexadecimal string.
type String []byte

// Real is a number with a fraction, kept in its source text so that writing
// it back changes nothing.
type Real string

// Array is a PDF array.
type Array []Object

// Dict is a PDF dictionary. A missing key and a null value mean the same
// (ISO 32000-2, 7.3.7), and the reader drops null values.
type Dict map[Name]Object

// Ref is an indirect reference.
type Ref struct {
	Num uint32
	Gen uint16
}

func (r Ref) String() string { return fmt.Sprintf("%d %d R", r.Num, r.Gen) }

// Stream is a stream object. Its bytes stay in the file (or in Data when the
// stream was made by a program) until File.Decode or File.Raw is called.
type Stream struct {
	Dict   Dict
	Offset int64 // of the first raw byte in the file
	Length int64 // of the raw bytes
	Data   []byte
}

// Hole is a place in a written object whose bytes are known only later: the
// Contents and ByteRange of a signature. It is written as Width filler bytes
// and reported by Update.Render under its ID. It is only written, never read.
type Hole struct {
	ID    string
	Width int
	Hex   bool // written as <000…> with Width digits; otherwise as Width spaces inside [ ]
}

// Float reads a number as float64; ok is false for anything else.
func Float(o Object) (v float64, ok bool) {
	switch n := o.(type) {
	case int64:
		return float64(n), true
	case Real:
		f, err := strconv.ParseFloat(string(n), 64)
		return f, err == nil
	case float64:
		return n, true
	}
	return 0, false
}

// Marshal writes an object as it stands in a file; dictionary keys are sorted
// so that the same object always gives the same bytes.
func Marshal(o Object) []byte {
	var w Writer
	w.Object(o)
	return w.Bytes()
}

// Writer writes objects as they stand in a file and remembers where the holes
// are, as offsets from the first byte written.
type Writer struct {
	bytes.Buffer
	Holes map[string]Span
}

// Object writes one object.
func (w *Writer) Object(o Object) {
	switch v := o.(type) {
	case nil:
		w.WriteString("null")
	case bool:
		w.WriteString(strconv.FormatBool(v))
	case int:
		w.WriteString(strconv.Itoa(v))
	case int64:
		w.WriteString(strconv.FormatInt(v, 10))
	case float64:
		w.WriteString(formatFloat(v))
	case Real:
		w.WriteString(string(v))
	case Name:
		w.name(v)
	case String:
		w.text(v)
	case Ref:
		w.WriteString(v.String())
	case Array:
		w.array(v)
	case Dict:
		w.dict(v)
	case *Stream:
		w.stream(v)
	case Hole:
		w.hole(v)
	default:
		// Only a programming error gets here; null is the harmless reading.
		w.WriteString("null")
	}
}

func formatFloat(v float64) string {
	s := strconv.FormatFloat(v, 'f', 4, 64)
	s = strings.TrimRight(s, "0")
	s = strings.TrimSuffix(s, ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

func (w *Writer) name(n Name) {
	w.WriteByte('/')
	for i := range len(n) {
		c := n[i]
		if c <= ' ' || c >= 0x7f || c == '#' || isDelimiter(c) {
			fmt.Fprintf(w, "#%02X", c)
			continue
		}
		w.WriteByte(c)
	}
}

// text writes printable ASCII as a literal and everything else in hex, so no
// byte of a text can ever close the string early.
func (w *Writer) text(s String) {
	for _, c := range s {
		if c < ' ' || c >= 0x7f || c == '(' || c == ')' || c == '\\' {
			fmt.Fprintf(w, "<%X>", []byte(s))
			return
		}
	}
	w.WriteByte('(')
	w.Write(s)
	w.WriteByte(')')
}

func (w *Writer) array(a Array) {
	w.WriteByte('[')
	for i, o := range a {
		if i > 0 {
			w.WriteByte(' ')
		}
		w.Object(o)
	}
	w.WriteByte(']')
}

func (w *Writer) dict(d Dict) {
	keys := make([]string, 0, len(d))
	for k, v := range d {
		if v != nil {
			keys = append(keys, string(k))
		}
	}
	sort.Strings(keys)
	w.WriteString("<<")
	for _, k := range keys {
		w.name(Name(k))
		w.WriteByte(' ')
		w.Object(d[Name(k)])
	}
	w.WriteString(">>")
}

func (w *Writer) stream(s *Stream) {
	d := Dict{}
	for k, v := range s.Dict {
		d[k] = v
	}
	d["Length"] = int64(len(s.Data))
	w.dict(d)
	w.WriteString("\nstream\n")
	w.Write(s.Data)
	w.WriteString("\nendstream")
}

func (w *Writer) hole(h Hole) {
	open, fill, end := byte('['), byte(' '), byte(']')
	if h.Hex {
		open, fill, end = '<', '0', '>'
	}
	start := int64(w.Len())
	w.WriteByte(open)
	w.Write(bytes.Repeat([]byte{fill}, h.Width))
	w.WriteByte(end)
	if w.Holes == nil {
		w.Holes = map[string]Span{}
	}
	w.Holes[h.ID] = Span{Start: start, End: int64(w.Len())}
}

// Span is a half-open range of bytes in a file.
type Span struct{ Start, End int64 }

// TextString encodes text for a text string: ASCII as it is, anything else as
// UTF-16BE with a byte order mark (ISO 32000-2, 7.9.2.2).
func TextString(s string) String {
	for i := range len(s) {
		if s[i] >= 0x80 {
			out := String{0xfe, 0xff}
			for _, u := range utf16.Encode([]rune(s)) {
				out = append(out, byte(u>>8), byte(u))
			}
			return out
		}
	}
	return String(s)
}

// Text decodes a text string: UTF-16BE, UTF-8 with mark, or PDFDocEncoding,
// of which the part outside Latin-1 is replaced by U+FFFD.
func (s String) Text() string {
	switch {
	case len(s) >= 2 && s[0] == 0xfe && s[1] == 0xff:
		units := make([]uint16, 0, len(s)/2)
		for i := 2; i+1 < len(s); i += 2 {
			units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return string(utf16.Decode(units))
	case len(s) >= 3 && s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf:
		return strings.ToValidUTF8(string(s[3:]), "\ufffd")
	}
	var b strings.Builder
	for _, c := range s {
		if c >= 0x80 && c < 0xa1 {
			b.WriteRune('\ufffd')
			continue
		}
		b.WriteRune(rune(c))
	}
	return b.String()
}
