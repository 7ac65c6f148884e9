package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Limits on what an operator can put into a trust folder by accident.
const (
	maxAnchorFile  = 1 << 20 // bytes
	maxAnchorFiles = 1000
	maxAnchors     = 2000
	maxAnchorDepth = 4 // folders
)

// Anchor is one certificate that the operator trusts by itself. It need not be
// self-signed: an issuing CA, or a single time-stamp authority, may be pinned.
type Anchor struct {
	Certificate *x509.Certificate
	Domain      Domain
	// LegacySHA1: certificates below may carry SHA-1 signatures (VER-05).
	LegacySHA1 bool
	// Source is the file it came from; empty when added by a program.
	Source string
}

// Anchors is a set of anchors. The nil set is empty. It may be read from many
// goroutines once nobody calls Add any more.
type Anchors struct {
	list      []Anchor
	bySubject map[string][]int // RawSubject -> indexes in list
}

// NewAnchors is an empty set.
func NewAnchors() *Anchors { return &Anchors{bySubject: map[string][]int{}} }

// Add trusts one more certificate. Adding the same one again replaces its
// domain and legacy mark.
func (a *Anchors) Add(c *x509.Certificate, d Domain, legacySHA1 bool) {
	a.add(Anchor{Certificate: c, Domain: d, LegacySHA1: legacySHA1})
}

func (a *Anchors) add(n Anchor) {
	key := string(n.Certificate.RawSubject)
	for _, i := range a.bySubject[key] {
		if a.list[i].Certificate.Equal(n.Certificate) {
			a.list[i] = n
			return
		}
	}
	a.bySubject[key] = append(a.bySubject[key], len(a.list))
	a.list = append(a.list, n)
}

// List is a copy of the set, in the order in which it was added.
func (a *Anchors) List() []Anchor {
	if a == nil {
		return nil
	}
	return slices.Clone(a.list)
}

// Empty says that nothing is trusted.
func (a *Anchors) Empty() bool { return a == nil || len(a.list) == 0 }

// find gives the anchor that is exactly c, or nil.
func (a *Anchors) find(c *x509.Certificate) *Anchor {
	if a == nil {
		return nil
	}
	for _, i := range a.bySubject[string(c.RawSubject)] {
		if a.list[i].Certificate.Equal(c) {
			return &a.list[i]
		}
	}
	return nil
}

// named gives the certificates of the anchors with this subject.
func (a *Anchors) named(rawSubject []byte) []*x509.Certificate {
	if a == nil {
		return nil
	}
	var out []*x509.Certificate
	for _, i := range a.bySubject[string(rawSubject)] {
		out = append(out, a.list[i].Certificate)
	}
	return out
}

// LoadAnchors reads PEM or DER files, and folders of files that end in .pem,
// .crt, .cer or .der. What lies in a folder "official-duty" or "public", or in
// a file whose name starts with one of them, belongs to that domain; a folder
// "legacy", or a file with "legacy" as a part of its name between dots or
// dashes ("vgca.legacy.cer"), is pinned as legacy. A file without a certificate, or with one that cannot be
// read, is an error: a trust list that silently lost an entry would be worse.
func LoadAnchors(paths ...string) (*Anchors, error) {
	l := anchorLoader{anchors: NewAnchors()}
	for _, p := range paths {
		if err := l.load(p, "", 0, true); err != nil {
			return nil, err
		}
	}
	return l.anchors, nil
}

type anchorLoader struct {
	anchors *Anchors
	files   int
}

// load reads the file or folder p. rel is its path below the path that the
// operator named, which is what carries the domain and the legacy mark.
func (l *anchorLoader) load(p, rel string, depth int, named bool) error {
	rel = filepath.Join(rel, filepath.Base(p))
	info, err := os.Stat(p)
	if err != nil {
		return codeAnchorsUnreadable.Wrap(err, p)
	}
	if info.IsDir() {
		return l.folder(p, rel, depth)
	}
	if !named && !isCertificateFile(p) {
		return nil
	}
	if !info.Mode().IsRegular() {
		return codeAnchorsBad.New(p)
	}
	return l.file(p, rel)
}

func (l *anchorLoader) folder(p, rel string, depth int) error {
	if depth >= maxAnchorDepth {
		return codeAnchorsLimit.New(p, "folder depth 4")
	}
	entries, err := os.ReadDir(p)
	if err != nil {
		return codeAnchorsUnreadable.Wrap(err, p)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := l.load(filepath.Join(p, e.Name()), rel, depth+1, false); err != nil {
			return err
		}
	}
	return nil
}

func (l *anchorLoader) file(p, rel string) error {
	if l.files++; l.files > maxAnchorFiles {
		return codeAnchorsLimit.New(p, "1000 files")
	}
	f, err := os.Open(p)
	if err != nil {
		return codeAnchorsUnreadable.Wrap(err, p)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxAnchorFile+1))
	if err != nil {
		return codeAnchorsUnreadable.Wrap(err, p)
	}
	if len(data) > maxAnchorFile {
		return codeAnchorsLimit.New(p, "1 MiB")
	}
	list, err := parseCertificates(data)
	if err != nil || len(list) == 0 {
		return codeAnchorsBad.Wrap(err, p)
	}
	domain, legacy := markOf(rel)
	for _, c := range list {
		l.anchors.add(Anchor{Certificate: c, Domain: domain, LegacySHA1: legacy, Source: p})
	}
	if len(l.anchors.list) > maxAnchors {
		return codeAnchorsLimit.New(p, "2000 certificates")
	}
	return nil
}

// parseCertificates reads PEM blocks or one DER certificate.
func parseCertificates(data []byte) ([]*x509.Certificate, error) {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		c, err := x509.ParseCertificate(data)
		if err != nil {
			return nil, err
		}
		return []*x509.Certificate{c}, nil
	}
	var out []*x509.Certificate
	for {
		var block *pem.Block
		block, data = pem.Decode(data)
		if block == nil {
			return out, nil
		}
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
}

func isCertificateFile(p string) bool {
	switch strings.ToLower(filepath.Ext(p)) {
	case ".pem", ".crt", ".cer", ".der":
		return true
	}
	return false
}

// markOf reads the domain and the legacy mark from the names on the way.
func markOf(rel string) (d Domain, legacy bool) {
	for _, part := range strings.Split(filepath.ToSlash(strings.ToLower(rel)), "/") {
		switch {
		case strings.HasPrefix(part, "official-duty"):
			d = OfficialDuty
		case strings.HasPrefix(part, "public"):
			d = Public
		}
		words := strings.FieldsFunc(part, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
		legacy = legacy || slices.Contains(words, "legacy")
	}
	return d, legacy
}
