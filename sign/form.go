package sign

import (
	"maps"
	"slices"
	"strings"

	"vanban/internal/pdf"
)

// Bounds of a form. The largest in practice have some thousand fields.
const (
	maxFields     = 20_000
	maxFieldDepth = 32
)

// objects is a file or a file with its update.
type objects interface {
	Resolve(o pdf.Object) (pdf.Object, error)
}

// field is a terminal field of the form.
type field struct {
	name    string // full name
	ref     pdf.Ref
	direct  bool // stands inside another object, so it cannot be written anew
	dict    pdf.Dict
	kind    pdf.Name // FT, inherited
	flags   int64    // Ff, inherited
	value   pdf.Object
	da      string // inherited
	align   int64  // Q, inherited
	widgets []pdf.Ref
}

// signature is the signature dictionary of a signed field, else nil.
func (f *field) signature() pdf.Dict {
	if f.kind != "Sig" {
		return nil
	}
	d, _ := f.value.(pdf.Dict)
	return d
}

// form is the AcroForm of a document (ISO 32000-2, 12.7.3).
type form struct {
	src    objects
	dict   pdf.Dict // nil when the document has none
	ref    pdf.Ref  // of the dictionary, zero when it stands in the catalog
	fields []*field
	names  map[string]*field
}

// readForm walks the fields. Cycles, shared nodes and excess are errors: a form
// that two programs read differently must not be signed.
func readForm(src objects, catalog pdf.Dict) (*form, error) {
	f := &form{src: src, names: map[string]*field{}}
	f.ref, _ = catalog["AcroForm"].(pdf.Ref)
	o, err := src.Resolve(catalog["AcroForm"])
	if err != nil {
		return nil, err
	}
	d, ok := o.(pdf.Dict)
	if !ok {
		f.ref = pdf.Ref{}
		return f, nil
	}
	f.dict = maps.Clone(d)
	top := field{}
	if top.da, err = f.text(d["DA"]); err != nil {
		return nil, err
	}
	top.align, _ = d["Q"].(int64)
	w := formWalk{form: f, seen: map[pdf.Ref]bool{}}
	return f, w.kids(d["Fields"], top, 0)
}

func (f *form) text(o pdf.Object) (string, error) {
	o, err := f.src.Resolve(o)
	s, _ := o.(pdf.String)
	return string(s), err
}

type formWalk struct {
	form *form
	seen map[pdf.Ref]bool
}

func (w *formWalk) kids(list pdf.Object, parent field, depth int) error {
	o, err := w.form.src.Resolve(list)
	if err != nil {
		return err
	}
	kids, _ := o.(pdf.Array)
	for _, kid := range kids {
		if err := w.node(kid, parent, depth); err != nil {
			return err
		}
	}
	return nil
}

// node visits a field. What it inherits comes in parent.
func (w *formWalk) node(o pdf.Object, parent field, depth int) error {
	here := parent
	here.widgets = nil
	here.ref, here.direct = pdf.Ref{}, true
	if ref, ok := o.(pdf.Ref); ok {
		if w.seen[ref] {
			return codeMalformed.New("a field is listed twice")
		}
		w.seen[ref] = true
		here.ref, here.direct = ref, false
	}
	if depth > maxFieldDepth || len(w.seen) > maxFields {
		return codeMalformed.New("too many fields")
	}
	o, err := w.form.src.Resolve(o)
	if err != nil {
		return err
	}
	d, ok := o.(pdf.Dict)
	if !ok {
		return nil // a stray null in Fields is common and harmless
	}
	here.dict = d
	if err := w.inherit(&here, d); err != nil {
		return err
	}
	inner, widgets, err := w.sort(d["Kids"])
	if err != nil {
		return err
	}
	if len(inner) > 0 {
		return w.kids(inner, here, depth+1)
	}
	here.widgets = widgets
	if len(widgets) == 0 && !here.direct {
		here.widgets = []pdf.Ref{here.ref}
	}
	w.form.fields = append(w.form.fields, &here)
	if w.form.names[here.name] == nil {
		w.form.names[here.name] = &here
	}
	return nil
}

// inherit takes over the attributes that fields hand down (ISO 32000-2, table 226).
func (w *formWalk) inherit(f *field, d pdf.Dict) error {
	f.value = nil
	get := func(key pdf.Name) (pdf.Object, error) { return w.form.src.Resolve(d[key]) }
	for _, key := range []pdf.Name{"T", "FT", "Ff", "V", "DA", "Q"} {
		o, err := get(key)
		if err != nil {
			return err
		}
		switch v := o.(type) {
		case pdf.Name:
			if key == "FT" {
				f.kind = v
			}
		case int64:
			switch key {
			case "Ff":
				f.flags = v
			case "Q":
				f.align = v
			}
		case pdf.String:
			switch key {
			case "DA":
				f.da = string(v)
			case "T":
				f.name = strings.TrimPrefix(f.name+"."+v.Text(), ".")
			}
		}
		if key == "V" {
			f.value = o
		}
	}
	return nil
}

// sort tells fields among the kids from mere widgets, which have no name.
func (w *formWalk) sort(list pdf.Object) (inner pdf.Array, widgets []pdf.Ref, err error) {
	o, err := w.form.src.Resolve(list)
	if err != nil {
		return nil, nil, err
	}
	kids, _ := o.(pdf.Array)
	if len(kids) > maxFields {
		return nil, nil, codeMalformed.New("too many fields")
	}
	for _, kid := range kids {
		o, err := w.form.src.Resolve(kid)
		if err != nil {
			return nil, nil, err
		}
		d, ok := o.(pdf.Dict)
		if !ok {
			continue
		}
		ref, isRef := kid.(pdf.Ref)
		switch {
		case d["T"] != nil || d["Kids"] != nil:
			inner = append(inner, kid)
		case isRef:
			widgets = append(widgets, ref)
		}
	}
	return inner, widgets, nil
}

// signed lists the fields that carry a signature.
func (f *form) signed() []*field {
	return slices.DeleteFunc(slices.Clone(f.fields), func(f *field) bool { return f.signature() == nil })
}

// taken says whether a name is a field or leads to one.
func (f *form) taken(name string) bool {
	for have := range f.names {
		if have == name || strings.HasPrefix(have, name+".") {
			return true
		}
	}
	return false
}
