package pdf

import "vanban/internal/pdf/syntax"

// The types of objects are those of syntax, named here so that users of files
// need one import.
type (
	// Object is nil, bool, int64, Real, String, Name, Array, Dict, Ref or *Stream.
	Object = syntax.Object
	// Name is a PDF name without its slash.
	Name = syntax.Name
	// String is the decoded bytes of a string.
	String = syntax.String
	// Real is a number with a fraction in its source text.
	Real = syntax.Real
	// Array is a PDF array.
	Array = syntax.Array
	// Dict is a PDF dictionary.
	Dict = syntax.Dict
	// Ref is an indirect reference.
	Ref = syntax.Ref
	// Stream is a stream object.
	Stream = syntax.Stream
	// Hole is a place in an update that is filled later.
	Hole = syntax.Hole
	// Span is a half-open range of bytes.
	Span = syntax.Span
)

// Float reads a number as float64.
func Float(o Object) (v float64, ok bool) { return syntax.Float(o) }

// Marshal writes an object as it stands in a file.
func Marshal(o Object) []byte { return syntax.Marshal(o) }

// TextString encodes text for a text string.
func TextString(s string) String { return syntax.TextString(s) }

// lexer and keyword are named often in this package.
type (
	lexer   = syntax.Lexer
	keyword = syntax.Keyword
)

var newLexer = syntax.NewLexer
