package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"time"

	"vanban/certs/revocation"
)

// maxResponders bounds the candidates tried per OCSP response.
const maxResponders = 8

var oidOCSPNoCheck = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}

// responder is who signed an OCSP response, in the eyes of one issuing CA.
type responder struct {
	authorised bool
	weak       bool     // its certificate is signed with SHA-1
	problem    *Finding // why it is not authorised
}

// responder finds who signed m and whether issuer lets them (RFC 6960 section
// 4.2.2.2): issuer itself, a delegate that issuer itself certified for this, or
// a responder that the operator pinned as an anchor.
func (b *evidenceBook) responder(m *revocation.OCSP, about, issuer *x509.Certificate) responder {
	key := signer{m, issuer}
	r, ok := b.responders[key]
	if !ok {
		r = b.findResponder(m, about, issuer)
		b.responders[key] = r
	}
	return r
}

func (b *evidenceBook) findResponder(m *revocation.OCSP, about, issuer *x509.Certificate) responder {
	candidates := append([]*x509.Certificate{issuer}, m.Embedded...)
	candidates = append(candidates, b.responderCandidates(m)...)
	problem := Finding{Code: codeOCSPNoResponder, Level: Warn, Args: []any{Describe(about)}}
	tried := 0
	for _, c := range candidates {
		if !m.Names(c) || tried == maxResponders {
			continue
		}
		tried++
		switch b.verify(c, m.Envelope) {
		case signatureUndecided:
			problem = Finding{Code: codeEvidenceWeak, Level: Warn, Args: []any{Describe(about), algorithmName(m.Algorithm)}}
		case signatureBad:
			if problem.Code == codeOCSPNoResponder {
				problem = Finding{Code: codeOCSPForged, Level: Warn, Args: []any{Describe(about)}}
			}
		case signatureGood:
			if refusal := b.refuseDelegate(m, c, about, issuer); refusal != nil {
				problem = *refusal
				continue
			}
			return responder{authorised: true, weak: !sameCA(c, issuer) && strengthOf(c.SignatureAlgorithm) != strong}
		}
	}
	return responder{problem: &problem}
}

// sameCA compares name and key: a CA may have several certificates.
func sameCA(a, b *x509.Certificate) bool {
	return bytes.Equal(a.RawSubject, b.RawSubject) && bytes.Equal(a.RawSubjectPublicKeyInfo, b.RawSubjectPublicKeyInfo)
}

// refuseDelegate says why c, who did sign, may not answer for issuer.
func (b *evidenceBook) refuseDelegate(m *revocation.OCSP, c, about, issuer *x509.Certificate) *Finding {
	if sameCA(c, issuer) || b.s.anchors.find(c) != nil {
		return nil
	}
	delegated := bytes.Equal(c.RawIssuer, issuer.RawSubject) && hasEKU(c, x509.ExtKeyUsageOCSPSigning) &&
		(!hasExtension(c, oidKeyUsage) || c.KeyUsage&x509.KeyUsageDigitalSignature != 0) &&
		b.verify(issuer, revocation.Envelope{Signed: c.RawTBSCertificate, Algorithm: c.SignatureAlgorithm, Signature: c.Signature}) == signatureGood
	if !delegated && hasEKU(c, x509.ExtKeyUsageOCSPSigning) {
		return &Finding{Code: codeOCSPForeign, Level: Warn, Args: []any{Describe(about), Describe(c)}}
	}
	if !delegated || len(c.UnhandledCriticalExtensions) > 0 || keyWeakness(c, b.s.policy) != "" {
		return &Finding{Code: codeOCSPUnauthorised, Level: Warn, Args: []any{Describe(about), Describe(c)}}
	}
	if m.ProducedAt.Before(c.NotBefore.Add(-b.s.policy.Skew)) || m.ProducedAt.After(c.NotAfter) {
		return &Finding{Code: codeEvidenceStale, Level: Warn, Args: []any{Describe(about), showTime(c.NotAfter)}}
	}
	if b.delegateRevoked(c, issuer, m.ProducedAt) {
		return &Finding{Code: codeOCSPUnauthorised, Level: Warn, Args: []any{Describe(about), Describe(c)}}
	}
	return nil
}

// delegateRevoked looks for the delegate in the CRLs at hand. That it is in
// none is no objection: most delegates are short-lived and carry ocsp-nocheck.
func (b *evidenceBook) delegateRevoked(c, issuer *x509.Certificate, producedAt time.Time) bool {
	for _, list := range b.crls {
		st, problem := b.crlStatement(list, c, issuer)
		if problem == nil && st.Status == revocation.Revoked && !st.RevokedAt.After(producedAt) {
			return true
		}
	}
	return false
}

// crlStatement asks one list about cert. The problem is nil when the list is
// authentic and speaks about cert; a nil Code in it means "not its business".
func (b *evidenceBook) crlStatement(l *revocation.CRL, cert, issuer *x509.Certificate) (statement, *Finding) {
	if !bytes.Equal(l.Issuer, issuer.RawSubject) {
		return statement{}, &Finding{}
	}
	if problem := b.refuseCRL(l, issuer); problem != nil {
		return statement{}, problem
	}
	said, partial, err := l.About(cert)
	if err != nil {
		return statement{}, &Finding{Code: codeEvidenceBad, Level: Warn, Args: []any{err.Error()}}
	}
	st := statement{Statement: said, weak: strengthOf(l.Algorithm) == legacySHA1, algorithm: l.Algorithm}
	if partial != "" && said.Status != revocation.Revoked {
		return st, &Finding{Code: codeCRLPartial, Level: Warn, Args: []any{Describe(issuer), partial}}
	}
	return st, nil
}

// refuseCRL says why a list in the name of issuer cannot be used at all.
func (b *evidenceBook) refuseCRL(l *revocation.CRL, issuer *x509.Certificate) *Finding {
	name := Describe(issuer)
	key := signer{l, issuer}
	verdict, known := b.lists[key]
	if !known {
		verdict = b.verify(issuer, l.Envelope)
		b.lists[key] = verdict
	}
	switch {
	case verdict == signatureUndecided:
		return &Finding{Code: codeEvidenceWeak, Level: Warn, Args: []any{name, algorithmName(l.Algorithm)}}
	case verdict == signatureBad && keyIDsDiffer(l.KeyID, issuer.SubjectKeyId):
		return &Finding{Code: codeCRLOtherKey, Level: Info, Args: []any{name}}
	case verdict == signatureBad:
		return &Finding{Code: codeCRLForged, Level: Warn, Args: []any{name}}
	case hasExtension(issuer, oidKeyUsage) && issuer.KeyUsage&x509.KeyUsageCRLSign == 0:
		return &Finding{Code: codeCRLNoSign, Level: Warn, Args: []any{name}}
	case l.Delta:
		return &Finding{Code: codeCRLDelta, Level: Warn, Args: []any{name}}
	}
	if why := l.Unusable(); why != "" {
		return &Finding{Code: codeCRLPartial, Level: Warn, Args: []any{name, why}}
	}
	return nil
}
