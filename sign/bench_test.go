package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	pdfsign "github.com/digitorus/pdfsign/sign"

	"vanban/certs/certtest"
	"vanban/sign"
)

// cpu is the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// materialise writes a document of about n bytes into a file.
func materialise(b *testing.B, n int) string {
	b.Helper()
	in := letter(b)
	doc := bigDocument(in, int64(max(n-len(in)-300, 1)))
	buf := make([]byte, doc.size())
	if _, err := doc.ReadAt(buf, 0); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "in.pdf")
	if err := os.WriteFile(path, buf, 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkSign signs from file to file, in turns with two other things in the
// same process: the least that any signer must do (read the file, one SHA-256
// pass, one use of the key) and pdfsign v0.9.0. The metrics are processor time
// in milliseconds and its ratios: x-raw is ours to the least, x-pdfsign is
// pdfsign's to ours, so more is better for us.
func BenchmarkSign(b *testing.B) {
	for _, size := range []struct {
		name string
		n    int
	}{{"100KB", 100 << 10}, {"1MB", 1 << 20}} {
		for _, kind := range []certtest.KeyType{"rsa2048", "p256"} {
			b.Run(size.name+"/"+string(kind), func(b *testing.B) { benchmarkSign(b, materialise(b, size.n), getWorld(b).key(b, kind)) })
		}
	}
}

func benchmarkSign(b *testing.B, path string, key *softKey) {
	var raw, ours, theirs time.Duration
	out := filepath.Join(b.TempDir(), "out.pdf")
	measure := func(total *time.Duration, f func() error) {
		start := cpu(b)
		if err := f(); err != nil {
			b.Fatal(err)
		}
		*total += cpu(b) - start
	}
	for b.Loop() {
		measure(&raw, func() error { return signRaw(path, key) })
		measure(&ours, func() error { return signOurs(path, out, key) })
		measure(&theirs, func() error { return signPdfsign(path, out, key) })
	}
	n := float64(b.N) * float64(time.Millisecond)
	b.ReportMetric(float64(ours)/n, "ours-ms")
	b.ReportMetric(float64(raw)/n, "raw-ms")
	b.ReportMetric(float64(ours)/float64(raw), "x-raw")
	b.ReportMetric(float64(theirs)/float64(ours), "x-pdfsign")
	b.ReportMetric(0, "ns/op") // of the three together: says nothing
}

func signRaw(path string, key *softKey) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	_, err = key.id.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	return err
}

func signOurs(path, out string, key *softKey) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	w, err := os.Create(out)
	if err != nil {
		return err
	}
	defer w.Close()
	_, err = sign.Sign(context.Background(), in, info.Size(), key, sign.Request{Time: signingTime}, w)
	return err
}

func signPdfsign(path, out string, key *softKey) error {
	return pdfsign.SignFile(path, out, pdfsign.SignData{
		Signature: pdfsign.SignDataSignature{CertType: pdfsign.ApprovalSignature,
			Info: pdfsign.SignDataSignatureInfo{Name: "Nguyen", Date: signingTime}},
		Signer: key.id.Key, DigestAlgorithm: crypto.SHA256, Certificate: key.id.Certificate,
		CertificateChains: [][]*x509.Certificate{key.id.Chain},
	})
}

// BenchmarkMainJob is the two acts of the main job with pictures and fields.
func BenchmarkMainJob(b *testing.B) {
	w := getWorld(b)
	leader, clerk := w.key(b, "rsa2048"), w.key(b, "p256")
	in := letter(b)
	places := spread(in)
	first, second := leaderRequest(b, places), sealRequest(b, places)
	first.Time, second.Time = signingTime, signingTime
	for b.Loop() {
		var signed, sealed bytes.Buffer
		if _, err := sign.Sign(context.Background(), bytes.NewReader(in), int64(len(in)), leader, first, &signed); err != nil {
			b.Fatal(err)
		}
		if _, err := sign.Sign(context.Background(), bytes.NewReader(signed.Bytes()), int64(signed.Len()), clerk, second, &sealed); err != nil {
			b.Fatal(err)
		}
	}
}
