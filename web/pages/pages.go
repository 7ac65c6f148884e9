// Package pages is what people see: the templates, and views that turn
// documents, deliveries and verdicts into words, icons and forms. It knows no
// HTTP and asks nobody; the handlers of web hand it what it shows.
//
// Every page is plain HTML that works without script, reads well on a phone of
// 360 pixels and in a screen reader: landmarks, headings, tables with headers,
// labels on every control, and states told by icon and word, never by colour
// alone (WCAG 2.2 AA).
package pages

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"time"

	"vanban/internal/fault"
	"vanban/web/words"
)

//go:embed templates
var files embed.FS

// Names of the pages, each with a template of its own.
const (
	LoginPage    = "login"    // body: Login
	CheckPage    = "check"    // body: Check
	InboxPage    = "inbox"    // body: Inbox
	OutboxPage   = "outbox"   // body: Outbox
	DocumentPage = "document" // body: Thing
	ErrorPage    = "error"    // body: nothing
)

// Set holds the parsed templates. It never changes and may be used
// concurrently.
type Set struct{ byName map[string]*template.Template }

// Parse parses all templates; do it once, at start.
func Parse() (*Set, error) {
	frame, err := template.ParseFS(files, "templates/frame.html", "templates/verdict.html")
	if err != nil {
		return nil, err
	}
	set := &Set{map[string]*template.Template{}}
	for _, name := range []string{LoginPage, CheckPage, InboxPage, OutboxPage, DocumentPage, ErrorPage} {
		own, err := frame.Clone()
		if err != nil {
			return nil, err
		}
		if set.byName[name], err = own.ParseFS(files, "templates/"+name+".html"); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// Render writes a page to w, whole or not at all.
func (s *Set) Render(w io.Writer, name string, f Frame) error {
	var buffer bytes.Buffer
	if err := s.byName[name].ExecuteTemplate(&buffer, "frame", f); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	_, err := buffer.WriteTo(w)
	return err
}

// Frame is what every page shows around its body.
type Frame struct {
	W             words.Words
	Title         string
	Nav           string  // entry of the menu that the page belongs to: inbox, outbox, check or login
	Me            *Header // nil when nobody is logged in
	OtherLangLink string
	Flash         string   // what was just done
	Error         *Failure // what could not be done
	Version       string
	RequestID     string
	Megabytes     int64 // limit of one PDF
	Body          any
}

// Header is the person in the head of the page.
type Header struct{ Name, Title, Agency string }

// Failure is an error for a person: what happened, who acts, what to do.
type Failure struct{ Text, Hint, Who, Code string }

// NewFailure puts an error into words.
func NewFailure(w words.Words, e *fault.Error) *Failure {
	lang := w.Language()
	return &Failure{Text: e.Text(lang), Hint: e.Hint(lang), Who: w.Who(e.Code.Kind()), Code: e.Code.ID()}
}

// Tones are the style classes that go with an icon and a word.
const (
	toneOK   = "ok"
	toneWarn = "warn"
	toneBad  = "bad"
	toneWait = "wait"
	toneTodo = "todo"
)

// Chip is an icon and a word.
type Chip struct{ Tone, Word string }

// Moment is a time as people and as machines read it.
type Moment struct{ Text, Stamp string }

// At gives a time its two forms.
func At(w words.Words, at time.Time) Moment { return Moment{w.Time(at), w.Stamp(at)} }

func momentIf(w words.Words, at *time.Time) Moment {
	if at == nil {
		return Moment{}
	}
	return At(w, *at)
}

// Names says what to call agencies and people; an unknown id is its own name.
type Names interface {
	Agency(id string) string
	Person(id string) string
}

// Login is the log-in form; Next is where to go afterwards.
type Login struct{ Next string }

// Check is the public check, with a result when Verdict is not nil.
type Check struct {
	Verdict            *Verdict
	Name, Size, SHA256 string
	At                 Moment
}
