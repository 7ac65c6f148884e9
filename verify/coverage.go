package verify

import (
	"crypto/x509"
	"io"

	"vanban/internal/pdf"
	"vanban/verify/changes"
)

// signature is one signature while it is being judged.
type signature struct {
	field  *changes.Field
	ref    pdf.Ref // of the signature dictionary; zero when it is direct
	dict   pdf.Dict
	holder pdf.Ref       // the object in which the Contents string stands
	path   []pdf.Name    // and the way to it
	hole   pdf.Span      // of the Contents string, with its brackets
	end    int64         // of the covered revision
	prefix *pdf.File     // the file as it was signed
	form   *changes.Form // of prefix
	raw    []byte        // decoded Contents
	bag    []*x509.Certificate
	lists  [][]byte // CRLs in the message
	stamp  *timeStamp
	loose  []Finding // what is not quite right in the uncovered message
	out    *Signature
}

// cover checks that the byte range covers a whole revision of the file but for
// one hole, and that the hole is exactly the Contents string. It sets hole, end
// and prefix. Everything that is not exact is a forgery until proven otherwise.
func (v *verifier) cover(s *signature) bool {
	r, ok := v.byteRange(s)
	if !ok {
		return false
	}
	contents, ok := s.dict["Contents"].(pdf.String)
	if !ok || len(contents) == 0 {
		return v.malformed(s, finding(codeFormat, fail, "Contents"))
	}
	s.raw = contents
	span, ok := v.file.ValueSpan(s.holder, append(s.path, "Contents")...)
	if !ok || span != s.hole {
		return v.malformed(s, finding(codeByteRange, fail, "Contents"))
	}
	if !v.plainHex(s.hole) {
		return v.malformed(s, finding(codeByteRange, fail, "hex"))
	}
	s.end = r[2] + r[3]
	return v.openRevision(s)
}

// byteRange reads the four numbers and the hole between the two ranges.
func (v *verifier) byteRange(s *signature) (r [4]int64, ok bool) {
	a, err := v.file.Array(s.dict["ByteRange"])
	if err != nil || len(a) != 4 {
		return r, v.malformed(s, finding(codeByteRange, fail, "ByteRange"))
	}
	for i, o := range a {
		n, isInt := o.(int64)
		if !isInt || n < 0 || n > v.size {
			return r, v.malformed(s, finding(codeByteRange, fail, "ByteRange"))
		}
		r[i] = n
	}
	if r[0] != 0 || r[1] <= 0 || r[2] <= r[1] || r[3] <= 0 || r[2] > v.size-r[3] {
		return r, v.malformed(s, finding(codeByteRange, fail, "ByteRange"))
	}
	s.hole = pdf.Span{Start: r[1], End: r[2]}
	return r, true
}

// plainHex checks the bytes of the hole: <, hexadecimal digits of one case, >.
func (v *verifier) plainHex(hole pdf.Span) bool {
	b := make([]byte, hole.End-hole.Start)
	if n, _ := v.src.ReadAt(b, hole.Start); n != len(b) || len(b) < 2 || b[0] != '<' || b[len(b)-1] != '>' {
		return false
	}
	lower, upper := false, false
	for _, c := range b[1 : len(b)-1] {
		switch {
		case c >= '0' && c <= '9':
		case c >= 'a' && c <= 'f':
			lower = true
		case c >= 'A' && c <= 'F':
			upper = true
		default:
			return false
		}
	}
	return !lower || !upper
}

// openRevision opens the file as it was when it was signed and makes sure that
// it was a whole file then, with this very signature in it.
func (v *verifier) openRevision(s *signature) bool {
	s.prefix = v.file
	if s.end < v.size {
		var err error
		if s.prefix, err = v.file.Until(s.end); err != nil {
			return v.malformed(s, finding(codeCoverage, fail, pdf.Reason(err.Error())))
		}
	}
	if why := s.prefix.Repaired(); why != nil {
		return v.malformed(s, finding(codeCoverage, fail, pdf.Reason(why.Error())))
	}
	if !closed(s.prefix, s.end) {
		return v.malformed(s, finding(codeCoverage, fail, "%%EOF"))
	}
	var err error
	if s.form, err = changes.ReadForm(s.prefix); err != nil {
		return v.malformed(s, finding(codeForm, fail, pdf.Reason(err.Error())))
	}
	if !s.standsIn(v.file) {
		v.malformed(s, finding(codeReplaced, fail))
		return false
	}
	s.out.CoversWholeFile = blank(v.src, s.end, v.size)
	s.out.SignedBytes = s.end
	return true
}

// closed says that a revision ends where the range ends.
func closed(f *pdf.File, end int64) bool {
	for _, r := range f.Revisions() {
		if r.End > 0 && r.End <= end && blank(f.Source(), r.End, end) {
			return true
		}
	}
	return false
}

// blank says that only a little white space stands between two offsets.
func blank(src io.ReaderAt, from, to int64) bool {
	if to-from > 1024 {
		return false
	}
	b := make([]byte, max(0, to-from))
	n, _ := src.ReadAt(b, from)
	for _, c := range b[:n] {
		if c != '\n' && c != '\r' && c != ' ' && c != 0 {
			return false
		}
	}
	return true
}

// standsIn says that the signed revision holds this signature under the same
// number at the same place as the file that is shown.
func (s *signature) standsIn(now *pdf.File) bool {
	if s.prefix == now {
		return true
	}
	a, ok1 := s.prefix.Offset(s.holder)
	b, ok2 := now.Offset(s.holder)
	if !ok1 || !ok2 || a != b {
		return false
	}
	if s.ref == (pdf.Ref{}) {
		return s.form.ByRef[s.holder] != nil
	}
	return s.form.Values()[s.ref]
}
