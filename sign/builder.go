package sign

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"vanban/internal/fault"
	"vanban/internal/pdf"
	"vanban/internal/pdf/draw"
)

// builder collects the changes of one act of signing in one update.
type builder struct {
	u        *pdf.Update
	req      *Request
	catalog  pdf.Dict // as read
	form     *form
	perms    *permissions
	edited   map[pdf.Ref]pdf.Dict
	acro     pdf.Dict // the AcroForm being edited, once it is
	pages    map[int]*pdf.Page
	drawings []drawing
	warnings []*fault.Error
}

// drawing is an appearance to build and the dictionary that will show it.
type drawing struct {
	canvas *draw.Canvas
	widget pdf.Dict
}

func newBuilder(f *pdf.File, req *Request) (*builder, error) {
	u, err := pdf.NewUpdate(f)
	if err != nil {
		return nil, err
	}
	b := &builder{u: u, req: req, edited: map[pdf.Ref]pdf.Dict{}, pages: map[int]*pdf.Page{}}
	if b.catalog, err = f.Catalog(); err != nil {
		return nil, err
	}
	if b.form, err = readForm(u, b.catalog); err != nil {
		return nil, err
	}
	if b.perms, err = readPermissions(u, b.catalog, b.form); err != nil {
		return nil, err
	}
	if b.form.dict["XFA"] != nil {
		b.warnings = append(b.warnings, codeXFA.New())
	}
	return b, nil
}

// permit refuses what earlier signatures forbid (ISO 32000-2, 12.8.2.2).
func (b *builder) permit() error {
	switch {
	case b.perms.level == 1 || b.perms.level < 0 || b.perms.level > 3:
		return codeForbidden.New()
	case b.req.Certify != 0 && b.perms.signatures > 0:
		return codeCertifyLate.New()
	case len(b.req.Prepare) > 0 && b.perms.signatures > 0:
		return codeTooLate.New()
	}
	return nil
}

// edit gives a dictionary object for writing; the update will carry it.
func (b *builder) edit(ref pdf.Ref) (pdf.Dict, error) {
	if d, ok := b.edited[ref]; ok {
		return d, nil
	}
	o, err := b.u.Get(ref)
	if err != nil {
		return nil, err
	}
	d, ok := o.(pdf.Dict)
	if !ok {
		return nil, codeMalformed.New(fmt.Sprintf("object %d is not a dictionary", ref.Num))
	}
	d = maps.Clone(d)
	b.edited[ref] = d
	b.u.Replace(ref, d)
	return d, nil
}

// editForm gives the AcroForm for writing, keeping every key that it has, and
// makes one when the document has none.
func (b *builder) editForm() (pdf.Dict, error) {
	if b.acro != nil {
		return b.acro, nil
	}
	var err error
	switch {
	case b.form.dict != nil && b.form.ref != pdf.Ref{}:
		b.acro, err = b.edit(b.form.ref)
	default:
		var catalog pdf.Dict
		if catalog, err = b.edit(b.u.CatalogRef()); err != nil {
			return nil, err
		}
		if b.form.dict != nil {
			b.acro = maps.Clone(b.form.dict)
			catalog["AcroForm"] = b.acro
			break
		}
		b.acro = pdf.Dict{}
		catalog["AcroForm"] = b.u.Add(b.acro)
	}
	if err != nil {
		return nil, err
	}
	flags, _ := b.acro["SigFlags"].(int64)
	b.acro["SigFlags"] = flags | 3 // SignaturesExist, AppendOnly
	return b.acro, nil
}

// extend appends to an array that is a value in holder: in place when the
// array is an object of its own, else by writing the holder anew.
func (b *builder) extend(list pdf.Object, item pdf.Ref, holder func() (pdf.Dict, error), key pdf.Name) error {
	o, err := b.u.Resolve(list)
	if err != nil {
		return err
	}
	items, isArray := o.(pdf.Array)
	items = append(slices.Clone(items), item)
	if ref, ok := list.(pdf.Ref); ok && isArray {
		direct, err := b.u.Get(ref)
		if err != nil {
			return err
		}
		if _, ok := direct.(pdf.Array); ok { // not a reference to a reference
			b.u.Replace(ref, items)
			return nil
		}
	}
	d, err := holder()
	if err != nil {
		return err
	}
	d[key] = items
	return nil
}

// addField puts a new field with one widget on a page.
func (b *builder) addField(d pdf.Dict, page *pdf.Page) (pdf.Ref, error) {
	d["Type"], d["Subtype"], d["P"] = pdf.Name("Annot"), pdf.Name("Widget"), page.Ref
	ref := b.u.Add(d)
	acro, err := b.editForm()
	if err != nil {
		return ref, err
	}
	if err := b.extend(acro["Fields"], ref, b.editForm, "Fields"); err != nil {
		return ref, err
	}
	o, err := b.u.Get(page.Ref)
	if err != nil {
		return ref, err
	}
	current, _ := o.(pdf.Dict)
	return ref, b.extend(current["Annots"], ref, func() (pdf.Dict, error) { return b.edit(page.Ref) }, "Annots")
}

func (b *builder) page(number int) (*pdf.Page, error) {
	if p := b.pages[number]; p != nil {
		return p, nil
	}
	p, err := b.u.File().Page(number)
	if err == nil {
		b.pages[number] = p
	}
	return p, err
}

// pageOf finds the page of a widget; nil when the file does not say.
func (b *builder) pageOf(widget pdf.Dict) (*pdf.Page, error) {
	ref, ok := widget["P"].(pdf.Ref)
	if !ok {
		return nil, nil
	}
	for p, err := range b.u.File().Pages() {
		if err != nil {
			return nil, err
		}
		if p.Ref == ref {
			return p, nil
		}
	}
	return nil, nil
}

// slack is by how much, in millimetres, a rectangle may stand over the edge.
const slack = 0.5

// place turns a rectangle as seen into default user space.
func place(p *pdf.Page, name string, r Rect) ([4]float64, error) {
	for _, v := range []float64{r.X, r.Y, r.W, r.H} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return [4]float64{}, codeRequest.New("rectangle")
		}
	}
	w, h := p.Size()
	if r.W < 1 || r.H < 1 || r.X < -slack || r.Y < -slack || (r.X+r.W-slack)*draw.MM > w || (r.Y+r.H-slack)*draw.MM > h {
		return [4]float64{}, codeOutside.New(name, w/draw.MM, h/draw.MM)
	}
	x1, y1 := p.ToUser(r.X*draw.MM, r.Y*draw.MM)
	x2, y2 := p.ToUser((r.X+r.W)*draw.MM, (r.Y+r.H)*draw.MM)
	return [4]float64{min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)}, nil
}

func rectangle(b [4]float64) pdf.Array { return pdf.Array{b[0], b[1], b[2], b[3]} }

// canvas is an upright drawing surface for a box in user space.
func canvas(box [4]float64, rotate int) *draw.Canvas {
	w, h := box[2]-box[0], box[3]-box[1]
	if rotate%180 != 0 {
		w, h = h, w
	}
	c := draw.NewCanvas(w, h)
	c.SetRotation(rotate)
	return c
}

// show plans an appearance for a widget.
func (b *builder) show(widget pdf.Dict, c *draw.Canvas) {
	b.drawings = append(b.drawings, drawing{c, widget})
}

// finish builds the appearances, which share fonts and images.
func (b *builder) finish() error {
	canvases := make([]*draw.Canvas, len(b.drawings))
	for i, d := range b.drawings {
		canvases[i] = d.canvas
	}
	refs, err := draw.Build(b.u, canvases...)
	if err != nil {
		return err
	}
	for i, ref := range refs {
		b.drawings[i].widget["AP"] = pdf.Dict{"N": ref}
		delete(b.drawings[i].widget, "AS")
	}
	return nil
}

// checkName refuses names that cannot be one: a dot would make a hierarchy.
func (b *builder) checkName(name string) error {
	if name == "" || len(name) > 400 || utf8.RuneCountInString(name) > 100 || !utf8.ValidString(name) ||
		strings.ContainsFunc(name, func(r rune) bool { return r == '.' || r < ' ' }) || b.form.taken(name) {
		return codeFieldName.New(name)
	}
	b.form.names[name] = &field{name: name}
	return nil
}
