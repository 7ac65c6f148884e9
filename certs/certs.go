// Package certs judges certificates: does this one chain to an anchor that the
// operator trusts, was it valid and not revoked at a given time, is it good for
// this purpose, and is every algorithm on the way strong enough.
//
// It is pure and offline. Anchors, the time, and all evidence (certificates,
// CRLs, OCSP responses) come in as values; nothing here dials or reads a clock.
// Everything in the evidence may come from an attacker's file, so every list,
// depth and number of signature checks is bounded.
//
// The path builder is this project's own because crypto/x509.Certificate.Verify
// refuses any SHA-1 certificate signature, and the older national chains of
// Vietnam are signed with nothing else (VER-05). Here a SHA-1 signature is
// accepted only below an anchor that the operator pinned as legacy, and then as
// a warning that reaches the person who reads the verdict.
//
// A verdict is a value (Result), never an error. The order of checks follows
// RFC 5280 section 6.1 and ETSI EN 319 102-1 section 5.2.6.
package certs

import (
	"crypto/x509"
	"time"

	"vanban/internal/fault"
)

// Domain is one of the trust domains that Vietnamese law keeps apart (VER-04).
type Domain int

// The domains. Other is an anchor that the operator added without saying.
const (
	Other        Domain = iota
	OfficialDuty        // chữ ký số chuyên dùng công vụ, Government Cipher Committee
	Public              // chữ ký số công cộng, National Root / NEAC
)

// String is the name used in folders, flags and JSON.
func (d Domain) String() string {
	switch d {
	case OfficialDuty:
		return "official-duty"
	case Public:
		return "public"
	}
	return "other"
}

// Text is the name for a person.
func (d Domain) Text(l fault.Lang) string {
	switch {
	case d == OfficialDuty && l == fault.En:
		return "official duty"
	case d == OfficialDuty:
		return "công vụ"
	case d == Public && l == fault.En:
		return "public"
	case d == Public:
		return "công cộng"
	case l == fault.En:
		return "other"
	}
	return "khác"
}

// Purpose is what the judged certificate was used for.
type Purpose int

// The purposes.
const (
	Signing      Purpose = iota // a document or a receipt
	TimeStamping                // an RFC 3161 token
	OCSPSigning                 // an OCSP response
	CRLSigning                  // a CRL, so a CA
)

// Evidence is what is at hand beside the anchors: certificates that may be
// intermediates or OCSP responders, and DER of CRLs and OCSP responses (a full
// OCSPResponse or a BasicOCSPResponse). All of it is untrusted input.
type Evidence struct {
	Certificates []*x509.Certificate
	CRLs         [][]byte
	OCSPs        [][]byte
}

// Add appends other's contents; the slices of other are not kept.
func (e *Evidence) Add(other Evidence) {
	e.Certificates = append(e.Certificates, other.Certificates...)
	e.CRLs = append(e.CRLs, other.CRLs...)
	e.OCSPs = append(e.OCSPs, other.OCSPs...)
}

// Policy is the part of the judgement that an operator may set.
type Policy struct {
	// MinRSABits and MinECBits are the smallest keys accepted anywhere on the
	// path (SIG-09). Zero means 2048 and 256.
	MinRSABits, MinECBits int
	// LegacySHA1 allows SHA-1 certificate, CRL and OCSP signatures below anchors
	// that were pinned as legacy; each is then a warning (VER-05).
	LegacySHA1 bool
	// RequireRevocation makes missing or stale revocation evidence a verdict
	// (UnknownRevocation) instead of a warning.
	RequireRevocation bool
	// MaxEvidenceAge is for evidence that carries no nextUpdate; zero means 24 h.
	MaxEvidenceAge time.Duration
	// Skew is how far clocks may disagree; zero means 5 minutes.
	Skew time.Duration
}

// DefaultPolicy is the policy of a fresh installation.
func DefaultPolicy() Policy {
	return Policy{
		MinRSABits: 2048, MinECBits: 256, LegacySHA1: true,
		MaxEvidenceAge: 24 * time.Hour, Skew: 5 * time.Minute,
	}
}

// withDefaults fills zero fields, so that a Policy literal is safe.
func (p Policy) withDefaults() Policy {
	d := DefaultPolicy()
	if p.MinRSABits == 0 {
		p.MinRSABits = d.MinRSABits
	}
	if p.MinECBits == 0 {
		p.MinECBits = d.MinECBits
	}
	if p.MaxEvidenceAge == 0 {
		p.MaxEvidenceAge = d.MaxEvidenceAge
	}
	if p.Skew == 0 {
		p.Skew = d.Skew
	}
	return p
}

// Level says how much a finding weighs.
type Level string

// The levels, as they appear in JSON.
const (
	Fail Level = "fail"
	Warn Level = "warn"
	Info Level = "info"
)

// Finding is one observation with its words in both languages.
type Finding struct {
	Code  *fault.Code
	Level Level
	Args  []any
}

// Text is the sentence for a person.
func (f Finding) Text(l fault.Lang) string { return f.Code.Text(l, f.Args...) }

// Forged reports that the finding is about evidence somebody made up: a reason
// to warn a person whatever the verdict is.
func (f Finding) Forged() bool {
	return f.Code == codeOCSPUnauthorised || f.Code == codeOCSPForged || f.Code == codeCRLForged
}

// Result is the verdict on one certificate.
type Result struct {
	Status Status
	// Chain is leaf first, anchor last. When Status is NoChain it is the best
	// that could be put together, for display, and ends anywhere.
	Chain  []*x509.Certificate
	Domain Domain
	// RevokedAt is set when Status is Revoked or CARevoked.
	RevokedAt *time.Time
	// RevocationChecked: every certificate below the anchor has good, fresh and
	// authorised evidence.
	RevocationChecked bool
	// Findings holds the reasons of Status (Fail), the first one being its
	// headline, and what else a person should know. With NoChain it also holds what is wrong with the leaf by itself
	// (expired, unsuitable, revoked by the evidence at hand).
	Findings []Finding
}

// Trusted is Status == Trusted.
func (r Result) Trusted() bool { return r.Status == Trusted }
