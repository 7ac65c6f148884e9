package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"vanban/internal/fault"
)

var (
	verbs  = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*[\d.]*[a-zA-Z]`)
	codeID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// TestEveryCodeSpeaksBothLanguages looks at every code of the program: this
// package links all rooms, so the registry is complete here.
func TestEveryCodeSpeaksBothLanguages(t *testing.T) {
	for _, c := range fault.All() {
		vi, en := c.Text(fault.Vi), c.Text(fault.En)
		switch {
		case !codeID.MatchString(c.ID()):
			t.Errorf("%s: an id is lower case with dashes", c.ID())
		case vi == "" || en == "" || vi == en:
			t.Errorf("%s: %q and %q are not one sentence in two languages", c.ID(), vi, en)
		case (c.Hint(fault.Vi) == "") != (c.Hint(fault.En) == ""):
			t.Errorf("%s: a hint in one language only", c.ID())
		}
		if a, b := verbsOf(vi), verbsOf(en); !slices.Equal(a, b) {
			t.Errorf("%s: the arguments differ: %v and %v", c.ID(), a, b)
		}
		for _, text := range []string{c.Hint(fault.Vi), c.Hint(fault.En)} {
			if len(verbsOf(text)) > 0 {
				t.Errorf("%s: a hint takes no arguments: %q", c.ID(), text)
			}
		}
	}
	if n := len(fault.All()); n < 100 {
		t.Errorf("only %d codes are linked", n)
	}
}

func verbsOf(format string) []string {
	found := verbs.FindAllString(strings.ReplaceAll(format, "%%", ""), -1)
	slices.Sort(found) // the order may differ when it is written out: %[2]s
	return found
}
