package directory

import (
	"slices"
	"time"
)

// holds says whether at lies in [from, until).
func holds(from time.Time, until *time.Time, at time.Time) bool {
	return !at.Before(from) && (until == nil || at.Before(*until))
}

// Exists says whether the agency existed at that time.
func (a Agency) Exists(at time.Time) bool { return holds(a.From, a.Until, at) }

// Code is the agency's identifier at that time, the newer generation first;
// "" when it has none.
func (a Agency) Code(at time.Time) string {
	code := ""
	for _, c := range a.Codes {
		if holds(c.From, c.Until, at) && (code == "" || c.Generation == QD20) {
			code = c.Code
		}
	}
	return code
}

// HasCode says whether code led to this agency at that time. Codes are opaque
// and case-sensitive.
func (a Agency) HasCode(code string, at time.Time) bool {
	return a.Exists(at) && slices.ContainsFunc(a.Codes, func(c AgencyCode) bool {
		return c.Code == code && holds(c.From, c.Until, at)
	})
}

// Diameter of the seal in mm (LAY-04).
func (a Agency) Diameter() float64 {
	if a.SealDiameter == 0 {
		return defaultSeal
	}
	return a.SealDiameter
}

// Sealed says whether the certificate with this digest was the agency's then.
func (a Agency) Sealed(sha256 string, at time.Time) bool { return bound(a.Seals, sha256, at) }

// Owns says whether the certificate with this digest was the person's then.
func (p Person) Owns(sha256 string, at time.Time) bool { return bound(p.Certificates, sha256, at) }

func bound(bindings []CertificateBinding, sha256 string, at time.Time) bool {
	return slices.ContainsFunc(bindings, func(b CertificateBinding) bool {
		return b.SHA256 == sha256 && holds(b.From, b.Until, at)
	})
}

// Holds finds the position by which the person had the role in the agency at
// that time.
func (p Person) Holds(agency string, role Role, at time.Time) (Position, bool) {
	for _, pos := range p.Positions {
		if pos.Agency == agency && slices.Contains(pos.Roles, role) && holds(pos.From, pos.Until, at) {
			return pos, true
		}
	}
	return Position{}, false
}

// WorksAt says whether the person had any position in the agency at that time.
func (p Person) WorksAt(agency string, at time.Time) bool {
	return slices.ContainsFunc(p.Positions, func(pos Position) bool {
		return pos.Agency == agency && holds(pos.From, pos.Until, at)
	})
}

// Serves says whether the person had any position anywhere at that time.
func (p Person) Serves(at time.Time) bool {
	return slices.ContainsFunc(p.Positions, func(pos Position) bool { return holds(pos.From, pos.Until, at) })
}
