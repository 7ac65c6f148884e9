package certs

// Status is the verdict in one word.
type Status int

// The statuses. The zero value is NoChain, so that a forgotten assignment is
// never a trusted one.
const (
	NoChain           Status = iota // no path to an anchor
	Trusted                         // everything asked for holds
	ChainInvalid                    // a path exists and breaks a rule of RFC 5280
	Revoked                         // the leaf, at or before the time asked for
	CARevoked                       // a CA on the path, likewise
	BadPurpose                      // key usage or extended key usage do not fit
	WeakAlgorithm                   // a key or a signature on the path is too weak
	NotYetValid                     // a certificate on the path starts later
	Expired                         // a certificate on the path ended earlier
	UnknownRevocation               // Policy.RequireRevocation and no good evidence
)

const (
	totalPassed   = "TOTAL-PASSED"
	totalFailed   = "TOTAL-FAILED"
	indeterminate = "INDETERMINATE"
)

// EN319102 is the indication and sub-indication of ETSI EN 319 102-1. proven
// says that the time given to Judge is proven (by a trusted time-stamp): only
// then can a revoked, expired or not yet valid certificate fail a signature for
// good; without proof the signature may have been made at a better time.
func (s Status) EN319102(proven bool) (indication, subIndication string) {
	switch s {
	case Trusted:
		return totalPassed, ""
	case ChainInvalid:
		return indeterminate, "CERTIFICATE_CHAIN_GENERAL_FAILURE"
	case Revoked:
		if proven {
			return totalFailed, "REVOKED"
		}
		return indeterminate, "REVOKED_NO_POE"
	case CARevoked:
		// The standard has no failing form of this one: the CA's revocation
		// says nothing about when its subscriber signed.
		return indeterminate, "REVOKED_CA_NO_POE"
	case BadPurpose:
		return indeterminate, "CHAIN_CONSTRAINTS_FAILURE"
	case WeakAlgorithm:
		if proven {
			return indeterminate, "CRYPTO_CONSTRAINTS_FAILURE"
		}
		return indeterminate, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
	case NotYetValid:
		if proven {
			return totalFailed, "NOT_YET_VALID"
		}
		return indeterminate, "OUT_OF_BOUNDS_NO_POE"
	case Expired:
		if proven {
			return totalFailed, "EXPIRED"
		}
		return indeterminate, "OUT_OF_BOUNDS_NO_POE"
	case UnknownRevocation:
		return indeterminate, "TRY_LATER"
	}
	return indeterminate, "NO_CERTIFICATE_CHAIN_FOUND"
}

// String is the stable word for logs and JSON.
func (s Status) String() string {
	switch s {
	case Trusted:
		return "trusted"
	case ChainInvalid:
		return "chain-invalid"
	case Revoked:
		return "revoked"
	case CARevoked:
		return "ca-revoked"
	case BadPurpose:
		return "bad-purpose"
	case WeakAlgorithm:
		return "weak-algorithm"
	case NotYetValid:
		return "not-yet-valid"
	case Expired:
		return "expired"
	case UnknownRevocation:
		return "unknown-revocation"
	}
	return "no-chain"
}

// badness orders the statuses of one path: a forged or broken path outweighs
// what else is wrong with it, and a definite revocation outweighs what a better
// proof of time could still mend.
func (s Status) badness() int {
	for i, each := range []Status{Trusted, UnknownRevocation, WeakAlgorithm, BadPurpose, Expired,
		NotYetValid, CARevoked, Revoked, ChainInvalid} {
		if s == each {
			return i
		}
	}
	return 99
}
