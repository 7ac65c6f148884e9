package certs_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net/url"
	"testing"

	"vanban/certs"
)

// subtree is one GeneralSubtree: the tag of the name and its content.
func subtree(tag byte, content []byte) []byte {
	name := append([]byte{tag, byte(len(content))}, content...)
	return append([]byte{0x30, byte(len(name))}, name...)
}

// constraints is a critical nameConstraints extension.
func constraints(permitted, excluded []byte) func(*x509.Certificate) {
	var body []byte
	if permitted != nil {
		body = append(body, append([]byte{0xa0, byte(len(permitted))}, permitted...)...)
	}
	if excluded != nil {
		body = append(body, append([]byte{0xa1, byte(len(excluded))}, excluded...)...)
	}
	value := append([]byte{0x30, byte(len(body))}, body...)
	return func(c *x509.Certificate) {
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: true, Value: value})
	}
}

var nameVN = pkix.Name{Country: []string{"VN"}}

func directory(t *testing.T, n pkix.Name) []byte {
	t.Helper()
	der, err := asn1.Marshal(n.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	return subtree(0xa4, der)
}

func TestNameConstraints(t *testing.T) {
	root := grow(t, nil, "Root", nil)
	vn := directory(t, nameVN)
	vnLower := directory(t, pkix.Name{Country: []string{"vn"}})
	la := directory(t, pkix.Name{Country: []string{"LA"}})
	email := func(s string) []byte { return subtree(0x81, []byte(s)) }
	dns := func(s string) []byte { return subtree(0x82, []byte(s)) }
	uri := func(s string) []byte { return subtree(0x86, []byte(s)) }
	mail := func(list ...string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.EmailAddresses = list }
	}
	subjectMail := func(c *x509.Certificate) {
		c.Subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: "a@evil.example"}}
	}
	web := func(c *x509.Certificate) { c.DNSNames = []string{"www.hatinh.example"} }
	link := func(c *x509.Certificate) { c.URIs = []*url.URL{{Scheme: "http", Host: "hatinh.example"}} }
	for _, row := range []struct {
		name                string
		permitted, excluded []byte
		leaf                func(*x509.Certificate)
		ok                  bool
	}{
		{"permitted country", vn, nil, nil, true},
		{"permitted country in another case", vnLower, nil, nil, true},
		{"another country permitted", la, nil, nil, false},
		{"one of two", append(la[:len(la):len(la)], vn...), nil, nil, true},
		{"excluded country", nil, vn, nil, false},
		{"excluded country in another case", nil, vnLower, nil, false},
		{"another country excluded", nil, la, nil, true},
		{"mail host", email("hatinh.example"), nil, mail("a@hatinh.example"), true},
		{"mail below the host", email("hatinh.example"), nil, mail("a@x.hatinh.example"), false},
		{"mail domain", email(".example"), nil, mail("a@hatinh.example"), true},
		{"mail address", email("a@hatinh.example"), nil, mail("A@hatinh.example"), true},
		{"another mail address", email("a@hatinh.example"), nil, mail("b@hatinh.example"), false},
		{"one mail address outside", email("hatinh.example"), nil, mail("a@hatinh.example", "a@evil.example"), false},
		{"excluded mail", nil, email("evil.example"), mail("a@evil.example"), false},
		{"excluded mail in the subject", nil, email("evil.example"), subjectMail, false},
		{"mail without a host", email("hatinh.example"), nil, mail("nobody"), false},
		{"no mail at all", email("hatinh.example"), nil, nil, true},
		{"host below", dns("hatinh.example"), nil, web, true},
		{"host outside", dns("vinhlong.example"), nil, web, false},
		{"host that only ends alike", dns("tinh.example"), nil, web, false},
		{"address of a kind that is not understood", uri("hatinh.example"), nil, link, false},
		{"excluded address of such a kind", nil, uri("evil.example"), link, false},
		{"such a kind constrained and not used", uri("hatinh.example"), nil, nil, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			ca := grow(t, root, "CA", constraints(row.permitted, row.excluded))
			change := person
			if row.leaf != nil {
				change = both(person, row.leaf)
			}
			r := judgeNow(grow(t, ca, "Leaf", change), trusting(root), certs.Evidence{Certificates: certsOf(ca)})
			if row.ok {
				expect(t, r, certs.Trusted)
			} else {
				expect(t, r, certs.ChainInvalid, "certs-name-constraints")
			}
		})
	}
	t.Run("through an intermediate", func(t *testing.T) {
		a := grow(t, root, "A", constraints(nil, la))
		b := grow(t, a, "B", nil)
		leaf := grow(t, b, "Leaf", both(person, func(c *x509.Certificate) { c.Subject.Country = []string{"LA"} }))
		r := judgeNow(leaf, trusting(root), certs.Evidence{Certificates: certsOf(a, b)})
		expect(t, r, certs.ChainInvalid, "certs-name-constraints")
	})
	t.Run("in the anchor", func(t *testing.T) {
		anchor := grow(t, nil, "Constrained root", constraints(la, nil))
		expect(t, judgeNow(grow(t, anchor, "Leaf", person), trusting(anchor), certs.Evidence{}), certs.ChainInvalid)
	})
}

func TestPolicies(t *testing.T) {
	oid := func(parts ...uint64) x509.OID {
		o, err := x509.OIDFromInts(parts)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	one, two, anyPolicy := oid(1, 2, 3), oid(1, 2, 4), oid(2, 5, 29, 32, 0)
	with := func(list ...x509.OID) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.Policies = list }
	}
	// policyConstraints with requireExplicitPolicy.
	require := func(n byte) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 36}, Critical: true,
				Value: []byte{0x30, 3, 0x80, 1, n}})
		}
	}
	root := grow(t, nil, "Root", nil)
	for _, row := range []struct {
		name     string
		ca, leaf func(*x509.Certificate)
		ok       bool
	}{
		{"none required", with(one), with(two), true},
		{"required and there", both(with(one), require(0)), with(one), true},
		{"required and absent", both(with(one), require(0)), with(), false},
		{"required and another", both(with(one), require(0)), with(two), false},
		{"any above", both(with(anyPolicy), require(0)), with(two), true},
		{"any below", both(with(one), require(0)), with(anyPolicy), true},
		{"required only further down", both(with(one), require(5)), with(two), true},
		{"required by the leaf itself", with(one), both(with(two), require(0)), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			ca := grow(t, root, "CA", row.ca)
			r := judgeNow(grow(t, ca, "Leaf", both(person, row.leaf)), trusting(root), certs.Evidence{Certificates: certsOf(ca)})
			if row.ok {
				expect(t, r, certs.Trusted)
			} else {
				expect(t, r, certs.ChainInvalid, "certs-policy-constraints")
			}
		})
	}
}
