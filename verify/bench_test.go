package verify_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	pdfverify "github.com/digitorus/pdfsign/verify"

	"vanban/certs/certtest"
	"vanban/internal/pdf"
	"vanban/internal/tooltest"
	"vanban/verify"
)

// heavy is the draft with an attachment that makes it n bytes long.
func heavy(b *testing.B, n int) []byte {
	data := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return revise(b, draft(), func(u *pdf.Update, cat pdf.Dict) {
		cat["Attachment"] = u.AddStream(pdf.Dict{}, data, false)
	})
}

// BenchmarkFile verifies a file with one RSA-2048 signature, in turns with two
// other things in the same process: the least that any verifier must do (read
// the file, one SHA-256 pass, one RSA verification for the document) and
// pdfsign v0.9.0. The metrics are processor time in milliseconds and ratios:
// x-raw is ours to the least, x-pdfsign is pdfsign's to ours.
func BenchmarkFile(b *testing.B) {
	l := newLab(b)
	leader, err := l.pki.Leader(certtest.Subject{CN: "Nguyễn Văn Mẫu", O: "UBND xã Nghĩa Hành"}, certtest.Options{Key: "rsa2048"})
	if err != nil {
		b.Fatal(err)
	}
	l.leader = leader
	for _, size := range []struct {
		name string
		n    int
	}{{"100KB", 100 << 10}, {"1MB", 1 << 20}} {
		b.Run(size.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "in.pdf")
			if err := os.WriteFile(path, l.sign(b, heavy(b, size.n), act{field: "leader"}), 0o600); err != nil {
				b.Fatal(err)
			}
			benchmarkFile(b, path, l)
		})
	}
}

func benchmarkFile(b *testing.B, path string, l *lab) {
	opt := l.options(b)
	sum := sha256.Sum256([]byte("raw"))
	value, err := l.leader.Key.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		b.Fatal(err)
	}
	public := l.leader.Certificate.PublicKey.(*rsa.PublicKey)
	var raw, ours, theirs time.Duration
	measure := func(total *time.Duration, f func() error) {
		start := tooltest.CPU(b)
		if err := f(); err != nil {
			b.Fatal(err)
		}
		*total += tooltest.CPU(b) - start
	}
	for b.Loop() {
		measure(&raw, func() error {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sha256.Sum256(data)
			return rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], value)
		})
		measure(&ours, func() error { return verifyOurs(path, opt) })
		measure(&theirs, func() error { return verifyPdfsign(path) })
	}
	n := float64(b.N) * float64(time.Millisecond)
	b.ReportMetric(float64(ours)/n, "ours-ms")
	b.ReportMetric(float64(raw)/n, "raw-ms")
	b.ReportMetric(float64(ours)/float64(raw), "x-raw")
	b.ReportMetric(float64(theirs)/float64(ours), "x-pdfsign")
	b.ReportMetric(0, "ns/op") // of the three together: says nothing
}

func verifyOurs(path string, opt verify.Options) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	r, err := verify.File(context.Background(), f, info.Size(), opt)
	if err == nil && r.Indication != verify.TotalPassed {
		err = fmt.Errorf("%s", r.SummaryEn)
	}
	return err
}

func verifyPdfsign(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = pdfverify.Verify(bytes.NewReader(data), int64(len(data)))
	return err
}
