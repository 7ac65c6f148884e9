package changes

import (
	"maps"

	"vanban/internal/pdf"
)

// form compares the two AcroForm dictionaries.
func (d *differ) form(a, b pdf.Object) {
	x, err1 := d.old.Dict(a)
	y, err2 := d.now.Dict(b)
	if !d.check(err1) || !d.check(err2) {
		return
	}
	d.claimHolder(a, b)
	for _, k := range keys(x, y) {
		switch k {
		case "Fields":
			d.fieldList(x[k], y[k])
		case "SigFlags", "NeedAppearances":
		case "DR":
			d.defaults(x[k], y[k])
		case "DA", "Q":
			if x[k] != nil && !same(x[k], y[k]) {
				d.forbid("AcroForm /%s", k)
			}
		default:
			if !same(x[k], y[k]) {
				d.forbid("AcroForm /%s", k)
			}
		}
	}
	for ref, n := range d.oldForm.ByRef {
		d.existingField(ref, n)
	}
	d.directFields()
}

// defaults compares the default resources. Text fields take fonts from them,
// so those may not change; forms under a name are only a signer's workshop.
func (d *differ) defaults(a, b pdf.Object) {
	x, err1 := d.old.Dict(a)
	y, err2 := d.now.Dict(b)
	if !d.check(err1) || !d.check(err2) {
		return
	}
	d.claimAdded(y["XObject"])
	d.claimHolder(x["XObject"], y["XObject"])
	x, y = maps.Clone(x), maps.Clone(y)
	delete(x, "XObject")
	delete(y, "XObject")
	d.claimHolder(a, b)
	d.resources(x, y, 0)
}

// claimHolder claims the object in which a compared value stands: one that was
// added for it, or the same one as before.
func (d *differ) claimHolder(a, b pdf.Object) {
	r, ok := b.(pdf.Ref)
	if !ok {
		return
	}
	if t, hit := d.touched[r.Num]; hit && (t.Added() || a == b) {
		d.claimed[r.Num] = true
	}
}

// fieldList: no field disappears; what is new must be a signature.
func (d *differ) fieldList(a, b pdf.Object) {
	d.claimHolder(a, b)
	for ref := range d.oldForm.ByRef {
		if d.nowForm.ByRef[ref] == nil {
			d.forbid("form field %d removed", ref.Num)
		}
	}
	for ref, n := range d.nowForm.ByRef {
		if d.oldForm.ByRef[ref] == nil {
			d.newField(ref, n)
		}
	}
}

// directFields refuses form fields that are not indirect objects where they
// changed: they cannot be told apart by number.
func (d *differ) directFields() {
	x, y := direct(d.oldForm), direct(d.nowForm)
	if len(x) != len(y) {
		d.forbid("form fields")
		return
	}
	for i := range x {
		if !same(x[i].dict, y[i].dict) {
			d.forbid("form field %s", y[i].Name)
		}
	}
}

func direct(m *Form) []*Field {
	var out []*Field
	for _, n := range m.fields {
		if n.Ref == (pdf.Ref{}) {
			out = append(out, n)
		}
	}
	return out
}

// newField judges a field, or a widget of one, that the signed revision did
// not have.
func (d *differ) newField(ref pdf.Ref, n *Field) {
	t := d.touched[ref.Num]
	switch {
	case n.kind != "Sig" && !d.childOfFilled(n):
		d.forbid("form field %s added", n.Name)
		return
	case !t.Added():
		d.forbid("form field %s", n.Name)
		return
	}
	value, err := d.now.Dict(n.Value)
	if !d.check(err) {
		return
	}
	stamp := value["SubFilter"] == pdf.Name("ETSI.RFC3161") || value["Type"] == pdf.Name("DocTimeStamp")
	visible := d.visible(n.dict)
	switch {
	case d.rule.level < 2 && !stamp:
		d.forbid("signature field %s added", n.Name)
		return
	case stamp && visible && d.rule.certified:
		d.forbid("visible time-stamp %s", n.Name)
		return
	case len(value) == 0 && visible:
		d.forbid("unsigned signature field %s added", n.Name)
		return
	case visible && d.rule.certified && d.coversContent(n.dict):
		d.forbid("signature field %s covers content", n.Name)
		return
	}
	d.widgets[ref] = true
	d.claimed[ref.Num] = true
	d.claimAdded(t.New)
	if stamp {
		d.allow("time-stamp " + n.Name)
	} else {
		d.allow("signature " + n.Name)
	}
}

// childOfFilled: a widget may be added below an old field only when that is a
// signature field.
func (d *differ) childOfFilled(n *Field) bool { return n.parent != nil && n.parent.kind == "Sig" }

// visible says whether a widget takes up room on a page.
func (d *differ) visible(w pdf.Dict) bool {
	r, err := d.now.Array(w["Rect"])
	if err != nil {
		return true
	}
	if len(r) != 4 {
		return len(r) != 0
	}
	var n [4]float64
	for i, o := range r {
		o, err := d.now.Resolve(o)
		f, ok := pdf.Float(o)
		if err != nil || !ok {
			return true
		}
		n[i] = f
	}
	flags, _ := w["F"].(int64)
	return n[0] != n[2] && n[1] != n[3] && flags&2 == 0
}

// existingField compares one field or widget that was there before.
func (d *differ) existingField(ref pdf.Ref, was *Field) {
	is := d.nowForm.ByRef[ref]
	if is == nil {
		return
	}
	signedBefore := was.kind == "Sig" && was.Value != nil
	t, hit := d.touched[ref.Num]
	if !hit {
		d.appearance(ref, was, is, signedBefore)
		return
	}
	x, ok1 := t.Old.(pdf.Dict)
	y, ok2 := t.New.(pdf.Dict)
	if !ok1 || !ok2 {
		d.forbid("form field %s", was.Name)
		return
	}
	ok := true
	for _, k := range keys(x, y) {
		if !same(x[k], y[k]) && !d.fieldKey(k, was, is, x, y) {
			d.forbid("form field %s /%s", was.Name, k)
			ok = false
		}
	}
	if ok {
		d.claimed[ref.Num] = true
	}
	d.appearance(ref, was, is, signedBefore)
}

// fieldKey says whether one key of an existing field may have changed so.
func (d *differ) fieldKey(k pdf.Name, was, is *Field, x, y pdf.Dict) bool {
	fillable := d.rule.level >= 2 && !d.rule.locked(was.Name)
	sig := was.kind == "Sig"
	signing := sig && was.Value == nil && is.Value != nil
	switch k {
	case "V":
		if sig && was.Value != nil || !fillable {
			return false
		}
		d.claimAdded(y[k])
		d.claimValue(x[k], y[k])
		if signing {
			d.allow("signature " + is.Name)
		} else {
			d.allow("form field " + is.Name)
		}
		return true
	case "AP":
		return fillable && (!sig || signing || was.Value == nil && is.Value == nil && !d.visible(y))
	case "AS", "I", "RV":
		d.claimAdded(y[k])
		return fillable && !sig
	case "MK", "BS":
		d.claimAdded(y[k])
		return fillable && signing
	case "F", "DA", "Border", "Type":
		return fillable && signing
	case "Kids":
		return signing && d.onlyGrew(x[k], y[k])
	case "P":
		_, isRef := y[k].(pdf.Ref)
		return fillable && signing && x[k] == nil && isRef
	}
	return false
}

// claimValue claims a value that stands in an object of its own and was
// written again in place.
func (d *differ) claimValue(a, b pdf.Object) {
	if r, ok := b.(pdf.Ref); ok && a == b {
		if s, isString := d.touched[r.Num].New.(pdf.String); isString && s != nil {
			d.claimed[r.Num] = true
		}
	}
}

func (d *differ) onlyGrew(a, b pdf.Object) bool {
	x, err1 := d.old.Array(a)
	y, err2 := d.now.Array(b)
	if err1 != nil || err2 != nil || len(y) < len(x) {
		return false
	}
	for i := range x {
		if !same(x[i], y[i]) {
			return false
		}
	}
	return true
}

// appearance checks the streams that draw a widget. They may be replaced when
// the field may be filled; one that is written again in place must not be used
// by anything else, nor may any dictionary on the way to it.
func (d *differ) appearance(ref pdf.Ref, was, is *Field, signedBefore bool) {
	fillable := d.rule.level >= 2 && !d.rule.locked(was.Name) && !signedBefore
	d.appearanceNode([]uint32{ref.Num}, was.dict["AP"], is.dict["AP"], fillable)
}

// maxAppearance bounds the way from a widget to a stream: AP, N, a state.
const maxAppearance = 6

// appearanceNode visits one node below the objects of path, the widget first.
func (d *differ) appearanceNode(path []uint32, a, b pdf.Object, fillable bool) {
	if b == nil || len(path) > maxAppearance {
		return
	}
	if fillable {
		d.claimAdded(b)
	}
	if r, ok := b.(pdf.Ref); ok {
		if d.seen[r.Num] {
			return
		}
		d.seen[r.Num] = true
		path = append(path[:len(path):len(path)], r.Num)
		t, hit := d.touched[r.Num]
		if hit && t.Added() {
			return
		}
		if hit {
			if !fillable || !d.exclusive(path) {
				return
			}
			d.claimed[r.Num] = true
			d.allow("appearance")
		}
	}
	oldDict, isStream := d.nodeOf(d.old, a)
	nowDict, _ := d.nodeOf(d.now, b)
	if isStream {
		d.resources(oldDict["Resources"], nowDict["Resources"], 0)
		return
	}
	for _, k := range keys(nowDict) {
		if _, isRef := nowDict[k].(pdf.Ref); isRef || len(path) == 1 {
			d.appearanceNode(path, oldDict[k], nowDict[k], fillable)
			continue
		}
		d.states(path, oldDict[k], nowDict[k], fillable)
	}
}

// states visits a dictionary of states that stands inside its parent.
func (d *differ) states(path []uint32, a, b pdf.Object, fillable bool) {
	x, _ := a.(pdf.Dict)
	y, _ := b.(pdf.Dict)
	for _, k := range keys(y) {
		if _, isRef := y[k].(pdf.Ref); isRef {
			d.appearanceNode(path, x[k], y[k], fillable)
		}
	}
}

// exclusive says that each object of a path is used by the one before it only.
func (d *differ) exclusive(path []uint32) bool {
	for i := 1; i < len(path); i++ {
		if !d.onlyUsedBy(path[i], path[i-1]) {
			return false
		}
	}
	return true
}

func (d *differ) nodeOf(f *pdf.File, o pdf.Object) (pdf.Dict, bool) {
	o, err := f.Resolve(o)
	if !d.check(err) {
		return nil, false
	}
	switch v := o.(type) {
	case pdf.Dict:
		return v, false
	case *pdf.Stream:
		return v.Dict, true
	}
	return nil, false
}

// resources: names may be added, what a name meant before may not change.
func (d *differ) resources(a, b pdf.Object, depth int) {
	if depth > 2 {
		return
	}
	d.claimHolder(a, b)
	x, err1 := d.old.Dict(a)
	y, err2 := d.now.Dict(b)
	if !d.check(err1) || !d.check(err2) {
		return
	}
	for _, k := range keys(x, y) {
		switch {
		case same(x[k], y[k]) && depth < 1:
			d.resources(x[k], y[k], depth+1)
		case same(x[k], y[k]):
		case x[k] == nil:
			d.claimAdded(y[k])
		case depth < 1:
			d.resources(x[k], y[k], depth+1)
		default:
			d.forbid("resource /%s", k)
		}
	}
}

// onlyUsedBy says that in the signed revision no object but owner, nor the
// trailer, refers to an object.
func (d *differ) onlyUsedBy(num, owner uint32) bool {
	if d.referrers == nil {
		d.referrers = map[uint32][]uint32{}
		for _, r := range d.old.Objects() {
			o, err := d.old.Get(r)
			if err != nil {
				d.check(err)
				return false
			}
			d.refsIn(o, r.Num)
		}
		d.refsIn(d.old.Trailer(), 0)
	}
	for _, from := range d.referrers[num] {
		if from != owner {
			return false
		}
	}
	return true
}

func (d *differ) refsIn(o pdf.Object, from uint32) {
	switch v := o.(type) {
	case pdf.Ref:
		d.referrers[v.Num] = append(d.referrers[v.Num], from)
	case pdf.Array:
		for _, e := range v {
			d.refsIn(e, from)
		}
	case pdf.Dict:
		for _, e := range v {
			d.refsIn(e, from)
		}
	case *pdf.Stream:
		d.refsIn(v.Dict, from)
	}
}
