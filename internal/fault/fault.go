// Package fault is the one shape in which vanban says that something went
// wrong: who must act (Kind), a stable Code that machines may match, and a
// sentence plus a hint in Vietnamese and English for the person who reads it.
//
// A Code cannot exist without its four texts, so a missing translation does
// not compile. Every room defines its own codes beside the code that raises
// them; only web and cmd turn them into problem documents and terminal lines.
// Findings of a verification use the same codes: a verdict is a value, and the
// words for it come from here.
package fault

import (
	"errors"
	"fmt"
	"sort"
	"sync"
)

// Kind says who must act, and so which HTTP status or exit status is right.
type Kind int

// The kinds, in the order in which web maps them to HTTP statuses.
const (
	Input           Kind = iota // the bytes or values that were given are wrong: 400 or 422
	Unauthenticated             // nobody is logged in: 401
	Denied                      // somebody is, and may not: 403
	Missing                     // no such thing: 404
	Conflict                    // the state does not allow it now: 409
	Stale                       // If-Match no longer matches: 412
	TooLarge                    // over a limit: 413
	Busy                        // try again later: 503 with Retry-After
	Outside                     // a service that we call failed: 502
	Internal                    // our fault: 500, the cause is logged, never shown
)

// Lang is a language of the texts.
type Lang string

// The two languages; Vietnamese is the default everywhere.
const (
	Vi Lang = "vi"
	En Lang = "en"
)

// Code is a stable, documented reason. Its id is lower case with dashes and
// never changes meaning. Codes are package-level variables made with Define.
// A Code is itself an error so that errors.Is(err, pdf.Encrypted) works.
type Code struct {
	id             string
	kind           Kind
	vi, en         string
	hintVi, hintEn string
}

var (
	registryMu sync.Mutex
	registry   = map[string]*Code{}
)

// Define registers a code. The texts are fmt formats that share the arguments
// given to New; the hints take no arguments and say who can fix it and how.
// It panics on a duplicate id, which can only happen at program start.
func Define(id string, kind Kind, vi, en, hintVi, hintEn string) *Code {
	registryMu.Lock()
	defer registryMu.Unlock()
	if registry[id] != nil {
		panic("fault: code defined twice: " + id)
	}
	c := &Code{id: id, kind: kind, vi: vi, en: en, hintVi: hintVi, hintEn: hintEn}
	registry[id] = c
	return c
}

// All returns every defined code, sorted by id, for documentation and tests.
func All() []*Code {
	registryMu.Lock()
	defer registryMu.Unlock()
	out := make([]*Code, 0, len(registry))
	for _, c := range registry {
		out = append(out, c)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].id < out[j].id })
	return out
}

// ID is the stable identifier, for instance "pdf-encrypted".
func (c *Code) ID() string { return c.id }

// Kind says who must act.
func (c *Code) Kind() Kind { return c.kind }

// Error makes a Code usable as a target of errors.Is.
func (c *Code) Error() string { return c.id }

// Text is the sentence in one language with its arguments filled in.
func (c *Code) Text(l Lang, args ...any) string {
	format := c.vi
	if l == En {
		format = c.en
	}
	if len(args) == 0 {
		return format
	}
	said := make([]any, len(args))
	for i, a := range args {
		if said[i] = a; a != nil {
			if p, ok := a.(Phrase); ok {
				said[i] = p.In(l)
			}
		}
	}
	return fmt.Sprintf(format, said...)
}

// Phrase is an argument that has words of its own in both languages.
type Phrase interface{ In(Lang) string }

// Hint says who can fix it and how; it may be empty.
func (c *Code) Hint(l Lang) string {
	if l == En {
		return c.hintEn
	}
	return c.hintVi
}

// New makes an error of this code; args fill the texts.
func (c *Code) New(args ...any) *Error { return &Error{Code: c, Args: args} }

// Wrap is New with the cause kept for the log. The cause is never shown to a
// person who is not an operator.
func (c *Code) Wrap(cause error, args ...any) *Error {
	return &Error{Code: c, Args: args, Cause: cause}
}

// Error is one thing that went wrong.
type Error struct {
	Code  *Code
	Args  []any
	Cause error
}

// Error gives the English text and the cause, for logs.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Text(En) + ": " + e.Cause.Error()
	}
	return e.Text(En)
}

// Text is the sentence for a person.
func (e *Error) Text(l Lang) string { return e.Code.Text(l, e.Args...) }

// Hint says who can fix it and how.
func (e *Error) Hint(l Lang) string { return e.Code.Hint(l) }

// Is matches the code, so that callers need no type assertion.
func (e *Error) Is(target error) bool {
	c, ok := target.(*Code)
	return ok && c == e.Code
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Unexpected is what an error without a code becomes.
var Unexpected = Define("internal", Internal,
	"Hệ thống gặp lỗi không lường trước.", "Something unexpected went wrong.",
	"Báo người vận hành kèm mã yêu cầu; chưa có gì thay đổi.", "Tell the operator and quote the request id; nothing was changed.")

// From finds the coded error in err's chain; an error without one becomes
// Unexpected with err as its cause. From(nil) is nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var c *Code
	if errors.As(err, &c) {
		return &Error{Code: c, Cause: err}
	}
	return Unexpected.Wrap(err)
}
