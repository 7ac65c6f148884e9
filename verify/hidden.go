package verify

import (
	"errors"

	"vanban/internal/pdf"
	"vanban/verify/changes"
)

// lookForHidden finds signatures that the form does not name: the file must
// never pass as unsigned, or with fewer signatures, when somebody hid one.
func (v *verifier) lookForHidden(sigs []*signature) {
	v.lookBehindEnd(sigs)
	v.lookBack()
	if len(sigs) == 0 {
		v.lookForOrphans()
	}
}

// lookBehindEnd finds data after the last revision.
func (v *verifier) lookBehindEnd(sigs []*signature) {
	end := int64(0)
	for _, r := range v.file.Revisions() {
		end = max(end, r.End)
	}
	if len(sigs) > 0 && (end == 0 || !blank(v.src, end, v.size)) {
		v.alarm(finding(codeTrailing, fail))
	}
}

// lookBack opens the earlier revisions and misses signatures that they had.
func (v *verifier) lookBack() {
	now := v.form.Values()
	revs := v.file.Revisions()
	if len(revs) > changes.MaxLookBack {
		v.note(finding(codeTooMany, warn))
		revs = revs[len(revs)-changes.MaxLookBack:]
	}
	for _, r := range revs {
		if r.End == 0 || blank(v.src, r.End, v.size) {
			continue
		}
		f, err := v.file.Until(r.End)
		if errors.Is(err, pdf.TooCostly) {
			v.alarm(finding(codeTooMany, fail))
			return
		}
		if err != nil || f.Encrypted() {
			continue
		}
		m, err := changes.ReadForm(f)
		if errors.Is(err, pdf.TooCostly) {
			v.alarm(finding(codeTooMany, fail))
			return
		}
		if err != nil {
			continue
		}
		for _, n := range m.Signed() {
			ref, ok := n.Value.(pdf.Ref)
			if ok && !now[ref] {
				now[ref] = true
				v.alarm(finding(codeRemoved, fail, n.Name))
			}
		}
	}
}

// lookForOrphans looks through all objects of a document without signatures.
func (v *verifier) lookForOrphans() {
	for _, r := range v.file.Objects() {
		if v.ctx.Err() != nil {
			return
		}
		o, err := v.file.Get(r)
		d, ok := o.(pdf.Dict)
		if err == nil && ok && changes.LooksLikeSignature(d) {
			v.alarm(finding(codeHidden, fail))
			return
		}
	}
}
