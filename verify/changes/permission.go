package changes

import (
	"strings"

	"vanban/internal/pdf"
)

// permission is what the signatures of one revision allow later revisions to
// do (ISO 32000-2, 12.8.2.2 and 12.8.2.4).
type permission struct {
	// level is the DocMDP level: 1 nothing, 2 forms and signatures, 3 also
	// annotations. Without a certification forms and signatures are allowed.
	level     int
	certified bool
	locks     []lock
}

// lock is a FieldMDP rule: which fields may not change any more.
type lock struct {
	action pdf.Name // All, Include or Exclude
	fields []string
}

func (p permission) locked(name string) bool {
	for _, l := range p.locks {
		hit := false
		for _, f := range l.fields {
			if name == f || strings.HasPrefix(name, f+".") {
				hit = true
			}
		}
		if l.action == "All" || l.action == "Include" && hit || l.action == "Exclude" && !hit {
			return true
		}
	}
	return false
}

// permissionOf collects the rules of every signature in a revision.
func permissionOf(m *Form) (permission, error) {
	p := permission{level: 2}
	dicts := []pdf.Dict{}
	for _, n := range m.Signed() {
		d, err := m.f.Dict(n.Value)
		if err != nil {
			return p, err
		}
		dicts = append(dicts, d)
		if err := p.lockOf(m.f, n.dict["Lock"]); err != nil {
			return p, err
		}
	}
	cat, err := m.f.Catalog()
	if err != nil {
		return p, err
	}
	perms, err := m.f.Dict(cat["Perms"])
	if err != nil {
		return p, err
	}
	if o := perms["DocMDP"]; o != nil {
		d, err := m.f.Dict(o)
		if err != nil {
			return p, err
		}
		p.certify(2) // until its reference says otherwise
		dicts = append(dicts, d)
	}
	return p, p.references(m.f, dicts)
}

// certify lowers the level; the first rule replaces the default.
func (p *permission) certify(level int) {
	if !p.certified || level < p.level {
		p.level = level
	}
	p.certified = true
}

func (p *permission) references(f *pdf.File, dicts []pdf.Dict) error {
	levels := []int{}
	for _, d := range dicts {
		refs, err := f.Array(d["Reference"])
		if err != nil {
			return err
		}
		for _, o := range refs {
			ref, err := f.Dict(o)
			if err != nil {
				return err
			}
			params, err := f.Dict(ref["TransformParams"])
			if err != nil {
				return err
			}
			switch ref["TransformMethod"] {
			case pdf.Name("DocMDP"):
				levels = append(levels, docMDPLevel(params))
			case pdf.Name("FieldMDP"):
				if err := p.lockOf(f, params); err != nil {
					return err
				}
			}
		}
	}
	if len(levels) > 0 {
		p.certified, p.level = true, levels[0]
		for _, n := range levels {
			p.level = min(p.level, n)
		}
	}
	return nil
}

func docMDPLevel(params pdf.Dict) int {
	if n, ok := params["P"].(int64); ok && n >= 1 && n <= 3 {
		return int(n)
	}
	return 2
}

// lockOf reads a FieldMDP transform or a Lock dictionary. A P in it is the
// PDF 2.0 way to restrict the document with an approval signature.
func (p *permission) lockOf(f *pdf.File, o pdf.Object) error {
	d, err := f.Dict(o)
	if err != nil || len(d) == 0 {
		return err
	}
	action, _ := d["Action"].(pdf.Name)
	l := lock{action: action}
	names, err := f.Array(d["Fields"])
	if err != nil {
		return err
	}
	for _, o := range names {
		o, err := f.Resolve(o)
		if err != nil {
			return err
		}
		if s, ok := o.(pdf.String); ok {
			l.fields = append(l.fields, s.Text())
		}
	}
	if action != "" {
		p.locks = append(p.locks, l)
	}
	if n, ok := d["P"].(int64); ok && n >= 1 && n <= 3 {
		p.certify(int(n))
	}
	return nil
}

// Certification is the DocMDP level that a signature itself sets; 0 for none.
func Certification(f *pdf.File, d pdf.Dict) int {
	refs, err := f.Array(d["Reference"])
	if err != nil {
		return 0
	}
	for _, o := range refs {
		ref, err := f.Dict(o)
		if err != nil {
			return 0
		}
		if ref["TransformMethod"] == pdf.Name("DocMDP") {
			params, _ := f.Dict(ref["TransformParams"])
			return docMDPLevel(params)
		}
	}
	return 0
}
