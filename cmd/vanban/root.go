package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"vanban/cmd/vanban/terminal"
	"vanban/internal/fault"
)

// The exit statuses. Those of verify are a contract; every other command
// knows only done and failed.
const (
	exitDone          = 0
	exitFailed        = 1 // verify: something is indeterminate
	exitInvalid       = 2 // verify: something is invalid
	exitUnreadable    = 3 // verify: could not be read, or has no signature
	verifyCommandName = "verify"
)

// run parses the arguments, runs one command and gives the exit status.
func run(ctx context.Context, args []string, t *terminal.Terminal) int {
	chooseLanguage(args, t)
	root := newRootCommand(t)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	var v *terminal.Exit
	if errors.As(err, &v) {
		return v.Status
	}
	t.Fail(shaped(err))
	if cmd != nil && cmd.Name() == verifyCommandName {
		return exitUnreadable // 1 and 2 are verdicts, and there is none
	}
	return exitFailed
}

// chooseLanguage looks for --lang before the commands are built, because their
// help is in that language too. A wrong value is reported by the flag itself.
func chooseLanguage(args []string, t *terminal.Terminal) {
	for i, arg := range args {
		value, found := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, found = args[i+1], true
		}
		if arg == "--" {
			return
		}
		if found && (value == "vi" || value == "en") {
			t.Lang = fault.Lang(value)
		}
	}
}

func newRootCommand(t *terminal.Terminal) *cobra.Command {
	root := &cobra.Command{
		Use:           "vanban",
		Short:         t.Of(terminal.T("ký, kiểm tra và gửi nhận văn bản điện tử", "signs, checks and exchanges official documents")),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(t.In)
	root.SetOut(t.Out)
	root.SetErr(t.Err)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return codeUsage.Wrap(err, err.Error()) })
	flags := root.PersistentFlags()
	flags.Var(&langFlag{t}, "lang", t.Of(terminal.T("ngôn ngữ: vi hoặc en (mặc định theo LANG, nếu không thì vi)", "language: vi or en (default from LANG, else vi)")))
	flags.BoolVar(&t.JSON, "json", false, t.Of(terminal.T("in kết quả dạng JSON", "print the result as JSON")))
	flags.BoolP("help", "h", false, t.Of(terminal.T("cách dùng lệnh này", "how to use this command")))
	root.SetHelpCommand(&cobra.Command{Hidden: true}) // --help says it all, in the chosen language
	root.AddCommand(
		newCertCommand(t),
		newDemoCommand(t),
		newServeCommand(t),
		newSignCommand(t),
		newPrepareCommand(t),
		newFinishCommand(t),
		newVerifyCommand(t),
		newReceiptCommand(t),
		newCheckCommand(t),
		newVersionCommand(t),
	)
	if t.Lang == fault.Vi {
		root.SetUsageTemplate(vietnameseUsage(root.UsageTemplate()))
	}
	return root
}

// shaped gives an interruption and cobra's own complaints (unknown command,
// wrong number of arguments) the shape of every other error.
func shaped(err error) error {
	if errors.Is(err, context.Canceled) {
		return codeInterrupted.Wrap(err)
	}
	var coded *fault.Error
	if errors.As(err, &coded) {
		return err
	}
	for _, start := range []string{"unknown command", "unknown flag", "accepts ", "requires ", "required flag", "invalid argument", "if any flags in the group", "at least one of the flags"} {
		if strings.HasPrefix(err.Error(), start) {
			return codeUsage.Wrap(err, strings.TrimSpace(strings.SplitN(err.Error(), "\n", 2)[0]))
		}
	}
	return err
}

// langFlag accepts exactly the two languages.
type langFlag struct{ t *terminal.Terminal }

func (f *langFlag) String() string {
	if f.t == nil {
		return string(fault.Vi)
	}
	return string(f.t.Lang)
}
func (f *langFlag) Type() string { return "vi|en" }
func (f *langFlag) Set(s string) error {
	if s != "vi" && s != "en" {
		return codeUsage.New("--lang " + s + ": vi | en")
	}
	f.t.Lang = fault.Lang(s)
	return nil
}

// vietnameseUsage translates the headings of cobra's usage page.
func vietnameseUsage(template string) string {
	return strings.NewReplacer(
		"Usage:", "Cách dùng:",
		"Aliases:", "Tên khác:",
		"Examples:", "Ví dụ:",
		"Available Commands:", "Các lệnh:",
		"Additional Commands:", "Lệnh khác:",
		"Global Flags:", "Tùy chọn chung:",
		"Flags:", "Tùy chọn:",
		"Additional help topics:", "Trợ giúp thêm:",
		"for more information about a command.", "để xem cách dùng một lệnh.",
		`Use "`, `Dùng "`,
	).Replace(template)
}
