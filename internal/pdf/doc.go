// Package pdf reads and extends PDF files (ISO 32000-2) for signing and for
// verification: objects, cross-reference data, revisions, pages and the
// incremental update.
//
// It works over io.ReaderAt and touches only what it is asked for, so its
// memory does not grow with the file. It is written for hostile input: every
// length, count, depth and decompressed size is bounded, every loop over links
// that come from the file is cycle-safe, and nothing here panics. What a
// lenient reader would silently mend is mended for reading only and recorded
// as a Note, because two readers that mend differently are how signatures are
// forged; the update writer refuses such files.
package pdf
