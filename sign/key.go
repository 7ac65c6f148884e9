package sign

import (
	"context"
	"crypto"
	"crypto/x509"
)

// Key is a private key with the certificate chain that goes with it. The key
// itself may be in a file, in a token, or far away; sign never sees it.
type Key interface {
	// Chain is the certificate of the key first, then what is known of its
	// issuers. It is never empty and must not be changed.
	Chain() []*x509.Certificate
	// Sign signs digest with the padding and hash that opts name. For Ed25519
	// digest is the message and opts.HashFunc() is 0. It may ask a person and
	// so take long; it must stop when ctx ends. One call is one act of signing:
	// a caller never repeats it by itself (a token locks after three wrong
	// tries, SIG-11).
	Sign(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error)
}

// TimeStamper asks a time-stamp authority (RFC 3161) to prove that digest,
// computed with h, exists now. The token is the ContentInfo of the reply,
// already checked to be about this digest.
type TimeStamper interface {
	TimeStamp(ctx context.Context, digest []byte, h crypto.Hash) (token []byte, err error)
}
