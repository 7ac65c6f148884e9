// Package sign makes PAdES signatures (ETSI EN 319 142-1, baseline B-B and
// B-T) in PDF files, as incremental updates that leave every earlier byte, and
// so every earlier signature, as it is.
//
// Prepare lays out the update and gives the bytes to sign; Finish puts the
// signature in, checks the result as a stranger would, and writes the file.
// Between the two a Pending may be stored and carried to another process. Sign
// is both in one for a key at hand.
//
// Memory does not grow with the file: the document is hashed once and copied
// once in blocks, only the update, some tens of kilobytes, is held.
//
// # One act, one revision
//
// Everything that belongs to one act of signing happens in one revision: the
// fields that later acts will need are prepared (Request.Prepare), text fields
// are filled (Request.Fill), and the signature covers it all. A leader's
// signature thus prepares the fields for number, date and seal that the clerk's
// fills later as permitted changes under DocMDP level 2 (SIG-15).
package sign

import (
	"crypto"
	"time"

	"vanban/certs"
	"vanban/internal/fault"
	"vanban/internal/pdf/draw"
)

// Level is a PAdES baseline level.
type Level string

// The levels that this package makes. The zero value of a Request means BB.
const (
	BB Level = "B-B" // signature with the certificate
	BT Level = "B-T" // and a trusted time-stamp over it
)

// Rect is a rectangle in millimetres from the top left corner of the page as a
// person sees it: inside the CropBox and turned by /Rotate.
type Rect struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// Request says what is to be signed and how. The zero value of every field but
// Time has a meaning.
type Request struct {
	Level Level       // empty is BB
	Hash  crypto.Hash // SHA-256, SHA-384 or SHA-512; 0 is SHA-256, and SHA-512 for Ed25519
	PSS   bool        // RSASSA-PSS in place of PKCS #1 v1.5

	// Field is the signature field to sign: an existing empty one, or the name
	// of a new one. Empty makes a new one with a free name.
	Field string

	// Certify makes this a certification signature with that DocMDP level: 1 no
	// changes, 2 filling fields and signing, 3 also annotations. Only the first
	// signature can certify. 0 is an ordinary signature.
	Certify int

	Reason, Location, Contact string

	// Time is the time of signing that the signature claims (/M) and at which
	// the certificate must be valid. It must be given.
	Time time.Time

	TSA     TimeStamper // for BT
	Visible *Visible    // nil leaves the signature without appearance

	Prepare []PreparedField   // fields to add in this revision
	Fill    map[string]string // text fields to fill in this revision, by full name

	// Lock names fields that may not change after this signature (FieldMDP,
	// Include). An existing field with a /Lock of its own keeps that one.
	Lock []string

	// Anchors, when there are any, must lead to the certificate. Evidence is
	// what is at hand about it: a revoked certificate never signs.
	Anchors  *certs.Anchors
	Evidence certs.Evidence
	Policy   certs.Policy

	// Reserve is the room for the message in bytes of DER; 0 chooses.
	Reserve int
}

// Visible is what is seen of a signature.
type Visible struct {
	Page int  // from 1; 0 is the last page. Unused when the field exists.
	Rect Rect // likewise
	// Image fills the rectangle keeping its proportions; Text is set in lines of
	// FontSize points (0 is 10), beside the image when there are both.
	Image    *draw.Image
	Text     []string
	FontSize float64
}

// FieldKind is the kind of a prepared field.
type FieldKind string

// The kinds.
const (
	TextField      FieldKind = "text"
	SignatureField FieldKind = "signature"
)

// Style is the face of a text field.
type Style string

// The styles. The empty value is Regular.
const (
	Regular    Style = "regular"
	Bold       Style = "bold"
	Italic     Style = "italic"
	BoldItalic Style = "bold-italic"
)

// PreparedField is an empty field for a later act.
type PreparedField struct {
	Kind  FieldKind
	Name  string // no dots, not taken
	Label string // for people who hear the page (/TU)
	Page  int    // from 1; 0 is the last page
	Rect  Rect

	FontSize float64 // of text, in points; 0 is 13
	Style    Style
	Align    draw.Align

	// Lock names the fields that the signature of this field will lock.
	Lock []string
}

// Result is what was signed. Its file is good: it was read back and verified.
type Result struct {
	Field     string
	Size      int64    // of the signed file
	SHA256    [32]byte // of the signed file
	Warnings  []*fault.Error
	Signature []byte // the CMS message, DER
}
