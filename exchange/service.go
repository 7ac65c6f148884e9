package exchange

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"vanban/exchange/directory"
)

// Limits bound what one request may cost. Zero fields take the defaults.
type Limits struct {
	Upload    int64 // bytes of one PDF; default 64 MiB
	Receivers int   // agencies named in one Send; default 1000
	Page      int   // things in one list answer; default and maximum 200
}

// Config is what a Service needs.
type Config struct {
	Store  Store
	Clock  func() time.Time // default time.Now; any zone, we convert
	Rand   io.Reader        // for identifiers; default crypto/rand
	Limits Limits
	Log    *slog.Logger // default: discard
}

// Service carries out the acts. It is safe for concurrent use.
type Service struct {
	store  Store
	clock  func() time.Time
	rand   io.Reader
	limits Limits
	log    *slog.Logger
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

// Stage names one of the files of a document.
type Stage string

// The stages of a document's file.
const (
	StageDraft    Stage = "draft"
	StageApproved Stage = "approved"
	StageIssued   Stage = "issued"
)

// File is a document's bytes, open for reading; close it.
type File struct {
	BlobReader
	SHA256 string // lower-case hex: a strong ETag
	Name   string // a safe file name that ends in .pdf
}

var errSkeleton = errors.New("exchange: under construction")

// New checks the configuration.
func New(c Config) (*Service, error) {
	if c.Store == nil {
		return nil, errors.New("exchange: Config.Store is missing")
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
	return &Service{store: c.Store, clock: c.Clock, rand: c.Rand, limits: c.Limits, log: c.Log}, nil
}

// Import inserts or replaces agencies and people after checking all of them;
// doing it again changes nothing. Image values that are not a digest are file
// names in files (which may be nil when there are none).
func (s *Service) Import(ctx context.Context, d directory.Directory, files fs.FS) error {
	return errSkeleton
}

// PersonByToken finds who holds a log-in token; exchange-token-unknown else.
func (s *Service) PersonByToken(ctx context.Context, token string) (directory.Person, error) {
	return directory.Person{}, errSkeleton
}

// Person gives one person, without the token digest.
func (s *Service) Person(ctx context.Context, id string) (directory.Person, error) {
	return directory.Person{}, errSkeleton
}

// Agencies lists all agencies that exist now, sorted by id.
func (s *Service) Agencies(ctx context.Context) ([]directory.Agency, error) { return nil, errSkeleton }

// Agency gives one agency.
func (s *Service) Agency(ctx context.Context, id string) (directory.Agency, error) {
	return directory.Agency{}, errSkeleton
}

// CreateDraft takes a PDF in. Nothing is kept of a file that is refused.
func (s *Service) CreateDraft(ctx context.Context, by Actor, cond If, d Draft, pdf io.Reader) (Document, error) {
	return Document{}, errSkeleton
}

// Approve signs as the leader.
func (s *Service) Approve(ctx context.Context, by Actor, cond If, document string) (Document, error) {
	return Document{}, errSkeleton
}

// Issue numbers, dates and seals in one act.
func (s *Service) Issue(ctx context.Context, by Actor, cond If, document string) (Document, error) {
	return Document{}, errSkeleton
}

// Send delivers to the agencies with these codes.
func (s *Service) Send(ctx context.Context, by Actor, cond If, document string, to []string) ([]Delivery, error) {
	return nil, errSkeleton
}

// Accept registers a delivery and signs receipt 03.
func (s *Service) Accept(ctx context.Context, by Actor, cond If, delivery string) (Delivery, error) {
	return Delivery{}, errSkeleton
}

// Refuse returns a delivery with a reason of at least 10 characters and signs receipt 02.
func (s *Service) Refuse(ctx context.Context, by Actor, cond If, delivery, reason string) (Delivery, error) {
	return Delivery{}, errSkeleton
}

// Outbox lists an agency's own documents, newest first.
func (s *Service) Outbox(ctx context.Context, by Actor, agency string, p Page) ([]Document, error) {
	return nil, errSkeleton
}

// Inbox lists an agency's deliveries, newest first.
func (s *Service) Inbox(ctx context.Context, by Actor, agency string, p Page) ([]Delivery, error) {
	return nil, errSkeleton
}

// Document gives one document to its own agency.
func (s *Service) Document(ctx context.Context, by Actor, id string) (Document, error) {
	return Document{}, errSkeleton
}

// Deliveries lists where a document went, for its own agency.
func (s *Service) Deliveries(ctx context.Context, by Actor, document string) ([]Delivery, error) {
	return nil, errSkeleton
}

// Delivery gives one delivery to its sender or receiver.
func (s *Service) Delivery(ctx context.Context, by Actor, id string) (Delivery, error) {
	return Delivery{}, errSkeleton
}

// Receipt gives the exact bytes of the receipt file of an answered delivery.
func (s *Service) Receipt(ctx context.Context, by Actor, delivery string) ([]byte, error) {
	return nil, errSkeleton
}

// OpenFile opens a file of a document for its own agency.
func (s *Service) OpenFile(ctx context.Context, by Actor, document string, stage Stage) (*File, error) {
	return nil, errSkeleton
}

// OpenDelivered opens the issued file of a delivery for sender or receiver.
func (s *Service) OpenDelivered(ctx context.Context, by Actor, delivery string) (*File, error) {
	return nil, errSkeleton
}

// Register is the register of outgoing documents of one year, in number order.
func (s *Service) Register(ctx context.Context, by Actor, agency string, year int) ([]RegisterLine, error) {
	return nil, errSkeleton
}

// Check derives every invariant again and lists what is wrong; the error
// means that it could not look.
func (s *Service) Check(ctx context.Context) ([]error, error) { return nil, errSkeleton }
