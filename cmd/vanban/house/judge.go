package house

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"io"
	"sync"
	"time"

	"github.com/pelletier/go-toml/v2"

	"vanban/certs"
	"vanban/certs/online"
	"vanban/cmd/vanban/files"
	"vanban/exchange/receipt"
	"vanban/verify"
)

// Judge says what is believed: anchors, policy and evidence at hand, and what
// may be fetched besides. It is the exchange.Verifier of a data folder and may
// be used from many goroutines.
type Judge struct {
	Anchors  *certs.Anchors
	Policy   certs.Policy
	Evidence certs.Evidence
	At       func() time.Time
	Fetch    *Fetcher // nil: stay offline
	// Capacity knows who may sign for which agency; nil when no directory is at hand.
	Capacity func(signer *x509.Certificate, at time.Time) (answer, text, textEn string)
}

// File gives the verdict on one PDF now.
func (j Judge) File(ctx context.Context, r io.ReaderAt, size int64) (*verify.Report, error) {
	return j.Verify(ctx, r, size, j.At())
}

// Verify gives the verdict on one PDF at a time. A second look with fetched
// evidence follows when the first had too little.
func (j Judge) Verify(ctx context.Context, r io.ReaderAt, size int64, at time.Time) (*verify.Report, error) {
	options := verify.Options{Anchors: j.Anchors, Policy: j.Policy, Evidence: j.Evidence, At: at, Capacity: j.Capacity}
	report, err := verify.File(ctx, r, size, options)
	if err != nil || j.Fetch == nil {
		return report, err
	}
	var more certs.Evidence
	for _, s := range report.Signatures {
		more.Add(j.lacking(ctx, s.Chain, at))
	}
	if empty(more) {
		return report, nil
	}
	options.Evidence.Add(more)
	return verify.File(ctx, r, size, options)
}

// Receipt judges the bytes of a receipt. digest is the hex SHA-256 of the
// document that it must be about, or empty.
func (j Judge) Receipt(b []byte, digest string) (*receipt.Report, error) {
	return receipt.Verify(b, receipt.Options{Anchors: j.Anchors, Policy: j.Policy, Evidence: j.Evidence, At: j.At(), Document: digest})
}

// Trust is what exchange judges a chain with before it signs.
func (j Judge) Trust(ctx context.Context, chain []*x509.Certificate) (*certs.Anchors, certs.Policy, certs.Evidence) {
	var all certs.Evidence
	all.Add(j.Evidence)
	all.Add(j.lacking(ctx, chain, j.At()))
	return j.Anchors, j.Policy, all
}

// lacking fetches what the evidence at hand does not say about a chain. It
// asks only for chains that end in an anchor: the addresses in any other
// certificate were written by nobody whom the operator trusts.
func (j Judge) lacking(ctx context.Context, chain []*x509.Certificate, at time.Time) certs.Evidence {
	if j.Fetch == nil || len(chain) == 0 {
		return certs.Evidence{}
	}
	known := certs.Evidence{Certificates: chain}
	known.Add(j.Evidence)
	result := certs.Judge(chain[0], certs.Signing, at, at, j.Anchors, known, j.Policy)
	if result.RevocationChecked || !j.anchored(result.Chain) {
		return certs.Evidence{}
	}
	return j.Fetch.about(ctx, result.Chain)
}

func empty(e certs.Evidence) bool { return len(e.Certificates)+len(e.CRLs)+len(e.OCSPs) == 0 }

func (j Judge) anchored(chain []*x509.Certificate) bool {
	if len(chain) == 0 {
		return false
	}
	last := chain[len(chain)-1]
	for _, a := range j.Anchors.List() {
		if a.Certificate.Equal(last) {
			return true
		}
	}
	return false
}

// Fetcher remembers for a while what it fetched about a chain, also when that
// was nothing, so that an authority that does not answer is asked seldom.
type Fetcher struct {
	online *online.Fetcher
	now    func() time.Time

	mu    sync.Mutex
	known map[[sha256.Size]byte]fetched // by leaf
}

type fetched struct {
	evidence certs.Evidence
	until    time.Time
}

const (
	fetchTime   = 5 * time.Second // for everything that one chain may make us fetch
	fetchKeep   = 10 * time.Minute
	maxFetched  = 1000 // chains remembered
	fetchFailed = time.Minute
)

// NewFetcher fetches from public addresses and from those that are allowed.
func NewFetcher(allow []string, now func() time.Time) *Fetcher {
	return &Fetcher{online: online.NewFetcher(online.Config{Allow: allow, Now: now}), now: now,
		known: map[[sha256.Size]byte]fetched{}}
}

func (f *Fetcher) about(ctx context.Context, chain []*x509.Certificate) certs.Evidence {
	leaf, now := sha256.Sum256(chain[0].Raw), f.now()
	f.mu.Lock()
	got, ok := f.known[leaf]
	f.mu.Unlock()
	if ok && now.Before(got.until) {
		return got.evidence
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	// What could not be fetched stays unknown, and the verdict says so.
	evidence, problems := f.online.Fetch(ctx, chain)
	keep := fetchKeep
	if len(problems) > 0 {
		keep = fetchFailed
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.known) >= maxFetched {
		clear(f.known)
	}
	f.known[leaf] = fetched{evidence, now.Add(keep)}
	return evidence
}

// policyFile is the file of verify --policy. Absent keys keep the defaults.
type policyFile struct {
	MinRSABits        int  `toml:"min_rsa_bits"`       // 0: 2048
	MinECBits         int  `toml:"min_ec_bits"`        // 0: 256
	LegacySHA1        bool `toml:"legacy_sha1"`        // accept SHA-1 below anchors pinned as legacy
	RequireRevocation bool `toml:"require_revocation"` // no fresh evidence: INDETERMINATE
}

// LoadPolicy reads a policy file; an empty path is the default policy.
func LoadPolicy(path string) (certs.Policy, error) {
	policy := certs.DefaultPolicy()
	if path == "" {
		return policy, nil
	}
	b, err := files.ReadSmall(path, maxConfigBytes)
	if err != nil {
		return policy, err
	}
	f := policyFile{LegacySHA1: policy.LegacySHA1, RequireRevocation: policy.RequireRevocation}
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&f); err != nil {
		return policy, codeConfig.Wrap(err, path, configReason(err))
	}
	if f.MinRSABits != 0 {
		policy.MinRSABits = f.MinRSABits
	}
	if f.MinECBits != 0 {
		policy.MinECBits = f.MinECBits
	}
	policy.LegacySHA1, policy.RequireRevocation = f.LegacySHA1, f.RequireRevocation
	return policy, nil
}
