// Package testdata holds what tests and the demonstration share: drafts in the
// layout of Decree 30/2020 with the places of their marks, pictures of seals
// and of hand signatures. It is embedded, so that the demonstration needs no
// files beside the program.
//
// Everything in it is made up and says so on its face: the seals and pictures
// carry the words MẪU THỬ (sample), each page a footer that it has no legal
// value. The program testdata/gen makes all of it; change that, never a file.
package testdata

import (
	"embed"
	"fmt"
)

//go:generate go run ./gen

//go:embed documents seals signatures
var files embed.FS

// Document is a draft as it is given to the leader: no signature, no number,
// no date.
type Document struct {
	Name    string // of its files, without extension
	Type    string // type code of NUM-12, "CV" for a công văn
	Unit    string // second group of a công văn's symbol, else empty (NUM-07)
	Subject string // trích yếu
	Pages   int
	PDF     []byte
	Marks   []byte // JSON: {"marks":[{"kind","page","x","y","w","h"}]}, mm from the top left of the page as seen
}

var (
	letter = Document{Name: "cong-van", Type: "CV", Unit: "VP", Pages: 1,
		Subject: "thử nghiệm ký số và gửi, nhận văn bản điện tử"}
	decision = Document{Name: "quyet-dinh", Type: "QĐ", Pages: 3,
		Subject: "ban hành Quy chế thử nghiệm ký số, gửi, nhận văn bản điện tử"}
)

// Letter is a công văn of one page, signed on page 1. Its number goes into the
// blank after "Số:", its date line is printed whole.
func Letter() (Document, error) { return load(letter, letter.Name) }

// Decision is a quyết định of three pages, signed on page 2, with an appendix.
// Both the line of the number and the line of the date are printed whole.
func Decision() (Document, error) { return load(decision, decision.Name) }

// Variants are the letter again in other shapes of file, with the marks in
// the same places for whoever looks at the page: "blanks" has day and month to
// fill in and the year 2026 printed; "objstm" has cross-reference and object
// streams; "rotate90" and "rotate270" have /Rotate; "cropped" has a CropBox
// away from the origin; "cropped-rotate90" has both.
func Variants() ([]Document, error) {
	var out []Document
	for _, v := range []string{"blanks", "objstm", "rotate90", "rotate270", "cropped", "cropped-rotate90"} {
		d, err := load(letter, letter.Name+"-"+v)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Seal is the PNG of an agency's seal, 36 mm at 300 dpi, transparent. Agencies
// are snv-ha-tinh, ubnd-vinh-long, ubnd-nghia-hanh and stc-ha-tinh.
func Seal(agency string) ([]byte, error) { return read("seals/" + agency + ".png") }

// Signature is the PNG of a leader's hand signature, 44 x 18 mm at 300 dpi,
// blue on transparent. People are nguyen-thi-nghia and pham-van-long.
func Signature(person string) ([]byte, error) { return read("signatures/" + person + ".png") }

func load(d Document, name string) (Document, error) {
	var err error
	d.Name = name
	if d.PDF, err = read("documents/" + name + ".pdf"); err != nil {
		return Document{}, err
	}
	d.Marks, err = read("documents/" + name + ".json")
	return d, err
}

func read(name string) ([]byte, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("test data: %w", err)
	}
	return b, nil
}
