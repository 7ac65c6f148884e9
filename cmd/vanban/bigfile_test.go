package main

import (
	"bufio"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"vanban/cmd/vanban/badpdf"
	"vanban/internal/tooltest"
)

// bigKiB is how much memory signing and verifying may take, whatever the size
// of the file.
const bigKiB = 64 << 10

// TestOneGigabyte signs and verifies a large PDF in flat memory and prints the
// time as a ratio to sha256sum and cp of the same file. The file has 128 MiB,
// or 1 GiB when VANBAN_BIG is set (make soak).
func TestOneGigabyte(t *testing.T) {
	tooltest.Need(t, "sha256sum", "cp")
	size := int64(128 << 20)
	if os.Getenv("VANBAN_BIG") != "" {
		size = 1 << 30
	}
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	writeBigPDF(t, in("big.pdf"), size)
	if o := measure(t, nil, "cert", "demo", "--dir", in("pki")); o.status != 0 {
		t.Fatalf("cert demo: %s%s", o.out, o.err)
	}
	baseline := timed(t, "sha256sum", in("big.pdf")) + timed(t, "cp", in("big.pdf"), in("copy.pdf"))
	runs := []struct {
		name string
		args []string
	}{
		{"sign", []string{"sign", in("big.pdf"), "-o", in("signed.pdf"), "--p12", in("pki/leader.p12"), "--password-file", in("pki/leader.password"),
			"--trust", in("pki/trust"), "--evidence", in("pki/evidence"), "--offline"}},
		{"verify", []string{"verify", in("signed.pdf"), "--trust", in("pki/trust"), "--evidence", in("pki/evidence"), "--offline"}},
	}
	for _, r := range runs {
		o := measure(t, nil, r.args...)
		if o.status != 0 {
			t.Fatalf("%s: status %d\n%s%s", r.name, o.status, o.out, o.err)
		}
		if o.peakKiB > bigKiB {
			t.Errorf("%s of %d MiB took %d KiB, allowed %d", r.name, size>>20, o.peakKiB, bigKiB)
		}
		t.Logf("%-6s of %d MiB: %v, peak %d KiB, %.2f times sha256sum + cp (%v)", r.name, size>>20,
			o.elapsed.Round(time.Millisecond), o.peakKiB, o.elapsed.Seconds()/baseline.Seconds(), baseline.Round(time.Millisecond))
	}
}

func timed(t *testing.T, name string, args ...string) time.Duration {
	t.Helper()
	start := time.Now()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return time.Since(start)
}

// writeBigPDF writes one page and a stream of so many bytes of noise.
func writeBigPDF(t *testing.T, path string, size int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := &counter{w: bufio.NewWriterSize(f, 1<<20)}
	fmt.Fprintf(w, "%%PDF-1.7\n")
	var offsets []int64
	object := func(body func()) {
		offsets = append(offsets, w.n)
		fmt.Fprintf(w, "%d 0 obj\n", len(offsets))
		body()
		fmt.Fprintf(w, "\nendobj\n")
	}
	for _, text := range []string{"<< /Type /Catalog /Pages 2 0 R /Noise 5 0 R >>", badpdf.Pages, badpdf.Page, badpdf.Content} {
		object(func() { io.WriteString(w, text) })
	}
	object(func() {
		fmt.Fprintf(w, "<< /Length %d >>\nstream\n", size)
		noise := mathrand.NewChaCha8([32]byte{1})
		if _, err := io.CopyN(w, noise, size); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, "\nendstream")
	})
	xref := w.n
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(w, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(w, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, xref)
	if err := w.w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// counter counts what is written, for the offsets of a cross-reference table.
type counter struct {
	w *bufio.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
