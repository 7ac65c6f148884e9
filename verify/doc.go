// Package verify judges the signatures of a PDF (văn bản ký số) and says in a
// Report what it found: five separate questions, a verdict per signature in
// the terms of ETSI EN 319 102-1, and what could not be checked.
//
// A verdict is a value; an error only means that the file could not be looked
// at. Nothing here dials or reads a clock: the time of validation, the trust
// anchors and all revocation evidence come in as values. The PDF's own words
// (Name, M, Reason) are never used for identity or time, only shown as claims.
//
// The order of work on each signature: is the byte range exact, with one hole
// that is exactly the Contents string, and does it end where a revision ends
// (coverage.go); does the CMS hold (crypto.go); what came after that revision,
// object by object, rejecting by default (package changes); is the certificate
// trusted at the proven or the validation time (trust.go).
package verify
