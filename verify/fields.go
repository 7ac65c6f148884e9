package verify

import (
	"errors"

	"vanban/internal/pdf"
)

// Limits of the form of one document.
const (
	maxFields     = 20_000
	maxFieldDepth = 32
	maxSignatures = 100
)

// field is one node of the form that has no parent to be merged with, or a
// child of one.
type field struct {
	ref    pdf.Ref // zero when the field is a direct object
	name   string
	kind   pdf.Name // FT, inherited
	dict   pdf.Dict
	value  pdf.Object // V as it stands, inherited
	parent *field
	kids   pdf.Array
}

// form is the AcroForm of one state of a document.
type form struct {
	f      *pdf.File
	dict   pdf.Dict
	fields []*field
	byRef  map[pdf.Ref]*field
}

func readForm(f *pdf.File) (*form, error) {
	cat, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	out := &form{f: f, byRef: map[pdf.Ref]*field{}}
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

func (m *form) walk(o pdf.Object, parent *field, depth int) error {
	if depth > maxFieldDepth || len(m.fields) >= maxFields {
		return errors.New("the form is too deep or too large")
	}
	ref, isRef := o.(pdf.Ref)
	if isRef && m.byRef[ref] != nil {
		return errors.New("the form is circular or shares a field")
	}
	d, err := m.f.Dict(o)
	if err != nil {
		return err
	}
	n := &field{ref: ref, dict: d, parent: parent}
	if isRef {
		m.byRef[ref] = n
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

func (m *form) inherit(n *field) error {
	if n.parent != nil {
		n.name, n.kind, n.value = n.parent.name, n.parent.kind, n.parent.value
	}
	if t, err := m.f.Resolve(n.dict["T"]); err != nil {
		return err
	} else if s, ok := t.(pdf.String); ok {
		if n.name != "" {
			n.name += "."
		}
		n.name += s.Text()
	}
	ft, err := m.f.Resolve(n.dict["FT"])
	if err != nil {
		return err
	}
	if k, ok := ft.(pdf.Name); ok {
		n.kind = k
	}
	if v := n.dict["V"]; v != nil {
		n.value = v
	}
	return nil
}

// signed lists the signature fields that have a value. A widget below a field
// inherits its value and is not listed again.
func (m *form) signed() []*field {
	var out []*field
	for _, n := range m.fields {
		if n.kind == "Sig" && n.dict["V"] != nil {
			out = append(out, n)
		}
	}
	return out
}

// values is the set of signature dictionaries that the form names.
func (m *form) values() map[pdf.Ref]bool {
	out := map[pdf.Ref]bool{}
	for _, n := range m.signed() {
		if r, ok := n.value.(pdf.Ref); ok {
			out[r] = true
		}
	}
	return out
}

// looksLikeSignature recognises a signature dictionary by what it holds, not
// by what it calls itself.
func looksLikeSignature(d pdf.Dict) bool {
	_, contents := d["Contents"]
	_, isRange := d["ByteRange"]
	t := d["Type"]
	return isRange && (contents || t == pdf.Name("Sig") || t == pdf.Name("DocTimeStamp")) ||
		t == pdf.Name("Sig") && d["Filter"] != nil && d["SubFilter"] != nil
}
