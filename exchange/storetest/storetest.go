// Package storetest is the conformance suite of storage.Store: every driver
// runs it, so that they differ in speed and durability only. It also has a
// store in memory for fast tests, and one that fails on demand.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"vanban/exchange/storage"
)

// Open makes a store in an empty folder, or opens the one that is there.
type Open func(dir string) (storage.Store, error)

// Run checks a driver against the contract in exchange/store.go. durable
// says whether a store that is closed and opened again still has its contents.
func Run(t *testing.T, durable bool, open Open) {
	for _, c := range []struct {
		name string
		test func(*testing.T, storage.Store)
	}{
		{"ReadYourWrites", readYourWrites},
		{"Scan", scan},
		{"FailedUpdateWritesNothing", failedUpdate},
		{"ViewMayNotWrite", viewMayNotWrite},
		{"BadEntries", badEntries},
		{"Counter", counter},
		{"PanicIsAnError", panicIsAnError},
		{"CancelledContext", cancelled},
		{"Blobs", blobs},
		{"BlobLimit", blobLimit},
		{"BlobNames", blobNames},
		{"BlobsTogether", blobsTogether},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			c.test(t, s)
			if err := s.Close(); err != nil {
				t.Fatalf("close: %v", err)
			}
			if err := s.Update(context.Background(), put("c", "k", "v")); err == nil {
				t.Error("a closed store took a write")
			}
			if err := s.View(context.Background(), func(storage.Tx) error { return nil }); err == nil {
				t.Error("a closed store gave a view")
			}
		})
	}
	if durable {
		t.Run("Reopen", func(t *testing.T) { reopen(t, open) })
	}
}

var ctx = context.Background()

func put(c storage.Collection, key, value string) func(storage.Tx) error {
	return func(tx storage.Tx) error { return tx.Put(c, key, []byte(value)) }
}

// get reads one key in a view; "" when absent.
func get(t *testing.T, s storage.Store, c storage.Collection, key string) string {
	t.Helper()
	var out string
	err := s.View(ctx, func(tx storage.Tx) error {
		v, err := tx.Get(c, key)
		out = string(v)
		return err
	})
	if err != nil {
		t.Fatalf("get %s/%s: %v", c, key, err)
	}
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func readYourWrites(t *testing.T, s storage.Store) {
	must(t, s.Update(ctx, func(tx storage.Tx) error {
		if err := tx.Put("a", "k", []byte("1")); err != nil {
			return err
		}
		if v, err := tx.Get("a", "k"); err != nil || string(v) != "1" {
			return fmt.Errorf("in the same update: %q, %v", v, err)
		}
		if v, err := tx.Get("b", "k"); err != nil || v != nil {
			return fmt.Errorf("another collection: %q, %v", v, err)
		}
		return tx.Put("a", "k", []byte("2"))
	}))
	if got := get(t, s, "a", "k"); got != "2" {
		t.Errorf("after: %q", got)
	}
	must(t, s.Update(ctx, func(tx storage.Tx) error {
		return errors.Join(tx.Delete("a", "k"), tx.Delete("a", "never was"), tx.Delete("no such", "k"))
	}))
	if got := get(t, s, "a", "k"); got != "" {
		t.Errorf("deleted: %q", got)
	}
}

func scan(t *testing.T, s storage.Store) {
	keys := []string{"a", "a/1", "a/2", "a/3", "b/1", "b\xff", "c"}
	must(t, s.Update(ctx, func(tx storage.Tx) error {
		for _, k := range slices.Backward(keys) {
			if err := tx.Put("s", k, []byte("v"+k)); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, c := range []struct {
		r    storage.Range
		want string
	}{
		{storage.Range{}, "a a/1 a/2 a/3 b/1 b\xff c"},
		{storage.Range{Reverse: true}, "c b\xff b/1 a/3 a/2 a/1 a"},
		{storage.Range{Prefix: "a/"}, "a/1 a/2 a/3"},
		{storage.Range{Prefix: "a/", Reverse: true}, "a/3 a/2 a/1"},
		{storage.Range{Prefix: "a/", After: "a/1"}, "a/2 a/3"},
		{storage.Range{Prefix: "a/", After: "a"}, "a/1 a/2 a/3"},
		{storage.Range{Prefix: "a/", After: "c"}, ""},
		{storage.Range{Prefix: "a/", After: "a/3", Reverse: true}, "a/2 a/1"},
		{storage.Range{Prefix: "a/", After: "zzz", Reverse: true}, "a/3 a/2 a/1"},
		{storage.Range{Prefix: "a/", After: "a", Reverse: true}, ""},
		{storage.Range{Prefix: "b\xff", Reverse: true}, "b\xff"},
		{storage.Range{After: "b/1"}, "b\xff c"},
		{storage.Range{After: "b/2", Reverse: true}, "b/1 a/3 a/2 a/1 a"},
		{storage.Range{Prefix: "c", Reverse: true}, "c"},
		{storage.Range{Prefix: "nothing"}, ""},
		{storage.Range{Prefix: "nothing", Reverse: true}, ""},
	} {
		var got []string
		must(t, s.View(ctx, func(tx storage.Tx) error {
			return tx.Scan("s", c.r, func(k string, v []byte) (bool, error) {
				if string(v) != "v"+k {
					return false, fmt.Errorf("key %q has %q", k, v)
				}
				got = append(got, k)
				return false, nil
			})
		}))
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %q, want %q", c.r, strings.Join(got, " "), c.want)
		}
	}
	stopped := 0
	boom := errors.New("boom")
	must(t, s.View(ctx, func(tx storage.Tx) error {
		return tx.Scan("s", storage.Range{}, func(string, []byte) (bool, error) { stopped++; return stopped == 2, nil })
	}))
	err := s.View(ctx, func(tx storage.Tx) error {
		return tx.Scan("s", storage.Range{}, func(string, []byte) (bool, error) { return false, boom })
	})
	if stopped != 2 || !errors.Is(err, boom) {
		t.Errorf("stop after %d, error %v", stopped, err)
	}
}

// Many updates at once, every other of which fails after it has written.
func failedUpdate(t *testing.T, s storage.Store) {
	boom := errors.New("boom")
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			err := s.Update(ctx, func(tx storage.Tx) error {
				for _, part := range []string{"x", "y"} {
					if err := tx.Put("f", fmt.Sprintf("%s%02d", part, i), []byte("v")); err != nil {
						return err
					}
				}
				if i%2 == 1 {
					return boom
				}
				return nil
			})
			if (i%2 == 1) != errors.Is(err, boom) {
				t.Errorf("update %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	for i := range 64 {
		want := "v"
		if i%2 == 1 {
			want = ""
		}
		for _, part := range []string{"x", "y"} {
			if got := get(t, s, "f", fmt.Sprintf("%s%02d", part, i)); got != want {
				t.Errorf("%s%02d: %q, want %q", part, i, got, want)
			}
		}
	}
}

func viewMayNotWrite(t *testing.T, s storage.Store) {
	must(t, s.Update(ctx, put("v", "k", "1")))
	for name, write := range map[string]func(storage.Tx) error{
		"put": put("v", "k", "2"), "delete": func(tx storage.Tx) error { return tx.Delete("v", "k") },
	} {
		if err := s.View(ctx, write); err == nil {
			t.Errorf("%s in a view", name)
		}
	}
	if got := get(t, s, "v", "k"); got != "1" {
		t.Errorf("view wrote %q", got)
	}
}

func badEntries(t *testing.T, s storage.Store) {
	for name, f := range map[string]func(storage.Tx) error{
		"empty key": put("b", "", "v"), "empty value": put("b", "k", ""), "long key": put("b", strings.Repeat("k", 501), "v"),
	} {
		if err := s.Update(ctx, f); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	must(t, s.Update(ctx, put("b", strings.Repeat("k", 500), "v")))
}

// counter is what numbering does: read, add one, write, many at a time.
func counter(t *testing.T, s storage.Store) {
	const callers, each = 16, 25
	seen := make([]bool, callers*each+1)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for range each {
				var mine int
				err := s.Update(ctx, func(tx storage.Tx) error {
					v, err := tx.Get("n", "counter")
					if err != nil {
						return err
					}
					mine = 1
					if v != nil {
						n, _ := strconv.Atoi(string(v))
						mine = n + 1
					}
					return tx.Put("n", "counter", []byte(strconv.Itoa(mine)))
				})
				if err != nil {
					t.Errorf("counting: %v", err)
					return
				}
				mu.Lock()
				if seen[mine] {
					t.Errorf("number %d twice", mine)
				}
				seen[mine] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if got := get(t, s, "n", "counter"); got != strconv.Itoa(callers*each) {
		t.Errorf("counted to %s", got)
	}
}

func panicIsAnError(t *testing.T, s storage.Store) {
	err := s.Update(ctx, func(tx storage.Tx) error {
		if err := tx.Put("p", "k", []byte("v")); err != nil {
			return err
		}
		panic("oops")
	})
	if err == nil || get(t, s, "p", "k") != "" {
		t.Errorf("a panic was committed: %v", err)
	}
	must(t, s.Update(ctx, put("p", "k", "after")))
}

func cancelled(t *testing.T, s storage.Store) {
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Update(gone, put("x", "k", "v")); !errors.Is(err, context.Canceled) {
		t.Errorf("update: %v", err)
	}
	if get(t, s, "x", "k") != "" {
		t.Error("a cancelled update was made")
	}
}

func write(t *testing.T, s storage.Store, text string) storage.Blob {
	t.Helper()
	w, err := s.Blobs().New(ctx, 1<<20)
	must(t, err)
	defer w.Discard()
	for part := range slices.Chunk([]byte(text), 3) {
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	b, err := w.Commit()
	must(t, err)
	return b
}

func read(t *testing.T, s storage.Store, digest string) string {
	t.Helper()
	r, err := s.Blobs().Open(ctx, digest)
	must(t, err)
	defer r.Close()
	text, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	must(t, err)
	return string(text)
}

const hello = "xin chào\n"

func blobs(t *testing.T, s storage.Store) {
	b := write(t, s, hello)
	if len(b.SHA256) != 64 || b.Size != int64(len(hello)) {
		t.Errorf("blob %+v", b)
	}
	if again := write(t, s, hello); again != b {
		t.Errorf("the same bytes: %+v, then %+v", b, again)
	}
	if got := read(t, s, b.SHA256); got != hello {
		t.Errorf("read %q", got)
	}
	if empty := write(t, s, ""); empty.SHA256 != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("empty blob is %s", empty.SHA256)
	}
	w, err := s.Blobs().New(ctx, 100)
	must(t, err)
	_, err = io.WriteString(w, "not kept")
	must(t, err)
	part := make([]byte, 4)
	if _, err := w.ReadAt(part, 4); err != nil || string(part) != "kept" || w.Size() != 8 {
		t.Errorf("reading what is being written: %q, %v, size %d", part, err, w.Size())
	}
	if n, err := w.ReadAt(part, 6); n != 2 || err != io.EOF {
		t.Errorf("reading over the end: %d, %v", n, err)
	}
	w.Discard()
	w.Discard()
	if _, err := w.Commit(); err == nil {
		t.Error("a discarded blob was committed")
	}
}

func blobLimit(t *testing.T, s storage.Store) {
	w, err := s.Blobs().New(ctx, 5)
	must(t, err)
	defer w.Discard()
	if _, err := w.Write([]byte("12345")); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if _, err := w.Write([]byte("6")); !errors.Is(err, storage.BlobTooLarge) {
		t.Errorf("over the limit: %v", err)
	}
}

func blobNames(t *testing.T, s storage.Store) {
	for _, digest := range []string{"", "ab", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("0", 64), strings.Repeat("/", 64)} {
		if r, err := s.Blobs().Open(ctx, digest); !errors.Is(err, storage.BlobMissing) {
			t.Errorf("%q: %v, %v", digest, r, err)
		}
	}
}

func blobsTogether(t *testing.T, s storage.Store) {
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			text := fmt.Sprint("document ", i%4)
			if got := read(t, s, write(t, s, text).SHA256); got != text {
				t.Errorf("read %q, want %q", got, text)
			}
		})
	}
	wg.Wait()
}

func reopen(t *testing.T, open Open) {
	dir := t.TempDir()
	s, err := open(dir)
	must(t, err)
	must(t, s.Update(ctx, put("r", "k", "v")))
	b := write(t, s, hello)
	must(t, s.Close())
	s, err = open(dir)
	must(t, err)
	defer s.Close()
	if got := get(t, s, "r", "k"); got != "v" {
		t.Errorf("after opening again: %q", got)
	}
	if got := read(t, s, b.SHA256); got != hello {
		t.Errorf("blob after opening again: %q", got)
	}
}
