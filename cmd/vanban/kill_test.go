package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"vanban/cmd/vanban/demo"
	"vanban/cmd/vanban/house"
	"vanban/exchange"
	"vanban/testdata"
)

const (
	killWorkers    = 4
	killsByDefault = 5
	startTime      = 30 * time.Second // generous; the promise of 1 s is tested by itself
	patience       = 2 * time.Minute  // for one act across restarts
)

// kills is how often the server is killed: VANBAN_KILLS, or a few.
func kills(t *testing.T) int {
	s := os.Getenv("VANBAN_KILLS")
	if s == "" {
		return killsByDefault
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("VANBAN_KILLS=%s", s)
	}
	return n
}

// child is the server as a process that can be killed.
type child struct {
	t    *testing.T
	args []string
	dir  string // to run in; empty is the test's
	base string
	cmd  *exec.Cmd
	errs bytes.Buffer
}

// start runs the server and waits for its first answer.
func (c *child) start() time.Duration {
	c.t.Helper()
	c.errs.Reset()
	c.cmd = exec.Command(binary(c.t), c.args...)
	c.cmd.Dir, c.cmd.Stderr = c.dir, &c.errs
	begin := time.Now()
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	for time.Since(begin) < startTime {
		resp, err := http.Get(c.base + "/healthz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return time.Since(begin)
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	c.kill()
	c.t.Fatalf("the server did not answer in %v:\n%s", startTime, c.errs.String())
	return 0
}

// kill is kill -9.
func (c *child) kill() {
	if c.cmd == nil {
		return
	}
	_ = c.cmd.Process.Kill() // it may have ended by itself, which the next start shows
	_ = c.cmd.Wait()
	c.cmd = nil
}

// promise is one thing that the server acknowledged.
type promise struct {
	document   exchange.Document
	deliveries []exchange.Delivery // of a document that was sent
	receipts   map[string]string   // digest of the receipt by delivery
}

// ledger is what the clients believe: the newest promise about each document.
type ledger struct {
	mu    sync.Mutex
	order []string // documents, in order of upload
	made  map[string]*promise
	acts  int
}

func (l *ledger) document(d exchange.Document) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.made[d.ID]
	if p == nil {
		p = &promise{receipts: map[string]string{}}
		l.made[d.ID] = p
		l.order = append(l.order, d.ID)
	}
	p.document = d
	l.acts++
}

func (l *ledger) sent(document string, ds []exchange.Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made[document].deliveries = ds
	l.acts++
}

func (l *ledger) answered(d exchange.Delivery, receipt string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.made[d.Document]
	for i := range p.deliveries {
		if p.deliveries[i].ID == d.ID {
			p.deliveries[i] = d
		}
	}
	p.receipts[d.ID] = receipt
	l.acts++
}

// last gives copies of the newest n promises.
func (l *ledger) last(n int) []promise {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []promise
	for i := max(0, len(l.order)-n); i < len(l.order); i++ {
		p := *l.made[l.order[i]]
		p.deliveries, p.receipts = slices.Clone(p.deliveries), maps.Clone(p.receipts)
		out = append(out, p)
	}
	return out
}

// TestKill kills the server with SIGKILL at random moments under load. What it
// acknowledged must be there after each restart, exactly once; clients repeat
// what was not acknowledged with the same Idempotency-Key until it is.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	c := killFolder(t, house.Folder(dir))
	server := &child{t: t, args: []string{"serve", "--config", dir}, base: "http://" + c.Listen}
	t.Cleanup(server.kill)
	if took := server.start(); took > time.Second {
		t.Logf("first answer after %v", took)
	}
	tokens, err := demo.Tokens(house.Folder(dir))
	if err != nil {
		t.Fatal(err)
	}
	book := &ledger{made: map[string]*promise{}}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var workers sync.WaitGroup
	failures := make(chan error, killWorkers)
	for range killWorkers {
		workers.Go(func() {
			if err := clientLife(ctx, server.base, tokens, book); err != nil {
				failures <- err
			}
		})
	}
	rounds := kills(t)
	for round := range rounds {
		time.Sleep(time.Duration(50+mathrand.IntN(900)) * time.Millisecond)
		server.kill()
		server.start()
		for _, p := range book.last(30) {
			checkPromise(t, server.base, tokens, p)
		}
		if t.Failed() {
			t.Fatalf("after kill %d of %d", round+1, rounds)
		}
	}
	stop() // each worker finishes the act that it is in
	workers.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	for _, p := range book.last(len(book.order)) {
		checkPromise(t, server.base, tokens, p)
	}
	checkNumbers(t, server.base, tokens, book)
	server.kill()
	checkFolder(t, dir)
	t.Logf("%d kills, %d documents, %d acknowledged acts", rounds, len(book.order), book.acts)
}

// killFolder makes a demo folder without time-stamps, which would only slow
// the load down, on an address of its own.
func killFolder(t *testing.T, f house.Folder) house.Config {
	t.Helper()
	if err := demo.Make(t.Context(), f, time.Now); err != nil {
		t.Fatal(err)
	}
	c, err := house.LoadConfig(f.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	c.Data, c.Demo.Services, c.TimeStamp = "", "", house.TimeStamp{}
	if c.Listen, err = demo.FreeAddress(); err != nil {
		t.Fatal(err)
	}
	if err := c.Save(f.ConfigFile()); err != nil {
		t.Fatal(err)
	}
	return c
}

// clientLife carries documents through the main job, one after the other.
func clientLife(ctx context.Context, base string, tokens map[string]string, book *ledger) error {
	letter, err := testdata.Letter()
	if err != nil {
		return err
	}
	draft, err := demo.DraftOf(letter)
	if err != nil {
		return err
	}
	clerk, leader := demo.NewClient(base, tokens[demo.Clerk]), demo.NewClient(base, tokens[demo.Leader])
	for ctx.Err() == nil {
		var d exchange.Document
		err := stubborn(func(ctx context.Context, key string) (err error) {
			d, err = clerk.Upload(ctx, key, draft, "cong-van.pdf", bytes.NewReader(letter.PDF))
			return err
		})
		if err != nil {
			return fmt.Errorf("upload: %w", err)
		}
		book.document(d)
		for _, act := range []struct {
			name string
			desk *demo.Client
		}{{"approve", leader}, {"issue", clerk}} {
			if err := stubborn(func(ctx context.Context, key string) (err error) {
				next, err := act.desk.Act(ctx, d, act.name, key)
				if err == nil {
					d = next
				}
				return err
			}); err != nil {
				return fmt.Errorf("%s: %w", act.name, err)
			}
			book.document(d)
		}
		if err := deliver(clerk, base, tokens, d, book); err != nil {
			return err
		}
	}
	return nil
}

// deliver sends a document to the three others, who accept it.
func deliver(clerk *demo.Client, base string, tokens map[string]string, d exchange.Document, book *ledger) error {
	var sent []exchange.Delivery
	if err := stubborn(func(ctx context.Context, key string) (err error) {
		sent, err = clerk.Send(ctx, d, key, demo.Receivers())
		return err
	}); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	book.sent(d.ID, sent)
	for _, s := range sent {
		desk := demo.NewClient(base, tokens[demo.ClerkOf(s.Receiver)])
		var accepted exchange.Delivery
		if err := stubborn(func(ctx context.Context, key string) (err error) {
			accepted, err = desk.Accept(ctx, s, key)
			return err
		}); err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		var receipt []byte
		if err := stubborn(func(ctx context.Context, _ string) (err error) {
			receipt, err = desk.Receipt(ctx, s.ID)
			return err
		}); err != nil {
			return fmt.Errorf("receipt: %w", err)
		}
		book.answered(accepted, demo.DigestOf(receipt))
	}
	return nil
}

// stubborn repeats one act with one key until the server answers it. An answer
// that is a refusal is final.
func stubborn(act func(ctx context.Context, key string) error) error {
	key, until := rand.Text(), time.Now().Add(patience)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		err := act(ctx, key)
		cancel()
		var answer *demo.Answer
		if err == nil || errors.As(err, &answer) && answer.Status != http.StatusServiceUnavailable {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("no answer in %v: %w", patience, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// checkPromise compares one promise with what the server has now. The server
// may be further than what was acknowledged, never behind and never different.
func checkPromise(t *testing.T, base string, tokens map[string]string, p promise) {
	t.Helper()
	ctx := t.Context()
	clerk := demo.NewClient(base, tokens[demo.Clerk])
	now, err := clerk.Document(ctx, p.document.ID)
	if err != nil {
		t.Errorf("document %s was acknowledged: %v", p.document.ID, err)
		return
	}
	rank := map[exchange.DocumentState]int{exchange.Drafted: 0, exchange.Approved: 1, exchange.Issued: 2, exchange.Sent: 3}
	was := p.document
	if rank[now.State] < rank[was.State] || was.Number != 0 && (now.Number != was.Number || now.Notation != was.Notation || now.Date != was.Date) ||
		was.Issued.SHA256 != "" && now.Issued != was.Issued || now.Draft != was.Draft {
		t.Errorf("document %s: acknowledged %+v, now %+v", was.ID, was, now)
	}
	for _, d := range p.deliveries {
		receiver := demo.NewClient(base, tokens[demo.ClerkOf(d.Receiver)])
		got, err := receiver.Delivery(ctx, d.ID)
		if err != nil {
			t.Errorf("delivery %s was acknowledged: %v", d.ID, err)
			continue
		}
		if d.State == exchange.Accepted && (got.State != exchange.Accepted || got.ArrivalNumber != d.ArrivalNumber || got.ReceiptID != d.ReceiptID) {
			t.Errorf("delivery %s: acknowledged %+v, now %+v", d.ID, d, got)
		}
		if want := p.receipts[d.ID]; want != "" {
			b, err := receiver.Receipt(ctx, d.ID)
			if err != nil || demo.DigestOf(b) != want {
				t.Errorf("receipt of %s: %v, or other bytes than were acknowledged", d.ID, err)
			}
		}
	}
}

// checkNumbers wants every document that was uploaded exactly once, and the
// numbers 1 to n exactly once, since every act was repeated until it was answered.
func checkNumbers(t *testing.T, base string, tokens map[string]string, book *ledger) {
	t.Helper()
	all, err := demo.NewClient(base, tokens[demo.Clerk]).Documents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(book.order) {
		t.Errorf("the server has %d documents, %d uploads were acknowledged", len(all), len(book.order))
	}
	holder, highest := map[int]string{}, 0
	for _, d := range all {
		if d.Number == 0 {
			continue
		}
		if other := holder[d.Number]; other != "" {
			t.Errorf("number %d is used by %s and %s", d.Number, other, d.ID)
		}
		holder[d.Number] = d.ID
		highest = max(highest, d.Number)
	}
	if len(holder) != highest {
		t.Errorf("%d numbers are in use, the highest is %d: there is a gap", len(holder), highest)
	}
}

// checkFolder runs vanban check on the stopped folder.
func checkFolder(t *testing.T, dir string) {
	t.Helper()
	out, err := exec.Command(binary(t), "check", "--config", dir).CombinedOutput()
	if err != nil {
		t.Errorf("vanban check: %v\n%s", err, out)
	}
}
