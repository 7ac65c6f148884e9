// Package names says whether the names in a certificate are within what a CA
// above it may certify: name constraints (RFC 5280 section 4.2.1.10).
//
// Directory names, e-mail addresses and DNS names are enforced. A certificate
// that carries a name of another kind which a CA above it constrains is refused:
// what is not understood cannot be shown to be inside.
package names

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cryptobyte_asn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The GeneralName tags.
const (
	kindOther     = 0
	kindEmail     = 1
	kindDNS       = 2
	kindDirectory = 4
	kindURI       = 6
	kindIP        = 7
)

// Limits: what a hostile pair of certificates could make expensive is the
// product of their names.
const (
	maxNames       = 256
	maxComparisons = 10_000
)

var (
	oidSubjectAltName  = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidNameConstraints = asn1.ObjectIdentifier{2, 5, 29, 30}
	oidEmailAddress    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
)

// Constraints are the name constraints of one CA.
type Constraints struct {
	permitted, excluded []name
}

// name is one GeneralName.
type name struct {
	kind    int
	content []byte   // DER of the Name for directory names, the string otherwise
	text    string   // content in lower case, for all other kinds
	rdns    [][]byte // comparable RDNs of a directory name
}

// Of reads the constraints of a CA; nil when it has none. ok is false when the
// extension cannot be read or has too many names: nothing below such a CA may
// be trusted.
func Of(ca *x509.Certificate) (c *Constraints, ok bool) {
	value := extension(ca, oidNameConstraints)
	if value == nil {
		return nil, true
	}
	in := cryptobyte.String(value)
	var seq, permitted, excluded cryptobyte.String
	var hasPermitted, hasExcluded bool
	if !in.ReadASN1(&seq, cryptobyte_asn1.SEQUENCE) || !in.Empty() ||
		!seq.ReadOptionalASN1(&permitted, &hasPermitted, cryptobyte_asn1.Tag(0).Constructed().ContextSpecific()) ||
		!seq.ReadOptionalASN1(&excluded, &hasExcluded, cryptobyte_asn1.Tag(1).Constructed().ContextSpecific()) || !seq.Empty() {
		return nil, false
	}
	c = &Constraints{}
	var okPermitted, okExcluded bool
	c.permitted, okPermitted = readSubtrees(permitted)
	c.excluded, okExcluded = readSubtrees(excluded)
	return c, okPermitted && okExcluded
}

func extension(c *x509.Certificate, oid asn1.ObjectIdentifier) []byte {
	for _, e := range c.Extensions {
		if e.Id.Equal(oid) {
			return e.Value
		}
	}
	return nil
}

// readSubtrees reads GeneralSubtrees; minimum and maximum must be absent, as
// RFC 5280 says.
func readSubtrees(in cryptobyte.String) (list []name, ok bool) {
	for !in.Empty() {
		var subtree cryptobyte.String
		if !in.ReadASN1(&subtree, cryptobyte_asn1.SEQUENCE) || len(list) == maxNames {
			return nil, false
		}
		n, ok := readName(&subtree)
		if !ok || !subtree.Empty() {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}

func readName(in *cryptobyte.String) (name, bool) {
	var content cryptobyte.String
	var tag cryptobyte_asn1.Tag
	if !in.ReadAnyASN1(&content, &tag) || tag&0x80 == 0 {
		return name{}, false
	}
	return newName(int(tag&0x1f), content)
}

// newName prepares a name for comparison; false for a directory name that
// cannot be read.
func newName(kind int, content []byte) (name, bool) {
	n := name{kind: kind, content: content}
	if kind != kindDirectory {
		n.text = strings.ToLower(string(content))
		return n, true
	}
	var rdns pkix.RDNSequence
	if rest, err := asn1.Unmarshal(content, &rdns); err != nil || len(rest) > 0 {
		return n, false
	}
	// Values are compared as text without regard to case, spacing and string
	// type: comparing bytes would let an excluded name pass in another encoding.
	for _, rdn := range rdns {
		var b bytes.Buffer
		for _, a := range rdn {
			value := strings.Join(strings.Fields(strings.ToLower(fmt.Sprint(a.Value))), " ")
			fmt.Fprintf(&b, "%s=%q+", a.Type, value)
		}
		n.rdns = append(n.rdns, b.Bytes())
	}
	return n, true
}

// Violation says which name of cert is outside the constraints; "" when none is.
// A certificate whose names cannot be read is outside.
func (c *Constraints) Violation(cert *x509.Certificate) string {
	all, ok := namesOf(cert)
	if !ok {
		return "subjectAltName"
	}
	if len(all)*(len(c.permitted)+len(c.excluded)) > maxComparisons {
		return "too many names"
	}
	for _, n := range all {
		if !n.permittedBy(c.permitted) || n.excludedBy(c.excluded) {
			return n.String()
		}
	}
	return ""
}

// namesOf lists the names of a certificate that constraints speak about. The
// e-mail address in the subject counts only without one in subjectAltName.
func namesOf(c *x509.Certificate) (list []name, ok bool) {
	subject, ok := newName(kindDirectory, c.RawSubject)
	if !ok {
		return nil, false
	}
	if len(subject.rdns) > 0 {
		list = append(list, subject)
	}
	if value := extension(c, oidSubjectAltName); value != nil {
		in := cryptobyte.String(value)
		var seq cryptobyte.String
		if !in.ReadASN1(&seq, cryptobyte_asn1.SEQUENCE) {
			return nil, false
		}
		for !seq.Empty() {
			n, ok := readName(&seq)
			if !ok || len(list) == maxNames {
				return nil, false
			}
			list = append(list, n)
		}
	}
	if slices.ContainsFunc(list, func(n name) bool { return n.kind == kindEmail }) {
		return list, true
	}
	for _, a := range c.Subject.Names {
		if s, isText := a.Value.(string); isText && a.Type.Equal(oidEmailAddress) {
			n, _ := newName(kindEmail, []byte(s)) // only directory names can be unreadable
			list = append(list, n)
		}
	}
	return list, true
}

// permittedBy: within one subtree of its kind, if there is any of its kind.
func (n name) permittedBy(list []name) bool {
	constrained := false
	for _, subtree := range list {
		if subtree.kind != n.kind {
			continue
		}
		constrained = true
		if match, known := n.within(subtree); known && match {
			return true
		}
	}
	return !constrained
}

func (n name) excludedBy(list []name) bool {
	for _, subtree := range list {
		if subtree.kind != n.kind {
			continue
		}
		if match, known := n.within(subtree); match || !known {
			return true
		}
	}
	return false
}

// within says whether the name lies in the subtree; known is false when that
// cannot be said.
func (n name) within(subtree name) (match, known bool) {
	base := subtree.text
	switch n.kind {
	case kindDirectory:
		if len(subtree.rdns) > len(n.rdns) {
			return false, true
		}
		for i, rdn := range subtree.rdns {
			if !bytes.Equal(rdn, n.rdns[i]) {
				return false, true
			}
		}
		return true, true
	case kindEmail:
		_, host, ok := strings.Cut(n.text, "@")
		switch {
		case !ok:
			return false, false
		case strings.Contains(base, "@"):
			return n.text == base, true
		case strings.HasPrefix(base, "."):
			return strings.HasSuffix(host, base), true
		}
		return host == base, true
	case kindDNS:
		return base == "" || n.text == base || strings.HasSuffix(n.text, "."+strings.TrimPrefix(base, ".")), true
	}
	return false, false
}

// String is for a finding.
func (n name) String() string {
	switch n.kind {
	case kindDirectory:
		var rdns pkix.RDNSequence
		if _, err := asn1.Unmarshal(n.content, &rdns); err != nil {
			return "directoryName"
		}
		return rdns.String()
	case kindOther:
		return "otherName"
	case kindURI:
		return "URI " + string(n.content)
	case kindIP:
		return fmt.Sprintf("IP %x", n.content)
	}
	return string(n.content)
}
