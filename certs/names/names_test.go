package names_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"testing"
	"time"

	"vanban/certs/names"
)

// tlv encodes one element.
func tlv(tag byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	switch n := len(body); {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, body...)
	case n < 0x10000:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, body...)
	default:
		return append([]byte{tag, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}, body...)
	}
}

func extension(id int, value []byte) *x509.Certificate {
	subject, err := asn1.Marshal(pkix.Name{Country: []string{"VN"}}.ToRDNSequence())
	if err != nil {
		panic(err)
	}
	return &x509.Certificate{RawSubject: subject,
		Extensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, id}, Value: value}}}
}

func TestReading(t *testing.T) {
	host := tlv(0x30, tlv(0x82, []byte("hatinh.example")))
	for name, row := range map[string]struct {
		value []byte
		ok    bool
	}{
		"permitted":        {tlv(0x30, tlv(0xa0, host)), true},
		"both":             {tlv(0x30, tlv(0xa0, host), tlv(0xa1, host)), true},
		"empty":            {tlv(0x30), true},
		"not a sequence":   {[]byte{5, 0}, false},
		"something behind": {append(tlv(0x30), 5, 0), false},
		"minimum":          {tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, []byte("a")), tlv(0x80, []byte{1})))), false},
		"no name":          {tlv(0x30, tlv(0xa0, tlv(0x30))), false},
		"broken directory": {tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0xa4, []byte{5, 0})))), false},
		"300 names":        {tlv(0x30, tlv(0xa0, bytes.Repeat(host, 300))), false},
	} {
		c, ok := names.Of(extension(30, row.value))
		if ok != row.ok || row.ok && c == nil {
			t.Errorf("%s: %v, want %v", name, ok, row.ok)
		}
	}
	if c, ok := names.Of(&x509.Certificate{}); c != nil || !ok {
		t.Error("a CA without constraints has some")
	}
}

// TestCost: the names and constraints that cost most are refused, quickly.
func TestCost(t *testing.T) {
	var subtrees, alternatives [][]byte
	for i := range 250 {
		der, err := asn1.Marshal(pkix.Name{CommonName: fmt.Sprint(i)}.ToRDNSequence())
		if err != nil {
			t.Fatal(err)
		}
		subtrees = append(subtrees, tlv(0x30, tlv(0xa4, der)))
		alternatives = append(alternatives, tlv(0xa4, der))
	}
	limits, ok := names.Of(extension(30, tlv(0x30, tlv(0xa1, subtrees...))))
	if !ok {
		t.Fatal("250 constraints refused")
	}
	start := time.Now()
	if got := limits.Violation(extension(17, tlv(0x30, alternatives...))); got != "too many names" {
		t.Errorf("violation %q", got)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
	if got := limits.Violation(extension(17, tlv(0x30, alternatives[7]))); got != "CN=7" {
		t.Errorf("violation %q", got)
	}
	if got := limits.Violation(extension(17, []byte{5, 0})); got == "" {
		t.Error("names that cannot be read are inside")
	}
}

// FuzzNames: no bytes make it panic, and an excluded subject stays excluded
// whatever stands beside it.
func FuzzNames(f *testing.F) {
	f.Add(tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, []byte("a"))))), tlv(0x30, tlv(0x82, []byte("b.a"))))
	f.Add(tlv(0x30, tlv(0xa1, tlv(0x30, tlv(0x81, []byte("a@b"))))), tlv(0x30, tlv(0x81, []byte("A@b"))))
	subject := extension(0, nil).RawSubject
	excluded := tlv(0x30, tlv(0xa4, subject))
	f.Fuzz(func(t *testing.T, constraints, alternatives []byte) {
		leaf := extension(17, alternatives)
		if c, ok := names.Of(extension(30, constraints)); ok {
			c.Violation(leaf)
		}
		c, ok := names.Of(extension(30, tlv(0x30, tlv(0xa1, excluded))))
		if !ok || c.Violation(leaf) == "" {
			t.Fatal("the excluded subject passed")
		}
	})
}
