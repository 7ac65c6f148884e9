package changes

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"vanban/internal/pdf"
)

// Result says what came after a revision. Details are short and in the terms
// of the file format; the order is not fixed.
type Result struct {
	Forbidden []string // changes that no rule allows
	Permitted []string // changes that one does
	Annotated bool     // comments were added or changed, as DocMDP level 3 allows
	Unsure    error    // why it cannot be told
}

// Compare compares the file as it was signed with the file as it is shown now.
// Everything that changed must be claimed by a rule that the signatures of the
// old state allow; what nobody claims is forbidden.
func Compare(old *Form, now *Form, past *History) Result {
	d := &differ{old: old.f, now: now.f, oldForm: old, nowForm: now, history: past}
	d.run()
	return Result{Forbidden: d.forbidden, Permitted: d.permitted, Annotated: d.annotated, Unsure: d.unsure}
}

// differ is the comparison of two states. Its fields named old are what was
// signed, those named now what a reader shows.
type differ struct {
	old, now         *pdf.File
	oldForm, nowForm *Form
	rule             permission
	touched          map[uint32]pdf.Touch
	claimed          map[uint32]bool
	widgets          map[pdf.Ref]bool // of signature fields that were added by the rules
	referrers        map[uint32][]uint32
	seen             map[uint32]bool // nodes of DSS, appearances and annotation lists, each looked at once
	measured         int             // new fields held against the content of their page
	history          *History
	forbidden        []string
	permitted        []string
	annotated        bool
	unsure           error
}

func (d *differ) forbid(format string, args ...any) {
	d.forbidden = append(d.forbidden, fmt.Sprintf(format, args...))
}

func (d *differ) allow(what string) { d.permitted = append(d.permitted, what) }

// check records an error as "cannot tell" and says whether there was none.
func (d *differ) check(err error) bool {
	if err != nil && d.unsure == nil {
		d.unsure = err
	}
	return err == nil
}

func (d *differ) run() {
	d.claimed, d.widgets, d.touched, d.seen = map[uint32]bool{}, map[pdf.Ref]bool{}, map[uint32]pdf.Touch{}, map[uint32]bool{}
	touches, err := d.now.Since(d.old)
	if !d.check(err) {
		return
	}
	for _, t := range touches {
		if t.Unreadable != nil {
			d.check(fmt.Errorf("object %d: %w", t.Num, t.Unreadable))
		}
		if !t.Container {
			d.touched[t.Num] = t
		}
	}
	if d.rule, err = permissionOf(d.oldForm); !d.check(err) {
		return
	}
	d.trailer()
	d.catalog()
	d.pages()
	d.leftovers()
}

// leftovers forbids what no rule claimed.
func (d *differ) leftovers() {
	d.forgetSuperseded()
	for num, t := range d.touched {
		if d.claimed[num] || t.Unreadable != nil {
			continue
		}
		d.forbid("%s %d", describe(t), num)
	}
}

// forgetSuperseded claims objects that a revision in between added and used,
// and that nothing reaches any more: the store of validation data before it
// grew, an appearance that was drawn again. What no revision ever used stays
// forbidden unless it is inert: nothing honest needs it.
func (d *differ) forgetSuperseded() {
	open := map[uint32]bool{}
	for num, t := range d.touched {
		if !d.claimed[num] && t.Added() {
			open[num] = true
		}
	}
	if len(open) == 0 {
		return
	}
	now := d.history.reach(d.now.Size())
	for num := range open {
		switch {
		case now.has(num):
			delete(open, num)
		case inert(d.touched[num].New):
			d.claimed[num] = true
			delete(open, num)
			d.allow("unused object")
		}
	}
	for _, end := range d.history.between(d.old.Size(), d.now.Size()) {
		if len(open) == 0 {
			return
		}
		then := d.history.reach(end)
		for num := range open {
			if then.has(num) {
				d.claimed[num] = true
				delete(open, num)
			}
		}
	}
}

// inert recognises dictionaries that no reader draws from: document
// information and entries of a DSS.
func inert(o pdf.Object) bool {
	d, ok := o.(pdf.Dict)
	if !ok {
		return false
	}
	if d["Type"] == pdf.Name("VRI") || d["Type"] == pdf.Name("DSS") {
		return true
	}
	for _, v := range d {
		if _, isText := v.(pdf.String); !isText {
			return false
		}
	}
	return true
}

func describe(t pdf.Touch) string {
	o := t.New
	if o == nil {
		o = t.Old
	}
	kind := "object"
	switch v := o.(type) {
	case pdf.Dict:
		if n, ok := v["Type"].(pdf.Name); ok {
			kind = string(n)
		}
	case *pdf.Stream:
		kind = "stream"
		if n, ok := v.Dict["Type"].(pdf.Name); ok {
			kind = string(n)
		}
	}
	switch {
	case t.New == nil:
		return kind + " removed"
	case t.Old == nil:
		return kind + " added"
	}
	return kind + " changed"
}

// trailerKeys are those of ISO 32000-2, tables 15, 17 and 19.
var trailerKeys = map[pdf.Name]bool{"Size": true, "Prev": true, "Root": true, "Encrypt": true, "Info": true, "ID": true, "XRefStm": true,
	"Type": true, "W": true, "Index": true, "Filter": true, "DecodeParms": true, "Length": true}

// trailer: the catalog keeps its number, the information dictionary may change.
// A reference under a key of nobody's standard is a second way into the
// document, on which what is compared here says nothing.
func (d *differ) trailer() {
	a, b := d.old.Trailer(), d.now.Trailer()
	for _, k := range keys(b) {
		if _, isRef := b[k].(pdf.Ref); isRef && !trailerKeys[k] && len(d.touched) > 0 {
			d.forbid("trailer /%s", k)
		}
	}
	if !same(a["Root"], b["Root"]) {
		d.forbid("Root replaced")
	}
	if (a["Encrypt"] == nil) != (b["Encrypt"] == nil) {
		d.forbid("Encrypt")
	}
	d.claimAdded(b["Info"])
	if r, ok := b["Info"].(pdf.Ref); ok {
		d.claimPlain(r, "Info")
	}
	if r, ok := a["Info"].(pdf.Ref); ok {
		d.claimPlain(r, "Info")
	}
}

// claimPlain claims a changed dictionary of document information: it holds no
// references that a page could show.
func (d *differ) claimPlain(r pdf.Ref, what string) {
	t, ok := d.touched[r.Num]
	if !ok || d.claimed[r.Num] {
		return
	}
	if _, isDict := t.New.(pdf.Dict); !isDict && t.New != nil {
		return
	}
	if old, isDict := t.Old.(pdf.Dict); t.Old != nil && (!isDict || old["Type"] != nil && old["Type"] != pdf.Name("Info")) {
		return
	}
	d.claimed[r.Num] = true
	d.allow(what)
}

// catalog compares the catalog key by key.
func (d *differ) catalog() {
	root, _ := d.now.Trailer()["Root"].(pdf.Ref)
	a, err1 := d.old.Catalog()
	b, err2 := d.now.Catalog()
	if !d.check(err1) || !d.check(err2) {
		return
	}
	d.claimed[root.Num] = true
	for _, k := range keys(a, b) {
		switch k {
		case "AcroForm":
			d.form(a[k], b[k])
		case "DSS":
			d.dss(a[k], b[k])
		case "Extensions":
			d.extensions(a[k], b[k])
		case "Metadata":
			d.metadata(a[k], b[k])
		case "Version", "Type":
		case "Perms":
			d.perms(a[k], b[k])
		default:
			if !same(a[k], b[k]) {
				d.forbid("catalog /%s", k)
			}
		}
	}
}

func keys(dicts ...pdf.Dict) []pdf.Name {
	seen := map[pdf.Name]bool{}
	var out []pdf.Name
	for _, m := range dicts {
		for k := range m {
			if !seen[k] {
				seen[k] = true
				out = append(out, k)
			}
		}
	}
	slices.Sort(out)
	return out
}

func same(a, b pdf.Object) bool { return bytes.Equal(pdf.Marshal(a), pdf.Marshal(b)) }

// perms: nothing may be taken away or redirected.
func (d *differ) perms(a, b pdf.Object) {
	x, err1 := d.old.Dict(a)
	y, err2 := d.now.Dict(b)
	if !d.check(err1) || !d.check(err2) {
		return
	}
	for _, k := range keys(x, y) {
		if !same(x[k], y[k]) {
			d.forbid("Perms /%s", k)
		}
	}
	if r, ok := b.(pdf.Ref); ok {
		d.claimed[r.Num] = true
	}
}

func (d *differ) extensions(a, b pdf.Object) {
	d.claimAdded(b)
	x, err1 := d.old.Dict(a)
	y, err2 := d.now.Dict(b)
	if !d.check(err1) || !d.check(err2) {
		return
	}
	if r, ok := b.(pdf.Ref); ok && a == b {
		d.claimed[r.Num] = true
	}
	if !same(x, y) {
		d.allow("Extensions")
	}
	for _, k := range keys(y) {
		d.claimAdded(y[k])
		if r, ok := y[k].(pdf.Ref); ok && same(x[k], y[k]) {
			d.claimed[r.Num] = true
		}
	}
}

// metadata: the XMP packet describes the document and is never shown on it.
func (d *differ) metadata(a, b pdf.Object) {
	if r, ok := a.(pdf.Ref); ok && b == nil {
		d.claimMetadata(r)
	}
	if r, ok := b.(pdf.Ref); ok {
		d.claimMetadata(r)
	}
}

func (d *differ) claimMetadata(r pdf.Ref) {
	t, ok := d.touched[r.Num]
	if !ok {
		return
	}
	for _, o := range []pdf.Object{t.Old, t.New} {
		if s, isStream := o.(*pdf.Stream); o != nil && (!isStream || s.Dict["Type"] != pdf.Name("Metadata")) {
			return
		}
	}
	d.claimed[r.Num] = true
	d.allow("Metadata")
}

// claimAdded claims the objects that came with something new: everything that
// is reachable from o through objects that did not exist before.
func (d *differ) claimAdded(o pdf.Object) { d.claimTree(o, 0) }

func (d *differ) claimTree(o pdf.Object, depth int) {
	if depth > 200 {
		d.check(errors.New("an addition is nested too deeply"))
		return
	}
	switch v := o.(type) {
	case pdf.Ref:
		t, ok := d.touched[v.Num]
		if !ok || !t.Added() || d.claimed[v.Num] {
			return
		}
		d.claimed[v.Num] = true
		d.claimTree(t.New, depth+1)
	case pdf.Array:
		for _, e := range v {
			d.claimTree(e, depth+1)
		}
	case pdf.Dict:
		for _, e := range v {
			d.claimTree(e, depth+1)
		}
	case *pdf.Stream:
		d.claimTree(v.Dict, depth+1)
	}
}

// dss claims the document security store: only its own keys, and only streams
// that hold certificates and revocation data.
func (d *differ) dss(a, b pdf.Object) {
	if b == nil {
		if a != nil {
			d.forbid("DSS removed")
		}
		return
	}
	before := len(d.claimed)
	oldNums := map[uint32]bool{}
	reach(d.old, a, oldNums, 0)
	d.dssNode(b, oldNums, 0)
	if !same(a, b) || len(d.claimed) > before {
		d.allow("DSS")
	}
}

var dssKeys = map[pdf.Name]bool{"Type": true, "Certs": true, "CRLs": true, "OCSPs": true, "VRI": true,
	"Cert": true, "CRL": true, "OCSP": true, "TU": true, "TS": true}

func (d *differ) dssNode(o pdf.Object, oldNums map[uint32]bool, depth int) {
	if depth > 8 {
		d.forbid("DSS")
		return
	}
	if r, ok := o.(pdf.Ref); ok {
		if d.seen[r.Num] {
			return
		}
		d.seen[r.Num] = true
		if t, hit := d.touched[r.Num]; hit {
			if d.claimed[r.Num] || !t.Added() && !oldNums[r.Num] {
				return
			}
			d.claimed[r.Num] = true
		}
		var err error
		if o, err = d.now.Resolve(o); !d.check(err) {
			return
		}
	}
	switch v := o.(type) {
	case pdf.Dict:
		for k, e := range v {
			if !dssKeys[k] && depth != 1 { // the keys of VRI are digests
				d.forbid("DSS /%s", k)
			}
			d.dssNode(e, oldNums, depth+1)
		}
	case pdf.Array:
		for _, e := range v {
			d.dssNode(e, oldNums, depth+1)
		}
	case *pdf.Stream:
		if v.Dict["Subtype"] != nil {
			d.forbid("DSS")
		}
		d.claimAdded(v.Dict["Length"])
	}
}

// reach collects the numbers of the objects below o.
func reach(f *pdf.File, o pdf.Object, into map[uint32]bool, depth int) {
	if depth > 12 || len(into) > 10_000 {
		return
	}
	switch v := o.(type) {
	case pdf.Ref:
		if into[v.Num] {
			return
		}
		into[v.Num] = true
		if next, err := f.Get(v); err == nil {
			reach(f, next, into, depth+1)
		}
	case pdf.Array:
		for _, e := range v {
			reach(f, e, into, depth+1)
		}
	case pdf.Dict:
		for _, e := range v {
			reach(f, e, into, depth+1)
		}
	case *pdf.Stream:
		reach(f, v.Dict, into, depth+1)
	}
}
