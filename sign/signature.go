package sign

import (
	"fmt"
	"time"
	"unicode/utf8"

	"vanban/internal/pdf"
	"vanban/internal/pdf/draw"
)

// Names of the holes in the update.
const (
	holeContents  = "contents"
	holeByteRange = "byterange"
)

// vietnam is the zone in which official documents tell time (LAY-09). It has
// no daylight saving, so that it needs no time zone database.
var vietnam = time.FixedZone("+07", 7*3600)

// addSignature adds the signature dictionary and hangs it into its field.
func (b *builder) addSignature(name string, reserve int) (pdf.Ref, string, error) {
	f, err := b.target(b.req.Field)
	if err != nil {
		return pdf.Ref{}, "", err
	}
	d := pdf.Dict{
		"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
		"ByteRange": pdf.Hole{ID: holeByteRange, Width: 60},
		"Contents":  pdf.Hole{ID: holeContents, Width: 2 * reserve, Hex: true},
		"M":         pdf.String(b.req.Time.In(vietnam).Format("D:20060102150405+07'00'")),
		"Name":      pdf.TextString(name),
	}
	for key, text := range map[pdf.Name]string{"Reason": b.req.Reason, "Location": b.req.Location, "ContactInfo": b.req.Contact} {
		if len(text) > 4*maxText || !utf8.ValidString(text) {
			return pdf.Ref{}, "", codeRequest.New("reason, location or contact")
		}
		if text != "" {
			d[key] = pdf.TextString(text)
		}
	}
	ref := b.u.Add(d)
	if f.dict == nil {
		err = b.newField(f.name, ref)
	} else {
		err = b.existingField(f, ref)
	}
	if err != nil {
		return ref, "", err
	}
	references, err := b.references(f, ref)
	if err != nil {
		return ref, "", err
	}
	if len(references) > 0 {
		d["Reference"] = references
	}
	return ref, f.name, nil
}

// target decides which field to sign; one without dictionary is to be made.
func (b *builder) target(name string) (*field, error) {
	if name == "" {
		for i := 1; ; i++ {
			if name = fmt.Sprintf("Signature%d", i); !b.form.taken(name) {
				break
			}
		}
	}
	f := b.form.names[name]
	if f == nil || f.dict == nil { // unknown, or prepared by this very request, which checkName refuses
		if err := b.checkName(name); err != nil {
			return nil, err
		}
		if b.perms.level > 0 {
			b.warnings = append(b.warnings, codeNewField.New(name))
		}
		return b.form.names[name], nil
	}
	switch {
	case f.kind != "Sig":
		return nil, codeFieldKind.New(name, "signature")
	case f.value != nil:
		return nil, codeFieldSigned.New(name)
	case f.direct:
		return nil, codeMalformed.New("a field is not an object of its own")
	case f.flags&1 != 0 || b.perms.locked(name):
		return nil, codeFieldLocked.New(name)
	}
	return f, nil
}

// newField makes a signature field, with an appearance when one is asked for.
func (b *builder) newField(name string, signature pdf.Ref) error {
	number := 1
	if b.req.Visible != nil {
		number = b.req.Visible.Page
	}
	page, err := b.page(number)
	if err != nil {
		return err
	}
	d := pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.TextString(name), "V": signature,
		"F": int64(132), "Rect": pdf.Array{int64(0), int64(0), int64(0), int64(0)}} // Print, Locked
	if b.req.Visible != nil {
		box, err := place(page, name, b.req.Visible.Rect)
		if err != nil {
			return err
		}
		d["Rect"] = rectangle(box)
		if page.Rotate != 0 {
			d["MK"] = pdf.Dict{"R": int64(page.Rotate)}
		}
		c, err := b.req.Visible.draw(box, page.Rotate)
		if err != nil {
			return err
		}
		b.show(d, c)
	}
	if len(b.req.Lock) > 0 {
		d["Lock"] = b.u.Add(fieldLock(b.req.Lock))
	}
	_, err = b.addField(d, page)
	return err
}

// existingField signs an empty field. Its rectangle was decided by whoever
// made it; without Visible it keeps whatever it looked like.
func (b *builder) existingField(f *field, signature pdf.Ref) error {
	d, err := b.edit(f.ref)
	if err != nil {
		return err
	}
	d["V"] = signature
	if _, err := b.editForm(); err != nil { // SigFlags
		return err
	}
	if b.req.Visible == nil {
		return nil
	}
	for _, ref := range f.widgets {
		widget, err := b.edit(ref)
		if err != nil {
			return err
		}
		box, rotate, err := b.box(widget)
		if err != nil {
			return err
		}
		if box[2]-box[0] < 1 || box[3]-box[1] < 1 {
			continue // an invisible field stays so
		}
		c, err := b.req.Visible.draw(box, rotate)
		if err != nil {
			return err
		}
		b.show(widget, c)
	}
	return nil
}

// draw makes the appearance: a picture, lines of text, or both side by side.
func (v *Visible) draw(box [4]float64, rotate int) (*draw.Canvas, error) {
	if len(v.Text) > 50 {
		return nil, codeRequest.New("too many lines of text")
	}
	c := canvas(box, rotate)
	w, h := box[2]-box[0], box[3]-box[1]
	if rotate%180 != 0 {
		w, h = h, w
	}
	left := 0.0
	if v.Image != nil {
		wide := w
		if len(v.Text) > 0 {
			wide = 0.4 * w
			left = wide + draw.MM
		}
		c.ImageFit(v.Image, 0, 0, wide, h)
	}
	if len(v.Text) == 0 {
		return c, nil
	}
	size := v.FontSize
	if size <= 0 {
		size = 10 // LAY-05
	}
	line := min(1.2*size, h/float64(len(v.Text)))
	size = min(size, line/1.15)
	top := h - (h-line*float64(len(v.Text)))/2
	font := draw.LiberationSerif()
	for i, text := range v.Text {
		y := top - line*float64(i+1) + font.Baseline(size, line)
		c.TextFit(font, size, left, y, w-left, draw.Left, draw.Color{}, text)
	}
	return c, nil
}

// references are the signature references (ISO 32000-2, 12.8.1): DocMDP for a
// certification, which the catalog names too, and FieldMDP for locked fields.
func (b *builder) references(f *field, signature pdf.Ref) (pdf.Array, error) {
	var out pdf.Array
	if b.req.Certify != 0 {
		catalog, err := b.edit(b.u.CatalogRef())
		if err != nil {
			return nil, err
		}
		perms, err := dict(b.u, catalog["Perms"])
		if err != nil {
			return nil, err
		}
		perms = cloneDict(perms)
		perms["DocMDP"] = signature
		catalog["Perms"] = perms
		out = append(out, pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("DocMDP"),
			"TransformParams": pdf.Dict{"Type": pdf.Name("TransformParams"), "P": int64(b.req.Certify), "V": pdf.Name("1.2")}})
	}
	own, err := dict(b.u, f.dict["Lock"])
	if err != nil {
		return nil, err
	}
	if own == nil && len(b.req.Lock) > 0 {
		own = fieldLock(b.req.Lock)
	}
	if own != nil {
		params := pdf.Dict{"Type": pdf.Name("TransformParams"), "V": pdf.Name("1.2")}
		for _, key := range []pdf.Name{"Action", "Fields"} {
			if own[key] != nil {
				params[key] = own[key]
			}
		}
		out = append(out, pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("FieldMDP"),
			"TransformParams": params, "Data": b.u.CatalogRef()})
	}
	return out, nil
}
