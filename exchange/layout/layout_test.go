package layout_test

import (
	"errors"
	"math"
	"testing"

	"vanban/exchange/layout"
	"vanban/internal/fault"
)

// LAY-03: for a signature of 44 mm every diameter overlaps by a third, at the
// same centre height.
func TestSealCoversTheLeftThird(t *testing.T) {
	sig := layout.Mark{Kind: layout.Signature, X: 130, Y: 200, W: 44, H: 18}
	for _, d := range []float64{28, 30, 36, 42, 45} {
		seal := layout.PlaceSeal(sig, d)
		overlap := (seal.X + seal.W - sig.X) / sig.W
		if math.Abs(overlap-1.0/3) > 1e-9 {
			t.Errorf("D=%v: overlap %v", d, overlap)
		}
		if math.Abs((seal.Y+seal.H/2)-(sig.Y+sig.H/2)) > 1e-9 || seal.W != d || seal.H != d {
			t.Errorf("D=%v: %+v", d, seal)
		}
	}
}

func TestComplete(t *testing.T) {
	full, err := layout.Layout{}.Complete(36)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []layout.Kind{layout.Signature, layout.Seal, layout.NumberLine, layout.DateLine} {
		if _, ok := full.Find(k); !ok {
			t.Errorf("default layout lacks %s", k)
		}
	}
	if err := full.Fits(func(int) (float64, float64, error) { return 210, 297, nil }); err != nil {
		t.Errorf("defaults do not fit on A4: %v", err)
	}
	again, err := full.Complete(36)
	if err != nil || len(again.Marks) != len(full.Marks) {
		t.Errorf("completing twice: %v, %v", again, err)
	}
	own := layout.Layout{Marks: []layout.Mark{{Kind: layout.Number, Page: 1, X: 40, Y: 38, W: 10, H: 6},
		{Kind: layout.Day, Page: 1, X: 140, Y: 38, W: 7, H: 6}, {Kind: layout.Month, Page: 1, X: 160, Y: 38, W: 7, H: 6}}}
	got, err := own.Complete(30)
	if err != nil {
		t.Fatal(err)
	}
	if _, line := got.Find(layout.NumberLine); line || len(got.Marks) != 5 {
		t.Errorf("own number and date are enough: %+v", got)
	}
}

func TestBadMarks(t *testing.T) {
	for name, marks := range map[string][]layout.Mark{
		"unknown kind":      {{Kind: "stamp", W: 5, H: 5}},
		"no size":           {{Kind: layout.Number}},
		"negative page":     {{Kind: layout.Number, Page: -1, W: 5, H: 5}},
		"not a number":      {{Kind: layout.Number, X: math.NaN(), W: 5, H: 5}},
		"infinite":          {{Kind: layout.Number, X: math.Inf(1), W: 5, H: 5}},
		"twice":             {{Kind: layout.Number, W: 5, H: 5}, {Kind: layout.Number, W: 5, H: 5}},
		"day without month": {{Kind: layout.Day, W: 5, H: 5}},
		"seal too large":    {{Kind: layout.Seal, X: 10, Y: 10, W: 37, H: 37}},
		"seal not round":    {{Kind: layout.Seal, X: 10, Y: 10, W: 36, H: 30}},
		"too many":          make([]layout.Mark, 8),
	} {
		if _, err := (layout.Layout{Marks: marks}).Complete(36); fault.From(err) == nil || fault.From(err).Code.ID() != "exchange-mark-invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	low := layout.Layout{Marks: []layout.Mark{{Kind: layout.Number, Page: 1, X: 205, Y: 10, W: 10, H: 5}}}
	err := low.Fits(func(int) (float64, float64, error) { return 210, 297, nil })
	if fault.From(err) == nil || fault.From(err).Code.ID() != "exchange-mark-outside-page" {
		t.Errorf("outside: %v", err)
	}
	gone := errors.New("no such page")
	if err := low.Fits(func(int) (float64, float64, error) { return 0, 0, gone }); !errors.Is(err, gone) {
		t.Errorf("page error is lost: %v", err)
	}
}
