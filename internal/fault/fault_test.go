package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"vanban/internal/fault"
)

var page = fault.Define("test-page", fault.Missing, "Không có trang %d: %s.", "There is no page %d: %s.", "Chọn trang khác.", "Choose another page.")

type word struct{}

func (word) In(l fault.Lang) string {
	if l == fault.En {
		return "lost"
	}
	return "bị mất"
}

func TestBothLanguages(t *testing.T) {
	e := page.New(4, word{})
	for l, want := range map[fault.Lang]string{fault.Vi: "Không có trang 4: bị mất.", fault.En: "There is no page 4: lost."} {
		if got := e.Text(l); got != want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
	if e.Hint(fault.En) != "Choose another page." || e.Hint(fault.Vi) != "Chọn trang khác." {
		t.Errorf("hints: %q, %q", e.Hint(fault.Vi), e.Hint(fault.En))
	}
}

func TestFrom(t *testing.T) {
	cause := errors.New("disk gone")
	wrapped := fmt.Errorf("opening: %w", page.Wrap(cause, 4, "x"))
	e := fault.From(wrapped)
	if e.Code != page || !errors.Is(wrapped, page) || !errors.Is(wrapped, cause) {
		t.Errorf("the code or the cause is lost: %v", e)
	}
	if got := fault.From(cause); got.Code != fault.Unexpected || strings.Contains(got.Text(fault.En), "disk") {
		t.Errorf("an error without a code shows %q", got.Text(fault.En))
	}
	if fault.From(fmt.Errorf("bare: %w", page)).Code != page {
		t.Error("a bare code is lost")
	}
	if fault.From(nil) != nil {
		t.Error("no error became one")
	}
}

func TestDefineTwice(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("two codes share an id")
		}
	}()
	fault.Define("test-page", fault.Input, "", "", "", "")
}
