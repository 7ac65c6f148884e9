package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"

	"vanban/certs"
	"vanban/internal/fault"
)

// refusing are the findings that forbid signing even when no anchors are
// known: they need none to be true (design 4.1; SIG-05).
var refusing = []string{"certs-expired", "certs-not-yet-valid", "certs-revoked", "certs-ca-revoked",
	"certs-bad-purpose", "certs-key-usage", "certs-extended-key-usage"}

// judge decides whether the certificate may sign and gives the chain to embed.
func judge(chain []*x509.Certificate, req *Request) (embed []*x509.Certificate, warnings []*fault.Error, err error) {
	if len(chain) == 0 || chain[0] == nil {
		return nil, nil, codeRequest.New("no certificate")
	}
	leaf := chain[0]
	if err := strong(leaf); err != nil {
		return nil, nil, err
	}
	evidence := certs.Evidence{Certificates: slices.Clone(chain)}
	evidence.Add(req.Evidence)
	r := certs.Judge(leaf, certs.Signing, req.Time, req.Time, req.Anchors, evidence, req.Policy)
	if !r.Trusted() && !req.Anchors.Empty() {
		return nil, nil, headline(r)
	}
	for _, f := range r.Findings {
		switch {
		case f.Level == certs.Fail && slices.Contains(refusing, f.Code.ID()):
			return nil, nil, f.Code.New(f.Args...)
		case f.Level == certs.Info || f.Code.ID() == "certs-no-anchors" || f.Code.ID() == "certs-not-trusted":
		default:
			warnings = append(warnings, f.Code.New(f.Args...))
		}
	}
	if !r.Trusted() {
		warnings = append(warnings, codeNoChain.New(certs.Describe(leaf)))
	}
	return embedded(chain, r.Chain), warnings, nil
}

// headline is the reason of a verdict as an error.
func headline(r certs.Result) error {
	for _, f := range r.Findings {
		if f.Level == certs.Fail {
			return f.Code.New(f.Args...)
		}
	}
	return codeRequest.New("the certificate is " + r.Status.String())
}

// strong is SIG-09 for the signing key itself.
func strong(leaf *x509.Certificate) error {
	switch key := leaf.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < 2048 {
			return codeKeyWeak.New(certs.Describe(leaf), fmt.Sprintf("RSA %d bit", key.N.BitLen()))
		}
	case *ecdsa.PublicKey:
		if key.Params().BitSize < 256 {
			return codeKeyWeak.New(certs.Describe(leaf), fmt.Sprintf("ECDSA %d bit", key.Params().BitSize))
		}
	}
	return nil
}

// embedded are the certificates that go into the message: the leaf and every
// CA at hand below the root, which a reader must know by itself anyway.
func embedded(given, judged []*x509.Certificate) []*x509.Certificate {
	out := []*x509.Certificate{given[0]}
	for _, c := range append(slices.Clone(judged), given[1:]...) {
		root := bytes.Equal(c.RawIssuer, c.RawSubject)
		if !root && len(out) < 10 && !slices.ContainsFunc(out, c.Equal) {
			out = append(out, c)
		}
	}
	return out
}

// chooseHash fills in the default and refuses what may not sign (SIG-09).
func chooseHash(leaf *x509.Certificate, h crypto.Hash) (crypto.Hash, error) {
	edwards := leaf.PublicKeyAlgorithm == x509.Ed25519
	switch {
	case h == 0 && edwards:
		return crypto.SHA512, nil // RFC 8419, 3.1
	case h == 0:
		return crypto.SHA256, nil
	case edwards && h != crypto.SHA512:
		return 0, codeHash.New(h)
	case h == crypto.SHA256 || h == crypto.SHA384 || h == crypto.SHA512:
		return h, nil
	}
	return 0, codeHash.New(h)
}
