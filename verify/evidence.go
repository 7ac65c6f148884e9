package verify

import (
	"crypto/x509"

	"vanban/certs"
	"vanban/internal/cms"
	"vanban/internal/pdf"
)

// Limits of the validation data taken from one file.
const (
	maxDSSItems = 400
	maxDSSItem  = 8 << 20
	maxDSS      = 64 << 20 // bytes of all of them
)

// evidenceOf gives what a message carries for its own validation.
func evidenceOf(msg *cms.Signed, si *cms.Signer) certs.Evidence {
	e := certs.Evidence{Certificates: msg.Certificates, CRLs: msg.CRLs, OCSPs: msg.OCSPs}
	if si != nil {
		e.CRLs = append(e.CRLs, si.RevocationCRLs...)
		e.OCSPs = append(e.OCSPs, si.RevocationOCSPs...)
	}
	return e
}

// collectEvidence reads the document security store (ETSI EN 319 142-1, 5.4).
// What is in it proves nothing by where it stands; certs judges it.
func (v *verifier) collectEvidence() {
	cat, err := v.file.Catalog()
	if err != nil {
		return
	}
	dss, err := v.file.Dict(cat["DSS"])
	if err != nil {
		return
	}
	for _, raw := range v.streams(dss["Certs"]) {
		if c, err := x509.ParseCertificate(raw); err == nil {
			v.evidence.Certificates = append(v.evidence.Certificates, c)
		}
	}
	v.evidence.CRLs = append(v.evidence.CRLs, v.streams(dss["CRLs"])...)
	v.evidence.OCSPs = append(v.evidence.OCSPs, v.streams(dss["OCSPs"])...)
}

func (v *verifier) streams(o pdf.Object) [][]byte {
	list, err := v.file.Array(o)
	if err != nil {
		return nil
	}
	var out [][]byte
	for i, item := range list {
		if i >= maxDSSItems {
			break
		}
		o, err := v.file.Resolve(item)
		s, ok := o.(*pdf.Stream)
		if err != nil || !ok {
			continue
		}
		if b, err := v.file.Decode(s, min(maxDSSItem, maxDSS-v.stored)); err == nil {
			v.stored += int64(len(b))
			out = append(out, b)
		}
	}
	return out
}
