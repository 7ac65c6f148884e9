package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"sync/atomic"

	"vanban/certs"
	"vanban/internal/cms"
	"vanban/internal/fault"
	"vanban/internal/pdf"
)

// Pending is a signature between Prepare and Finish. It holds no secret. It
// can be finished once; whoever stores it sees to it that the stored form is
// not used twice either.
type Pending struct {
	// TSA makes the time-stamp of a BT signature in Finish. It is not stored:
	// set it after UnmarshalPending.
	TSA TimeStamper

	used      atomic.Bool
	field     string
	level     Level
	hash      crypto.Hash
	size      int64    // of the base document
	base      [32]byte // its SHA-256
	tail      []byte   // the update, with byte range, the hole still zero
	hole      pdf.Span // of the Contents string in the signed file
	signature pdf.Ref
	unsigned  *cms.Unsigned

	// Not stored.
	prefix   *prefix
	warnings []*fault.Error
	anchors  *certs.Anchors
	evidence certs.Evidence
	policy   certs.Policy
}

// Field is the name of the signature field.
func (p *Pending) Field() string { return p.field }

// Warnings are what a person should know before signing. They are not stored.
func (p *Pending) Warnings() []*fault.Error { return p.warnings }

// Finish writes the signed file to out: the document in in, which must be what
// it was at Prepare, and the update with the signature. Before the first byte
// is written the document was hashed again and the signature verified. An
// error from out may leave part of a file there, so out should be a temporary.
func (p *Pending) Finish(ctx context.Context, signature []byte, in io.ReaderAt, out io.Writer) (*Result, error) {
	again, err := newPrefix(p.hash)
	if err != nil {
		return nil, codeState.Wrap(err)
	}
	before := stampOf(in)
	if err := again.read(ctx, in, p.size); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, codeBaseChanged.Wrap(err)
		}
		return nil, codeRead.Wrap(err)
	}
	sum, err := again.file(nil)
	if err != nil {
		return nil, codeState.Wrap(err)
	}
	if sum != p.base {
		return nil, codeBaseChanged.New()
	}
	p.prefix = again
	return p.write(ctx, signature, in, before, out)
}

// Sign is Prepare, the key, and Finish. in must not change meanwhile; a file
// that does is noticed. out is as in Finish.
func Sign(ctx context.Context, in io.ReaderAt, size int64, key Key, req Request, out io.Writer) (*Result, error) {
	before := stampOf(in)
	p, err := Prepare(ctx, in, size, key.Chain(), req)
	if err != nil {
		return nil, err
	}
	tbs, opts := p.Digest()
	signature, err := key.Sign(ctx, tbs, opts)
	if err != nil {
		return nil, keyFault(err)
	}
	return p.write(ctx, signature, in, before, out)
}

// keyFault keeps the code of a driver and gives one to any other error.
func keyFault(err error) error {
	var coded *fault.Error
	if errors.As(err, &coded) {
		return err
	}
	return codeKeyFailed.Wrap(err)
}

// write completes the update, checks it, and writes the file.
func (p *Pending) write(ctx context.Context, signature []byte, in io.ReaderAt, before stamp, out io.Writer) (*Result, error) {
	if p.used.Swap(true) {
		return nil, codeUsed.New()
	}
	der, err := p.complete(ctx, signature)
	if err != nil {
		return nil, err
	}
	tail := bytes.Clone(p.tail)
	if !fillHole(tail, p.hole, p.size, der) {
		return nil, codeHole.New(len(der), (p.hole.End-p.hole.Start-2)/2)
	}
	if err := p.selfCheck(in, tail); err != nil {
		return nil, codeSelfCheck.Wrap(err)
	}
	r := &Result{Field: p.field, Size: p.size + int64(len(tail)), Warnings: p.warnings, Signature: der}
	if r.SHA256, err = p.prefix.file(tail); err != nil {
		return nil, codeSelfCheck.Wrap(err)
	}
	if err := copyBase(ctx, out, in, p.size); err != nil {
		return nil, codeWrite.Wrap(err)
	}
	if _, err := out.Write(tail); err != nil {
		return nil, codeWrite.Wrap(err)
	}
	if stampOf(in) != before {
		return nil, codeBaseChanged.New()
	}
	return r, nil
}

// complete makes the CMS message, with a time-stamp for BT.
func (p *Pending) complete(ctx context.Context, signature []byte) ([]byte, error) {
	der, err := p.unsigned.Complete(signature)
	if err != nil {
		return nil, codeMismatch.Wrap(err)
	}
	if p.level != BT {
		return der, nil
	}
	if p.TSA == nil {
		return nil, codeNoTSA.New()
	}
	token, err := p.stamp(ctx, signature)
	if err != nil {
		return nil, err
	}
	if der, err = p.unsigned.Complete(signature, cms.TimeStampAttribute(token)); err != nil {
		return nil, codeTimeStamp.Wrap(err)
	}
	return der, nil
}

// stamp gets a token over the signature value and checks it as verify would.
func (p *Pending) stamp(ctx context.Context, signature []byte) ([]byte, error) {
	h := p.hash.New()
	h.Write(signature)
	token, err := p.TSA.TimeStamp(ctx, h.Sum(nil), p.hash)
	if err != nil {
		var coded *fault.Error
		if errors.As(err, &coded) {
			return nil, err
		}
		return nil, codeTimeStamp.Wrap(err)
	}
	t, err := cms.ParseTimeStamp(token)
	if err != nil {
		return nil, codeTimeStamp.Wrap(err)
	}
	if faults := t.Verify(func(d cms.Digest) []byte { return d.Sum(signature) }); len(faults) > 0 {
		return nil, codeTimeStamp.Wrap(errors.New(faults[0].String()))
	}
	if p.anchors.Empty() {
		return token, nil
	}
	evidence := certs.Evidence{Certificates: append([]*x509.Certificate(nil), t.Signed.Certificates...)}
	evidence.Add(p.evidence)
	if r := certs.Judge(t.Certificate(), certs.TimeStamping, t.Time, t.Time, p.anchors, evidence, p.policy); !r.Trusted() {
		p.warnings = append(p.warnings, codeTSAUntrusted.New(certs.Describe(t.Certificate())))
	}
	return token, nil
}

// stored is how a Pending is kept.
type stored struct {
	Version   int         `json:"version"`
	Field     string      `json:"field"`
	Level     Level       `json:"level"`
	Hash      crypto.Hash `json:"hash"`
	Size      int64       `json:"size"`
	Base      []byte      `json:"base"`
	Tail      []byte      `json:"tail"`
	Hole      pdf.Span    `json:"hole"`
	Signature pdf.Ref     `json:"signature"`
	Unsigned  []byte      `json:"unsigned"`
}

// Marshal writes a Pending for UnmarshalPending, JSON of some 100 KB.
func (p *Pending) Marshal() ([]byte, error) {
	if p.used.Load() {
		return nil, codeUsed.New()
	}
	return json.Marshal(stored{1, p.field, p.level, p.hash, p.size, p.base[:], p.tail, p.hole, p.signature, p.unsigned.Marshal()})
}

// UnmarshalPending reads what Marshal wrote. What it reads need not be trusted:
// Finish accepts a signature only if the finished file verifies.
func UnmarshalPending(b []byte) (*Pending, error) {
	var s stored
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, codeState.Wrap(err)
	}
	end := s.Size + int64(len(s.Tail))
	known := s.Hash == crypto.SHA256 || s.Hash == crypto.SHA384 || s.Hash == crypto.SHA512
	if s.Version != 1 || s.Size <= 0 || len(s.Base) != 32 || !known || s.Level != BB && s.Level != BT ||
		s.Hole.Start < s.Size || s.Hole.End-s.Hole.Start < 2 || s.Hole.End > end {
		return nil, codeState.New()
	}
	p := &Pending{field: s.Field, level: s.Level, hash: s.Hash, size: s.Size, base: [32]byte(s.Base), tail: s.Tail,
		hole: s.Hole, signature: s.Signature}
	var err error
	if p.unsigned, err = cms.UnmarshalUnsigned(s.Unsigned); err != nil {
		return nil, codeState.Wrap(err)
	}
	return p, nil
}
