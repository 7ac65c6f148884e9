package exchange

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"vanban/certs"
	"vanban/exchange/notation"
	"vanban/exchange/storage"
	"vanban/internal/pdf/draw"
	"vanban/sign"
	"vanban/verify"
)

// Limits bound what one request may cost. Zero fields take the defaults.
type Limits struct {
	Upload    int64 // bytes of one PDF; default 64 MiB
	Receivers int   // agencies named in one Send; default 1000
	Page      int   // things in one list answer; default and maximum 200
}

// Keys finds signing keys. It is called for each signature, concurrently.
type Keys interface {
	// Person gives the key with which a person signs.
	Person(ctx context.Context, id string) (sign.Key, error)
	// Agency gives the key of an agency's seal.
	Agency(ctx context.Context, id string) (sign.Key, error)
}

// Verifier judges files and says what certificates are judged with. It is
// called concurrently and may fetch evidence, within bounds of its own.
type Verifier interface {
	// Verify judges the signatures of a PDF at a time.
	Verify(ctx context.Context, r io.ReaderAt, size int64, at time.Time) (*verify.Report, error)
	// Trust is what to judge this chain with: before signing (SIG-05) and on
	// receipts.
	Trust(ctx context.Context, chain []*x509.Certificate) (*certs.Anchors, certs.Policy, certs.Evidence)
}

// Config is what a Service needs.
type Config struct {
	Store    storage.Store
	Keys     Keys
	Verifier Verifier
	TSA      sign.TimeStamper // optional: signatures are then PAdES B-T, else B-B
	Clock    func() time.Time // default time.Now; any zone, we convert
	Rand     io.Reader        // for identifiers; default crypto/rand
	Limits   Limits
	Log      *slog.Logger // default: discard; gets one line per act
}

// Service carries out the acts. It is safe for concurrent use.
type Service struct {
	store    storage.Store
	keys     Keys
	verifier Verifier
	tsa      sign.TimeStamper
	clock    func() time.Time
	limits   Limits
	log      *slog.Logger

	locks locks

	mu      sync.Mutex
	entropy *ulid.MonotonicEntropy // guarded by mu
	images  map[string]*draw.Image // by digest, guarded by mu; a cache
}

// Actor is who asks: the id of a person that the caller has authenticated.
// What that person may do is read from the store in each act.
type Actor struct {
	Person string
}

// If is what a writing act is made under.
type If struct {
	Key     string // Idempotency-Key, at most 200 printable characters; "" = none
	Version int    // If-Match; -1 = not given
}

// Page selects a part of a list, newest first.
type Page struct {
	Before string // id after which the page starts; "" = the newest
	Limit  int    // 0 = Limits.Page
}

// New checks the configuration.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Keys == nil || c.Verifier == nil {
		return nil, errors.New("exchange: Store, Keys and Verifier are required")
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Limits.Upload == 0 {
		c.Limits.Upload = 64 << 20
	}
	if c.Limits.Receivers == 0 {
		c.Limits.Receivers = 1000
	}
	if c.Limits.Page <= 0 || c.Limits.Page > 200 {
		c.Limits.Page = 200
	}
	if c.Limits.Upload < 0 || c.Limits.Receivers < 0 {
		return nil, errors.New("exchange: negative limit")
	}
	return &Service{
		store: c.Store, keys: c.Keys, verifier: c.Verifier, tsa: c.TSA, clock: c.Clock, limits: c.Limits, log: c.Log,
		entropy: ulid.Monotonic(c.Rand, 0), images: map[string]*draw.Image{},
	}, nil
}

// now is the one official clock, to the second (LAY-09).
func (s *Service) now() time.Time { return notation.Local(s.clock()) }

// newID makes a ULID; within one process they come in order.
func (s *Service) newID(at time.Time) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := ulid.New(ulid.Timestamp(at), s.entropy)
	return id.String(), err
}

func (s *Service) pageSize(p Page) int {
	if p.Limit <= 0 || p.Limit > s.limits.Page {
		return s.limits.Page
	}
	return p.Limit
}

// offline is the Verifier of NewVerifier.
type offline struct {
	anchors  *certs.Anchors
	policy   certs.Policy
	evidence func(context.Context, []*x509.Certificate) certs.Evidence
}

// NewVerifier judges with fixed anchors and policy. evidence gives what is
// known about a chain and may be nil; for files it is asked once without one.
func NewVerifier(a *certs.Anchors, p certs.Policy, evidence func(context.Context, []*x509.Certificate) certs.Evidence) Verifier {
	if evidence == nil {
		evidence = func(context.Context, []*x509.Certificate) certs.Evidence { return certs.Evidence{} }
	}
	return offline{anchors: a, policy: p, evidence: evidence}
}

func (o offline) Verify(ctx context.Context, r io.ReaderAt, size int64, at time.Time) (*verify.Report, error) {
	return verify.File(ctx, r, size, verify.Options{Anchors: o.anchors, Policy: o.policy, At: at, Evidence: o.evidence(ctx, nil)})
}

func (o offline) Trust(ctx context.Context, chain []*x509.Certificate) (*certs.Anchors, certs.Policy, certs.Evidence) {
	return o.anchors, o.policy, o.evidence(ctx, chain)
}
