package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"time"

	"vanban/certs/names"
)

// vietnam is the zone in which times are shown to people.
var vietnam = time.FixedZone("", 7*3600)

func showTime(t time.Time) string { return t.In(vietnam).Format("2006-01-02 15:04:05 -07:00") }

// pathJudge judges one path. Each rule that breaks adds its status and its
// findings; the worst status wins and its finding is put first.
type pathJudge struct {
	*search
	path   []*x509.Certificate
	anchor *Anchor // nil: the path ends in the air, judged for display only
	result Result
	worst  []Finding // reasons of result.Status
	others []Finding
}

// judgePath applies RFC 5280 section 6.1 to a path whose signatures were
// already checked, then revocation.
func (s *search) judgePath(path []*x509.Certificate, anchor *Anchor) Result {
	j := &pathJudge{search: s, path: path, anchor: anchor}
	j.result = Result{Status: Trusted, Chain: path}
	if anchor != nil {
		j.result.Domain = anchor.Domain
	}
	for i, c := range path {
		j.validity(c)
		j.strength(i, c)
		j.extensions(i, c)
		if i > 0 {
			j.authority(i, c)
		}
	}
	j.usage(path[0])
	j.names()
	j.policies()
	j.revocation()
	j.result.Findings = append(j.worst, j.others...)
	return j.result
}

// fail records a broken rule.
func (j *pathJudge) fail(status Status, findings ...Finding) {
	for i := range findings {
		findings[i].Level = Fail
	}
	if status.badness() > j.result.Status.badness() {
		j.others = append(j.worst, j.others...)
		j.result.Status, j.worst = status, findings
		return
	}
	j.others = append(j.others, findings...)
}

// invalid is fail for the rules that have no status of their own.
func (j *pathJudge) invalid(c *x509.Certificate, reason Finding) {
	j.fail(ChainInvalid, Finding{Code: codePathInvalid, Args: []any{Describe(c)}}, reason)
}

func (j *pathJudge) warn(f Finding) {
	f.Level = Warn
	j.others = append(j.others, f)
}

// isAnchor says that path[i] is trusted by itself.
func (j *pathJudge) isAnchor(i int) bool { return j.anchor != nil && i == len(j.path)-1 }

// validity is checked on anchors too: what the operator pinned may end.
func (j *pathJudge) validity(c *x509.Certificate) {
	switch {
	case j.at.Before(c.NotBefore):
		j.fail(NotYetValid, Finding{Code: codeCertNotYetValid, Args: []any{Describe(c), showTime(c.NotBefore)}})
	case j.at.After(c.NotAfter):
		j.fail(Expired, Finding{Code: codeCertExpired, Args: []any{Describe(c), showTime(c.NotAfter)}})
	}
}

// strength applies the algorithm policy (SIG-09, VER-05). An anchor's own
// signature is not judged: nobody relies on it.
func (j *pathJudge) strength(i int, c *x509.Certificate) {
	if weakness := keyWeakness(c, j.policy); weakness != "" {
		j.fail(WeakAlgorithm, Finding{Code: codeAlgorithmWeak, Args: []any{Describe(c), weakness}})
	}
	if j.isAnchor(i) {
		return
	}
	weak := Finding{Code: codeAlgorithmWeak, Args: []any{Describe(c), algorithmName(c.SignatureAlgorithm)}}
	s := strengthOf(c.SignatureAlgorithm)
	switch {
	case j.anchor == nil:
		if s != strong { // said, but not what an untrusted certificate fails for
			j.warn(weak)
		}
	case j.edges[edge{c, j.path[i+1]}] != signatureGood:
		// Nobody could check this signature, whatever the reason: its algorithm
		// is broken or unknown, or the issuer's key is absurd or of another kind.
		j.fail(WeakAlgorithm, weak)
	case s == legacySHA1 && j.legacy():
		j.warn(Finding{Code: codeLegacySHA1, Args: []any{Describe(c)}})
	case s != strong:
		j.fail(WeakAlgorithm, weak)
	}
}

func (j *pathJudge) legacy() bool {
	return j.policy.LegacySHA1 && j.anchor != nil && j.anchor.LegacySHA1
}

var (
	oidKeyUsage        = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidNameConstraints = asn1.ObjectIdentifier{2, 5, 29, 30}
	oidExtKeyUsage     = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// extensions refuses critical extensions that are not understood (RFC 5280
// section 4.2). crypto/x509 leaves name constraints on directory names among
// them; names enforces those.
func (j *pathJudge) extensions(i int, c *x509.Certificate) {
	if j.isAnchor(i) && i > 0 {
		return
	}
	for _, oid := range c.UnhandledCriticalExtensions {
		if !oid.Equal(oidNameConstraints) {
			j.invalid(c, Finding{Code: codeCriticalExtension, Args: []any{Describe(c), oid.String()}})
		}
	}
}

// authority checks that path[i] may issue path[i-1].
func (j *pathJudge) authority(i int, c *x509.Certificate) {
	// A root of version 1 has no extensions to say that it is a CA; being
	// pinned says it. Anything else must say it itself.
	oldRoot := j.isAnchor(i) && c.Version < 3
	if !oldRoot && (!c.BasicConstraintsValid || !c.IsCA) {
		j.invalid(c, Finding{Code: codeNotCA, Args: []any{Describe(c)}})
		return
	}
	if hasExtension(c, oidKeyUsage) && c.KeyUsage&x509.KeyUsageCertSign == 0 {
		j.invalid(c, Finding{Code: codeNoCertSign, Args: []any{Describe(c)}})
	}
	if limited := c.MaxPathLen > 0 || c.MaxPathLenZero; limited && j.intermediatesBelow(i) > c.MaxPathLen {
		j.invalid(c, Finding{Code: codePathLen, Args: []any{Describe(c)}})
	}
}

// intermediatesBelow counts what pathLenConstraint counts: CAs between i and
// the leaf that are not self-issued.
func (j *pathJudge) intermediatesBelow(i int) int {
	n := 0
	for _, c := range j.path[1:i] {
		if !selfIssued(c) {
			n++
		}
	}
	return n
}

func selfIssued(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) }

func hasExtension(c *x509.Certificate, oid asn1.ObjectIdentifier) bool {
	for _, e := range c.Extensions {
		if e.Id.Equal(oid) {
			return true
		}
	}
	return false
}

// names checks every certificate against the constraints of all CAs above it.
func (j *pathJudge) names() {
	for i := len(j.path) - 1; i > 0; i-- {
		limits, ok := names.Of(j.path[i])
		if !ok {
			j.invalid(j.path[i], Finding{Code: codeCriticalExtension, Args: []any{Describe(j.path[i]), oidNameConstraints.String()}})
			continue
		}
		if limits == nil {
			continue
		}
		for k, c := range j.path[:i] {
			if k > 0 && selfIssued(c) {
				continue
			}
			if detail := limits.Violation(c); detail != "" {
				j.invalid(c, Finding{Code: codeNameConstraint, Args: []any{Describe(c), clean(detail)}})
			}
		}
	}
}

// oidAnyPolicy is 2.5.29.32.0.
const oidAnyPolicy = "2.5.29.32.0"

// policies applies requireExplicitPolicy (RFC 5280 section 6.1) for a relying
// party that accepts any policy, so all that can go wrong is that nothing is
// left. Policy mappings are not followed: a path that needs them is refused.
func (j *pathJudge) policies() {
	explicit := len(j.path) + 1 // certificates until a policy is required
	demanding := j.path[0]
	var valid map[string]bool // nil: any
	for i := len(j.path) - 1; i >= 0; i-- {
		if j.isAnchor(i) {
			continue
		}
		c := j.path[i]
		valid = narrow(valid, c)
		if explicit == 0 && valid != nil && len(valid) == 0 {
			j.invalid(demanding, Finding{Code: codePolicyConstraint, Args: []any{Describe(demanding)}})
			return
		}
		if explicit > 0 && !selfIssued(c) {
			explicit--
		}
		if n := c.RequireExplicitPolicy; (n > 0 || c.RequireExplicitPolicyZero) && n < explicit {
			explicit, demanding = n, c
		}
	}
	if explicit == 0 && valid != nil && len(valid) == 0 {
		j.invalid(demanding, Finding{Code: codePolicyConstraint, Args: []any{Describe(demanding)}})
	}
}

// narrow intersects the valid policies with those of c.
func narrow(valid map[string]bool, c *x509.Certificate) map[string]bool {
	next := map[string]bool{}
	for _, p := range c.Policies {
		id := p.String()
		if id == oidAnyPolicy {
			return valid
		}
		if valid == nil || valid[id] {
			next[id] = true
		}
	}
	return next
}
