package main

import (
	"context"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"vanban/cmd/vanban/demo"
	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
)

type demoOptions struct {
	dir    string
	listen string
	once   bool
}

func newDemoCommand(t *terminal.Terminal) *cobra.Command {
	o := demoOptions{}
	cmd := &cobra.Command{
		Use:   "demo [--dir D] [--listen A] [--once]",
		Short: t.Of(terminal.T("dùng thử: bốn cơ quan, sáu người, văn bản mẫu", "try it: four agencies, six people, sample documents")),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), t, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.dir, "dir", "demo-data", t.Of(terminal.T("thư mục dữ liệu", "data folder")))
	f.StringVar(&o.listen, "listen", house.DefaultListen, t.Of(terminal.T("địa chỉ trả lời HTTP", "address that answers HTTP")))
	f.BoolVar(&o.once, "once", false, t.Of(terminal.T("tự chạy toàn bộ quy trình một lần rồi thoát", "run the main job once by itself and exit")))
	return cmd
}

// runDemo makes the data folder if it is not there, serves it, and either
// carries one document through the main job or waits for people.
func runDemo(ctx context.Context, t *terminal.Terminal, o demoOptions) error {
	f := house.Folder(o.dir)
	if exists, err := f.Exists(); err != nil {
		return err
	} else if !exists {
		if err := demo.Make(ctx, f, t.Now); err != nil {
			return err
		}
	}
	c, err := house.LoadConfig(f.ConfigFile())
	if err != nil {
		return err
	}
	c.Version = version
	if c.Listen = o.listen; o.once {
		c.Listen = "127.0.0.1:0" // nobody needs to find it
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return house.NoAddress.Wrap(err, c.Listen, files.Reason(err))
	}
	defer l.Close()
	log := logger(t)
	if o.once {
		log = slog.New(slog.DiscardHandler)
	}
	h, err := house.Open(ctx, c, t.Now, log)
	if err != nil {
		return err
	}
	defer h.Close()
	base := "http://" + l.Addr().String()
	if !o.once {
		if err := demo.Welcome(t, f, base, version); err != nil {
			return err
		}
		return h.Serve(ctx, l)
	}
	return runOnce(ctx, t, h, l, base)
}

// runOnce serves and runs the main job as six people would, over HTTP.
func runOnce(ctx context.Context, t *terminal.Terminal, h *house.House, l net.Listener, base string) error {
	serving, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- h.Serve(serving, l) }()
	defer func() { stop(); <-served }()
	j, err := demo.NewJob(t, h, base)
	if err != nil {
		return err
	}
	err = j.Run(ctx)
	if t.JSON {
		if err := t.Object(map[string]any{"ok": err == nil, "out": h.Folder.Out(), "steps": j.Steps}); err != nil {
			return err
		}
		if err != nil {
			return &terminal.Exit{Status: exitFailed}
		}
		return nil
	}
	if err == nil {
		t.Say(terminal.T("Hoàn tất. Kết quả ở %s", "Done. The results are in %s"), h.Folder.Out())
	}
	return err
}
