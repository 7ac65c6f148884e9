// Package house opens a data folder and wires everything in it: the one place
// that knows which stores, keys and sources of evidence there are. It holds the
// configuration, the folder's layout, and what is believed about certificates.
package house

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/certs/online"
	"vanban/cmd/vanban/files"
	"vanban/exchange"
	"vanban/exchange/boltstore"
	"vanban/sign"
	"vanban/web"
)

const (
	stopTime = 10 * time.Second // for requests that run when the server is told to stop
	tsaTime  = 10 * time.Second
)

// House is an opened data folder with everything wired: the one place that
// knows which drivers there are.
type House struct {
	Folder  Folder
	Service *exchange.Service
	Judge   Judge // as the server believes

	config  Config
	handler http.Handler
	stop    []func() // run backwards by Close
}

// Open opens a data folder. Nothing answers HTTP yet but the demo's own
// certificate authorities, if the folder has them.
func Open(ctx context.Context, c Config, now func() time.Time, log *slog.Logger) (_ *House, err error) {
	h := &House{Folder: Folder(c.Data), config: c}
	defer func() {
		if err != nil {
			h.Close()
		}
	}()
	if err := h.startServices(ctx, now); err != nil {
		return nil, err
	}
	anchors, err := certs.LoadAnchors(h.Folder.Trust())
	if err != nil {
		return nil, err
	}
	h.Judge = Judge{Anchors: anchors, Policy: c.policy(), At: now, Fetch: NewFetcher(c.allow(), now)}
	if h.Judge.Evidence, err = LoadEvidence([]string{h.Folder.Evidence()}); err != nil {
		return nil, err
	}
	tsa, err := c.timeStamper(anchors, now)
	if err != nil {
		return nil, err
	}
	store, err := boltstore.Open(string(h.Folder))
	if err != nil {
		return nil, err
	}
	h.stop = append(h.stop, func() {
		if err := store.Close(); err != nil {
			log.Error("store did not close cleanly", "error", err)
		}
	})
	h.Service, err = exchange.New(exchange.Config{
		Store: store, Keys: newKeyring(h.Folder), Clock: now, TSA: tsa, Log: log,
		Verifier: h.Judge,
		Limits:   exchange.Limits{Upload: c.UploadLimitMiB << 20},
	})
	if err != nil {
		return nil, err
	}
	public := h.Judge
	public.Capacity = h.Service.Capacity
	h.handler, err = web.New(web.Config{
		Service: h.Service, Verify: public.File, Version: c.Version, Log: log, Secure: c.BehindTLS,
		Limits: web.Limits{Upload: c.UploadLimitMiB << 20},
	})
	return h, err
}

// Close stops what Open started, last first. It may be called twice.
func (h *House) Close() {
	for i := len(h.stop) - 1; i >= 0; i-- {
		h.stop[i]()
	}
	h.stop = nil
}

// startServices runs the CRL, OCSP and time-stamp servers of a demo folder and
// refreshes the CRLs in evidence/.
func (h *House) startServices(ctx context.Context, now func() time.Time) error {
	addr := h.config.Demo.Services
	if addr == "" {
		return nil
	}
	pki, err := certtest.Load(h.Folder.PKI(), certtest.Config{Now: now, BaseURL: "http://" + addr})
	if err != nil {
		return NoFolder.Wrap(err, h.Folder.PKI())
	}
	if err := WriteTrust(h.Folder, pki); err != nil {
		return err
	}
	_, stop, err := pki.StartServer(ctx, addr)
	if err != nil {
		return NoAddress.Wrap(err, addr, files.Reason(err))
	}
	h.stop = append(h.stop, stop)
	return nil
}

// policy is what the server asks of certificates.
func (c Config) policy() certs.Policy {
	p := certs.DefaultPolicy()
	p.LegacySHA1 = c.Trust.LegacySHA1
	p.RequireRevocation = !c.Trust.OptionalRevocation
	return p
}

// allow lists the addresses that may be reached although they are not public.
func (c Config) allow() []string {
	if c.Demo.Services == "" {
		return nil
	}
	return []string{c.Demo.Services}
}

// timeStamper is nil when no authority is configured: signatures are B-B then.
func (c Config) timeStamper(anchors *certs.Anchors, now func() time.Time) (sign.TimeStamper, error) {
	if c.TimeStamp.URL == "" {
		return nil, nil
	}
	return NewTimeStamper(c.TimeStamp.URL, c.TimeStamp.AllowPrivate, anchors, now)
}

// NewTimeStamper is a client for one authority. allowPrivate lets its address
// be one that is not public.
func NewTimeStamper(address string, allowPrivate bool, anchors *certs.Anchors, now func() time.Time) (sign.TimeStamper, error) {
	egress := online.Config{Timeout: tsaTime, Now: now}
	// An address that cannot be read is refused by online in its own words.
	if u, err := url.Parse(address); err == nil && allowPrivate {
		egress.Allow = []string{u.Host, u.Hostname()}
	}
	return online.NewTimeStamper(egress, anchors, address)
}

// Serve answers HTTP on l until ctx ends, then lets running requests finish.
func (h *House) Serve(ctx context.Context, l net.Listener) error {
	server := web.NewServer(h.handler)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		server.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
