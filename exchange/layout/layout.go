// Package layout says where on the page the marks of issuing go: the leader's
// signature picture, the agency's seal, the number and the date, by the layout
// of Decree 30/2020 appendix I (vietnam-rules 1.3). All lengths are
// millimetres from the top left corner of the page as a reader sees it.
package layout

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
