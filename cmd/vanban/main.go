// Command vanban signs, checks and exchanges official documents (văn bản) of
// state agencies: one static program, one folder of data.
//
// Each command is three things kept apart: flags (newXCommand), a struct of
// options, and a function run(ctx, options) that does the work and returns an
// error. Only this package knows which stores and kinds of key exist; what may
// be done, and what is right, is decided in the rooms below.
//
// Errors are one line "vanban: sentence [code]" and one line "hint: ..." on
// standard error, in the language of --lang or LANG; --json prints one object
// that carries both languages.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"vanban/cmd/vanban/terminal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], terminal.New(os.Stdin, os.Stdout, os.Stderr))
	stop()
	os.Exit(status)
}
