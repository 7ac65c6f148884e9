package terminal

import (
	"testing"

	"vanban/internal/fault"
)

func TestLanguageOf(t *testing.T) {
	cases := []struct {
		env  map[string]string
		want fault.Lang
	}{
		{nil, fault.Vi},
		{map[string]string{"LANG": "en_US.UTF-8"}, fault.En},
		{map[string]string{"LANG": "C.UTF-8"}, fault.Vi},
		{map[string]string{"LANG": "en_GB", "LC_ALL": "vi_VN.UTF-8"}, fault.Vi},
	}
	for _, c := range cases {
		if got := languageOf(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}
