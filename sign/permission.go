package sign

import (
	"strings"

	"vanban/internal/pdf"
)

// permissions is what the signatures of a document still allow.
type permissions struct {
	signatures int
	level      int64 // the strictest DocMDP level, 0 when there is none
	locks      []lock
}

// lock is a FieldMDP transform (ISO 32000-2, 12.8.2.4).
type lock struct {
	action pdf.Name // All, Include, Exclude
	fields []string
}

// covers says whether the field may no longer change. A name in the list
// stands for everything below it.
func (l lock) covers(name string) bool {
	listed := false
	for _, f := range l.fields {
		if name == f || strings.HasPrefix(name, f+".") {
			listed = true
		}
	}
	switch l.action {
	case "Include":
		return listed
	case "Exclude":
		return !listed
	}
	return true // All, and whatever else a file may say
}

func (p *permissions) locked(name string) bool {
	for _, l := range p.locks {
		if l.covers(name) {
			return true
		}
	}
	return false
}

// readPermissions looks at every signature and at the certification that the
// catalog names (ISO 32000-2, 12.8.6).
func readPermissions(src objects, catalog pdf.Dict, f *form) (*permissions, error) {
	p := &permissions{}
	perms, err := dict(src, catalog["Perms"])
	if err != nil {
		return nil, err
	}
	certification, err := dict(src, perms["DocMDP"])
	if err != nil {
		return nil, err
	}
	if certification != nil {
		p.signatures++
		if err := p.read(src, certification); err != nil {
			return nil, err
		}
	}
	for _, signed := range f.signed() {
		p.signatures++
		if err := p.read(src, signed.signature()); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *permissions) read(src objects, signature pdf.Dict) error {
	o, err := src.Resolve(signature["Reference"])
	if err != nil {
		return err
	}
	references, _ := o.(pdf.Array)
	if len(references) > 100 {
		return codeMalformed.New("too many signature references")
	}
	for _, o := range references {
		reference, err := dict(src, o)
		if err != nil {
			return err
		}
		params, err := dict(src, reference["TransformParams"])
		if err != nil {
			return err
		}
		switch reference["TransformMethod"] {
		case pdf.Name("DocMDP"):
			level, ok := params["P"].(int64)
			if !ok {
				level = 2 // the default of table 257
			}
			p.restrict(level)
		case pdf.Name("FieldMDP"):
			l, err := readLock(src, params)
			if err != nil {
				return err
			}
			p.locks = append(p.locks, l)
		}
	}
	return nil
}

func (p *permissions) restrict(level int64) {
	if p.level == 0 || level < p.level {
		p.level = level
	}
}

// readLock reads TransformParams of FieldMDP or a SigFieldLock, which share
// their keys.
func readLock(src objects, d pdf.Dict) (lock, error) {
	l := lock{}
	l.action, _ = d["Action"].(pdf.Name)
	o, err := src.Resolve(d["Fields"])
	if err != nil {
		return l, err
	}
	names, _ := o.(pdf.Array)
	if len(names) > maxFields {
		return l, codeMalformed.New("too many fields in a lock")
	}
	for _, o := range names {
		o, err := src.Resolve(o)
		if err != nil {
			return l, err
		}
		if s, ok := o.(pdf.String); ok {
			l.fields = append(l.fields, s.Text())
		}
	}
	return l, nil
}

// dict resolves to a dictionary; anything else is nil.
func dict(src objects, o pdf.Object) (pdf.Dict, error) {
	o, err := src.Resolve(o)
	d, _ := o.(pdf.Dict)
	return d, err
}
