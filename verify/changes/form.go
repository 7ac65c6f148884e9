package changes

import (
	"errors"

	"vanban/internal/pdf"
)

// Limits of the form of one document.
const (
	maxFields     = 20_000
	maxFieldDepth = 32
)

// Field is one node of the form that has no parent to be merged with, or a
// child of one.
type Field struct {
	Ref    pdf.Ref  // zero when the field is a direct object
	Name   string   // with the names of its parents, joined by dots
	kind   pdf.Name // FT, inherited
	dict   pdf.Dict
	Value  pdf.Object // V as it stands, inherited
	parent *Field
	kids   pdf.Array
}

// Form is the AcroForm of one state of a document.
type Form struct {
	f      *pdf.File
	dict   pdf.Dict
	fields []*Field
	// ByRef finds the fields and widgets that are indirect objects.
	ByRef map[pdf.Ref]*Field
}

// ReadForm reads the AcroForm; a document without one gives an empty Form.
func ReadForm(f *pdf.File) (*Form, error) {
	cat, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	out := &Form{f: f, ByRef: map[pdf.Ref]*Field{}}
	if out.dict, err = f.Dict(cat["AcroForm"]); err != nil {
		return nil, err
	}
	roots, err := f.Array(out.dict["Fields"])
	if err != nil {
		return nil, err
	}
	for _, o := range roots {
		if err := out.walk(o, nil, 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m *Form) walk(o pdf.Object, parent *Field, depth int) error {
	if depth > maxFieldDepth || len(m.fields) >= maxFields {
		return errors.New("the form is too deep or too large")
	}
	ref, isRef := o.(pdf.Ref)
	if isRef && m.ByRef[ref] != nil {
		return errors.New("the form is circular or shares a field")
	}
	d, err := m.f.Dict(o)
	if err != nil {
		return err
	}
	n := &Field{Ref: ref, dict: d, parent: parent}
	if isRef {
		m.ByRef[ref] = n
	}
	m.fields = append(m.fields, n)
	if err := m.inherit(n); err != nil {
		return err
	}
	if n.kids, err = m.f.Array(d["Kids"]); err != nil {
		return err
	}
	for _, k := range n.kids {
		if err := m.walk(k, n, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (m *Form) inherit(n *Field) error {
	if n.parent != nil {
		n.Name, n.kind, n.Value = n.parent.Name, n.parent.kind, n.parent.Value
	}
	if t, err := m.f.Resolve(n.dict["T"]); err != nil {
		return err
	} else if s, ok := t.(pdf.String); ok {
		if n.Name != "" {
			n.Name += "."
		}
		n.Name += s.Text()
	}
	ft, err := m.f.Resolve(n.dict["FT"])
	if err != nil {
		return err
	}
	if k, ok := ft.(pdf.Name); ok {
		n.kind = k
	}
	if v := n.dict["V"]; v != nil {
		n.Value = v
	}
	return nil
}

// Signed lists the signature fields that have a value. A widget below a field
// inherits its value and is not listed again.
func (m *Form) Signed() []*Field {
	var out []*Field
	for _, n := range m.fields {
		if n.kind == "Sig" && n.dict["V"] != nil {
			out = append(out, n)
		}
	}
	return out
}

// Values is the set of signature dictionaries that the form names.
func (m *Form) Values() map[pdf.Ref]bool {
	out := map[pdf.Ref]bool{}
	for _, n := range m.Signed() {
		if r, ok := n.Value.(pdf.Ref); ok {
			out[r] = true
		}
	}
	return out
}

// LooksLikeSignature recognises a signature dictionary by what it holds, not
// by what it calls itself.
func LooksLikeSignature(d pdf.Dict) bool {
	_, contents := d["Contents"]
	_, isRange := d["ByteRange"]
	t := d["Type"]
	return isRange && (contents || t == pdf.Name("Sig") || t == pdf.Name("DocTimeStamp")) ||
		t == pdf.Name("Sig") && d["Filter"] != nil && d["SubFilter"] != nil
}

// NewForm is the form of a document whose own cannot be read.
func NewForm(f *pdf.File) *Form { return &Form{f: f, ByRef: map[pdf.Ref]*Field{}} }
