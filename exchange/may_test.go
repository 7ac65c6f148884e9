package exchange_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"vanban/exchange"
	"vanban/exchange/directory"
	"vanban/internal/fault"
)

// Every act by every person who may not: always of kind Denied, which web
// makes a 403, and never a change. A document waits in each state.
func TestWhoMayWhat(t *testing.T) {
	o := newMemoryOffice(t)
	draft, pdf := letter(t)
	waiting, approved, sent := o.drafted(), o.approved(), o.sent("H61")
	issued, delivery := sent[0].Document, sent[0].ID
	everybody := []string{leader, clerk, officer, leaderVL, clerkVL, clerkTC, "nobody", ""}
	for _, act := range []struct {
		name    string
		allowed []string
		try     func(exchange.Actor) error
	}{
		{"draft", []string{clerk, officer}, func(by exchange.Actor) error {
			_, err := o.CreateDraft(ctx, by, free, draft, bytes.NewReader(pdf))
			return err
		}},
		{"approve", []string{leader}, func(by exchange.Actor) error { _, err := o.Approve(ctx, by, free, waiting.ID); return err }},
		{"issue", []string{clerk}, func(by exchange.Actor) error { _, err := o.Issue(ctx, by, free, approved.ID); return err }},
		{"send", []string{clerk}, func(by exchange.Actor) error {
			_, err := o.Send(ctx, by, free, issued, []string{"H61"})
			return err
		}},
		{"accept", []string{clerkVL}, func(by exchange.Actor) error { _, err := o.Accept(ctx, by, free, delivery); return err }},
		{"outbox", []string{leader, clerk, officer}, func(by exchange.Actor) error {
			_, err := o.Outbox(ctx, by, snv, exchange.Page{})
			return err
		}},
		{"register", []string{leader, clerk, officer}, func(by exchange.Actor) error { _, err := o.Register(ctx, by, snv, 2026); return err }},
		{"people", []string{leader, clerk, officer}, func(by exchange.Actor) error { _, err := o.People(ctx, by, snv); return err }},
		{"inbox", []string{leaderVL, clerkVL}, func(by exchange.Actor) error {
			_, err := o.Inbox(ctx, by, vinhLong, exchange.Page{})
			return err
		}},
		{"document", []string{leader, clerk, officer}, func(by exchange.Actor) error { _, err := o.Document(ctx, by, issued); return err }},
		{"file", []string{leader, clerk, officer}, func(by exchange.Actor) error {
			f, err := o.OpenFile(ctx, by, issued, exchange.StageIssued)
			if err == nil {
				f.Close()
			}
			return err
		}},
		{"deliveries", []string{leader, clerk, officer}, func(by exchange.Actor) error { _, err := o.Deliveries(ctx, by, issued); return err }},
		{"delivery", []string{leader, clerk, officer, leaderVL, clerkVL}, func(by exchange.Actor) error { _, err := o.Delivery(ctx, by, delivery); return err }},
		{"receipt", []string{leader, clerk, officer, leaderVL, clerkVL}, func(by exchange.Actor) error { _, err := o.Receipt(ctx, by, delivery); return err }},
		{"delivered file", []string{leader, clerk, officer, leaderVL, clerkVL}, func(by exchange.Actor) error {
			f, err := o.OpenDelivered(ctx, by, delivery)
			if err == nil {
				f.Close()
			}
			return err
		}},
	} {
		for _, person := range everybody {
			if slices.Contains(act.allowed, person) {
				continue
			}
			err := act.try(as(person))
			kind := fault.From(err)
			if err == nil || kind.Code.Kind() != fault.Denied && !(kind.Code.Kind() == fault.Unauthenticated && len(person) < 7) {
				t.Errorf("%s by %q: %v", act.name, person, err)
			}
		}
		for _, person := range act.allowed { // after the others, as it changes something
			if err := act.try(as(person)); err != nil {
				t.Errorf("%s by %q: %v", act.name, person, err)
			}
		}
	}
	if _, err := o.Refuse(ctx, as(clerkTC), free, delivery, "gửi nhầm nơi nhận"); fault.From(err).Code.Kind() != fault.Denied {
		t.Errorf("refusing what another agency got: %v", err)
	}
	o.sound()
}

func TestActsForMenus(t *testing.T) {
	o := newMemoryOffice(t)
	document := func(person, id string) []exchange.Act {
		acts, err := o.DocumentActs(ctx, as(person), id)
		o.must(err)
		return acts
	}
	d := o.drafted()
	if got := document(leader, d.ID); !slices.Equal(got, []exchange.Act{exchange.ActApprove}) {
		t.Errorf("leader with a draft: %v", got)
	}
	if got := document(clerk, d.ID); len(got) != 0 {
		t.Errorf("clerk with a draft: %v", got)
	}
	d = o.approved()
	if got := document(clerk, d.ID); !slices.Equal(got, []exchange.Act{exchange.ActIssue}) {
		t.Errorf("clerk with a signed one: %v", got)
	}
	sent := o.sent("H61")
	if got := document(clerk, sent[0].Document); !slices.Equal(got, []exchange.Act{exchange.ActSend}) {
		t.Errorf("clerk with a sent one: %v", got)
	}
	for person, want := range map[string][]exchange.Act{clerkVL: {exchange.ActAccept, exchange.ActRefuse}, leaderVL: nil, clerk: nil} {
		if got, err := o.DeliveryActs(ctx, as(person), sent[0].ID); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s with a delivery: %v, %v", person, got, err)
		}
	}
}

// 0.1.7, SIG-04: rights end with the position, the agency or the certificate,
// on that day and for every act.
func TestRightsEnd(t *testing.T) {
	end := start.Add(time.Hour)
	for name, c := range map[string]struct {
		end  func(*directory.Directory)
		code string
	}{
		"position":    {func(d *directory.Directory) { d.People[0].Positions[0].Until = &end }, "exchange-needs-staff"},
		"agency":      {func(d *directory.Directory) { d.Agencies[0].Until = &end }, "exchange-needs-staff"},
		"certificate": {func(d *directory.Directory) { d.People[0].Certificates[0].Until = &end }, "exchange-key-not-bound"},
		"picture":     {func(d *directory.Directory) { d.People[0].SignatureImage = "" }, "exchange-image-missing"},
	} {
		o := newMemoryOffice(t)
		d := o.drafted()
		c.end(&o.directory)
		o.must(o.Import(ctx, o.directory, o.images))
		o.clock.Set(end)
		_, err := o.Approve(ctx, as(leader), free, d.ID)
		refused(t, name, err, c.code)
	}
}

func TestTokens(t *testing.T) {
	o := newMemoryOffice(t)
	p, err := o.PersonByToken(ctx, "token of "+clerk)
	if err != nil || p.ID != clerk || p.TokenSHA256 != "" {
		t.Errorf("token: %+v, %v", p, err)
	}
	for _, bad := range []string{"", "token of nobody", "Token of " + clerk, string(make([]byte, 501))} {
		_, err := o.PersonByToken(ctx, bad)
		refused(t, "token", err, "exchange-token-unknown")
	}
	end := start.Add(time.Minute)
	o.directory.People[1].Positions[0].Until = &end
	o.must(o.Import(ctx, o.directory, o.images))
	o.clock.Set(end)
	_, err = o.PersonByToken(ctx, "token of "+clerk)
	refused(t, "token of somebody who left", err, "exchange-token-unknown")
}
