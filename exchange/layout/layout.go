// Package layout says where on the page the marks of issuing go: the leader's
// signature picture, the agency's seal, the number and the date, by the layout
// of Decree 30/2020 appendix I (vietnam-rules 1.3). All lengths are
// millimetres from the top left corner of the page as a reader sees it.
package layout

import (
	"fmt"
	"math"

	"vanban/internal/fault"
)

// Kind is what a mark shows.
type Kind string

// The kinds of mark.
const (
	Signature  Kind = "signature"   // the leader's blue picture, box 7c
	Seal       Kind = "seal"        // the agency's red seal, box 8
	Number     Kind = "number"      // just "05"
	Day        Kind = "day"         // just "05"
	Month      Kind = "month"       // just "01" (NUM-08)
	NumberLine Kind = "number-line" // "Số: 05/SNV-VP", box 3
	DateLine   Kind = "date-line"   // "Hà Tĩnh, ngày 05 tháng 01 năm 2026", box 4
)

// Mark is one rectangle on one page.
type Mark struct {
	Kind Kind    `json:"kind"`
	Page int     `json:"page"` // from 1; 0 is the last page
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	W    float64 `json:"w"`
	H    float64 `json:"h"`
}

// Layout is all marks of a document, at most one of each kind.
type Layout struct {
	Marks []Mark `json:"marks"`
}

// defaults are the boxes of vietnam-rules 1.3 on A4. The signature stands
// below the body, so its height on the page is a guess that a person corrects;
// 44 mm is the width for which the placement formula was measured (LAY-03).
var defaults = map[Kind]Mark{
	Signature:  {Signature, 0, 130, 205, 44, 18.6},
	NumberLine: {NumberLine, 1, 31, 38, 71, 6},
	DateLine:   {DateLine, 1, 103, 38, 89, 6},
}

// sealTolerance is by how much a drawn seal may differ from the agency's
// diameter, mm (LAY-04).
const sealTolerance = 0.5

var (
	codeMark = fault.Define("exchange-mark-invalid", fault.Input,
		"Vị trí %q trên trang không hợp lệ.", "The mark %q is wrong.",
		"Mỗi loại vị trí chỉ có một, kích thước dương theo milimét; dấu phải đúng đường kính của cơ quan.",
		"At most one mark of each kind, sizes in millimetres and positive; the seal has the agency's diameter.")
	codeOutside = fault.Define("exchange-mark-outside-page", fault.Input,
		"Vị trí %q nằm ngoài trang giấy khổ %.0f × %.0f mm.", "The mark %q lies outside its page of %.0f by %.0f mm.",
		"Đặt lại vị trí trong khổ giấy, tính bằng milimét từ góc trên bên trái.",
		"Place it inside the page, in millimetres from the top left corner.")
)

// Find gives the mark of a kind.
func (l Layout) Find(k Kind) (Mark, bool) {
	for _, m := range l.Marks {
		if m.Kind == k {
			return m, true
		}
	}
	return Mark{}, false
}

// Complete checks the marks and adds what is missing: the signature, a place
// for number and date, and the seal (diameter in mm) over the left third of
// the signature.
func (l Layout) Complete(diameter float64) (Layout, error) {
	if len(l.Marks) > 7 {
		return Layout{}, codeMark.New("marks")
	}
	seen := map[Kind]bool{}
	out := Layout{Marks: append([]Mark(nil), l.Marks...)}
	for _, m := range out.Marks {
		if seen[m.Kind] || !m.sane(diameter) {
			return Layout{}, codeMark.New(string(m.Kind))
		}
		seen[m.Kind] = true
	}
	if seen[Day] != seen[Month] {
		return Layout{}, codeMark.New(string(Day) + "/" + string(Month))
	}
	if !seen[Signature] {
		out.Marks = append(out.Marks, defaults[Signature])
	}
	if !seen[Number] && !seen[NumberLine] {
		out.Marks = append(out.Marks, defaults[NumberLine])
	}
	if !seen[Day] && !seen[DateLine] {
		out.Marks = append(out.Marks, defaults[DateLine])
	}
	if !seen[Seal] {
		signature, _ := out.Find(Signature)
		out.Marks = append(out.Marks, PlaceSeal(signature, diameter))
	}
	return out, nil
}

// PlaceSeal puts a seal of this diameter so that it covers the left third of
// the signature picture, centres at equal height (LAY-02, LAY-03).
func PlaceSeal(signature Mark, diameter float64) Mark {
	return Mark{
		Kind: Seal, Page: signature.Page,
		X: signature.X + signature.W/3 - diameter, Y: signature.Y + signature.H/2 - diameter/2,
		W: diameter, H: diameter,
	}
}

// sane knows nothing of the page; 2000 mm is more than any sheet of paper.
func (m Mark) sane(diameter float64) bool {
	switch m.Kind {
	case Signature, Number, Day, Month, NumberLine, DateLine:
	case Seal:
		if math.Abs(m.W-diameter) > sealTolerance || math.Abs(m.H-diameter) > sealTolerance {
			return false
		}
	default:
		return false
	}
	for _, v := range []float64{m.X, m.Y, m.W, m.H} {
		if math.IsNaN(v) || math.Abs(v) > 2000 {
			return false
		}
	}
	return m.Page >= 0 && m.Page <= 1_000_000 && m.W >= 1 && m.H >= 1
}

// Fits checks every mark against the page it stands on; size gives a page's
// width and height in mm as seen, for a page number from 1, or 0 for the last.
func (l Layout) Fits(size func(page int) (w, h float64, err error)) error {
	const slack = 0.1
	for _, m := range l.Marks {
		w, h, err := size(m.Page)
		if err != nil {
			return fmt.Errorf("mark %s: %w", m.Kind, err)
		}
		if m.X < -slack || m.Y < -slack || m.X+m.W > w+slack || m.Y+m.H > h+slack {
			return codeOutside.New(string(m.Kind), w, h)
		}
	}
	return nil
}
