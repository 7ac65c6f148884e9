package exchange_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"vanban/exchange"
)

// Every act, repeated with its key, gives the original answer, whatever has
// happened since, and does nothing; another request under the key is refused.
func TestIdempotencyReplays(t *testing.T) {
	o := newMemoryOffice(t)
	draft, pdf := letter(t)
	other := draft
	other.Subject = "một văn bản khác"
	d, second := o.drafted(), o.approved()
	sent := o.sent("H61", "H27.14", "H48.40")
	for _, act := range []struct {
		name      string
		do, other func(exchange.If) (any, error)
	}{
		{"draft",
			func(c exchange.If) (any, error) { return o.CreateDraft(ctx, as(clerk), c, draft, bytes.NewReader(pdf)) },
			func(c exchange.If) (any, error) { return o.CreateDraft(ctx, as(clerk), c, other, bytes.NewReader(pdf)) }},
		{"approve",
			func(c exchange.If) (any, error) { return o.Approve(ctx, as(leader), c, d.ID) },
			func(c exchange.If) (any, error) { return o.Approve(ctx, as(leader), c, o.drafted().ID) }},
		{"issue",
			func(c exchange.If) (any, error) { return o.Issue(ctx, as(clerk), c, d.ID) },
			func(c exchange.If) (any, error) { return o.Issue(ctx, as(clerk), c, second.ID) }},
		{"send",
			func(c exchange.If) (any, error) { return o.Send(ctx, as(clerk), c, d.ID, []string{"H61", "H48.40"}) },
			func(c exchange.If) (any, error) { return o.Send(ctx, as(clerk), c, d.ID, []string{"H61"}) }},
		{"accept",
			func(c exchange.If) (any, error) { return o.Accept(ctx, as(clerkVL), c, sent[0].ID) },
			func(c exchange.If) (any, error) {
				return o.Refuse(ctx, as(clerkVL), c, sent[0].ID, "không đúng thẩm quyền")
			}},
		{"refuse",
			func(c exchange.If) (any, error) {
				return o.Refuse(ctx, as(clerkTC), c, sent[1].ID, "không đúng thẩm quyền")
			},
			func(c exchange.If) (any, error) {
				return o.Refuse(ctx, as(clerkTC), c, sent[1].ID, "một lý do khác hẳn")
			}},
	} {
		cond := exchange.If{Key: "key-of-" + act.name, Version: -1}
		first, err := act.do(cond)
		if err != nil {
			t.Fatalf("%s: %v", act.name, err)
		}
		o.clock.Set(o.clock.Now().Add(time.Minute))
		again, err := act.do(cond)
		if a, b := text(t, first), text(t, again); err != nil || a != b {
			t.Errorf("%s again: %v\n%s\n%s", act.name, err, a, b)
		}
		cond.Version = 99 // the version was right when it was asked first
		if again, err = act.do(cond); err != nil || text(t, again) != text(t, first) {
			t.Errorf("%s again with another If-Match: %v", act.name, err)
		}
		cond.Version = -1
		_, err = act.other(cond)
		refused(t, act.name+" with the key of another request", err, "exchange-idempotency-reused")
	}
	// Keys of different people are different keys.
	if _, err := o.Issue(ctx, as(clerk), exchange.If{Key: "key-of-approve", Version: -1}, second.ID); err != nil {
		t.Errorf("key of another person: %v", err)
	}
	for _, bad := range []string{"with space", "tiếng-Việt", strings.Repeat("k", 201), "new\nline"} {
		_, err := o.Issue(ctx, as(clerk), exchange.If{Key: bad, Version: -1}, second.ID)
		refused(t, "key "+bad, err, "exchange-idempotency-key-invalid")
	}
	o.sound()
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The same request eight times at once is carried out once.
func TestTheSameRequestAtOnce(t *testing.T) {
	o := newMemoryOffice(t)
	draft, pdf := letter(t)
	together := func(act func() (any, error)) {
		t.Helper()
		answers := make([]string, 8)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				v, err := act()
				if err != nil {
					t.Error(err)
				}
				answers[i] = text(t, v)
			})
		}
		wg.Wait()
		for _, a := range answers[1:] {
			if a != answers[0] {
				t.Errorf("different answers:\n%s\n%s", answers[0], a)
			}
		}
	}
	together(func() (any, error) {
		return o.CreateDraft(ctx, as(clerk), exchange.If{Key: "k1", Version: -1}, draft, bytes.NewReader(pdf))
	})
	list, err := o.Outbox(ctx, as(clerk), snv, exchange.Page{})
	o.must(err)
	if len(list) != 1 {
		t.Fatalf("%d drafts", len(list))
	}
	id := list[0].ID
	together(func() (any, error) { return o.Approve(ctx, as(leader), exchange.If{Key: "k2", Version: 1}, id) })
	together(func() (any, error) { return o.Issue(ctx, as(clerk), exchange.If{Key: "k3", Version: 2}, id) })
	together(func() (any, error) {
		return o.Send(ctx, as(clerk), exchange.If{Key: "k4", Version: 3}, id, []string{"H61"})
	})
	sent, err := o.Deliveries(ctx, as(clerk), id)
	o.must(err)
	together(func() (any, error) { return o.Accept(ctx, as(clerkVL), exchange.If{Key: "k5", Version: 1}, sent[0].ID) })
	together(func() (any, error) { return o.Accept(ctx, as(clerkVL), free, sent[0].ID) })
	o.sound()
}

// If-Match: every act on a version that is no longer there is refused.
func TestStaleVersions(t *testing.T) {
	o := newMemoryOffice(t)
	d, sent := o.drafted(), o.sent("H61")
	stale := exchange.If{Version: 7}
	_, err := o.Approve(ctx, as(leader), stale, d.ID)
	refused(t, "approve", err, "exchange-stale-version")
	_, err = o.Issue(ctx, as(clerk), stale, o.approved().ID)
	refused(t, "issue", err, "exchange-stale-version")
	_, err = o.Send(ctx, as(clerk), stale, sent[0].Document, []string{"H48.40"})
	refused(t, "send", err, "exchange-stale-version")
	_, err = o.Accept(ctx, as(clerkVL), stale, sent[0].ID)
	refused(t, "accept", err, "exchange-stale-version")
	_, err = o.Refuse(ctx, as(clerkVL), stale, sent[0].ID, "không đúng thẩm quyền")
	refused(t, "refuse", err, "exchange-stale-version")
	if d, err = o.Approve(ctx, as(leader), exchange.If{Version: 1}, d.ID); err != nil || d.Version != 2 {
		t.Errorf("the right version: %+v, %v", d, err)
	}
	o.sound()
}

// Somebody who gives up while waiting does not hold up the others.
func TestCancelledWhileWaiting(t *testing.T) {
	o := newMemoryOffice(t)
	d := o.drafted()
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := o.Approve(gone, as(leader), free, d.ID); !errors.Is(err, gone.Err()) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := o.Approve(ctx, as(leader), free, d.ID); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
