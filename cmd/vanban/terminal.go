package main

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

// terminal is where a command reads, writes and learns what time it is. Tests
// make their own.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	lang     fault.Lang
	json     bool
	tty      bool // standard error is a terminal: progress may be drawn
	now      func() time.Time
}

// text is one sentence of the program in both languages. Both are positional,
// so a missing translation does not compile.
type text struct{ vi, en string }

// newTerminal talks through three streams, in the language of the environment.
func newTerminal(in io.Reader, out, errs io.Writer) *terminal {
	t := &terminal{in: in, out: out, err: errs, lang: languageOf(os.Getenv), now: time.Now}
	if f, ok := errs.(*os.File); ok {
		t.tty = isatty.IsTerminal(f.Fd())
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

// of picks the sentence in the chosen language and fills its arguments.
func (t *terminal) of(s text, args ...any) string {
	format := s.vi
	if t.lang == fault.En {
		format = s.en
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// say prints one line of result. With --json only the object is printed.
func (t *terminal) say(s text, args ...any) {
	if !t.json {
		fmt.Fprintln(t.out, t.of(s, args...))
	}
}

// line prints what needs no translation.
func (t *terminal) line(format string, args ...any) {
	if !t.json {
		fmt.Fprintf(t.out, format+"\n", args...)
	}
}

// object prints a result for --json: one object, indented, UTF-8 as it is.
func (t *terminal) object(v any) error {
	w := bufio.NewWriter(t.out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	return w.Flush()
}

// errorJSON is how an error looks with --json: both languages, one code.
type errorJSON struct {
	Code   string `json:"code"`
	Vi     string `json:"vi"`
	En     string `json:"en"`
	HintVi string `json:"hintVi"`
	HintEn string `json:"hintEn"`
	File   string `json:"file,omitempty"`
}

func newErrorJSON(file string, err error) errorJSON {
	e := fault.From(err)
	return errorJSON{Code: e.Code.ID(), Vi: oneLine(e.Text(fault.Vi)), En: oneLine(e.Text(fault.En)),
		HintVi: e.Hint(fault.Vi), HintEn: e.Hint(fault.En), File: file}
}

// fail tells a person what went wrong and what to do about it. The cause of an
// unexpected error is shown too: on the command line the person is the operator.
func (t *terminal) fail(err error) {
	var quiet *verdict
	if errors.As(err, &quiet) {
		return
	}
	if t.json {
		// A broken standard output leaves nobody to tell.
		_ = t.object(map[string]any{"error": newErrorJSON("", err)})
		return
	}
	t.complain("", err)
}

// complain prints the two lines of an error; file names the input it is about.
func (t *terminal) complain(file string, err error) {
	e, sentence := fault.From(err), t.sentence(err)
	if file != "" && !strings.Contains(sentence, file) {
		sentence = oneLine(file) + ": " + sentence
	}
	fmt.Fprintf(t.err, "vanban: %s [%s]\n", sentence, e.Code.ID())
	if hint := e.Hint(t.lang); hint != "" {
		fmt.Fprintf(t.err, "hint: %s\n", hint)
	}
}

// sentence is what went wrong in the chosen language; an unexpected error shows
// its cause.
func (t *terminal) sentence(err error) string {
	e := fault.From(err)
	if e.Code == fault.Unexpected && e.Cause != nil {
		return oneLine(e.Text(t.lang) + " (" + e.Cause.Error() + ")")
	}
	return oneLine(e.Text(t.lang))
}

// oneLine keeps what a file or a certificate says about itself from drawing on
// the terminal: control characters become spaces.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, s)
}

// verdict ends a command with an exit status after it has said everything
// itself: it is an answer, not an error.
type verdict struct{ status int }

func (v *verdict) Error() string { return fmt.Sprintf("exit status %d", v.status) }
