// Package online is the only library of vanban that dials: it asks time-stamp
// authorities (RFC 3161) and fetches what a certificate points to (CRL, OCSP,
// issuer certificates).
//
// The addresses of evidence come from certificates, and an attacker writes
// certificates. So every host is resolved first and refused when any of its
// addresses is private, loopback, link-local or otherwise not public, unless
// the operator allowed that host; the connection goes to the address that was
// checked, so a name cannot point elsewhere a moment later; redirects go
// through the same check; sizes, times and the number of requests are capped;
// proxies from the environment are not used, because they would resolve names
// behind our back.
package online

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vanban/internal/fault"
)

// Config is the egress policy. The zero value allows public addresses only.
type Config struct {
	// Allow lists hosts, with or without a port ("127.0.0.1:8790",
	// "ca.gov.vn", "10.0.0.5"), that may be reached although their addresses
	// are not public.
	Allow []string
	// Timeout bounds one request; zero means 10 s.
	Timeout time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Rand makes nonces; nil means crypto/rand.
	Rand io.Reader
	// TSAPolicies are the time-stamp policies that are accepted, as dotted
	// identifiers; empty accepts any.
	TSAPolicies []string
}

func (c Config) withDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	return c
}

// Limits of one exchange, in bytes.
const (
	maxTokenReply = 64 << 10
	maxOCSPReply  = 1 << 20
	maxCRLReply   = 64 << 20
	maxCertReply  = 1 << 20
	maxURL        = 2048
	maxRedirects  = 3
)

// client speaks HTTP under the egress policy.
type client struct {
	allow    []string
	timeout  time.Duration
	http     *http.Client
	resolver interface {
		LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	}
	dial func(ctx context.Context, network, address string) (net.Conn, error)
}

func newClient(cfg Config) *client {
	c := &client{timeout: cfg.Timeout, resolver: net.DefaultResolver, dial: (&net.Dialer{}).DialContext}
	for _, host := range cfg.Allow {
		c.allow = append(c.allow, strings.ToLower(host))
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext:            c.guardedDial,
			DisableKeepAlives:      true,
			DisableCompression:     true, // a small reply must not unpack into a large one
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return codeUnreachable.New(clean(r.URL.Host), "too many redirects")
			}
			return checkURL(r.URL)
		},
	}
	return c
}

// checkURL refuses what is no plain web address.
func checkURL(u *url.URL) error {
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.Opaque != "" ||
		len(u.String()) > maxURL {
		return codeBadURL.New(clean(u.String()))
	}
	return nil
}

// do sends one request and reads a reply of at most limit bytes. With a body it
// is a POST of that content type.
func (c *client) do(ctx context.Context, address string, body []byte, contentType string, limit int64) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, codeBadURL.Wrap(err, clean(address))
	}
	if err := checkURL(u); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, codeBadURL.Wrap(err, clean(address))
	}
	req.Header.Set("User-Agent", "vanban")
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable(u.Host, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, codeUnreachable.New(clean(u.Host), strconv.Itoa(resp.StatusCode))
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, unreachable(u.Host, err)
	}
	if int64(len(b)) > limit {
		return nil, codeTooLarge.New(clean(u.Host), limit>>10)
	}
	return b, nil
}

// unreachable keeps a coded refusal from below, and otherwise says that the
// host gave no answer.
func unreachable(host string, err error) error {
	var coded *fault.Error
	if errors.As(err, &coded) {
		return coded
	}
	why := "no connection"
	if errors.Is(err, context.DeadlineExceeded) {
		why = "timeout"
	}
	return codeUnreachable.Wrap(err, clean(host), why)
}

// guardedDial resolves, checks every address, and connects to a checked one.
func (c *client) guardedDial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, codeBadURL.Wrap(err, clean(address))
	}
	allowed := c.allowed(host, port)
	if !allowed && !webPort(port) {
		return nil, codeRefused.New(clean(address))
	}
	addrs, err := c.lookup(ctx, host)
	if err != nil {
		return nil, codeUnreachable.Wrap(err, clean(host), "name not found")
	}
	for _, a := range addrs {
		if !allowed && !public(a) {
			return nil, codeRefused.New(clean(address))
		}
	}
	var last error
	for _, a := range addrs {
		conn, err := c.dial(ctx, network, net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, codeUnreachable.Wrap(last, clean(host), "no connection")
}

func (c *client) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	addrs, err := c.resolver.LookupNetIP(ctx, "ip", host)
	if err == nil && len(addrs) == 0 {
		err = errors.New("no address")
	}
	return addrs[:min(len(addrs), 8)], err
}

func (c *client) allowed(host, port string) bool {
	host = strings.ToLower(host)
	return slices.Contains(c.allow, host) || slices.Contains(c.allow, net.JoinHostPort(host, port))
}

// webPort keeps a certificate from making us speak to mail servers and the
// like: 80, 443 and the ports that need no privilege.
func webPort(port string) bool {
	n, err := strconv.Atoi(port)
	return err == nil && (n == 80 || n == 443 || n >= 1024)
}

// notPublic lists what netip has no method for (IANA special-purpose address
// registries), among it the ranges through which an IPv6 address can mean an
// IPv4 one.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
}

// globalIPv6 is all of IPv6 that is handed out.
var globalIPv6 = netip.MustParsePrefix("2000::/3")

// public says whether an address belongs to the open internet.
func public(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !globalIPv6.Contains(a) {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// clean makes a host or an address from a certificate fit for a message.
func clean(s string) string {
	out := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return out[:min(len(out), 200)]
}
