// Package syntax is the lowest layer of PDF (ISO 32000-2, 7.2 and 7.3): the
// types of objects, the lexer and parser that read them, and the writer. It
// knows nothing of files, and bounds depth, counts and lengths for everything
// above it.
package syntax
