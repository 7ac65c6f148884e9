package ber_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"time"

	"vanban/internal/cms/ber"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func first(t *testing.T, s string) ber.Element {
	t.Helper()
	e, _, err := ber.Parse(unhex(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return e
}

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{"30 03 02 01 05", "30 03 02 01 05"},
		{"30 80 02 01 05 00 00", "30 03 02 01 05"},
		{"30 81 03 02 01 05", "30 03 02 01 05"},
		{"30 80 31 80 02 01 05 00 00 05 00 00 00", "30 07 31 03 02 01 05 05 00"},
	} {
		e := first(t, c.in)
		got, err := e.Canonical()
		if err != nil || !bytes.Equal(got, unhex(c.out)) {
			t.Errorf("%s: %x, %v", c.in, got, err)
		}
		if e.Definite() != (c.in == c.out) {
			t.Errorf("%s: definite is %v", c.in, e.Definite())
		}
		if e.AnyIndefinite() != strings.Contains(c.in, "80") {
			t.Errorf("%s: indefinite is %v", c.in, e.AnyIndefinite())
		}
	}
}

func TestRest(t *testing.T) {
	e, rest, err := ber.Parse(unhex("30 80 05 00 00 00 ff ff"))
	if err != nil || len(e.Raw) != 6 || len(e.Body) != 2 || !bytes.Equal(rest, []byte{0xff, 0xff}) {
		t.Errorf("%+v, %x, %v", e, rest, err)
	}
}

func TestOID(t *testing.T) {
	for _, s := range []string{"1.2.840.113549.1.7.2", "2.999.3", "0.4.0.127", "2.16.840.1.101.3.4.2.1"} {
		var oid asn1.ObjectIdentifier
		for part := range strings.SplitSeq(s, ".") {
			n, _ := new(big.Int).SetString(part, 10)
			oid = append(oid, int(n.Int64()))
		}
		e, _, err := ber.Parse(ber.EncodeOID(oid))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.OID(); err != nil || got.String() != s {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, bad := range []string{"06 00", "06 02 2a 80", "06 02 80 01", "05 00", "06 0b 2a ff ff ff ff ff ff ff ff ff 7f"} {
		if oid, err := first(t, bad).OID(); err == nil {
			t.Errorf("%s: %v", bad, oid)
		}
	}
}

func TestIntegers(t *testing.T) {
	for _, n := range []int64{0, 1, -1, 127, 128, -128, -129, 1 << 40} {
		e, _, err := ber.Parse(ber.EncodeInt(n))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.Integer(); err != nil || got.Int64() != n {
			t.Errorf("%d: %v, %v", n, got, err)
		}
	}
	if _, err := first(t, "02 01 ff").Small(10); err == nil {
		t.Error("-1 is in 0..10")
	}
	if _, err := first(t, "02 00").Integer(); err == nil {
		t.Error("an empty INTEGER is a number")
	}
}

func TestTimes(t *testing.T) {
	for in, want := range map[string]string{
		"\x17\x0d260902070000Z":       "2026-09-02T07:00:00Z",
		"\x17\x0d990902070000Z":       "1999-09-02T07:00:00Z",
		"\x17\x11260902070000+0700":   "2026-09-02T00:00:00Z",
		"\x18\x0f20260902070000Z":     "2026-09-02T07:00:00Z",
		"\x18\x1320260902070000.125Z": "2026-09-02T07:00:00.125Z",
		"\x18\x1320260902070000+0700": "2026-09-02T00:00:00Z",
		"\x17\x0d269902070000Z":       "",
		"\x17\x04abcd":                "",
		"\x02\x01\x05":                "",
	} {
		e, _, err := ber.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Time()
		if want == "" {
			if err == nil {
				t.Errorf("%q: %v", in, got)
			}
			continue
		}
		if err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, year := range []int{1999, 2026, 2049, 2050, 2100} {
		at := time.Date(year, 9, 2, 7, 0, 0, 0, time.UTC)
		e, _, err := ber.Parse(ber.EncodeTime(at))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.Time(); err != nil || !got.Equal(at) || (e.Tag == ber.TagUTCTime) != (year < 2050) {
			t.Errorf("%v: %v, %v", at, got, err)
		}
	}
}

func TestOctets(t *testing.T) {
	for in, want := range map[string]string{
		"04 02 aa bb":                      "aabb",
		"24 80 04 01 aa 04 01 bb 00 00":    "aabb",
		"24 09 24 04 04 02 aa bb 04 01 cc": "aabbcc",
		"24 80 24 80 04 01 aa 00 00 00 00": "aa",
	} {
		got, err := first(t, in).Octets()
		if err != nil || hex.EncodeToString(got) != want {
			t.Errorf("%s: %x, %v", in, got, err)
		}
	}
	if _, err := first(t, "24 03 02 01 05").Octets(); err == nil {
		t.Error("an INTEGER is a segment")
	}
}

func TestSetOf(t *testing.T) {
	got := ber.EncodeSetOf(ber.Set, []byte{2, 1, 5}, []byte{1, 1, 0xff}, []byte{2, 1, 3})
	if hex.EncodeToString(got) != "31090101ff020103020105" {
		t.Errorf("%x", got)
	}
	if long := ber.Encode(ber.OctetString, make([]byte, 300)); hex.EncodeToString(long[:4]) != "0482012c" {
		t.Errorf("%x", long[:4])
	}
}

func FuzzParse(f *testing.F) {
	f.Add(unhex("3080020105 0000"))
	f.Add(unhex("2480040 1aa 0000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, rest, err := ber.Parse(b)
		if err != nil {
			return
		}
		if len(e.Raw)+len(rest) != len(b) {
			t.Fatal("bytes lost")
		}
		if c, err := e.Canonical(); err == nil {
			again, _, err := ber.Parse(c)
			if err != nil || !again.Definite() {
				t.Fatalf("canonical form %x of %x does not read back: %v", c, b, err)
			}
		}
		e.Octets()
		e.Time()
	})
}
