package certs

import (
	"crypto/x509"
	"strings"
	"unicode"
)

// maxName bounds how much of an attacker's name reaches a screen, in runes.
const maxName = 200

// Describe is the name of a certificate for a person: its common name, else its
// organisation, else the whole subject. Control and invisible direction marks
// are taken out, so that a name cannot rearrange the sentence around it.
func Describe(c *x509.Certificate) string {
	if c == nil {
		return "?"
	}
	name := c.Subject.CommonName
	if name == "" && len(c.Subject.Organization) > 0 {
		name = c.Subject.Organization[0]
	}
	if name == "" {
		name = c.Subject.String()
	}
	if name == "" {
		name = "serial " + c.SerialNumber.Text(16)
	}
	return clean(name)
}

// clean makes hostile text fit for one line on a screen.
func clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(s, "�") {
		if n++; n > maxName {
			b.WriteRune('…')
			break
		}
		switch {
		case unicode.Is(unicode.Cf, r):
		case unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}
