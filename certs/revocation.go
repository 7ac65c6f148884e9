package certs

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"time"

	"vanban/certs/revocation"
)

// Bounds on evidence. One document with five signatures and time-stamps has
// about twenty responses.
const (
	maxOCSPs         = 200
	maxCRLs          = 100
	maxEvidenceBytes = 160 << 20
)

// statement is what one authentic piece of evidence says about a certificate.
type statement struct {
	revocation.Statement
	weak      bool // signed with SHA-1
	algorithm x509.SignatureAlgorithm
}

// signer is a key for "did this CA sign that message": a CRL or an OCSP response
// by its address, and the CA.
type signer struct {
	message any
	issuer  *x509.Certificate
}

// evidenceBook holds the parsed evidence of one judgement.
type evidenceBook struct {
	s        *search
	ocsps    []*revocation.OCSP
	crls     []*revocation.CRL
	checks   int
	findings []Finding // about evidence as such, whatever the path

	// What was found out about signatures, each checked once.
	responders map[signer]responder
	lists      map[signer]signatureVerdict
}

func newEvidenceBook(ev Evidence, s *search) *evidenceBook {
	b := &evidenceBook{s: s, responders: map[signer]responder{}, lists: map[signer]signatureVerdict{}}
	budget := maxEvidenceBytes
	for i, der := range ev.OCSPs {
		if budget -= len(der); budget < 0 || i >= maxOCSPs {
			b.note(Finding{Code: codeEvidenceLimit, Level: Warn})
			break
		}
		m, err := revocation.ParseOCSP(der)
		var status revocation.NoAnswer
		switch {
		case errors.As(err, &status):
			b.note(Finding{Code: codeOCSPNotFinal, Level: Info, Args: []any{int(status)}})
		case err != nil:
			b.note(Finding{Code: codeEvidenceBad, Level: Warn, Args: []any{clean(err.Error())}})
		default:
			b.ocsps = append(b.ocsps, m)
		}
	}
	for i, der := range ev.CRLs {
		if budget -= len(der); budget < 0 || i >= maxCRLs {
			b.note(Finding{Code: codeEvidenceLimit, Level: Warn})
			break
		}
		l, err := revocation.ParseCRL(der)
		if err != nil {
			b.note(Finding{Code: codeEvidenceBad, Level: Warn, Args: []any{clean(err.Error())}})
			continue
		}
		b.crls = append(b.crls, l)
	}
	return b
}

func (b *evidenceBook) note(f Finding) { b.findings = append(b.findings, f) }

// verify is one signature check on evidence, within the budget. Over it nothing
// is decided: the evidence is not used and nobody is accused.
func (b *evidenceBook) verify(by *x509.Certificate, e revocation.Envelope) signatureVerdict {
	if b.checks++; b.checks > maxEvidenceChecks {
		b.s.stopped = true
		return signatureUndecided
	}
	return checkSignature(by, e.Algorithm, e.Signed, e.Signature)
}

// responderCandidates are the certificates of the evidence that m may name.
func (b *evidenceBook) responderCandidates(m *revocation.OCSP) []*x509.Certificate {
	if m.ResponderName != nil {
		return b.s.pool[string(m.ResponderName)]
	}
	var out []*x509.Certificate
	for _, c := range b.s.all {
		if m.Names(c) {
			out = append(out, c)
		}
	}
	return out
}

// about collects the authentic statements about cert as issued by issuer, and
// notes what had to be ignored.
func (b *evidenceBook) about(cert, issuer *x509.Certificate) []statement {
	var out []statement
	for _, m := range b.ocsps {
		for i := range m.Answers {
			a := &m.Answers[i]
			if !a.IsAbout(cert, issuer) {
				continue
			}
			r := b.responder(m, cert, issuer)
			if !r.authorised {
				b.note(*r.problem)
				continue
			}
			out = append(out, statement{Statement: a.Statement, algorithm: m.Algorithm,
				weak: r.weak || strengthOf(m.Algorithm) == legacySHA1})
		}
	}
	for _, l := range b.crls {
		st, problem := b.crlStatement(l, cert, issuer)
		switch {
		case problem == nil:
			out = append(out, st)
		case problem.Code != nil:
			b.note(*problem)
		}
	}
	return out
}

// oidNoRevAvail is RFC 9608: the CA will never publish a status.
var oidNoRevAvail = asn1.ObjectIdentifier{2, 5, 29, 56}

// exempt says that no evidence about c can exist, by the CA's own word.
func (j *pathJudge) exempt(i int, c *x509.Certificate) bool {
	return i == 0 && !c.IsCA && (hasExtension(c, oidNoRevAvail) ||
		j.purpose == OCSPSigning && hasExtension(c, oidOCSPNoCheck))
}

// revocation judges every certificate below the anchor.
func (j *pathJudge) revocation() {
	checked := j.anchor != nil
	for i, c := range j.path[:len(j.path)-1] {
		if j.edges[edge{c, j.path[i+1]}] != signatureGood {
			checked = false // the issuer is only a guess: its word counts for nothing
			continue
		}
		if j.exempt(i, c) {
			continue
		}
		revokedAt, good := j.decide(c, j.evidence.about(c, j.path[i+1]))
		switch {
		case revokedAt != nil:
			checked = false
			j.revoked(i, c, *revokedAt)
		case !good:
			checked = false
			j.unknown(c)
		}
	}
	j.result.RevocationChecked = checked
}

func (j *pathJudge) revoked(i int, c *x509.Certificate, at time.Time) {
	status, code := Revoked, codeLeafRevoked
	if i > 0 {
		status, code = CARevoked, codeIssuerRevoked
	}
	j.fail(status, Finding{Code: code, Args: []any{Describe(c), showTime(at)}})
	if j.result.Status == status && j.result.RevokedAt == nil {
		j.result.RevokedAt = &at
	}
}

func (j *pathJudge) unknown(c *x509.Certificate) {
	switch {
	case j.anchor == nil: // there is more to worry about
	case j.policy.RequireRevocation:
		j.fail(UnknownRevocation, Finding{Code: codeRevocationUnknown, Args: []any{Describe(c)}})
	default:
		j.warn(Finding{Code: codeRevocationUnchecked, Args: []any{Describe(c)}})
	}
}

// decide weighs the statements about c for the time at. A revocation counts
// however old its source is, from its date on; only a hold can be lifted, by a
// later statement. "Good" counts only when the source covers that time.
func (j *pathJudge) decide(c *x509.Certificate, list []statement) (revokedAt *time.Time, good bool) {
	var latestGood time.Time
	var useless []Finding
	for _, st := range list {
		if st.ThisUpdate.After(j.now.Add(j.policy.Skew)) {
			useless = append(useless, Finding{Code: codeEvidenceFuture, Args: []any{Describe(c), showTime(st.ThisUpdate)}})
			continue
		}
		if st.Status == revocation.Good && st.ThisUpdate.After(latestGood) {
			latestGood = st.ThisUpdate
		}
		problem := j.useless(c, st)
		if problem == nil && st.Status == revocation.Good {
			good = true
		}
		if problem != nil {
			useless = append(useless, *problem)
		}
	}
	first := earliestRevocation(list, j.now.Add(j.policy.Skew), latestGood)
	if first != nil && !first.After(j.at) {
		return first, false
	}
	if first != nil {
		j.others = append(j.others, Finding{Code: codeRevokedLater, Level: Info, Args: []any{Describe(c), showTime(*first)}})
		good = true // it was not revoked at that time: the source says since when it is
	}
	if !good {
		for _, f := range useless {
			j.warn(f)
		}
	}
	return nil, good
}

// earliestRevocation is the first date from which c is revoked; nil: never.
func earliestRevocation(list []statement, horizon, latestGood time.Time) *time.Time {
	var first *time.Time
	for _, st := range list {
		lifted := st.Reason == revocation.Hold && latestGood.After(st.ThisUpdate)
		if st.Status != revocation.Revoked || st.ThisUpdate.After(horizon) || lifted {
			continue
		}
		if at := st.RevokedAt; first == nil || at.Before(*first) {
			first = &at
		}
	}
	return first
}

// useless says why a statement cannot prove that c was good at the time; nil
// when it can, or when it says that c is revoked.
func (j *pathJudge) useless(c *x509.Certificate, st statement) *Finding {
	name := Describe(c)
	switch {
	case st.Status == revocation.Unknown:
		return &Finding{Code: codeOCSPStatusUnknown, Args: []any{name}}
	case st.Status == revocation.Revoked:
		return nil
	case st.weak && !j.legacy():
		return &Finding{Code: codeEvidenceWeak, Args: []any{name, algorithmName(st.algorithm)}}
	}
	end := st.NextUpdate
	if end.IsZero() {
		end = st.ThisUpdate.Add(j.policy.MaxEvidenceAge)
	}
	if end.Add(j.policy.Skew).Before(j.at) {
		return &Finding{Code: codeEvidenceStale, Args: []any{name, showTime(end)}}
	}
	// After a certificate has ended its CA may drop it from its lists, so that
	// "not listed" no longer means "not revoked" (RFC 6960 section 4.4.4).
	if st.ThisUpdate.After(c.NotAfter) && (st.KeepsSince.IsZero() || st.KeepsSince.After(c.NotAfter)) {
		return &Finding{Code: codeEvidenceLate, Args: []any{name}}
	}
	return nil
}
