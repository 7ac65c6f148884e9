package pdf

import (
	"iter"
	"math"
)

// Limits of the page tree.
const (
	maxPages     = 200_000
	maxPageDepth = 64
)

// Page is one page with what it inherits.
type Page struct {
	Ref      Ref
	Dict     Dict
	MediaBox [4]float64 // points: left, bottom, right, top
	CropBox  [4]float64 // inside MediaBox; what a reader shows
	Rotate   int        // 0, 90, 180 or 270, clockwise
}

// Size is the width and height of the page as a person sees it, in points.
func (p *Page) Size() (w, h float64) {
	w, h = p.CropBox[2]-p.CropBox[0], p.CropBox[3]-p.CropBox[1]
	if p.Rotate%180 != 0 {
		w, h = h, w
	}
	return w, h
}

// ToUser turns a point given in points from the top left of the page as seen
// into default user space.
func (p *Page) ToUser(x, y float64) (ux, uy float64) {
	b := p.CropBox
	switch p.Rotate {
	case 90:
		return b[0] + y, b[1] + x
	case 180:
		return b[2] - x, b[1] + y
	case 270:
		return b[2] - y, b[3] - x
	}
	return b[0] + x, b[3] - y
}

type inherited struct {
	media, crop Object
	rotate      Object
}

type walker struct {
	f     *File
	seen  map[Ref]bool
	index int
	yield func(*Page, error) bool
}

// Pages walks the page tree lazily. A tree that is circular, shared or too
// large ends the walk with an error.
func (f *File) Pages() iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		cat, err := f.Catalog()
		if err != nil {
			yield(nil, err)
			return
		}
		w := &walker{f: f, seen: map[Ref]bool{}, yield: yield}
		w.node(cat["Pages"], inherited{}, 0)
	}
}

// Page finds the page with this number, counted from 1; 0 is the last page.
func (f *File) Page(number int) (*Page, error) {
	var last *Page
	n := 0
	for p, err := range f.Pages() {
		if err != nil {
			return nil, err
		}
		if n++; n == number {
			return p, nil
		}
		last = p
	}
	if number == 0 && last != nil {
		return last, nil
	}
	return nil, NoSuchPage.New(number)
}

func (w *walker) fail(detail string) bool {
	w.yield(nil, Damaged.New(Reason(detail)))
	return false
}

// node visits one node and says whether the walk goes on.
func (w *walker) node(o Object, in inherited, depth int) bool {
	ref, isRef := o.(Ref)
	if isRef {
		if w.seen[ref] {
			return w.fail("the page tree is circular or shares a node")
		}
		w.seen[ref] = true
	}
	if depth > maxPageDepth || len(w.seen) > 2*maxPages {
		return w.fail("the page tree is too deep or too large")
	}
	o, err := w.f.Resolve(o)
	if err != nil {
		w.yield(nil, err)
		return false
	}
	d, ok := o.(Dict)
	if !ok {
		return w.fail("a page is missing")
	}
	in = in.with(d)
	if d["Kids"] == nil || d["Type"] == Name("Page") {
		return w.leaf(ref, isRef, d, in)
	}
	kids, err := w.f.Array(d["Kids"])
	if err != nil {
		w.yield(nil, err)
		return false
	}
	for _, k := range kids {
		if !w.node(k, in, depth+1) {
			return false
		}
	}
	return true
}

func (in inherited) with(d Dict) inherited {
	if v := d["MediaBox"]; v != nil {
		in.media = v
	}
	if v := d["CropBox"]; v != nil {
		in.crop = v
	}
	if v := d["Rotate"]; v != nil {
		in.rotate = v
	}
	return in
}

func (w *walker) leaf(ref Ref, isRef bool, d Dict, in inherited) bool {
	if !isRef {
		return w.fail("a page is not an indirect object")
	}
	if w.index++; w.index > maxPages {
		return w.fail("there are too many pages")
	}
	p := &Page{Ref: ref, Dict: d}
	p.MediaBox = w.f.box(in.media, [4]float64{0, 0, 612, 792})
	p.CropBox = intersect(w.f.box(in.crop, p.MediaBox), p.MediaBox)
	if o, err := w.f.Resolve(in.rotate); err == nil {
		if v, ok := Float(o); ok && math.Abs(v) < 1e6 {
			p.Rotate = ((int(v)/90*90)%360 + 360) % 360
		}
	}
	return w.yield(p, nil)
}

// box reads a rectangle and puts its corners in order.
func (f *File) box(o Object, or [4]float64) [4]float64 {
	a, err := f.Array(o)
	if err != nil || len(a) != 4 {
		return or
	}
	var b [4]float64
	for i := range a {
		v, err := f.Resolve(a[i])
		n, ok := Float(v)
		if err != nil || !ok || math.IsNaN(n) || math.Abs(n) > 1e7 {
			return or
		}
		b[i] = n
	}
	b[0], b[2] = min(b[0], b[2]), max(b[0], b[2])
	b[1], b[3] = min(b[1], b[3]), max(b[1], b[3])
	if b[2]-b[0] < 1 || b[3]-b[1] < 1 {
		return or
	}
	return b
}

func intersect(a, b [4]float64) [4]float64 {
	c := [4]float64{max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])}
	if c[2]-c[0] < 1 || c[3]-c[1] < 1 {
		return b
	}
	return c
}
