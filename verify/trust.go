package verify

import (
	"bytes"
	"crypto/x509"
	"time"

	"vanban/certs"
	"vanban/internal/cms"
)

// timeStamp is a token that is intact; whether its authority is trusted is
// decided with everything else about certificates.
type timeStamp struct {
	token *cms.TimeStamp
	at    time.Time
}

// checkTrust judges the certificates of every signature, at the proven time
// when there is one and at the validation time otherwise.
func (v *verifier) checkTrust(sigs []*signature) {
	for _, s := range sigs {
		v.proveTime(s)
	}
	v.proveByLater(sigs)
	for _, s := range sigs {
		v.trust(s)
	}
}

// proveTime accepts a time-stamp when its authority is trusted.
func (v *verifier) proveTime(s *signature) {
	if s.stamp == nil {
		return
	}
	cert := s.stamp.token.Certificate()
	if cert == nil || v.opt.Anchors.Empty() {
		s.reason(finding(codeTimeStampUntrusted, warn))
		return
	}
	r := certs.Judge(cert, certs.TimeStamping, v.opt.At, v.opt.At, v.opt.Anchors, v.evidence, v.opt.Policy)
	if !r.Trusted() && !(r.Status == certs.UnknownRevocation) {
		s.reason(finding(codeTimeStampUntrusted, warn))
		return
	}
	if alteredCopy(s.stamp.token.Signed.Certificates, r.Chain) {
		s.loose = append(s.loose, finding(codeAltered, warn))
	}
	at := s.stamp.at
	s.out.ProvenTime = &at
	s.reason(finding(codeTimeProven, info))
}

// proveByLater lets a trusted document time-stamp prove the time of every
// signature in the revisions before it (ETSI EN 319 102-1, 5.6.2.3).
func (v *verifier) proveByLater(sigs []*signature) {
	for _, t := range sigs {
		if t.out.Type != "timestamp" || t.out.ProvenTime == nil {
			continue
		}
		for _, s := range sigs {
			if s.end < t.end && s.out.Type == "signature" && (s.out.ProvenTime == nil || t.out.ProvenTime.Before(*s.out.ProvenTime)) {
				at := *t.out.ProvenTime
				s.out.ProvenTime = &at
			}
		}
	}
}

// trust decides the indication of a signature whose bytes are judged already.
func (v *verifier) trust(s *signature) {
	cert := s.out.Certificate
	if cert == nil {
		return
	}
	v.lookForDecoys(s, cert)
	if s.out.Integrity != Intact {
		return
	}
	purpose := certs.Signing
	if s.out.Type == "timestamp" {
		purpose = certs.TimeStamping
	}
	at, proven := v.opt.At, false
	if s.out.ProvenTime != nil {
		at, proven = *s.out.ProvenTime, true
	}
	r := certs.Judge(cert, purpose, at, v.opt.At, v.opt.Anchors, v.evidence, v.opt.Policy)
	s.out.Chain, s.out.Domain = r.Chain, r.Domain.String()
	if n := len(r.Chain); n > 0 && (isAnchor(v.opt.Anchors, r.Chain[n-1]) || selfMade(r.Chain[n-1])) {
		v.lookForForeignCRLs(s) // only a whole chain tells who may say what about it
	}
	for _, f := range r.Findings {
		s.reason(Finding{Code: f.Code.ID(), Level: string(f.Level), Text: f.Text("vi"), TextEn: f.Text("en")})
		if f.Forged() {
			s.out.Alarm = true
		}
	}
	s.out.Indication, s.out.SubIndication = r.Status.EN319102(proven)
	if v.opt.Anchors.Empty() {
		s.reason(finding(codeNoAnchors, warn))
	}
	if !proven {
		s.reason(finding(codeTimeClaimed, info))
	}
	if r.Trusted() && !r.RevocationChecked {
		s.out.Indication, s.out.SubIndication = Indeterminate, "TRY_LATER"
		s.reason(finding(codeRevocationOpen, warn))
	}
	v.limitByChanges(s)
	v.limitByWeakness(s)
	v.limitByPadding(s, r.Chain)
}

// limitByPadding refuses to pass a signature when the part of the file that it
// cannot cover, its own message, is not exactly what a signer leaves there:
// something behind it, a careless wrapper, an altered copy of a certificate.
func (v *verifier) limitByPadding(s *signature, chain []*x509.Certificate) {
	if alteredCopy(s.bag, chain) {
		s.loose = append(s.loose, finding(codeAltered, warn))
	}
	for _, f := range s.loose {
		s.reason(f)
	}
	if len(s.loose) > 0 && s.out.Indication == TotalPassed {
		s.out.Indication, s.out.SubIndication = Indeterminate, "FORMAT_FAILURE"
	}
}

// alteredCopy finds a certificate that is nearly, but not quite, one of the
// chain: the same length and only a few other bytes.
func alteredCopy(bag, chain []*x509.Certificate) bool {
	for _, c := range bag {
		for _, good := range chain {
			if n := differences(c.Raw, good.Raw); n > 0 && n <= 8 {
				return true
			}
		}
	}
	return false
}

// differences counts the bytes that differ; -1 for other lengths.
func differences(a, b []byte) int {
	if len(a) != len(b) {
		return -1
	}
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// limitByChanges lowers a verdict by what came after the signature.
func (v *verifier) limitByChanges(s *signature) {
	switch s.out.ChangesAfter {
	case ChangesForbidden:
		s.out.Indication, s.out.SubIndication = TotalFailed, "FORMAT_FAILURE"
		s.out.Alarm = true
	case ChangesUnknown:
		if s.out.Indication != TotalFailed {
			s.out.Indication, s.out.SubIndication = Indeterminate, "SIG_CONSTRAINTS_FAILURE"
		}
		s.out.Alarm = true
	}
}

// limitByWeakness refuses to pass a signature over SHA-1 or MD5: without proof
// of an early time nobody knows that it was made while they were safe.
func (v *verifier) limitByWeakness(s *signature) {
	if s.out.Indication != TotalPassed {
		return
	}
	for _, f := range s.out.Reasons {
		if f.Code == string(cms.WeakDigest) {
			s.out.Indication, s.out.SubIndication = Indeterminate, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
		}
	}
}

// lookForDecoys finds the two ways to dress up a self-made certificate: a
// trusted root that is put beside it, and its very name.
func (v *verifier) lookForDecoys(s *signature, cert *x509.Certificate) {
	if !selfMade(cert) || isAnchor(v.opt.Anchors, cert) {
		return
	}
	if dressedUp(cert) {
		s.reason(finding(codeDressedUp, fail))
		s.out.Alarm = true
	} else {
		s.reason(finding(codeSelfMade, warn))
	}
	for _, c := range s.bag {
		if !bytes.Equal(c.Raw, cert.Raw) && (selfMade(c) || isAnchor(v.opt.Anchors, c)) {
			s.reason(finding(codeDecoyRoot, fail))
			s.out.Alarm = true
		}
	}
}

// dressedUp: a certificate that claims to be no CA and lists the purposes that
// an issuer grants, and yet has no issuer but itself.
func dressedUp(c *x509.Certificate) bool {
	return !c.IsCA && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0 &&
		c.KeyUsage&x509.KeyUsageCertSign == 0 && len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) > 0
}

// lookForForeignCRLs finds revocation lists of issuers that have nothing to do
// with any certificate at hand: a signer puts them there to make a revoked
// certificate look checked.
func (v *verifier) lookForForeignCRLs(s *signature) {
	for _, raw := range s.lists {
		list, err := x509.ParseRevocationList(raw)
		if err != nil || v.knows(list.RawIssuer) {
			continue
		}
		s.reason(finding(codeForeignCRL, fail))
		s.out.Alarm = true
	}
}

// knows says whether a name is that of a certificate in the evidence, of one of
// their issuers, or of an anchor.
func (v *verifier) knows(name []byte) bool {
	for _, c := range v.evidence.Certificates {
		if bytes.Equal(c.RawSubject, name) || bytes.Equal(c.RawIssuer, name) {
			return true
		}
	}
	if v.opt.Anchors.Empty() {
		return false
	}
	for _, a := range v.opt.Anchors.List() {
		if bytes.Equal(a.Certificate.RawSubject, name) {
			return true
		}
	}
	return false
}

func selfMade(c *x509.Certificate) bool {
	return bytes.Equal(c.RawSubject, c.RawIssuer) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func isAnchor(a *certs.Anchors, c *x509.Certificate) bool {
	if a.Empty() {
		return false
	}
	for _, n := range a.List() {
		if bytes.Equal(n.Certificate.Raw, c.Raw) {
			return true
		}
	}
	return false
}
