package house

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigDefaults(t *testing.T) {
	c, err := ParseConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != DefaultListen || c.UploadLimitMiB != DefaultUploadLimitMiB {
		t.Errorf("defaults: %+v", c)
	}
}

func TestConfigRefusesNonsense(t *testing.T) {
	cases := []struct{ name, toml, says string }{
		{"unknown key", "listne = '127.0.0.1:1'", "listne"},
		{"unknown key in a table", "[trust]\nlegacy-sha1 = true", "trust.legacy-sha1"},
		{"not an address", "listen = '8080'", "listen"},
		{"no size", "upload_limit_mib = -1", "upload_limit_mib"},
		{"wrong type", "upload_limit_mib = 'big'", ""},
		{"not a web address", "[timestamp]\nurl = 'file:///etc/passwd'", "timestamp.url"},
		{"not TOML", "<xml/>", ""},
	}
	for _, c := range cases {
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, []byte(c.toml), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadConfig(path)
		if !errors.Is(err, codeConfig) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s naming %q", c.name, err, codeConfig.ID(), c.says)
		}
	}
}

func TestConfigSurvivesBeingSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	want := Config{Listen: "127.0.0.1:9", UploadLimitMiB: 3, TimeStamp: TimeStamp{URL: "http://127.0.0.1:1/tsa", AllowPrivate: true}}
	if err := want.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := LoadConfig(path)
	want.Data = filepath.Dir(path)
	if err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
