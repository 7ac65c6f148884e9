package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"vanban/cmd/vanban/terminal"
)

// version names the release; a build may set it with -ldflags "-X main.version=1.2.3".
var version = "0.1.0"

// build is what `vanban version` tells.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionCommand(t *terminal.Terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: t.Of(terminal.T("phiên bản của chương trình", "the version of this program")),
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b := readBuild()
			if t.JSON {
				return t.Object(b)
			}
			t.Line("vanban %s %s %s", b.Version, b.Go, b.Platform)
			if b.Revision != "" {
				t.Line("%s", b.Revision)
			}
			return nil
		},
	}
}

func readBuild() build {
	b := build{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
