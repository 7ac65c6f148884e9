// Package terminal is what a person or a program sees of a command: sentences
// in one of two languages or one JSON object, errors as a line and a hint,
// verdicts, progress. What comes out of files is cleaned before it is shown.
package terminal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"vanban/internal/fault"
)

// Terminal is where a command reads, writes and learns what time it is. It is
// used by one goroutine.
type Terminal struct {
	In       io.Reader
	Out, Err io.Writer
	Lang     fault.Lang
	JSON     bool // print one object instead of lines
	TTY      bool // standard error is a terminal: progress may be drawn
	Now      func() time.Time
}

// Text is one sentence of the program in both languages.
type Text struct{ vi, en string }

// T makes a Text; a missing translation does not compile.
func T(vi, en string) Text { return Text{vi, en} }

// New talks through three streams, in the language of the environment.
func New(in io.Reader, out, errs io.Writer) *Terminal {
	t := &Terminal{In: in, Out: out, Err: errs, Lang: languageOf(os.Getenv), Now: time.Now}
	if f, ok := errs.(*os.File); ok {
		t.TTY = isatty.IsTerminal(f.Fd())
	}
	return t
}

// languageOf reads the language from the environment, as POSIX orders the
// variables; anything but English is Vietnamese.
func languageOf(getenv func(string) string) fault.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "en") {
				return fault.En
			}
			return fault.Vi
		}
	}
	return fault.Vi
}

// Of picks the sentence in the chosen language and fills its arguments.
func (t *Terminal) Of(s Text, args ...any) string {
	format := s.vi
	if t.Lang == fault.En {
		format = s.en
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// Say prints one line of result. With --json only the object is printed.
func (t *Terminal) Say(s Text, args ...any) {
	if !t.JSON {
		fmt.Fprintln(t.Out, t.Of(s, args...))
	}
}

// Line prints what needs no translation.
func (t *Terminal) Line(format string, args ...any) {
	if !t.JSON {
		fmt.Fprintf(t.Out, format+"\n", args...)
	}
}

// Object prints a result for --json: one object, indented, UTF-8 as it is.
func (t *Terminal) Object(v any) error {
	w := bufio.NewWriter(t.Out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	return w.Flush()
}

// ErrorJSON is how an error looks with --json: both languages, one code.
type ErrorJSON struct {
	Code   string `json:"code"`
	Vi     string `json:"vi"`
	En     string `json:"en"`
	HintVi string `json:"hintVi"`
	HintEn string `json:"hintEn"`
	File   string `json:"file,omitempty"`
}

func NewErrorJSON(file string, err error) ErrorJSON {
	e := fault.From(err)
	return ErrorJSON{Code: e.Code.ID(), Vi: OneLine(e.Text(fault.Vi)), En: OneLine(e.Text(fault.En)),
		HintVi: e.Hint(fault.Vi), HintEn: e.Hint(fault.En), File: file}
}

// Fail tells a person what went wrong and what to do about it. The cause of an
// unexpected error is Shown too: on the command line the person is the operator.
func (t *Terminal) Fail(err error) {
	var quiet *Exit
	if errors.As(err, &quiet) {
		return
	}
	if t.JSON {
		// A broken standard output leaves nobody to tell.
		_ = t.Object(map[string]any{"error": NewErrorJSON("", err)})
		return
	}
	t.Complain("", err)
}

// Complain prints the two lines of an error; file names the input it is about.
func (t *Terminal) Complain(file string, err error) {
	e, sentence := fault.From(err), t.Sentence(err)
	if file != "" && !strings.Contains(sentence, file) {
		sentence = OneLine(file) + ": " + sentence
	}
	fmt.Fprintf(t.Err, "vanban: %s [%s]\n", sentence, e.Code.ID())
	if hint := e.Hint(t.Lang); hint != "" {
		fmt.Fprintf(t.Err, "hint: %s\n", hint)
	}
}

// Sentence is what went wrong in the chosen language; an unexpected error shows
// its cause.
func (t *Terminal) Sentence(err error) string {
	e := fault.From(err)
	if e.Code == fault.Unexpected && e.Cause != nil {
		return OneLine(e.Text(t.Lang) + " (" + e.Cause.Error() + ")")
	}
	return OneLine(e.Text(t.Lang))
}

// OneLine keeps what a file or a certificate says about itself from drawing on
// the terminal: control characters become spaces.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, s)
}

// Exit ends a command with an exit status after it has said everything
// itself: it is an answer, not an error.
type Exit struct{ Status int }

func (v *Exit) Error() string { return fmt.Sprintf("exit status %d", v.Status) }
