package online

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"time"

	"golang.org/x/crypto/ocsp"

	"vanban/certs"
	"vanban/internal/cms"
)

// Bounds of one Fetch: a chain of hostile certificates may name any number of
// addresses, each of which answers slowly.
const (
	maxRequests  = 24
	maxPerSource = 2 // addresses tried per certificate and kind
	maxChain     = 8
	maxTotalTime = 30 * time.Second
)

// Fetcher fetches evidence about certificates. It may be used from many
// goroutines; it keeps nothing between calls.
type Fetcher struct {
	client *client
}

// NewFetcher is a fetcher under the egress policy cfg.
func NewFetcher(cfg Config) *Fetcher { return &Fetcher{client: newClient(cfg.withDefaults())} }

// fetching is one call of Fetch.
type fetching struct {
	client   *client
	requests int
	seen     map[string]bool // CRL addresses already fetched
	evidence certs.Evidence
	errs     []error
}

// Fetch collects what the certificates of chain (leaf first) point to: missing
// issuers by AIA, one OCSP response each, and a CRL where OCSP gave nothing. It
// returns what it got together with what went wrong, within 30 s; the evidence
// is untrusted until certs has judged it.
func (f *Fetcher) Fetch(ctx context.Context, chain []*x509.Certificate) (certs.Evidence, []error) {
	ctx, cancel := context.WithTimeout(ctx, maxTotalTime)
	defer cancel()
	job := &fetching{client: f.client, seen: map[string]bool{}}
	chain = job.complete(ctx, chain[:min(len(chain), maxChain)])
	for i, c := range chain {
		if bytes.Equal(c.RawIssuer, c.RawSubject) {
			continue // a root: whoever trusts it asked nobody
		}
		var issuer *x509.Certificate
		if i+1 < len(chain) && bytes.Equal(chain[i+1].RawSubject, c.RawIssuer) {
			issuer = chain[i+1]
		}
		if issuer == nil || !job.ocsp(ctx, c, issuer) {
			job.crl(ctx, c)
		}
	}
	return job.evidence, job.errs
}

// get is one request within the budget.
func (j *fetching) get(ctx context.Context, address string, body []byte, contentType string, limit int64) ([]byte, error) {
	if j.requests++; j.requests > maxRequests {
		return nil, codeRefused.New("more than 24 addresses")
	}
	b, err := j.client.do(ctx, address, body, contentType, limit)
	if err != nil {
		j.errs = append(j.errs, err)
	}
	return b, err
}

// complete follows the AIA addresses of the last certificate upwards.
func (j *fetching) complete(ctx context.Context, chain []*x509.Certificate) []*x509.Certificate {
	chain = append([]*x509.Certificate(nil), chain...)
	for len(chain) > 0 && len(chain) < maxChain {
		last := chain[len(chain)-1]
		if bytes.Equal(last.RawIssuer, last.RawSubject) {
			return chain
		}
		issuer := j.issuer(ctx, last)
		if issuer == nil {
			return chain
		}
		j.evidence.Certificates = append(j.evidence.Certificates, issuer)
		chain = append(chain, issuer)
	}
	return chain
}

// issuer fetches the certificate that c's AIA points to, if it fits.
func (j *fetching) issuer(ctx context.Context, c *x509.Certificate) *x509.Certificate {
	for _, address := range c.IssuingCertificateURL[:min(len(c.IssuingCertificateURL), maxPerSource)] {
		b, err := j.get(ctx, address, nil, "", maxCertReply)
		if err != nil {
			continue
		}
		list, err := parseCertificates(b)
		if err != nil {
			j.errs = append(j.errs, codeBadReply.Wrap(err, clean(address)))
			continue
		}
		for _, candidate := range list {
			if bytes.Equal(candidate.RawSubject, c.RawIssuer) && !bytes.Equal(candidate.Raw, c.Raw) {
				return candidate
			}
		}
	}
	return nil
}

// parseCertificates reads one DER certificate, PEM, or a certificates-only CMS
// message (RFC 5280 section 4.2.2.1).
func parseCertificates(b []byte) ([]*x509.Certificate, error) {
	if block, _ := pem.Decode(b); block != nil {
		b = block.Bytes
	}
	c, err := x509.ParseCertificate(b)
	if err == nil {
		return []*x509.Certificate{c}, nil
	}
	message, cmsErr := cms.Parse(b)
	if cmsErr != nil {
		return nil, err
	}
	return message.Certificates, nil
}

// ocsp asks for the status of c; true when an answer came that can be used.
func (j *fetching) ocsp(ctx context.Context, c, issuer *x509.Certificate) bool {
	// SHA-1 only names the CA here; responders that know nothing else are common.
	query, err := ocsp.CreateRequest(c, issuer, nil)
	if err != nil {
		return false
	}
	for _, address := range c.OCSPServer[:min(len(c.OCSPServer), maxPerSource)] {
		b, err := j.get(ctx, address, query, "application/ocsp-request", maxOCSPReply)
		if err != nil {
			continue
		}
		if !isDER(b) {
			j.errs = append(j.errs, codeBadReply.Wrap(errNotDER, clean(address)))
			continue
		}
		// Whether it may be believed is for certs to say; here it only decides
		// whether a CRL is worth fetching too.
		j.evidence.OCSPs = append(j.evidence.OCSPs, b)
		if answer, err := ocsp.ParseResponseForCert(b, c, nil); err == nil && answer.Status != ocsp.Unknown {
			return true
		}
	}
	return false
}

// crl fetches the first CRL that c points to and that can be had.
func (j *fetching) crl(ctx context.Context, c *x509.Certificate) {
	for _, address := range c.CRLDistributionPoints[:min(len(c.CRLDistributionPoints), maxPerSource)] {
		if j.seen[address] {
			return
		}
		b, err := j.get(ctx, address, nil, "", maxCRLReply)
		if err != nil {
			continue
		}
		if block, _ := pem.Decode(b); block != nil {
			b = block.Bytes
		}
		if !isDER(b) {
			j.errs = append(j.errs, codeBadReply.Wrap(errNotDER, clean(address)))
			continue
		}
		j.seen[address] = true
		j.evidence.CRLs = append(j.evidence.CRLs, b)
		return
	}
}

var errNotDER = errors.New("not DER")

// isDER looks at the first byte only: a SEQUENCE, not an error page.
func isDER(b []byte) bool { return len(b) > 0 && b[0] == 0x30 }
