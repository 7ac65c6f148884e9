package sign

import (
	"bytes"
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
	contents, err := p.checkStructure(f, tail)
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
func (p *Pending) checkStructure(f *pdf.File, tail []byte) (contents []byte, err error) {
	size := p.size + int64(len(tail))
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
	hole := tail[p.hole.Start-p.size : p.hole.End-p.size]
	inside, err := hex.DecodeString(string(hole[1 : len(hole)-1]))
	s, ok := d["Contents"].(pdf.String)
	if err != nil || !ok || hole[0] != '<' || hole[len(hole)-1] != '>' || !bytes.Equal(s, inside) {
		return nil, errors.New("the hole of the byte range is not the Contents string")
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
	if !bytes.Equal(si.MessageDigest, digest) || len(si.Faults) > 0 {
		return fmt.Errorf("the message is about another digest: %v", si.Faults)
	}
	// Complete has verified the signature value by our own reader already; the
	// independent one repeats it, or we do where that one cannot.
	decided, err := s.SecondOpinion(contents, digest)
	if err != nil || decided {
		return err
	}
	if faults := si.Verify(s.SignerCertificate(si), digest); len(faults) > 0 {
		return errors.New(faults[0].String())
	}
	return nil
}
