package online

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"time"

	"vanban/certs"
	"vanban/internal/cms"
	"vanban/internal/fault"
)

// maxClockGap is how far the time in a token may be from our clock. Beyond it
// one of the two clocks is broken, and a signature should not depend on it.
const maxClockGap = 15 * time.Minute

// TimeStamper asks time-stamp authorities in order until one answers rightly.
// It implements sign.TimeStamper and may be used from many goroutines.
type TimeStamper struct {
	cfg     Config
	client  *client
	anchors *certs.Anchors
	urls    []string
}

// NewTimeStamper is a client for the authorities at urls, tried in order. The
// operator named them, so their hosts are allowed whatever their addresses are.
// With anchors the authority's certificate must chain to one of them; without,
// it must at least be valid and made for time-stamping.
func NewTimeStamper(cfg Config, anchors *certs.Anchors, urls ...string) (*TimeStamper, error) {
	if len(urls) == 0 {
		return nil, codeNoTSA.New()
	}
	cfg = cfg.withDefaults()
	cfg.Allow = slices.Clone(cfg.Allow)
	for _, address := range urls {
		u, err := url.Parse(address)
		if err != nil {
			return nil, codeBadURL.Wrap(err, clean(address))
		}
		if err := checkURL(u); err != nil {
			return nil, err
		}
		host := u.Host
		if u.Port() == "" {
			host += map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
		}
		cfg.Allow = append(cfg.Allow, host)
	}
	return &TimeStamper{cfg: cfg, client: newClient(cfg), anchors: anchors, urls: urls}, nil
}

// TimeStamp gives the token for digest, which was computed with h. The token is
// checked: same digest, our nonce, a good signature by a certificate for
// time-stamping, a time that agrees with our clock.
func (t *TimeStamper) TimeStamp(ctx context.Context, digest []byte, h crypto.Hash) ([]byte, error) {
	if h < crypto.SHA256 || !h.Available() || len(digest) != h.Size() {
		return nil, codeTSAWrong.New("-", "unsuitable digest")
	}
	var failures []error
	for _, address := range t.urls {
		token, err := t.ask(ctx, address, digest, h)
		if err == nil {
			return token, nil
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break
		}
	}
	if len(failures) == 1 {
		return nil, failures[0]
	}
	return nil, codeTSA.Wrap(errors.Join(failures...), clean(strings.Join(t.urls, ", ")))
}

// ask is one attempt with one authority.
func (t *TimeStamper) ask(ctx context.Context, address string, digest []byte, h crypto.Hash) ([]byte, error) {
	nonce, err := rand.Int(t.cfg.Rand, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, fault.Unexpected.Wrap(err)
	}
	query, err := cms.NewTimeStampQuery(digest, h, nonce)
	if err != nil {
		return nil, fault.Unexpected.Wrap(err)
	}
	reply, err := t.client.do(ctx, address, query, "application/timestamp-query", maxTokenReply)
	if err != nil {
		return nil, err
	}
	token, err := cms.ParseTimeStampReply(reply)
	if err != nil {
		return nil, codeTSADenied.Wrap(err, clean(address))
	}
	stamp, err := cms.ParseTimeStamp(token)
	if err != nil {
		return nil, codeBadReply.Wrap(err, clean(address))
	}
	if wrong := t.check(stamp, digest, h, nonce); wrong != "" {
		return nil, codeTSAWrong.New(clean(address), clean(wrong))
	}
	if err := t.trust(stamp, address); err != nil {
		return nil, err
	}
	return token, nil
}

// check says what is wrong with a token (RFC 3161 section 2.2); "" is nothing.
func (t *TimeStamper) check(stamp *cms.TimeStamp, digest []byte, h crypto.Hash, nonce *big.Int) string {
	switch {
	case stamp.Digest != cms.DigestOf(h) || !bytes.Equal(stamp.Imprint, digest):
		return "another imprint"
	case stamp.Nonce == nil || stamp.Nonce.Cmp(nonce) != 0:
		return "another nonce"
	case len(t.cfg.TSAPolicies) > 0 && !slices.Contains(t.cfg.TSAPolicies, stamp.Policy.String()):
		return "policy " + stamp.Policy.String()
	}
	if gap := stamp.Time.Sub(t.cfg.Now()).Abs(); gap > maxClockGap {
		return "its clock differs by " + gap.Round(time.Second).String()
	}
	for _, f := range stamp.Verify(func(cms.Digest) []byte { return digest }) {
		if f.Severity >= cms.Unsupported {
			return f.String()
		}
	}
	return ""
}

// trust judges the authority's certificate. Revocation is not asked for here:
// whoever verifies the signature later does that, with evidence.
func (t *TimeStamper) trust(stamp *cms.TimeStamp, address string) error {
	r := certs.Judge(stamp.Certificate(), certs.TimeStamping, stamp.Time, t.cfg.Now(), t.anchors,
		certs.Evidence{Certificates: stamp.Signed.Certificates}, certs.DefaultPolicy())
	if r.Trusted() {
		return nil
	}
	for _, f := range r.Findings {
		// Without anchors "not trusted" is all that may be wrong.
		if f.Level == certs.Fail && (!t.anchors.Empty() || f.Code.ID() != "certs-not-trusted") {
			return codeTSAUntrusted.New(clean(address), f.Text(fault.Vi))
		}
	}
	return nil
}
