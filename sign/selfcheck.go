package sign

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"vanban/internal/cms"
	"vanban/internal/pdf"
)

// selfCheck reads the signed file as a stranger would, before it exists: the
// structure by this project's reader, the message by this project's and by an
// independent one.
func (p *Pending) selfCheck(in io.ReaderAt, tail []byte) error {
	size := p.size + int64(len(tail))
	f, err := pdf.Open(extended{in, p.size, tail}, size)
	if err != nil {
		return err
	}
	if err := f.Repaired(); err != nil {
		return fmt.Errorf("the update needs repair: %w", err)
	}
	contents, err := p.checkStructure(f, size)
	if err != nil {
		return err
	}
	digest, err := p.prefix.digest(tail, p.hole, p.size)
	if err != nil {
		return err
	}
	return checkMessage(contents, digest)
}

// checkStructure finds the signature the way a reader does, from the catalog
// down, and compares what it finds with what was laid out.
func (p *Pending) checkStructure(f *pdf.File, size int64) (contents []byte, err error) {
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	form, err := readForm(f, catalog)
	if err != nil {
		return nil, err
	}
	field := form.names[p.field]
	if field == nil || field.dict["V"] != pdf.Object(p.signature) {
		return nil, errors.New("the field does not lead to the signature")
	}
	d := field.signature()
	span, ok := f.ValueSpan(p.signature, "Contents")
	if !ok || span != p.hole {
		return nil, fmt.Errorf("the Contents string is at %v, laid out at %v", span, p.hole)
	}
	ranges, _ := d["ByteRange"].(pdf.Array)
	want := []int64{0, p.hole.Start, p.hole.End, size - p.hole.End}
	if len(ranges) != len(want) {
		return nil, errors.New("no byte range")
	}
	for i, v := range want {
		if ranges[i] != pdf.Object(v) {
			return nil, fmt.Errorf("byte range %v, expected %v", ranges, want)
		}
	}
	s, ok := d["Contents"].(pdf.String)
	if !ok || hex.EncodedLen(len(s))+2 != int(span.End-span.Start) {
		return nil, errors.New("the Contents string is not the string that was laid out")
	}
	return s, nil
}

// checkMessage verifies a message against the digest of the signed ranges.
func checkMessage(contents, digest []byte) error {
	s, err := cms.Parse(contents)
	if err != nil {
		return err
	}
	if len(s.Signers) != 1 || s.HasContent || s.TrailingGarbage {
		return errors.New("the message is not a detached one of one signer")
	}
	si := s.Signers[0]
	if faults := append(si.Verify(s.SignerCertificate(si), digest), si.Faults...); len(faults) > 0 {
		return errors.New(faults[0].String())
	}
	_, err = cms.SecondOpinion(contents, digest)
	return err
}
