package sign_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"vanban/sign"
)

func prepare(t *testing.T, b []byte, key *softKey, req sign.Request) *sign.Pending {
	t.Helper()
	req.Time = signingTime
	p, err := sign.Prepare(context.Background(), bytes.NewReader(b), int64(len(b)), key.Chain(), req)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func signDigest(t *testing.T, p *sign.Pending, key *softKey) []byte {
	t.Helper()
	tbs, opts := p.Digest()
	signature, err := key.Sign(context.Background(), tbs, opts)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// carry stores a Pending and reads it in another process.
func carry(t *testing.T, p *sign.Pending) *sign.Pending {
	t.Helper()
	b, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if p, err = sign.UnmarshalPending(b); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPendingIsCarried(t *testing.T) {
	w := getWorld(t)
	in := letter(t)
	for _, kind := range []string{"rsa2048", "ed25519"} {
		key := w.issue(t, kind, keyOptions(kind))
		p := prepare(t, in, key, sign.Request{Level: sign.BT, TSA: stamper{w: w}})
		signature := signDigest(t, p, key)
		p = carry(t, p)
		ctx := context.Background()
		if _, err := p.Finish(ctx, signature, bytes.NewReader(in), io.Discard); err == nil {
			t.Error("B-T without an authority")
		}
		p = carry(t, prepare(t, in, key, sign.Request{Level: sign.BT, TSA: stamper{w: w}, Reason: "lần hai"}))
		p.TSA = stamper{w: w}
		signature = signDigest(t, p, key)
		var out bytes.Buffer
		r, err := p.Finish(ctx, signature, bytes.NewReader(in), &out)
		if err != nil {
			t.Fatal(err)
		}
		if r.Field != "Signature1" || p.Field() != r.Field || r.Size != int64(out.Len()) || !bytes.HasPrefix(out.Bytes(), in) {
			t.Errorf("result %+v", r)
		}
		_, err = p.Finish(ctx, signature, bytes.NewReader(in), io.Discard)
		wantCode(t, err, "sign-pending-used")
		if _, err := p.Marshal(); err == nil {
			t.Error("a used preparation can be stored")
		}
	}
}

func TestPendingRefusesOtherBase(t *testing.T) {
	key := getWorld(t).key(t, "p256")
	in := letter(t)
	bent := bytes.Clone(in)
	bent[len(bent)/2] ^= 1
	for name, base := range map[string][]byte{"bent": bent, "cut": in[:len(in)-10], "empty": nil} {
		p := carry(t, prepare(t, in, key, sign.Request{}))
		var out bytes.Buffer
		_, err := p.Finish(context.Background(), signDigest(t, p, key), bytes.NewReader(base), &out)
		if err == nil || out.Len() > 0 {
			t.Errorf("%s: finished", name)
		}
		wantCode(t, err, "sign-base-changed")
	}
	// More after the end is not looked at: the caller says how long the base is.
	p := prepare(t, in, key, sign.Request{})
	other := signDigest(t, prepare(t, in, key, sign.Request{Reason: "khác"}), key)
	_, err := p.Finish(context.Background(), other, bytes.NewReader(in), io.Discard)
	wantCode(t, err, "sign-key-mismatch")
}

func TestPendingRefusesDamagedState(t *testing.T) {
	key := getWorld(t).key(t, "p256")
	in := letter(t)
	p := prepare(t, in, key, sign.Request{})
	state, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	signature := signDigest(t, p, key)
	for _, b := range [][]byte{nil, []byte("{}"), state[:len(state)/2], bytes.Replace(state, []byte(`"version":1`), []byte(`"version":2`), 1),
		bytes.Replace(state, []byte(`"hash":5`), []byte(`"hash":3`), 1), bytes.Replace(state, []byte(`"Start":`), []byte(`"Start":9`), 1)} {
		_, err := sign.UnmarshalPending(b)
		wantCode(t, err, "sign-pending-invalid")
	}
	// A state that was tampered with cannot give a file that does not verify.
	for i := 0; i < len(state); i += len(state) / 300 {
		bent := bytes.Clone(state)
		bent[i] ^= 1
		q, err := sign.UnmarshalPending(bent)
		if err != nil {
			continue
		}
		var out bytes.Buffer
		r, err := q.Finish(context.Background(), signature, bytes.NewReader(in), &out)
		if err != nil {
			continue
		}
		if all, valid := validSignatures(t, out.Bytes()); all != 1 || valid != 1 {
			t.Fatalf("byte %d of the state bent: field %s, %d signatures, %d valid", i, r.Field, all, valid)
		}
	}
}

// TestFiles signs from file to file, which takes the kernel's copy.
func TestFiles(t *testing.T) {
	key := getWorld(t).key(t, "p256")
	dir := t.TempDir()
	path := filepath.Join(dir, "in.pdf")
	if err := os.WriteFile(path, letter(t), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(filepath.Join(dir, "out.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	r, err := sign.Sign(context.Background(), in, int64(len(letter(t))), key, sign.Request{Time: signingTime}, out)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := in.Seek(0, io.SeekCurrent); err != nil || at != 0 {
		t.Errorf("the input's position moved to %d", at)
	}
	b, err := os.ReadFile(out.Name())
	if err != nil || int64(len(b)) != r.Size || !bytes.HasPrefix(b, letter(t)) {
		t.Errorf("%d bytes written, %d said (%v)", len(b), r.Size, err)
	}
	if all, valid := validSignatures(t, b); all != 1 || valid != 1 {
		t.Errorf("pdfsig: %d signatures, %d valid", all, valid)
	}
}

// touchingKey changes the input while it signs.
type touchingKey struct {
	*softKey
	path string
}

func (k touchingKey) Chain() []*certificate { return k.softKey.Chain() }

func (k touchingKey) Sign(ctx context.Context, digest []byte, opts signerOpts) ([]byte, error) {
	f, err := os.OpenFile(k.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.WriteString("\n"); err != nil {
		return nil, err
	}
	return k.softKey.Sign(ctx, digest, opts)
}

func TestNoticesThatTheInputChanges(t *testing.T) {
	key := getWorld(t).key(t, "p256")
	path := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(path, letter(t), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	_, err = sign.Sign(context.Background(), in, int64(len(letter(t))), touchingKey{key, path}, sign.Request{Time: signingTime}, io.Discard)
	wantCode(t, err, "sign-base-changed")
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in := letter(t)
	_, err := sign.Sign(ctx, bytes.NewReader(in), int64(len(in)), getWorld(t).key(t, "p256"), sign.Request{Time: signingTime}, io.Discard)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// padded is a document of any size: the letter, whose second reader sees a
// stream of zeros that no memory holds. It is an update with one big stream.
type padded struct {
	head, tail []byte
	zeros      int64
}

func (p padded) size() int64 { return int64(len(p.head)) + p.zeros + int64(len(p.tail)) }

func (p padded) ReadAt(b []byte, at int64) (int, error) {
	n := 0
	for n < len(b) {
		switch pos := at + int64(n); {
		case pos < int64(len(p.head)):
			n += copy(b[n:], p.head[pos:])
		case pos < int64(len(p.head))+p.zeros:
			run := min(int64(len(b)-n), int64(len(p.head))+p.zeros-pos)
			clear(b[n : n+int(run)])
			n += int(run)
		case pos < p.size():
			n += copy(b[n:], p.tail[pos-int64(len(p.head))-p.zeros:])
		default:
			return n, io.EOF
		}
	}
	return n, nil
}

// TestMemoryIsFlat signs a document of 200 MB and watches what is allocated.
func TestMemoryIsFlat(t *testing.T) {
	key := getWorld(t).key(t, "p256")
	doc := bigDocument(letter(t), 200<<20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := sign.Sign(context.Background(), doc, doc.size(), key, sign.Request{Time: signingTime}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if r.Size < doc.size() {
		t.Errorf("signed file of %d bytes", r.Size)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20 {
		t.Errorf("%d bytes allocated for a document of %d", got, doc.size())
	}
}
