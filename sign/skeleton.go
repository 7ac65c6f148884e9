package sign

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"io"

	"vanban/internal/fault"
)

var errSkeleton = errors.New("sign: under construction")

// Pending is a signature between Prepare and Finish.
type Pending struct {
	// TSA makes the time-stamp of a BT signature in Finish; it is not stored.
	TSA TimeStamper
}

func Prepare(ctx context.Context, in io.ReaderAt, size int64, chain []*x509.Certificate, req Request) (*Pending, error) {
	return nil, errSkeleton
}
func (p *Pending) Digest() (tbs []byte, opts crypto.SignerOpts) { return nil, nil }
func (p *Pending) Field() string                                { return "" }
func (p *Pending) Warnings() []*fault.Error                     { return nil }
func (p *Pending) Finish(ctx context.Context, signature []byte, in io.ReaderAt, out io.Writer) (*Result, error) {
	return nil, errSkeleton
}
func (p *Pending) Marshal() ([]byte, error)       { return nil, errSkeleton }
func UnmarshalPending(b []byte) (*Pending, error) { return nil, errSkeleton }
func Sign(ctx context.Context, in io.ReaderAt, size int64, key Key, req Request, out io.Writer) (*Result, error) {
	return nil, errSkeleton
}
