package sign

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"io"

	"vanban/certs"
	"vanban/internal/cms"
	"vanban/internal/pdf"
)

// Room for the message in bytes, beside the certificates that go into it:
// attributes and signature value take about 1.5 KB, a time-stamp with the
// certificates of its authority 4 to 10 KB. What is reserved stays in the file
// for ever, twice over in hexadecimal digits, and every reader has to pass it.
const (
	roomPlain   = 4 << 10
	roomStamped = 20 << 10
	minRoom     = 8 << 10
	maxRoom     = 1 << 20
)

// Prepare lays out the signature of the document of size bytes in in with the
// certificate chain[0], and reads the document once. Nothing is signed yet.
// Errors are coded; a document that is refused was not touched.
func Prepare(ctx context.Context, in io.ReaderAt, size int64, chain []*x509.Certificate, req Request) (*Pending, error) {
	if err := req.check(); err != nil {
		return nil, err
	}
	embed, warnings, err := judge(chain, &req)
	if err != nil {
		return nil, err
	}
	if req.Hash, err = chooseHash(chain[0], req.Hash); err != nil {
		return nil, err
	}
	if req.PSS && chain[0].PublicKeyAlgorithm != x509.RSA {
		return nil, codeRequest.New("PSS needs an RSA key")
	}
	p := &Pending{TSA: req.TSA, level: req.Level, hash: req.Hash, size: size, anchors: req.Anchors, evidence: req.Evidence,
		policy: req.Policy, warnings: warnings}
	if err := p.layOut(in, &req, certs.Describe(chain[0]), reserve(embed, &req)); err != nil {
		return nil, err
	}
	if p.prefix, err = newPrefix(req.Hash); err != nil {
		return nil, codeHash.Wrap(err, req.Hash)
	}
	if err := p.prefix.read(ctx, in, size); err != nil {
		return nil, codeRead.Wrap(err)
	}
	if p.base, err = p.prefix.file(nil); err != nil {
		return nil, codeRead.Wrap(err)
	}
	digest, err := p.prefix.digest(p.tail, p.hole, size)
	if err != nil {
		return nil, codeRead.Wrap(err)
	}
	p.unsigned, err = cms.Prepare(cms.Spec{Certificate: chain[0], Chain: embed, Digest: req.Hash, PSS: req.PSS, ContentDigest: digest})
	if err != nil {
		return nil, codeRequest.Wrap(err, "certificate")
	}
	return p, nil
}

// check looks at what needs no document.
func (r *Request) check() error {
	if r.Level == "" {
		r.Level = BB
	}
	switch {
	case r.Level != BB && r.Level != BT:
		return codeRequest.New(fmt.Sprintf("level %q", r.Level))
	case r.Level == BT && r.TSA == nil:
		return codeNoTSA.New()
	case r.Time.IsZero():
		return codeRequest.New("no time of signing")
	case r.Certify < 0 || r.Certify > 3:
		return codeRequest.New(fmt.Sprintf("certification level %d", r.Certify))
	case r.Reserve < 0 || r.Reserve > maxRoom:
		return codeRequest.New(fmt.Sprintf("room of %d bytes", r.Reserve))
	}
	return nil
}

// reserve is how many bytes the message may take.
func reserve(embed []*x509.Certificate, req *Request) int {
	if req.Reserve > 0 {
		return req.Reserve
	}
	room := roomPlain
	if req.Level == BT {
		room = roomStamped
	}
	for _, c := range embed {
		room += len(c.Raw)
	}
	return min(max(room, minRoom), maxRoom)
}

// layOut builds the update and writes the byte range into it.
func (p *Pending) layOut(in io.ReaderAt, req *Request, name string, room int) error {
	f, err := pdf.Open(in, p.size)
	if err != nil {
		return err
	}
	b, err := newBuilder(f, req)
	if err != nil {
		return err
	}
	steps := []func() error{b.permit, b.reserveNames, b.fill, func() error {
		p.signature, p.field, err = b.addSignature(name, room)
		return err
	}, b.prepare, b.finish}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	r, err := b.u.Render()
	if err != nil {
		return err
	}
	p.warnings = append(p.warnings, b.warnings...)
	p.tail, p.hole = r.Tail, r.Holes[holeContents]
	text := fmt.Sprintf("0 %d %d %d", p.hole.Start, p.hole.End, p.size+int64(len(p.tail))-p.hole.End)
	span := r.Holes[holeByteRange]
	if room := span.End - span.Start - 2; int64(len(text)) > room {
		return codeHole.New(len(text), room)
	}
	copy(p.tail[span.Start+1-p.size:], text)
	return nil
}

// Digest gives what the key has to sign and how. For Ed25519 that is the
// message itself and opts.HashFunc() is 0.
func (p *Pending) Digest() (tbs []byte, opts crypto.SignerOpts) {
	message, digest, opts := p.unsigned.ToBeSigned()
	if opts.HashFunc() == 0 {
		return message, opts
	}
	return digest, opts
}
