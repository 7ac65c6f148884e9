package exchange_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"vanban/exchange"
	"vanban/exchange/boltstore"
	"vanban/exchange/storetest"
)

// crash runs the main job on a store whose write number at fails, repeats
// every act that failed with the same key after a restart, and checks.
func crash(t *testing.T, dir string, at int, persisted bool) (writes int) {
	t.Helper()
	store, err := boltstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, store, "p256")
	faulty := storetest.NewFaulty(store, at, persisted)
	o.open(faulty)
	// retry answers a failed act as a client does: the program comes up again
	// and gets the same request with the same key.
	step := 0
	retry := func(act func(cond exchange.If) error) {
		t.Helper()
		step++
		cond := exchange.If{Key: fmt.Sprintf("step-%d", step), Version: -1}
		err := act(cond)
		if err == nil {
			return
		}
		o.must(store.Close())
		store, err = boltstore.Open(dir)
		o.must(err)
		o.open(store)
		o.sound()
		if err := act(cond); err != nil {
			t.Fatalf("write %d, persisted %v, step %d again: %v", at, persisted, step, err)
		}
	}
	draft, pdf := letter(t)
	var d exchange.Document
	var sent []exchange.Delivery
	retry(func(c exchange.If) (err error) {
		d, err = o.CreateDraft(ctx, as(clerk), c, draft, bytes.NewReader(pdf))
		return err
	})
	retry(func(c exchange.If) error { _, err := o.Approve(ctx, as(leader), c, d.ID); return err })
	retry(func(c exchange.If) error { _, err := o.Issue(ctx, as(clerk), c, d.ID); return err })
	retry(func(c exchange.If) (err error) {
		sent, err = o.Send(ctx, as(clerk), c, d.ID, []string{"H61", "H27.14"})
		return err
	})
	retry(func(c exchange.If) error { _, err := o.Accept(ctx, as(clerkVL), c, sent[0].ID); return err })
	retry(func(c exchange.If) error {
		_, err := o.Refuse(ctx, as(clerkTC), c, sent[1].ID, "không đúng thẩm quyền")
		return err
	})
	writes = faulty.Writes()
	o.open(store)
	o.sound()
	o.onceOnly(d.ID)
	o.must(store.Close())
	return writes
}

// onceOnly checks that the job happened exactly once.
func (o *office) onceOnly(id string) {
	o.t.Helper()
	out, err := o.Outbox(ctx, as(clerk), snv, exchange.Page{})
	o.must(err)
	if len(out) != 1 || out[0].ID != id || out[0].Number != 1 || out[0].State != exchange.Sent {
		o.t.Errorf("outbox: %+v", out)
	}
	for agency, person := range map[string]string{vinhLong: clerkVL, stc: clerkTC} {
		in, err := o.Inbox(ctx, as(person), agency, exchange.Page{})
		o.must(err)
		if len(in) != 1 || in[0].State == exchange.Available || in[0].ArrivalNumber > 1 {
			o.t.Errorf("inbox of %s: %+v", agency, in)
		}
	}
	if d := o.issued(); d.Number != 2 || !strings.HasPrefix(d.Notation, "02/") {
		o.t.Errorf("the next number is %d", d.Number)
	}
}

// Every write of the main job fails once without being persisted and once
// persisted but reported as failed. After a restart nothing is half there, and
// repeating the request finishes the job exactly once.
func TestCrashAroundEveryWrite(t *testing.T) {
	writes := crash(t, t.TempDir(), -1, false)
	if writes < 9 { // 3 files and 6 transactions
		t.Fatalf("the job made %d writes only", writes)
	}
	for at := range writes {
		for _, persisted := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d persisted %v", at, persisted), func(t *testing.T) { crash(t, t.TempDir(), at, persisted) })
		}
	}
}
