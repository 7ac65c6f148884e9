// Package draw makes what is seen of a signature: text in an embedded subset
// font with all of Vietnamese, and images with transparency, in real
// millimetres (vietnam-rules LAY-01 to LAY-05).
//
// A Canvas collects text, images and lines. Build turns one or many canvases
// into Form XObjects, the appearance streams of signature and text fields;
// BuildContents turns them into page contents. Canvases that are built
// together share one subset per font and one copy of each image. The output is
// deterministic and fit for PDF/A: every font is embedded (ISO 32000-2, 9.9),
// every text can be extracted, nothing refers outside the file.
//
// Coordinates are PDF points from the lower left corner; multiply millimetres
// by MM. Fonts and images are immutable and may be shared between goroutines;
// a Canvas belongs to one goroutine.
package draw

import "vanban/internal/pdf"

// MM is one millimetre in points.
const MM = 72 / 25.4

// Sink takes new objects into a file. Streams are given as *pdf.Stream with
// their filtered bytes in Data; the sink writes /Length. *pdf.Update is one.
type Sink interface {
	Add(pdf.Object) pdf.Ref
}

// Color is an RGB colour; the zero value is black.
type Color struct{ R, G, B uint8 }

// Align says where in its box a line of text stands.
type Align int

// The alignments.
const (
	Left Align = iota
	Center
	Right
)

// Contents is a canvas as the contents of a page.
type Contents struct {
	Stream    pdf.Ref  // for /Contents
	Resources pdf.Dict // for /Resources
}
