package tooltest

import (
	"syscall"
	"testing"
	"time"
)

// CPU is the processor time that this process has used. Bounds and ratios are
// taken in it, because wall time on a busy machine measures the neighbours.
func CPU(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
