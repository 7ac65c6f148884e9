//go:build !race

package tooltest

// Slower is how many times more processor time the race detector takes; tests
// that bound it multiply by this.
const Slower = 1
