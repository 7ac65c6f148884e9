package certs

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cryptobyte_asn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Name constraints (RFC 5280 section 4.2.1.10). Directory names, e-mail
// addresses and DNS names are enforced; a certificate that carries a name of
// another kind which a CA above it constrains is refused, with the kind named.

// The GeneralName tags.
const (
	nameOther     = 0
	nameEmail     = 1
	nameDNS       = 2
	nameDirectory = 4
	nameURI       = 6
	nameIP        = 7
)

// maxNames bounds names and constraints per certificate; their product is what
// a hostile pair of certificates could make expensive.
const maxNames = 256

var (
	oidSubjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidEmailAddress   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
)

// generalName is one name: its kind and its content (DER of the Name for
// directory names, the bytes of the string otherwise).
type generalName struct {
	kind    int
	content []byte
}

// names checks every certificate against the constraints of all CAs above it.
func (j *pathJudge) names() {
	for i := len(j.path) - 1; i > 0; i-- {
		value := extensionValue(j.path[i], oidNameConstraints)
		if value == nil {
			continue
		}
		permitted, excluded, ok := parseNameConstraints(value)
		if !ok {
			j.invalid(j.path[i], Finding{Code: codeCriticalExtension, Args: []any{Describe(j.path[i]), oidNameConstraints.String()}})
			continue
		}
		for k, c := range j.path[:i] {
			if k > 0 && selfIssued(c) {
				continue
			}
			if detail := violates(c, permitted, excluded); detail != "" {
				j.invalid(c, Finding{Code: codeNameConstraint, Args: []any{Describe(c), clean(detail)}})
			}
		}
	}
}

func extensionValue(c *x509.Certificate, oid asn1.ObjectIdentifier) []byte {
	for _, e := range c.Extensions {
		if e.Id.Equal(oid) {
			return e.Value
		}
	}
	return nil
}

func parseNameConstraints(der []byte) (permitted, excluded []generalName, ok bool) {
	in := cryptobyte.String(der)
	var seq, p, e cryptobyte.String
	var hasP, hasE bool
	if !in.ReadASN1(&seq, cryptobyte_asn1.SEQUENCE) || !in.Empty() ||
		!seq.ReadOptionalASN1(&p, &hasP, cryptobyte_asn1.Tag(0).Constructed().ContextSpecific()) ||
		!seq.ReadOptionalASN1(&e, &hasE, cryptobyte_asn1.Tag(1).Constructed().ContextSpecific()) || !seq.Empty() {
		return nil, nil, false
	}
	if permitted, ok = parseSubtrees(p); !ok {
		return nil, nil, false
	}
	excluded, ok = parseSubtrees(e)
	return permitted, excluded, ok
}

// parseSubtrees reads GeneralSubtrees; minimum and maximum must be absent, as
// RFC 5280 says.
func parseSubtrees(in cryptobyte.String) (list []generalName, ok bool) {
	for !in.Empty() {
		var subtree cryptobyte.String
		if !in.ReadASN1(&subtree, cryptobyte_asn1.SEQUENCE) || len(list) == maxNames {
			return nil, false
		}
		n, ok := readGeneralName(&subtree)
		if !ok || !subtree.Empty() {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}

func readGeneralName(in *cryptobyte.String) (generalName, bool) {
	var content cryptobyte.String
	var tag cryptobyte_asn1.Tag
	if !in.ReadAnyASN1(&content, &tag) || tag&0x80 == 0 {
		return generalName{}, false
	}
	return generalName{kind: int(tag & 0x1f), content: content}, true
}

// namesOf lists the names of a certificate that constraints speak about. The
// e-mail address in the subject counts only without one in subjectAltName.
func namesOf(c *x509.Certificate) (list []generalName, ok bool) {
	if rdns := parseRDNs(c.RawSubject); len(rdns) > 0 {
		list = append(list, generalName{nameDirectory, c.RawSubject})
	}
	hasEmail := false
	if value := extensionValue(c, oidSubjectAltName); value != nil {
		in := cryptobyte.String(value)
		var seq cryptobyte.String
		if !in.ReadASN1(&seq, cryptobyte_asn1.SEQUENCE) {
			return nil, false
		}
		for !seq.Empty() {
			n, ok := readGeneralName(&seq)
			if !ok || len(list) == maxNames {
				return nil, false
			}
			hasEmail = hasEmail || n.kind == nameEmail
			list = append(list, n)
		}
	}
	if !hasEmail {
		for _, a := range c.Subject.Names {
			if s, isText := a.Value.(string); isText && a.Type.Equal(oidEmailAddress) {
				list = append(list, generalName{nameEmail, []byte(s)})
			}
		}
	}
	return list, true
}

// violates says which name of c is outside the constraints; "" when none is.
func violates(c *x509.Certificate, permitted, excluded []generalName) string {
	names, ok := namesOf(c)
	if !ok {
		return "subjectAltName"
	}
	for _, n := range names {
		constrained, inside := false, false
		for _, p := range permitted {
			if p.kind != n.kind {
				continue
			}
			constrained = true
			match, known := n.within(p)
			if !known {
				return n.String()
			}
			inside = inside || match
		}
		if constrained && !inside {
			return n.String()
		}
		for _, e := range excluded {
			if e.kind != n.kind {
				continue
			}
			if match, known := n.within(e); match || !known {
				return n.String()
			}
		}
	}
	return ""
}

// within says whether the name lies in the subtree; known is false for kinds
// that are not understood, which both lists treat as a violation.
func (n generalName) within(subtree generalName) (match, known bool) {
	name, base := strings.ToLower(string(n.content)), strings.ToLower(string(subtree.content))
	switch n.kind {
	case nameDirectory:
		return directoryWithin(n.content, subtree.content), true
	case nameEmail:
		_, host, ok := strings.Cut(name, "@")
		switch {
		case !ok:
			return false, false
		case strings.Contains(base, "@"):
			return name == base, true
		case strings.HasPrefix(base, "."):
			return strings.HasSuffix(host, base), true
		}
		return host == base, true
	case nameDNS:
		return base == "" || name == base || strings.HasSuffix(name, "."+strings.TrimPrefix(base, ".")), true
	}
	return false, false
}

// String is for a finding.
func (n generalName) String() string {
	switch n.kind {
	case nameDirectory:
		var rdns pkix.RDNSequence
		if _, err := asn1.Unmarshal(n.content, &rdns); err != nil {
			return "directoryName"
		}
		return rdns.String()
	case nameOther:
		return "otherName"
	case nameURI:
		return "URI " + string(n.content)
	case nameIP:
		return fmt.Sprintf("IP %x", n.content)
	}
	return string(n.content)
}

// directoryWithin says whether the RDNs of base are the first RDNs of name.
// Values are compared as text without regard to case, spacing and string type:
// comparing bytes would let an excluded name pass in another encoding.
func directoryWithin(name, base []byte) bool {
	n, b := parseRDNs(name), parseRDNs(base)
	if len(b) > len(n) || b == nil {
		return false
	}
	for i := range b {
		if !bytes.Equal(n[i], b[i]) {
			return false
		}
	}
	return true
}

// parseRDNs gives each RDN in a comparable form; nil when der is not a Name.
func parseRDNs(der []byte) [][]byte {
	var rdns pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &rdns); err != nil || len(rest) > 0 {
		return nil
	}
	out := [][]byte{}
	for _, rdn := range rdns {
		var b bytes.Buffer
		for _, a := range rdn {
			value := strings.Join(strings.Fields(strings.ToLower(fmt.Sprint(a.Value))), " ")
			fmt.Fprintf(&b, "%s=%q+", a.Type, value)
		}
		out = append(out, b.Bytes())
	}
	return out
}
