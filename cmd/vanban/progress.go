package main

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress draws a bar on a terminal for more than one file, and nothing
// anywhere else.
type progress struct{ bar *progressbar.ProgressBar }

func (t *terminal) progress(files int) progress {
	if files < 2 || !t.tty || t.json {
		return progress{}
	}
	return progress{progressbar.NewOptions(files,
		progressbar.OptionSetWriter(t.err),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(),
	)}
}

func (p progress) step() {
	if p.bar != nil {
		// A bar that cannot be drawn is no reason to stop.
		_ = p.bar.Add(1)
	}
}
