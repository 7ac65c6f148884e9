package ber

import (
	"bytes"
	"encoding/asn1"
	"math/big"
	"slices"
	"time"
)

// Identifier octets for Encode.
const (
	Sequence    = 0x30
	Set         = 0x31
	OctetString = 0x04
	BitString   = 0x03
	UTF8String  = 0x0c
)

// ContextTag is the identifier octet of [n], constructed or primitive.
func ContextTag(n int, constructed bool) byte {
	if constructed {
		return byte(0xa0 | n)
	}
	return byte(0x80 | n)
}

// Null gives the encoding of NULL.
func Null() []byte { return []byte{5, 0} }

// Encode writes one element around the concatenation of parts.
func Encode(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	length := lengthOctets(n)
	out := make([]byte, 0, 1+len(length)+n)
	out = append(append(out, tag), length...)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// lengthOctets is the shortest definite form.
func lengthOctets(n int) []byte {
	if n < 0x80 {
		return []byte{byte(n)}
	}
	var b []byte
	for ; n > 0; n >>= 8 {
		b = append(b, byte(n))
	}
	slices.Reverse(b)
	return append([]byte{byte(0x80 | len(b))}, b...)
}

// EncodeSetOf writes a SET OF under any tag, its elements in the order that DER
// wants (X.690, 11.6). parts is not changed.
func EncodeSetOf(tag byte, parts ...[]byte) []byte {
	sorted := slices.Clone(parts)
	slices.SortStableFunc(sorted, bytes.Compare)
	return Encode(tag, sorted...)
}

// EncodeOID writes an OBJECT IDENTIFIER.
func EncodeOID(oid asn1.ObjectIdentifier) []byte {
	b, err := asn1.Marshal(oid)
	if err != nil {
		panic("ber: " + err.Error()) // our own constants, or one that OID has read
	}
	return b
}

// EncodeInteger writes an INTEGER.
func EncodeInteger(n *big.Int) []byte {
	b, err := asn1.Marshal(n)
	if err != nil {
		panic("ber: " + err.Error()) // no big.Int is unencodable
	}
	return b
}

// EncodeInt writes a small INTEGER.
func EncodeInt(n int64) []byte { return EncodeInteger(big.NewInt(n)) }

// EncodeTime writes UTCTime up to 2049 and GeneralizedTime from then on
// (RFC 5652, 11.3), in whole seconds of UTC.
func EncodeTime(t time.Time) []byte {
	t = t.UTC()
	if t.Year() >= 1950 && t.Year() < 2050 {
		return Encode(TagUTCTime, []byte(t.Format("060102150405Z")))
	}
	return EncodeGeneralizedTime(t)
}

// EncodeGeneralizedTime writes GeneralizedTime in whole seconds of UTC.
func EncodeGeneralizedTime(t time.Time) []byte {
	return Encode(TagGeneralizedTime, []byte(t.UTC().Format("20060102150405Z")))
}
