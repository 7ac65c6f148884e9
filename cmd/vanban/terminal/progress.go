package terminal

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// Progress draws a bar on a terminal for more than one file, and nothing
// anywhere else.
type Progress struct{ bar *progressbar.ProgressBar }

// Progress starts a bar for so many files.
func (t *Terminal) Progress(files int) Progress {
	if files < 2 || !t.TTY || t.JSON {
		return Progress{}
	}
	return Progress{progressbar.NewOptions(files,
		progressbar.OptionSetWriter(t.Err),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(),
	)}
}

// Step says that one more file is done.
func (p Progress) Step() {
	if p.bar != nil {
		// A bar that cannot be drawn is no reason to stop.
		_ = p.bar.Add(1)
	}
}
