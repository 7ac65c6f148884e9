package main

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
	"vanban/exchange"
	"vanban/exchange/boltstore"
	"vanban/sign"
	"vanban/web"
)

const (
	stopTime = 10 * time.Second // for requests that run when the server is told to stop
	tsaTime  = 10 * time.Second
)

// house is an opened data folder with everything wired: the one place that
// knows which drivers there are.
type house struct {
	folder  folder
	config  config
	service *exchange.Service
	handler http.Handler
	judge   judge

	stop []func() // run backwards by close
}

// openHouse opens a data folder. Nothing answers HTTP yet but the demo's own
// certificate authorities, if the folder has them.
func openHouse(ctx context.Context, c config, now func() time.Time, log *slog.Logger) (_ *house, err error) {
	h := &house{folder: folder(c.Data), config: c}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	if err := h.startServices(ctx, now); err != nil {
		return nil, err
	}
	anchors, err := certs.LoadAnchors(h.folder.trust())
	if err != nil {
		return nil, err
	}
	h.judge = judge{anchors: anchors, policy: c.policy(), at: now, fetch: newFetcher(c.allow(), now)}
	if h.judge.evidence, err = loadEvidence([]string{h.folder.evidence()}); err != nil {
		return nil, err
	}
	tsa, err := c.timeStamper(anchors, now)
	if err != nil {
		return nil, err
	}
	store, err := boltstore.Open(string(h.folder))
	if err != nil {
		return nil, err
	}
	h.stop = append(h.stop, func() {
		if err := store.Close(); err != nil {
			log.Error("store did not close cleanly", "error", err)
		}
	})
	h.service, err = exchange.New(exchange.Config{
		Store: store, Keys: newKeyring(h.folder), Clock: now, TSA: tsa, Log: log,
		Verifier: h.judge,
		Limits:   exchange.Limits{Upload: c.UploadLimitMiB << 20},
	})
	if err != nil {
		return nil, err
	}
	public := h.judge
	public.capacity = h.service.Capacity
	h.handler, err = web.New(web.Config{
		Service: h.service, Verify: public.file, Version: version, Log: log, Secure: c.BehindTLS,
		Limits: web.Limits{Upload: c.UploadLimitMiB << 20},
	})
	return h, err
}

// close stops what openHouse started, last first. It may be called twice.
func (h *house) close() {
	for i := len(h.stop) - 1; i >= 0; i-- {
		h.stop[i]()
	}
	h.stop = nil
}

// startServices runs the CRL, OCSP and time-stamp servers of a demo folder and
// refreshes the CRLs in evidence/.
func (h *house) startServices(ctx context.Context, now func() time.Time) error {
	addr := h.config.Demo.Services
	if addr == "" {
		return nil
	}
	pki, err := certtest.Load(h.folder.pki(), certtest.Config{Now: now, BaseURL: "http://" + addr})
	if err != nil {
		return codeFolder.Wrap(err, h.folder.pki())
	}
	if err := writeTrust(h.folder, pki); err != nil {
		return err
	}
	_, stop, err := pki.StartServer(ctx, addr)
	if err != nil {
		return codeListen.Wrap(err, addr, reason(err))
	}
	h.stop = append(h.stop, stop)
	return nil
}

// policy is what the server asks of certificates.
func (c config) policy() certs.Policy {
	p := certs.DefaultPolicy()
	p.LegacySHA1 = c.Trust.LegacySHA1
	p.RequireRevocation = !c.Trust.OptionalRevocation
	return p
}

// allow lists the addresses that may be reached although they are not public.
func (c config) allow() []string {
	if c.Demo.Services == "" {
		return nil
	}
	return []string{c.Demo.Services}
}

// timeStamper is nil when no authority is configured: signatures are B-B then.
func (c config) timeStamper(anchors *certs.Anchors, now func() time.Time) (sign.TimeStamper, error) {
	if c.TimeStamp.URL == "" {
		return nil, nil
	}
	return newTimeStamper(c.TimeStamp.URL, c.TimeStamp.AllowPrivate, anchors, now)
}

// newTimeStamper is a client for one authority. allowPrivate lets its address
// be one that is not public.
func newTimeStamper(address string, allowPrivate bool, anchors *certs.Anchors, now func() time.Time) (sign.TimeStamper, error) {
	egress := online.Config{Timeout: tsaTime, Now: now}
	if allowPrivate {
		u, err := url.Parse(address)
		if err != nil {
			return nil, codeUsage.Wrap(err, "--tsa "+address)
		}
		egress.Allow = []string{u.Host, u.Hostname()}
	}
	return online.NewTimeStamper(egress, anchors, address)
}

// serve answers HTTP on l until ctx ends, then lets running requests finish.
func (h *house) serve(ctx context.Context, l net.Listener) error {
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
