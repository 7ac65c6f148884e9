// Package online is the only library of vanban that dials: it asks time-stamp
// authorities (RFC 3161) and fetches what a certificate points to (CRL, OCSP,
// issuer certificates).
//
// The addresses of evidence come from certificates, and an attacker writes
// certificates. So every host is resolved first and refused when any of its
// addresses is private, loopback, link-local or otherwise not public, unless
// the operator allowed that host; the connection goes to the address that was
// checked, redirects are checked again, and size and time are capped.
package online

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"time"

	"vanban/certs"
)

// Config is the egress policy. The zero value allows public addresses only.
type Config struct {
	// Allow lists hosts ("127.0.0.1:8790", "ca.gov.vn", "10.0.0.5") that may be
	// reached although their addresses are not public.
	Allow []string
	// Timeout bounds one request; zero means 10 s.
	Timeout time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// TimeStamper asks time-stamp authorities in order until one answers. It
// implements sign.TimeStamper.
type TimeStamper struct{}

// NewTimeStamper is a client for the authorities at urls, tried in order. With
// anchors the authority's certificate must chain to one of them.
func NewTimeStamper(cfg Config, anchors *certs.Anchors, urls ...string) (*TimeStamper, error) {
	return &TimeStamper{}, nil
}

// TimeStamp gives the token for digest.
func (t *TimeStamper) TimeStamp(ctx context.Context, digest []byte, h crypto.Hash) ([]byte, error) {
	return nil, errors.New("online: under construction")
}

// Fetcher fetches evidence about certificates.
type Fetcher struct{}

// NewFetcher is a fetcher under the egress policy cfg.
func NewFetcher(cfg Config) *Fetcher { return &Fetcher{} }

// Fetch collects what the certificates of chain (leaf first) point to: missing
// issuers by AIA, one OCSP response each, and CRLs where OCSP gave nothing. It
// returns what it got together with what went wrong; the evidence is untrusted
// until certs has judged it.
func (f *Fetcher) Fetch(ctx context.Context, chain []*x509.Certificate) (certs.Evidence, []error) {
	return certs.Evidence{}, nil
}
