package verify

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"hash"
	"io"

	"vanban/internal/cms"
	"vanban/internal/pdf"
)

// maxHashed bounds the bytes that are hashed for one file, because a hostile
// one can ask for itself again with every signature.
const maxHashed = 16 << 30

var oidData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}

// checkCrypto checks the CMS message against the signed bytes.
func (v *verifier) checkCrypto(s *signature) {
	sub, _ := v.resolveName(s.dict["SubFilter"])
	switch sub {
	case "ETSI.CAdES.detached", "adbe.pkcs7.detached", "adbe.pkcs7.sha1":
		v.checkMessage(s, sub)
	case "ETSI.RFC3161":
		v.checkDocumentTimeStamp(s)
	default:
		if s.out.Type == "timestamp" {
			v.checkDocumentTimeStamp(s)
			return
		}
		v.unsupported(s, finding(codeSubFilter, fail, string(sub)))
	}
}

// unsupported records that no verdict is possible. It is not an alarm by
// itself: nothing speaks against the document.
func (v *verifier) unsupported(s *signature, why Finding) {
	s.out.Integrity = IntegrityUnsure
	s.out.Indication, s.out.SubIndication = Indeterminate, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
	s.reason(why)
}

func (v *verifier) checkMessage(s *signature, sub pdf.Name) {
	msg, err := cms.Parse(s.raw)
	if err != nil {
		v.malformed(s, finding(codeFormat, fail, err.Error()))
		return
	}
	if n := len(msg.Signers); n != 1 {
		v.malformed(s, finding(codeSigners, fail, n))
		return
	}
	s.inspect(msg)
	si := msg.Signers[0]
	if !si.Digest.Known() {
		v.unsupported(s, finding(codeFormat, fail, si.Digest.String()))
		s.out.Alarm = true
		return
	}
	content, err := v.content(s, msg, si, sub)
	if err != nil {
		return
	}
	cert := msg.SignerCertificate(si)
	v.evidence.Add(evidenceOf(msg, si))
	s.describe(msg, si, cert)
	s.out.Integrity = Intact
	v.weigh(s, append(si.Verify(cert, content), si.Faults...))
	s.setLevel(sub, si)
	v.checkTimeStamps(s, si)
}

// content gives the digest that the message must be about. The old
// adbe.pkcs7.sha1 carries the SHA-1 of the bytes as its content.
func (v *verifier) content(s *signature, msg *cms.Signed, si *cms.Signer, sub pdf.Name) ([]byte, error) {
	if sub == "adbe.pkcs7.sha1" {
		sum, err := v.digest(s, cms.DigestOf(crypto.SHA1).New())
		if err != nil {
			return nil, err
		}
		if !msg.HasContent || string(msg.Content) != string(sum) {
			v.broken(s, "HASH_FAILURE", finding(cmsCodes[cms.MessageDigestMismatch], fail))
			return nil, errStopped
		}
		s.reason(finding(cmsCodes[cms.WeakDigest], warn))
		return si.Digest.Sum(msg.Content), nil
	}
	if msg.HasContent {
		v.malformed(s, finding(codeWrapped, fail))
		return nil, errStopped
	}
	if !msg.ContentType.Equal(oidData) {
		v.malformed(s, finding(codeFormat, fail, "contentType"))
		return nil, errStopped
	}
	return v.digest(s, si.Digest.New())
}

// inspect notes what is loose in the message around what is signed.
func (s *signature) inspect(msg *cms.Signed) {
	if msg.TrailingGarbage {
		s.loose = append(s.loose, finding(codePadding, warn))
	}
	if msg.Irregular != "" {
		s.loose = append(s.loose, finding(codeIrregular, warn, msg.Irregular))
	}
}

var errStopped = errors.New("verify: the signature was judged already")

// digest hashes the two signed ranges.
func (v *verifier) digest(s *signature, h hash.Hash) ([]byte, error) {
	s.out.Digest = ""
	if v.hashed += s.end; v.hashed > maxHashed {
		v.unsupported(s, finding(codeTooMany, fail))
		s.out.Alarm = true
		return nil, errStopped
	}
	buf := make([]byte, 256<<10)
	for _, span := range []pdf.Span{{Start: 0, End: s.hole.Start}, {Start: s.hole.End, End: s.end}} {
		for at := span.Start; at < span.End; {
			if err := v.ctx.Err(); err != nil {
				return nil, err
			}
			n, err := v.src.ReadAt(buf[:min(int64(len(buf)), span.End-at)], at)
			if n == 0 {
				if err == nil || errors.Is(err, io.EOF) {
					err = io.ErrUnexpectedEOF
				}
				v.unsupported(s, finding(codeFormat, fail, err.Error()))
				return nil, err
			}
			h.Write(buf[:n])
			at += int64(n)
		}
	}
	return h.Sum(nil), nil
}

func (v *verifier) broken(s *signature, sub string, why Finding) {
	s.out.Integrity = Broken
	s.out.Indication, s.out.SubIndication = TotalFailed, sub
	s.reason(why)
	s.out.Alarm = true
}

// weigh turns the faults of a message into the verdict of its signature.
func (v *verifier) weigh(s *signature, faults []cms.Fault) {
	for _, f := range faults {
		code := cmsCodes[f.Code]
		switch f.Severity {
		case cms.Broken:
			sub := "SIG_CRYPTO_FAILURE"
			if f.Code == cms.MessageDigestMismatch {
				sub = "HASH_FAILURE"
			}
			v.broken(s, sub, finding(code, fail))
		case cms.Unsupported:
			if s.out.Integrity == Intact {
				v.unsupported(s, finding(code, fail))
			}
			if f.Code == cms.AlgorithmUnknown {
				s.out.Alarm = true // no standard names it, so nobody can have checked it
			}
		case cms.Weak:
			s.reason(finding(code, warn))
		default:
			s.reason(finding(code, info))
		}
	}
}

// describe copies what the certificate says about the signer.
func (s *signature) describe(msg *cms.Signed, si *cms.Signer, cert *x509.Certificate) {
	s.out.Digest = si.Digest.String()
	s.bag = msg.Certificates
	s.lists = append(append(s.lists, msg.CRLs...), si.RevocationCRLs...)
	if si.SigningTime != nil {
		s.out.ClaimedTime = si.SigningTime
	}
	if cert == nil {
		return
	}
	s.out.Certificate = cert
	s.out.Signer = cert.Subject.String()
	s.out.SignerName = cert.Subject.CommonName
	s.out.Issuer = cert.Issuer.String()
	s.out.Serial = cert.SerialNumber.Text(16)
	s.out.Chain = []*x509.Certificate{cert}
}

// setLevel names the PAdES level as far as this message alone decides it.
func (s *signature) setLevel(sub pdf.Name, si *cms.Signer) {
	base := "PKCS7"
	if sub == "ETSI.CAdES.detached" && len(si.ESS) > 0 && si.SigningTime == nil {
		base = "PAdES-BASELINE"
	}
	s.out.Level = base + "-B"
	if base == "PKCS7" {
		s.reason(finding(codeNotPAdES, info, string(sub)))
	}
}

func (v *verifier) checkDocumentTimeStamp(s *signature) {
	t, err := cms.ParseTimeStamp(s.raw)
	if err != nil {
		v.malformed(s, finding(codeFormat, fail, err.Error()))
		return
	}
	s.inspect(t.Signed)
	s.out.Level = "ETSI.RFC3161"
	if len(t.Signed.Signers) == 1 {
		s.describe(t.Signed, t.Signed.Signers[0], t.Certificate())
	}
	v.evidence.Add(evidenceOf(t.Signed, nil))
	s.out.Integrity = Intact
	v.weigh(s, v.verifyTimeStamp(t, func(d cms.Digest) []byte {
		sum, err := v.digest(s, d.New())
		if err != nil {
			return nil
		}
		return sum
	}))
	s.out.Digest = t.Digest.String()
	if s.out.Integrity == Broken {
		s.reason(finding(codeTimeStampForged, fail))
		return
	}
	at := t.Time
	s.stamp = &timeStamp{token: t, at: at}
}

// checkTimeStamps reads the time-stamps over the signature value.
func (v *verifier) checkTimeStamps(s *signature, si *cms.Signer) {
	for _, raw := range si.TimeStamps {
		t, err := cms.ParseTimeStamp(raw)
		if err != nil {
			s.reason(finding(codeTimeStampForged, fail))
			s.out.Alarm = true
			continue
		}
		v.evidence.Add(evidenceOf(t.Signed, nil))
		s.inspect(t.Signed)
		faults := v.verifyTimeStamp(t, func(d cms.Digest) []byte { return d.Sum(si.Signature) })
		if worst(faults) >= cms.Unsupported {
			s.reason(finding(codeTimeStampForged, fail))
			s.out.Alarm = true
			continue
		}
		if s.stamp == nil || t.Time.Before(s.stamp.at) {
			s.stamp = &timeStamp{token: t, at: t.Time}
		}
		s.out.Level = upgraded(s.out.Level)
	}
}

// verifyTimeStamp checks a token by the certificate that it carries or, when it
// carries none, by one from the evidence.
func (v *verifier) verifyTimeStamp(t *cms.TimeStamp, imprint func(cms.Digest) []byte) []cms.Fault {
	if t.Certificate() == nil && len(t.Signed.Signers) == 1 {
		for _, c := range v.evidence.Certificates {
			if t.Signed.Signers[0].Identifies(c) {
				return t.VerifyBy(c, imprint)
			}
		}
	}
	return t.Verify(imprint)
}

func worst(faults []cms.Fault) cms.Severity {
	w := cms.Odd
	for _, f := range faults {
		w = max(w, f.Severity)
	}
	return w
}

func upgraded(level string) string {
	if n := len(level); n > 2 && level[n-2:] == "-B" {
		return level[:n-1] + "T"
	}
	return level
}
