package certs

import (
	"crypto/x509"
	"time"
)

// Judge says whether leaf was fit for purpose p at the time at, seen from now.
// at is when the certificate was used (a proven time, or now when nothing is
// proven) and must not be zero; now bounds which evidence can exist at all.
// It never fails: what is missing or broken is a finding. It may be called from
// many goroutines with the same anchors.
func Judge(leaf *x509.Certificate, p Purpose, at, now time.Time, a *Anchors, ev Evidence, pol Policy) Result {
	return Result{Chain: []*x509.Certificate{leaf}, Findings: []Finding{{Code: codeNotTrusted, Level: Fail, Args: []any{Describe(leaf)}}}}
}
