package certtest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"

	"vanban/internal/cms"
)

// How long what is published stays current.
const (
	crlLife  = 7 * 24 * time.Hour
	ocspLife = 24 * time.Hour
)

// maxQuery bounds the requests that the servers read, in bytes.
const maxQuery = 64 << 10

// tsaPolicy is below the private enterprise number of nobody: the arc
// 1.3.6.1.4.1.0 is reserved, so the policy can never mean something.
var tsaPolicy = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 0, 1}

// replaceOnce replaces the first occurrence.
func replaceOnce(b, from, to []byte) ([]byte, bool) {
	if !bytes.Contains(b, from) || len(from) != len(to) {
		return nil, false
	}
	return bytes.Replace(b, from, to, 1), true
}

// CRL is the current CRL of a CA, DER, good for 7 days.
func (p *PKI) CRL(ca *CA) ([]byte, error) {
	now := p.cfg.Now()
	list := &x509.RevocationList{
		Number: big.NewInt(now.Unix()), ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(crlLife),
	}
	ca.mu.Lock()
	for serial, r := range ca.revoked {
		n, ok := new(big.Int).SetString(serial, 16)
		if !ok || r.At.After(now) {
			continue
		}
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: n, RevocationTime: r.At})
	}
	ca.mu.Unlock()
	der, err := x509.CreateRevocationList(rand.Reader, list, ca.Certificate, ca.Key)
	if err == nil && ca.legacy {
		der, err = Resign(der, ca.Key, crypto.SHA1)
	}
	if err != nil {
		return nil, fmt.Errorf("certtest: CRL of %s: %w", ca.Name, err)
	}
	return der, nil
}

// OCSP is the current OCSP response about c, DER, good for a day, signed by the
// delegate of its CA, whose certificate is inside.
func (p *PKI) OCSP(c *x509.Certificate) ([]byte, error) {
	ca, err := p.issuerOf(c)
	if err != nil {
		return nil, err
	}
	return ca.answer(c.SerialNumber, crypto.SHA1)
}

// answer signs a status. The hash is that of the certificate identifier.
func (ca *CA) answer(serial *big.Int, h crypto.Hash) ([]byte, error) {
	now := ca.cfg.Now()
	template := ocsp.Response{
		Status: ocsp.Unknown, SerialNumber: serial, IssuerHash: h, Certificate: ca.ocsp.Certificate,
		ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(ocspLife),
	}
	ca.mu.Lock()
	if ca.issued[serialKey(serial)] {
		template.Status = ocsp.Good
	}
	if r, ok := ca.revoked[serialKey(serial)]; ok && !r.At.After(now) {
		template.Status, template.RevokedAt = ocsp.Revoked, r.At
	}
	ca.mu.Unlock()
	der, err := ocsp.CreateResponse(ca.Certificate, ca.ocsp.Certificate, template, ca.ocsp.Key)
	if err != nil {
		return nil, fmt.Errorf("certtest: OCSP of %s: %w", ca.Name, err)
	}
	return der, nil
}

// TimeStamp answers an RFC 3161 query: the whole reply, DER.
func (p *PKI) TimeStamp(query []byte) []byte {
	q, err := cms.ParseTimeStampQuery(query)
	if err != nil {
		return cms.RejectTimeStamp("bad request")
	}
	if q.Digest.Weak() {
		return cms.RejectTimeStamp("weak digest")
	}
	p.mu.Lock()
	// Unique across restarts without a counter on disk.
	p.tick = max(p.tick+1, p.cfg.Now().UnixNano())
	serial := big.NewInt(p.tick)
	p.mu.Unlock()
	reply, err := cms.BuildTimeStampReply(q, cms.Authority{
		Certificate: p.TSA.Certificate, Chain: p.TSA.Chain[:2], Key: p.TSA.Key,
		Policy: tsaPolicy, Accuracy: time.Second,
	}, serial, p.cfg.Now())
	if err != nil {
		return cms.RejectTimeStamp("cannot sign")
	}
	return reply
}

// Handler serves /pki/<ca>.crl, /pki/<ca>.cer, /ocsp/<ca> (GET and POST) and
// /tsa (POST), which is what the certificates' addresses point to.
func (p *PKI) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /pki/{file}", p.serveFile)
	mux.HandleFunc("POST /ocsp/{ca}", func(w http.ResponseWriter, r *http.Request) {
		p.serveOCSP(w, r.PathValue("ca"), readBody(r))
	})
	mux.HandleFunc("GET /ocsp/{ca}/{query...}", func(w http.ResponseWriter, r *http.Request) {
		escaped := strings.TrimPrefix(r.URL.EscapedPath(), "/ocsp/"+r.PathValue("ca")+"/")
		text, err := url.PathUnescape(escaped)
		query, err2 := base64.StdEncoding.DecodeString(text)
		if err != nil || err2 != nil {
			query = nil
		}
		p.serveOCSP(w, r.PathValue("ca"), query)
	})
	mux.HandleFunc("POST /tsa", func(w http.ResponseWriter, r *http.Request) {
		send(w, "application/timestamp-reply", p.TimeStamp(readBody(r)))
	})
	return mux
}

// readBody gives nil for a body that is too long or broken off.
func readBody(r *http.Request) []byte {
	b, err := io.ReadAll(io.LimitReader(r.Body, maxQuery+1))
	if err != nil || len(b) > maxQuery {
		return nil
	}
	return b
}

func send(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Write(body) // the client has gone when this fails; there is nobody to tell
}

func (p *PKI) named(name string) *CA {
	for _, ca := range p.CAs() {
		if ca.Name == name {
			return ca
		}
	}
	return nil
}

func (p *PKI) serveFile(w http.ResponseWriter, r *http.Request) {
	name, kind, _ := strings.Cut(r.PathValue("file"), ".")
	ca := p.named(name)
	switch {
	case ca != nil && kind == "cer":
		send(w, "application/pkix-cert", ca.Certificate.Raw)
	case ca != nil && kind == "crl":
		der, err := p.CRL(ca)
		if err != nil {
			http.Error(w, "cannot sign", http.StatusInternalServerError)
			return
		}
		send(w, "application/pkix-crl", der)
	default:
		http.NotFound(w, r)
	}
}

func (p *PKI) serveOCSP(w http.ResponseWriter, name string, query []byte) {
	const kind = "application/ocsp-response"
	ca := p.named(name)
	req, err := ocsp.ParseRequest(query)
	if ca == nil || err != nil {
		send(w, kind, ocsp.MalformedRequestErrorResponse)
		return
	}
	der, err := ca.answer(req.SerialNumber, req.HashAlgorithm)
	if err != nil {
		der = ocsp.InternalErrorErrorResponse
	}
	send(w, kind, der)
}

// StartServer serves Handler at addr ("127.0.0.1:0") until ctx ends or stop is
// called; url is the base, without a slash at the end.
func (p *PKI) StartServer(ctx context.Context, addr string) (url string, stop func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("certtest: listen: %w", err)
	}
	server := &http.Server{
		Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: maxQuery,
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(listener) // always ends with an error, when it is closed
	}()
	unhook := context.AfterFunc(ctx, func() { server.Close() })
	return "http://" + listener.Addr().String(), func() {
		unhook()
		server.Close()
		<-done
	}, nil
}
