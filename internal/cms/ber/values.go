package ber

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// OID reads an OBJECT IDENTIFIER.
func (e Element) OID() (asn1.ObjectIdentifier, error) {
	if !e.Is(Universal, TagOID) || e.Constructed {
		return nil, fmt.Errorf("ber: expected an OBJECT IDENTIFIER, found %d/%d", e.Class, e.Tag)
	}
	if len(e.Body) == 0 || len(e.Body) > 128 || e.Body[len(e.Body)-1]&0x80 != 0 {
		return nil, errors.New("ber: malformed OBJECT IDENTIFIER")
	}
	var oid asn1.ObjectIdentifier
	arc, fresh := 0, true
	for _, c := range e.Body {
		if arc >= 1<<55 || (fresh && c == 0x80) {
			return nil, errors.New("ber: malformed OBJECT IDENTIFIER")
		}
		arc, fresh = arc<<7|int(c&0x7f), false
		if c&0x80 != 0 {
			continue
		}
		if oid == nil {
			top := min(arc/40, 2)
			oid = append(oid, top)
			arc -= 40 * top
		}
		oid = append(oid, arc)
		arc, fresh = 0, true
	}
	return oid, nil
}

// Integer reads an INTEGER or ENUMERATED of at most 512 bytes.
func (e Element) Integer() (*big.Int, error) {
	if !e.Is(Universal, TagInteger) && !e.Is(Universal, TagEnumerated) || e.Constructed {
		return nil, fmt.Errorf("ber: expected an INTEGER, found %d/%d", e.Class, e.Tag)
	}
	return integer(e.Body)
}

func integer(b []byte) (*big.Int, error) {
	if len(b) == 0 || len(b) > 512 {
		return nil, errors.New("ber: malformed INTEGER")
	}
	n := new(big.Int).SetBytes(b)
	if b[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n, nil
}

// Small reads an INTEGER that must be in 0..max; tag is checked by the caller
// when it is an implicit one.
func (e Element) Small(max int64) (int, error) {
	n, err := integer(e.Body)
	if err != nil || e.Constructed {
		return 0, errors.New("ber: malformed INTEGER")
	}
	if !n.IsInt64() || n.Int64() < 0 || n.Int64() > max {
		return 0, fmt.Errorf("ber: INTEGER outside 0..%d", max)
	}
	return int(n.Int64()), nil
}

// Octets gives the content of an OCTET STRING. Segments (X.690, 8.7.3) are
// joined; otherwise the result shares memory with the input.
func (e Element) Octets() ([]byte, error) {
	if !e.Constructed {
		return e.Body, nil
	}
	var out []byte
	err := e.segments(0, &out)
	return out, err
}

func (e Element) segments(depth int, out *[]byte) error {
	if depth > maxDepth {
		return errors.New("ber: string segments nested too deep")
	}
	kids, err := e.Children()
	if err != nil {
		return err
	}
	for _, kid := range kids {
		if !kid.Is(Universal, TagOctetString) {
			return errors.New("ber: a segment of an OCTET STRING is something else")
		}
		if kid.Constructed {
			if err := kid.segments(depth+1, out); err != nil {
				return err
			}
			continue
		}
		*out = append(*out, kid.Body...)
	}
	return nil
}

// Time reads a UTCTime or GeneralizedTime. Two-digit years are 1950 to 2049
// (RFC 5652, 11.3); offsets and fractions are accepted.
func (e Element) Time() (time.Time, error) {
	if e.Constructed || e.Class != Universal {
		return time.Time{}, errors.New("ber: expected a time")
	}
	var layouts []string
	switch e.Tag {
	case TagUTCTime:
		layouts = []string{"060102150405Z0700", "0601021504Z0700"}
	case TagGeneralizedTime:
		layouts = []string{"20060102150405Z0700", "20060102150405.999999999Z0700", "200601021504Z0700"}
	default:
		return time.Time{}, fmt.Errorf("ber: expected a time, found tag %d", e.Tag)
	}
	if len(e.Body) > 40 {
		return time.Time{}, errors.New("ber: malformed time")
	}
	for _, layout := range layouts {
		t, err := time.Parse(layout, string(e.Body))
		if err != nil {
			continue
		}
		if e.Tag == TagUTCTime && t.Year() >= 2050 {
			t = t.AddDate(-100, 0, 0)
		}
		return t.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("ber: malformed time %q", e.Body)
}
