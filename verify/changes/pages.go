package changes

import (
	"errors"

	"vanban/internal/pdf"
	"vanban/internal/pdf/content"
)

// pages compares the pages that changed. Only annotations may differ, and only
// by the widgets of new signature fields; at DocMDP level 3 others too.
func (d *differ) pages() {
	if !d.pending() {
		return
	}
	for p, err := range d.old.Pages() {
		if !d.check(err) {
			return
		}
		d.page(p)
		if !d.pending() {
			return
		}
	}
}

// pending says whether there are touched objects that nobody claimed yet.
func (d *differ) pending() bool {
	for num := range d.touched {
		if !d.claimed[num] {
			return true
		}
	}
	return false
}

func (d *differ) page(p *pdf.Page) {
	t, hit := d.touched[p.Ref.Num]
	now := p.Dict
	if hit {
		var ok bool
		if now, ok = t.New.(pdf.Dict); !ok {
			return
		}
		for _, k := range keys(p.Dict, now) {
			if k != "Annots" && k != "LastModified" && !same(p.Dict[k], now[k]) {
				d.forbid("page /%s", k)
				return
			}
		}
	}
	if d.annotations(p.Dict["Annots"], now["Annots"]) && hit {
		d.claimed[p.Ref.Num] = true
	}
}

// annotations compares the list of one page.
func (d *differ) annotations(a, b pdf.Object) bool {
	if r, ok := b.(pdf.Ref); ok && a == b {
		if d.seen[r.Num] {
			return true // a list that several pages share was looked at with the first
		}
		d.seen[r.Num] = true
	}
	x, err1 := d.old.Array(a)
	y, err2 := d.now.Array(b)
	if !d.check(err1) || !d.check(err2) {
		return false
	}
	have := map[pdf.Ref]bool{}
	for _, o := range y {
		if r, ok := o.(pdf.Ref); ok {
			have[r] = true
		}
	}
	was := map[pdf.Ref]bool{}
	directs := 0
	for _, o := range x {
		r, ok := o.(pdf.Ref)
		if !ok {
			directs++
			continue
		}
		was[r] = true
		if !have[r] {
			if d.rule.level < 3 || !d.rule.certified {
				d.forbid("annotation %d removed", r.Num)
				return false
			}
			d.annotated = true
		}
		d.changedAnnotation(r)
	}
	if !d.newAnnotations(y, was, directs) {
		return false
	}
	d.claimHolder(a, b)
	return true
}

// newAnnotations looks at what the list has now and did not have before.
func (d *differ) newAnnotations(y pdf.Array, was map[pdf.Ref]bool, directs int) bool {
	for _, o := range y {
		r, ok := o.(pdf.Ref)
		switch {
		case !ok:
			directs--
		case was[r] || d.widgets[r] || d.kidWidget(r):
		case d.rule.level >= 3 && d.rule.certified && !d.isWidget(r):
			d.claimAdded(r)
			d.annotated = true
			d.allow("annotation")
		default:
			d.forbid("annotation %d added", r.Num)
			return false
		}
	}
	if directs != 0 {
		d.forbid("annotations")
		return false
	}
	return true
}

// isWidget: a widget that is in no form is not a comment but an imitation of a
// field.
func (d *differ) isWidget(r pdf.Ref) bool {
	w, err := d.now.Dict(r)
	return err != nil || w["Subtype"] == pdf.Name("Widget") || w["FT"] != nil
}

// kidWidget: the widget of a field that existed without being on a page, or of
// one that was signed with separate widgets.
func (d *differ) kidWidget(r pdf.Ref) bool {
	n := d.nowForm.ByRef[r]
	if n == nil || n.kind != "Sig" {
		return false
	}
	return d.oldForm.ByRef[r] != nil && d.oldForm.ByRef[r].Value == nil && n.Value != nil ||
		n.parent != nil && d.widgets[n.parent.Ref]
}

// changedAnnotation claims an annotation that was changed in place where level
// 3 allows it. Widgets are judged with their fields.
func (d *differ) changedAnnotation(r pdf.Ref) {
	t, hit := d.touched[r.Num]
	if !hit || d.claimed[r.Num] || d.rule.level < 3 || !d.rule.certified {
		return
	}
	x, ok1 := t.Old.(pdf.Dict)
	y, ok2 := t.New.(pdf.Dict)
	if !ok1 || !ok2 || x["Subtype"] == pdf.Name("Widget") || y["Subtype"] == pdf.Name("Widget") {
		return
	}
	d.claimed[r.Num] = true
	d.claimAdded(y)
	d.annotated = true
	d.allow("annotation")
}

// coveredArea is how many square points of text or pictures a later field may
// touch: less than one letter.
const coveredArea = 30

// maxMeasured bounds the fields for which pages are measured.
const maxMeasured = 100

// coversContent says whether a widget lies over something that a page of the
// signed revision shows. A page that cannot be measured counts as covered.
func (d *differ) coversContent(w pdf.Dict) bool {
	if d.measured++; d.measured > maxMeasured {
		return true
	}
	page, ok := w["P"].(pdf.Ref)
	if !ok {
		page = d.pageOf(w)
	}
	rect, err := d.rect(w)
	if err != nil {
		return true
	}
	for p, err := range d.old.Pages() {
		if err != nil {
			return true
		}
		if p.Ref != page {
			continue
		}
		boxes, err := content.Boxes(d.old, p)
		if err != nil {
			return true
		}
		for _, b := range boxes {
			if b.Overlaps(rect, coveredArea) {
				return true
			}
		}
		return false
	}
	return true
}

// pageOf finds the page that lists a widget which does not name its page.
func (d *differ) pageOf(w pdf.Dict) pdf.Ref {
	for p, err := range d.now.Pages() {
		if err != nil {
			return pdf.Ref{}
		}
		list, err := d.now.Array(p.Dict["Annots"])
		if err != nil {
			return pdf.Ref{}
		}
		for _, o := range list {
			if a, err := d.now.Dict(o); err == nil && same(a, w) {
				return p.Ref
			}
		}
	}
	return pdf.Ref{}
}

func (d *differ) rect(w pdf.Dict) (content.Box, error) {
	var b content.Box
	a, err := d.now.Array(w["Rect"])
	if err != nil || len(a) != 4 {
		return b, errRect
	}
	for i, o := range a {
		o, err := d.now.Resolve(o)
		n, ok := pdf.Float(o)
		if err != nil || !ok {
			return b, errRect
		}
		b[i] = n
	}
	b[0], b[2] = min(b[0], b[2]), max(b[0], b[2])
	b[1], b[3] = min(b[1], b[3]), max(b[1], b[3])
	return b, nil
}

var errRect = errors.New("a widget has no rectangle")
