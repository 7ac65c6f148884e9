package sign

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"vanban/internal/pdf"
	"vanban/internal/pdf/draw"
)

// faces are the fonts of text fields by their name in the default resources.
var faces = map[pdf.Name]struct {
	style Style
	font  func() *draw.Font
}{
	"VbSerif":           {Regular, draw.LiberationSerif},
	"VbSerifBold":       {Bold, draw.LiberationSerifBold},
	"VbSerifItalic":     {Italic, draw.LiberationSerifItalic},
	"VbSerifBoldItalic": {BoldItalic, draw.LiberationSerifBoldItalic},
}

// resident are the characters of the font in the default resources: those of
// numbers and dates (NUM-06, NUM-08). What is filled in brings its own subset.
const resident = "0123456789/-:,. SốôngàythángămABCDĐEGHIKLMNOPQRSTUVXYƯ"

const (
	defaultSize = 13 // points: ND30 PL I II.3 and II.4 set number and date in 13 to 14
	maxPrepared = 100
	maxFilled   = 1000
	maxText     = 1000 // characters in one field
)

// reserveNames takes the names of the fields to prepare, before a free one is
// looked for.
func (b *builder) reserveNames() error {
	if len(b.req.Prepare) > maxPrepared {
		return codeRequest.New("too many fields to prepare")
	}
	for _, p := range b.req.Prepare {
		if err := b.checkName(p.Name); err != nil {
			return err
		}
	}
	return nil
}

// prepare adds the empty fields of later acts.
func (b *builder) prepare() error {
	for _, p := range b.req.Prepare {
		page, err := b.page(p.Page)
		if err != nil {
			return err
		}
		box, err := place(page, p.Name, p.Rect)
		if err != nil {
			return err
		}
		d := pdf.Dict{"T": pdf.TextString(p.Name), "F": int64(4), "Rect": rectangle(box)} // Print
		if p.Label != "" {
			d["TU"] = pdf.TextString(p.Label)
		}
		if page.Rotate != 0 {
			d["MK"] = pdf.Dict{"R": int64(page.Rotate)}
		}
		c := canvas(box, page.Rotate)
		switch p.Kind {
		case TextField:
			c.SetField()
			err = b.textField(d, p)
		case SignatureField:
			d["FT"] = pdf.Name("Sig")
			if len(p.Lock) > 0 {
				d["Lock"] = b.u.Add(fieldLock(p.Lock))
			}
		default:
			err = codeRequest.New("kind of a prepared field")
		}
		if err != nil {
			return err
		}
		if _, err := b.addField(d, page); err != nil {
			return err
		}
		b.show(d, c)
	}
	return nil
}

// fieldLock is a SigFieldLock dictionary (ISO 32000-2, table 236).
func fieldLock(names []string) pdf.Dict {
	list := pdf.Array{}
	for _, n := range names {
		list = append(list, pdf.TextString(n))
	}
	return pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("Include"), "Fields": list}
}

// textField adds what makes a field one of text.
func (b *builder) textField(d pdf.Dict, p PreparedField) error {
	name, size := pdf.Name(""), p.FontSize
	for n, face := range faces {
		if face.style == p.Style || p.Style == "" && face.style == Regular {
			name = n
		}
	}
	if size == 0 {
		size = defaultSize
	}
	if name == "" || size < 4 || size > 100 || p.Align < draw.Left || p.Align > draw.Right {
		return codeRequest.New("style of a text field")
	}
	if err := b.resource(name); err != nil {
		return err
	}
	d["FT"], d["Q"] = pdf.Name("Tx"), int64(p.Align)
	d["DA"] = pdf.String("/" + string(name) + " " + strconv.FormatFloat(size, 'f', -1, 64) + " Tf 0 g")
	return nil
}

// resource puts a font into the default resources of the form, once.
func (b *builder) resource(name pdf.Name) error {
	acro, err := b.editForm()
	if err != nil {
		return err
	}
	resources, err := dict(b.u, acro["DR"])
	if err != nil {
		return err
	}
	fonts, err := dict(b.u, resources["Font"])
	if err != nil || fonts[name] != nil {
		return err
	}
	ref, err := draw.BuildFont(b.u, faces[name].font(), resident)
	if err != nil {
		return err
	}
	fonts, resources = cloneDict(fonts), cloneDict(resources)
	fonts[name] = ref
	resources["Font"] = fonts
	acro["DR"] = resources
	if acro["DA"] == nil {
		acro["DA"] = pdf.String("/" + string(name) + " 0 Tf 0 g")
	}
	return nil
}

func cloneDict(d pdf.Dict) pdf.Dict {
	if d == nil {
		return pdf.Dict{}
	}
	return maps.Clone(d)
}

// fill writes text into fields that are there, in the order of their names so
// that the same request gives the same file.
func (b *builder) fill() error {
	if len(b.req.Fill) > maxFilled {
		return codeRequest.New("too many fields to fill")
	}
	for _, name := range slices.Sorted(maps.Keys(b.req.Fill)) {
		text := b.req.Fill[name]
		f := b.form.names[name]
		switch {
		case f == nil || f.dict == nil:
			return codeFieldMissing.New(name)
		case f.kind != "Tx":
			return codeFieldKind.New(name, "text")
		case f.direct:
			return codeMalformed.New("a field is not an object of its own")
		case f.flags&1 != 0 || b.perms.locked(name):
			return codeFieldLocked.New(name)
		case len([]rune(text)) > maxText:
			return codeRequest.New("text too long")
		}
		d, err := b.edit(f.ref)
		if err != nil {
			return err
		}
		d["V"] = pdf.TextString(text)
		delete(d, "RV") // rich text would contradict
		for _, ref := range f.widgets {
			if err := b.fillWidget(f, ref, text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) fillWidget(f *field, ref pdf.Ref, text string) error {
	widget, err := b.edit(ref)
	if err != nil {
		return err
	}
	box, rotate, err := b.box(widget)
	if err != nil || box[2]-box[0] < 1 || box[3]-box[1] < 1 {
		return err
	}
	name, size := parseDA(f.da)
	face, ok := faces[name]
	if !ok {
		face = faces["VbSerif"]
	}
	if size <= 0 {
		size = min(12, 0.7*(box[3]-box[1]))
	}
	c := canvas(box, rotate)
	c.SetField()
	if text != "" {
		c.TextBox(face.font(), size, draw.Align(min(max(f.align, 0), 2)), draw.Color{}, text)
	}
	b.show(widget, c)
	return nil
}

// box gives a widget's rectangle in user space and how the page is turned.
func (b *builder) box(widget pdf.Dict) (box [4]float64, rotate int, err error) {
	o, err := b.u.Resolve(widget["Rect"])
	if err != nil {
		return box, 0, err
	}
	corners, _ := o.(pdf.Array)
	if len(corners) != 4 {
		return box, 0, nil
	}
	for i, o := range corners {
		o, err := b.u.Resolve(o)
		if err != nil {
			return box, 0, err
		}
		v, ok := pdf.Float(o)
		if !ok || v > 1e6 || v < -1e6 {
			return [4]float64{}, 0, codeMalformed.New("rectangle of a field")
		}
		box[i] = v
	}
	box = [4]float64{min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])}
	mk, err := dict(b.u, widget["MK"])
	if err != nil {
		return box, 0, err
	}
	if r, ok := mk["R"].(int64); ok {
		return box, int((r/90*90)%360+360) % 360, nil
	}
	page, err := b.pageOf(widget)
	if err != nil || page == nil {
		return box, 0, err
	}
	return box, page.Rotate, nil
}

// parseDA finds font and size in a default appearance string.
func parseDA(da string) (font pdf.Name, size float64) {
	tokens := strings.Fields(da)
	for i, token := range tokens {
		if token == "Tf" && i >= 2 {
			font = pdf.Name(strings.TrimPrefix(tokens[i-2], "/"))
			if v, err := strconv.ParseFloat(tokens[i-1], 64); err == nil && v >= 0 && v <= 200 {
				size = v
			}
		}
	}
	return font, size
}
