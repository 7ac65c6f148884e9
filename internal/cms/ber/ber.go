// Package ber reads the Basic Encoding Rules of ASN.1 (X.690) as tolerantly as
// signatures in the wild need, within fixed bounds, and writes strict DER.
//
// Reading is lazy: an element of definite length costs its header only, until
// its children are asked for. Bytes are never copied, so that what was received
// can be hashed exactly as it was received.
package ber

import (
	"errors"
	"fmt"
)

// Classes of tags.
const (
	Universal = 0
	Context   = 2
)

// Universal tags that signatures use.
const (
	TagBoolean         = 1
	TagInteger         = 2
	TagBitString       = 3
	TagOctetString     = 4
	TagNull            = 5
	TagOID             = 6
	TagEnumerated      = 10
	TagUTF8String      = 12
	TagSequence        = 16
	TagSet             = 17
	TagUTCTime         = 23
	TagGeneralizedTime = 24
)

const (
	maxDepth    = 64      // nesting of indefinite lengths and of string segments
	maxElements = 1 << 16 // children of one element
)

var errTruncated = errors.New("ber: element is cut short")

// Element is one tag-length-value.
type Element struct {
	Class       int
	Tag         int
	Constructed bool
	Raw         []byte // header, body and, for an indefinite length, the end marker
	Body        []byte // content octets
	Indefinite  bool

	kids []Element // of an element of indefinite length, found while looking for its end
}

// Parse reads the first element of b and gives what follows it.
func Parse(b []byte) (Element, []byte, error) {
	budget := maxElements
	return parse(b, 0, &budget)
}

// parse reads one element; budget counts what may still be read below it.
func parse(b []byte, depth int, budget *int) (Element, []byte, error) {
	*budget--
	if depth > maxDepth || *budget < 0 {
		return Element{}, nil, errors.New("ber: nested too deep or too many elements")
	}
	e, header, length, err := parseHeader(b)
	if err != nil {
		return Element{}, nil, err
	}
	if !e.Indefinite {
		if length > len(b)-header {
			return Element{}, nil, errTruncated
		}
		e.Raw, e.Body = b[:header+length], b[header:header+length]
		return e, b[header+length:], nil
	}
	if !e.Constructed {
		return Element{}, nil, errors.New("ber: primitive element of indefinite length")
	}
	for rest := b[header:]; ; {
		if len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 {
			end := len(b) - len(rest)
			e.Raw, e.Body = b[:end+2], b[header:end]
			return e, rest[2:], nil
		}
		var kid Element
		if kid, rest, err = parse(rest, depth+1, budget); err != nil {
			return Element{}, nil, err
		}
		e.kids = append(e.kids, kid)
	}
}

// parseHeader reads tag and length octets; the length is 0 for an indefinite one.
func parseHeader(b []byte) (e Element, header, length int, err error) {
	if len(b) < 2 {
		return e, 0, 0, errTruncated
	}
	e.Class, e.Constructed, e.Tag = int(b[0]>>6), b[0]&0x20 != 0, int(b[0]&0x1f)
	i := 1
	if e.Tag == 0x1f { // high tag number: nothing in a signature needs one, skipping it must work
		e.Tag = 0
		for {
			if i >= len(b) || i > 4 {
				return e, 0, 0, errors.New("ber: tag number too large")
			}
			e.Tag = e.Tag<<7 | int(b[i]&0x7f)
			i++
			if b[i-1]&0x80 == 0 {
				break
			}
		}
	}
	if i >= len(b) {
		return e, 0, 0, errTruncated
	}
	first := b[i]
	i++
	switch {
	case first < 0x80:
		return e, i, int(first), nil
	case first == 0x80:
		e.Indefinite = true
		return e, i, 0, nil
	}
	n := int(first & 0x7f)
	if n > len(b)-i {
		return e, 0, 0, errTruncated
	}
	for _, c := range b[i : i+n] {
		if length > 1<<40 {
			return e, 0, 0, errTruncated
		}
		length = length<<8 | int(c)
	}
	return e, i + n, length, nil
}

// Is says whether the element has this class and tag.
func (e Element) Is(class, tag int) bool { return e.Class == class && e.Tag == tag }

// Children reads the elements inside a constructed element.
func (e Element) Children() ([]Element, error) {
	if !e.Constructed {
		return nil, fmt.Errorf("ber: element %d/%d has no children", e.Class, e.Tag)
	}
	if e.Indefinite {
		return e.kids, nil
	}
	var kids []Element
	budget := maxElements
	for rest := e.Body; len(rest) > 0; {
		var kid Element
		var err error
		if kid, rest, err = parse(rest, 0, &budget); err != nil {
			return nil, err
		}
		kids = append(kids, kid)
	}
	return kids, nil
}

// Sequence is Children of an element that must be a SEQUENCE with at least min
// elements.
func (e Element) Sequence(min int) ([]Element, error) {
	if !e.Is(Universal, TagSequence) {
		return nil, fmt.Errorf("ber: expected a SEQUENCE, found %d/%d", e.Class, e.Tag)
	}
	kids, err := e.Children()
	if err == nil && len(kids) < min {
		err = fmt.Errorf("ber: SEQUENCE of %d elements, expected %d", len(kids), min)
	}
	return kids, err
}

// Explicit is the single element inside an explicit tag.
func (e Element) Explicit() (Element, error) {
	kids, err := e.Children()
	if err != nil {
		return Element{}, err
	}
	if len(kids) != 1 {
		return Element{}, fmt.Errorf("ber: %d elements inside an explicit tag", len(kids))
	}
	return kids[0], nil
}

// Definite says whether no length inside is indefinite or longer than needed,
// that is whether all lengths are as DER would write them.
func (e Element) Definite() bool {
	minimal, indefinite := walk(e.Raw, 0)
	return minimal && !indefinite
}

// AnyIndefinite says whether the element or anything inside it has an
// indefinite length. What cannot be looked at, because it is malformed or
// nested too deep, does not count: nothing here will read it either.
func (e Element) AnyIndefinite() bool {
	_, indefinite := walk(e.Raw, 0)
	return indefinite
}

// walk looks at the lengths of all elements in b without keeping any; it ends
// at the first indefinite one. An embedded CRL may have a million elements.
func walk(b []byte, depth int) (minimal, indefinite bool) {
	minimal = true
	for len(b) > 0 {
		e, header, length, err := parseHeader(b)
		switch {
		case err != nil || depth > maxDepth:
			return false, false
		case e.Indefinite:
			return false, true
		case length > len(b)-header:
			return false, false
		case e.Tag < 0x1f && header != 1+len(lengthOctets(length)):
			minimal = false
		}
		if e.Constructed {
			inner, indefinite := walk(b[header:header+length], depth+1)
			if indefinite {
				return false, true
			}
			minimal = minimal && inner
		}
		b = b[header+length:]
	}
	return minimal, false
}

// Canonical re-encodes the element with definite, minimal lengths and keeps
// order and values. It is what RFC 5652, 5.4 asks to hash when the attributes
// came with indefinite lengths.
func (e Element) Canonical() ([]byte, error) {
	budget := maxElements
	return e.canonical(0, &budget)
}

func (e Element) canonical(depth int, budget *int) ([]byte, error) {
	if *budget--; depth > maxDepth || *budget < 0 {
		return nil, errors.New("ber: nested too deep or too many elements")
	}
	if e.Tag >= 0x1f {
		return nil, errors.New("ber: high tag number")
	}
	if !e.Constructed {
		return Encode(e.first(), e.Body), nil
	}
	kids, err := e.Children()
	if err != nil {
		return nil, err
	}
	parts := make([][]byte, len(kids))
	for i, kid := range kids {
		if parts[i], err = kid.canonical(depth+1, budget); err != nil {
			return nil, err
		}
	}
	return Encode(e.first(), parts...), nil
}

// first is the identifier octet.
func (e Element) first() byte {
	b := byte(e.Class<<6 | e.Tag)
	if e.Constructed {
		b |= 0x20
	}
	return b
}
