package exchange_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"vanban/exchange"
	"vanban/exchange/boltstore"
)

// NUM-01, NUM-03: 200 issues at once in one series give 1 to 200, each once.
func TestParallelIssuesHaveNoGapAndNoDuplicate(t *testing.T) {
	store, err := boltstore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	o := newOffice(t, store, "p256")
	const n = 200
	numbers := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			draft, pdf := letter(t)
			d, err := o.CreateDraft(ctx, as(clerk), free, draft, bytes.NewReader(pdf))
			if err == nil {
				_, err = o.Approve(ctx, as(leader), free, d.ID)
			}
			if err == nil {
				d, err = o.Issue(ctx, as(clerk), free, d.ID)
			}
			if err != nil {
				t.Errorf("document %d: %v", i, err)
			}
			numbers[i] = d.Number
		})
	}
	wg.Wait()
	seen := map[int]bool{}
	for _, number := range numbers {
		if number < 1 || number > n || seen[number] {
			t.Errorf("number %d is out of range or twice", number)
		}
		seen[number] = true
	}
	o.sound()
}

// Two services over one store, as two processes would be: the locks of one do
// not hold the other back, so only the check in the transaction keeps the
// numbers apart. A losing act says so and can be repeated.
func TestTwoServicesShareASeries(t *testing.T) {
	o := newMemoryOffice(t)
	second, err := exchange.New(o.config)
	o.must(err)
	ids := make([]string, 12)
	for i := range ids {
		ids[i] = o.approved().ID
	}
	var wg sync.WaitGroup
	for i, id := range ids {
		service := o.Service
		if i%2 == 1 {
			service = second
		}
		wg.Go(func() {
			for range 50 {
				_, err := service.Issue(ctx, as(clerk), free, id)
				if err == nil {
					return
				}
				refused(t, "losing the race", err, "exchange-number-race")
			}
			t.Error("never won")
		})
	}
	wg.Wait()
	o.sound()
	if d := o.issued(); d.Number != len(ids)+1 {
		t.Errorf("next number is %d", d.Number)
	}
}

// NUM-01, LAY-09: the year ends at midnight in Vietnam, wherever the server
// believes to be.
func TestYearRollsOverInVietnam(t *testing.T) {
	local := time.Local
	time.Local = time.FixedZone("America/New_York", -5*60*60)
	defer func() { time.Local = local }()
	o := newMemoryOffice(t)
	o.clock.Set(time.Date(2026, 12, 31, 23, 59, 58, 0, time.FixedZone("", 7*60*60)).Local())
	ids := []string{o.approved().ID, o.approved().ID, o.approved().ID, o.approved().ID}
	for i, want := range []struct {
		at             string
		notation, date string
	}{
		{"2026-12-31T11:59:59-05:00", "01/SNV-VP", "2026-12-31"},
		{"2026-12-31T11:59:59-05:00", "02/SNV-VP", "2026-12-31"},
		{"2026-12-31T12:00:00-05:00", "01/SNV-VP", "2027-01-01"},
		{"2026-12-31T12:00:01-05:00", "02/SNV-VP", "2027-01-01"},
	} {
		at, err := time.Parse(time.RFC3339, want.at)
		o.must(err)
		o.clock.Set(at)
		d, err := o.Issue(ctx, as(clerk), free, ids[i])
		o.must(err)
		if d.Notation != want.notation || d.Date != want.date {
			t.Errorf("issued at %s: %s of %s, want %s of %s", want.at, d.Notation, d.Date, want.notation, want.date)
		}
		if _, offset := d.IssuedAt.Zone(); offset != 7*60*60 {
			t.Errorf("stored as %s", d.IssuedAt)
		}
	}
	for _, year := range []int{2026, 2027} {
		if lines, err := o.Register(ctx, as(clerk), snv, year); err != nil || len(lines) != 2 {
			t.Errorf("register of %d: %v, %v", year, lines, err)
		}
	}
	o.sound()
}

// NUM-04: a clock that runs backwards gives no number.
func TestDatesNeverRunBackwards(t *testing.T) {
	o := newMemoryOffice(t)
	first, second := o.approved(), o.approved()
	o.clock.Set(start.AddDate(0, 0, 1))
	if _, err := o.Issue(ctx, as(clerk), free, first.ID); err != nil {
		t.Fatal(err)
	}
	o.clock.Set(start)
	_, err := o.Issue(ctx, as(clerk), free, second.ID)
	refused(t, "yesterday", err, "exchange-clock-behind")
	o.clock.Set(start.AddDate(0, 0, 1))
	if d, err := o.Issue(ctx, as(clerk), free, second.ID); err != nil || d.Number != 2 {
		t.Errorf("after setting the clock: %+v, %v", d, err)
	}
	o.sound()
}

// NUM-02: series run by themselves, also when the name of one begins like
// another's, and per agency.
func TestSeriesAreSeparate(t *testing.T) {
	o := newMemoryOffice(t)
	o.directory.Agencies[0].Series = []string{"HĐ", "HĐTĐ"}
	o.must(o.Import(ctx, o.directory, o.images))
	draft, pdf := letter(t)
	for i, series := range []string{"", "HĐ", "HĐTĐ", "HĐ", "", "HĐTĐ"} {
		draft.Series = series
		d, err := o.CreateDraft(ctx, as(clerk), free, draft, bytes.NewReader(pdf))
		o.must(err)
		_, err = o.Approve(ctx, as(leader), free, d.ID)
		o.must(err)
		if d, err = o.Issue(ctx, as(clerk), free, d.ID); err != nil || d.Number != []int{1, 1, 1, 2, 2, 2}[i] {
			t.Errorf("%d: number %d in %q, %v", i, d.Number, series, err)
		}
	}
	draft.Series = "unknown"
	_, err := o.CreateDraft(ctx, as(clerk), free, draft, bytes.NewReader(pdf))
	refused(t, "unknown series", err, "exchange-draft-invalid")
	if lines, err := o.Register(ctx, as(clerk), snv, 2026); err != nil || len(lines) != 6 {
		t.Errorf("register: %v, %v", lines, err)
	}
	o.sound()
}
