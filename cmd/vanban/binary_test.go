package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vanban/internal/tooltest"
)

// The tests that measure time and memory, and the one that kills, run the
// program as it is shipped: static, without the race detector.

var (
	buildOnce   sync.Once
	builtBinary string
	buildError  error
)

// binary builds the program once for all tests.
func binary(t testing.TB) string {
	t.Helper()
	buildOnce.Do(func() {
		dir, err := os.MkdirTemp("", "vanban-test-")
		if err != nil {
			buildError = err
			return
		}
		builtBinary = filepath.Join(dir, "vanban")
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", builtBinary, ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			buildError = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if buildError != nil {
		t.Fatal(buildError)
	}
	return builtBinary
}

// removeBinary is called when all tests are done.
func removeBinary() {
	if builtBinary != "" {
		os.RemoveAll(filepath.Dir(builtBinary))
	}
}

// outcome is what one run of the program did and cost.
type outcome struct {
	status   int
	out, err string
	elapsed  time.Duration
	peakKiB  int64
}

// measure runs the program under /usr/bin/time, which forks from a small
// process, so that the peak is the program's own.
func measure(t testing.TB, env []string, args ...string) outcome {
	t.Helper()
	tooltest.Need(t, "/usr/bin/time")
	report := filepath.Join(t.TempDir(), "time")
	cmd := exec.Command("/usr/bin/time", append([]string{"-f", "%M", "-o", report, binary(t)}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	o := outcome{out: stdout.String(), err: stderr.String(), elapsed: time.Since(start)}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		o.status = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n") // a line about the status may come first
	if o.peakKiB, err = strconv.ParseInt(lines[len(lines)-1], 10, 64); err != nil {
		t.Fatalf("/usr/bin/time wrote %q", b)
	}
	return o
}
