package certs

import (
	"bytes"
	"crypto/x509"
	"time"
)

// Bounds of one judgement. Real paths have 2 to 4 certificates and need fewer
// than 10 signature checks; the rest is room for cross-certified CAs and for
// evidence that belongs to other signatures of the same document.
const (
	maxPath           = 8
	maxCandidates     = 100  // certificates taken from the evidence
	maxSteps          = 1000 // nodes visited by the search
	maxPathChecks     = 200  // signature checks between certificates
	maxEvidenceChecks = 200  // signature checks on CRLs and OCSP responses
)

// Judge says whether leaf was fit for purpose p at the time at, seen from now.
// at is when the certificate was used (a proven time, or now when nothing is
// proven); now bounds which evidence can exist at all.
// It never fails: what is missing or broken is a finding. It may be called from
// many goroutines with the same anchors.
func Judge(leaf *x509.Certificate, p Purpose, at, now time.Time, a *Anchors, ev Evidence, pol Policy) Result {
	if leaf == nil {
		return Result{Findings: []Finding{{Code: codeNotTrusted, Level: Fail, Args: []any{Describe(nil)}}}}
	}
	s := &search{
		purpose: p, at: at, now: now, anchors: a, policy: pol.withDefaults(),
		pool:  map[string][]*x509.Certificate{},
		edges: map[edge]signatureVerdict{},
	}
	s.collect(ev.Certificates)
	s.evidence = newEvidenceBook(ev, s)
	s.walk([]*x509.Certificate{leaf})
	r := s.best
	if r == nil {
		r = s.withoutAnchor(leaf)
	}
	if s.stopped {
		r.Findings = append(r.Findings, Finding{Code: codeSearchStopped, Level: Warn})
	}
	r.Findings = append(r.Findings, s.evidence.findings...)
	r.Findings = distinct(r.Findings)
	return *r
}

// edge is "parent may have issued child".
type edge struct{ child, parent *x509.Certificate }

// search is a depth-first walk from the leaf towards the anchors. Signatures
// are checked on the way up, at most once per edge; everything else is checked
// on complete paths, so that the reason for refusing a path can be told.
type search struct {
	purpose Purpose
	at, now time.Time
	anchors *Anchors
	policy  Policy

	pool     map[string][]*x509.Certificate // RawSubject -> candidates from the evidence
	all      []*x509.Certificate            // the same, in their order
	edges    map[edge]signatureVerdict
	evidence *evidenceBook

	steps, pathChecks int
	stopped           bool

	best    *Result             // least bad verdict of a path that reaches an anchor
	longest []*x509.Certificate // for display when none does
	badEdge *x509.Certificate   // a certificate whose issuer is at hand and did not sign it
}

// collect puts the evidence's certificates into the pool, each once.
func (s *search) collect(list []*x509.Certificate) {
	n := 0
	for _, c := range list {
		if c == nil || containsCert(s.pool[string(c.RawSubject)], c) {
			continue
		}
		if n++; n > maxCandidates {
			s.stopped = true
			return
		}
		s.pool[string(c.RawSubject)] = append(s.pool[string(c.RawSubject)], c)
		s.all = append(s.all, c)
	}
}

// walk extends path (leaf first) until an anchor is its last element.
func (s *search) walk(path []*x509.Certificate) {
	if s.steps++; s.steps > maxSteps {
		s.stopped = true
		return
	}
	last := path[len(path)-1]
	if len(path) > len(s.longest) {
		s.longest = append([]*x509.Certificate(nil), path...)
	}
	if anchor := s.anchors.find(last); anchor != nil {
		s.consider(s.judgePath(path, anchor))
	}
	if s.done() || len(path) == maxPath {
		return
	}
	for _, parent := range s.issuers(last) {
		if onPath(path, parent) || s.signedBy(last, parent) == signatureBad {
			continue
		}
		s.walk(append(path[:len(path):len(path)], parent))
		if s.done() {
			return
		}
	}
}

func (s *search) done() bool { return s.stopped || s.best != nil && s.best.Status == Trusted }

// consider keeps the least bad verdict.
func (s *search) consider(r Result) {
	if s.best == nil || r.Status.badness() < s.best.Status.badness() {
		s.best = &r
	}
}

// issuers lists who may have issued c by name, anchors first and key
// identifiers that match first (RFC 4158). A key identifier that differs only
// moves a candidate to the end: RFC 5280 makes it a hint, the signature decides.
func (s *search) issuers(c *x509.Certificate) []*x509.Certificate {
	var first, later []*x509.Certificate
	seen := s.anchors.named(c.RawIssuer)
	for _, candidate := range s.pool[string(c.RawIssuer)] {
		if !containsCert(seen, candidate) {
			seen = append(seen, candidate)
		}
	}
	for _, candidate := range seen {
		if keyIDsDiffer(c.AuthorityKeyId, candidate.SubjectKeyId) {
			later = append(later, candidate)
		} else {
			first = append(first, candidate)
		}
	}
	return append(first, later...)
}

// signedBy checks one edge, within the budget.
func (s *search) signedBy(child, parent *x509.Certificate) signatureVerdict {
	e := edge{child, parent}
	if v, ok := s.edges[e]; ok {
		return v
	}
	if s.pathChecks++; s.pathChecks > maxPathChecks {
		s.stopped = true
		return signatureBad
	}
	v := checkSignature(parent, child.SignatureAlgorithm, child.RawTBSCertificate, child.Signature)
	if v == signatureBad && !keyIDsDiffer(child.AuthorityKeyId, parent.SubjectKeyId) {
		s.badEdge = child
	}
	s.edges[e] = v
	return v
}

// withoutAnchor is the verdict when no path reaches an anchor: the best chain
// for display and what the leaf's own fields and the evidence say about it.
func (s *search) withoutAnchor(leaf *x509.Certificate) *Result {
	r := s.judgePath(s.longest, nil)
	r.Status, r.RevokedAt = NoChain, nil
	reason := Finding{Code: codeNotTrusted, Level: Fail, Args: []any{Describe(leaf)}}
	lead := []Finding{reason}
	if s.anchors.Empty() {
		lead = append(lead, Finding{Code: codeNoAnchors, Level: Warn})
	}
	if s.badEdge != nil {
		lead = append(lead, Finding{Code: codeBadCertSignature, Level: Fail, Args: []any{Describe(s.badEdge)}})
	}
	r.Findings = append(lead, r.Findings...)
	return &r
}

// onPath says that c's name and key are already there: a loop of
// cross-certificates would otherwise be walked in circles.
func onPath(path []*x509.Certificate, c *x509.Certificate) bool {
	for _, p := range path {
		if sameCA(p, c) {
			return true
		}
	}
	return false
}

func containsCert(list []*x509.Certificate, c *x509.Certificate) bool {
	for _, have := range list {
		if have.Equal(c) {
			return true
		}
	}
	return false
}

func keyIDsDiffer(aki, ski []byte) bool {
	return len(aki) > 0 && len(ski) > 0 && !bytes.Equal(aki, ski)
}

// distinct drops findings that say the same twice, keeping the order.
func distinct(list []Finding) []Finding {
	seen := map[string]bool{}
	out := list[:0]
	for _, f := range list {
		key := string(f.Level) + f.Code.ID() + f.Text("en")
		if !seen[key] {
			seen[key] = true
			out = append(out, f)
		}
	}
	return out
}
