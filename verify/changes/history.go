package changes

import (
	"vanban/internal/pdf"
)

// MaxLookBack bounds the earlier revisions of a file that are opened.
const MaxLookBack = 64

// maxReach bounds the objects of one walk through a document.
const maxReach = 1 << 20

// History answers which objects a reader of each revision can get to. It is
// shared by the signatures of a file, because each of them asks.
type History struct {
	file  *pdf.File
	walks map[int64]numbers
}

// numbers is a set of object numbers.
type numbers []uint64

func (n numbers) has(num uint32) bool {
	i := int(num / 64)
	return i < len(n) && n[i]&(1<<(num%64)) != 0
}

func (n *numbers) add(num uint32) {
	for int(num/64) >= len(*n) {
		*n = append(*n, 0)
	}
	(*n)[num/64] |= 1 << (num % 64)
}

// NewHistory prepares the questions about one file.
func NewHistory(f *pdf.File) *History { return &History{file: f, walks: map[int64]numbers{}} }

// between lists the ends of the revisions after from and before to, newest
// first and at most MaxLookBack of them.
func (h *History) between(from, to int64) []int64 {
	var out []int64
	revs := h.file.Revisions()
	for i := len(revs) - 1; i >= 0 && len(out) < MaxLookBack; i-- {
		if revs[i].End > from && revs[i].End < to {
			out = append(out, revs[i].End)
		}
	}
	return out
}

// reach is the set of objects that a reader of the file up to end can get to.
func (h *History) reach(end int64) numbers {
	if n, ok := h.walks[end]; ok {
		return n
	}
	f := h.file
	if end < f.Size() {
		var err error
		if f, err = h.file.Until(end); err != nil || f.Repaired() != nil {
			h.walks[end] = nil
			return nil
		}
	}
	n := reachable(f)
	h.walks[end] = n
	return n
}

func reachable(f *pdf.File) numbers {
	var out numbers
	queue := []pdf.Object{f.Trailer()}
	for count := 0; len(queue) > 0 && count < maxReach; {
		o := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		switch v := o.(type) {
		case pdf.Ref:
			if out.has(v.Num) || v.Num > maxNumber {
				continue
			}
			out.add(v.Num)
			count++
			if next, err := f.Get(v); err == nil {
				queue = append(queue, next)
			}
		case pdf.Array:
			queue = append(queue, v...)
		case pdf.Dict:
			for _, e := range v {
				queue = append(queue, e)
			}
		case *pdf.Stream:
			queue = append(queue, v.Dict)
		}
	}
	return out
}

// maxNumber bounds the set: 1 MiB of bits.
const maxNumber = 8 << 20
