package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"

	"github.com/spf13/cobra"

	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
)

func newServeCommand(t *terminal.Terminal) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "serve [--config F]",
		Short: t.Of(terminal.T("chạy máy chủ trên một thư mục dữ liệu", "run the server on a data folder")),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := openConfig(path)
			if err != nil {
				return err
			}
			return runServe(cmd.Context(), t, c)
		},
	}
	cmd.Flags().StringVar(&path, "config", "config.toml", t.Of(terminal.T("tệp cấu hình, hoặc thư mục dữ liệu", "configuration file, or the data folder")))
	return cmd
}

func newCheckCommand(t *terminal.Terminal) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "check [--config F]",
		Short: t.Of(terminal.T("kiểm tra tính toàn vẹn của thư mục dữ liệu", "check every invariant of a data folder")),
		Long:  t.Of(terminal.T("Tính lại mọi điều phải đúng trong thư mục dữ liệu: số văn bản không trùng, không khuyết; tệp còn đủ và đúng; biên nhận xác thực được. Dừng máy chủ trước khi chạy.", "Derives every invariant of a data folder again: numbers without gap or duplicate, every file there and right, every receipt valid. Stop the server first.")),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := openConfig(path)
			if err != nil {
				return err
			}
			return runCheck(cmd.Context(), t, c)
		},
	}
	cmd.Flags().StringVar(&path, "config", "config.toml", t.Of(terminal.T("tệp cấu hình, hoặc thư mục dữ liệu", "configuration file, or the data folder")))
	return cmd
}

// openConfig reads a configuration by the name of the file or of its folder.
func openConfig(path string) (house.Config, error) {
	if files.IsDir(path) {
		path = house.Folder(path).ConfigFile()
	}
	c, err := house.LoadConfig(path)
	c.Version = version
	if errors.Is(err, files.Missing) {
		return c, house.NoFolder.Wrap(err, filepath.Dir(path))
	}
	return c, err
}

// logger writes events as lines of JSON, or as text for a person.
func logger(t *terminal.Terminal) *slog.Logger {
	if t.TTY {
		return slog.New(slog.NewTextHandler(t.Err, nil))
	}
	return slog.New(slog.NewJSONHandler(t.Err, nil))
}

// runServe answers until it is told to stop.
func runServe(ctx context.Context, t *terminal.Terminal, c house.Config) error {
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return house.NoAddress.Wrap(err, c.Listen, files.Reason(err))
	}
	defer l.Close()
	h, err := house.Open(ctx, c, t.Now, logger(t))
	if err != nil {
		return err
	}
	defer h.Close()
	t.Say(terminal.T("vanban %s đang chạy tại http://%s (dữ liệu: %s). Nhấn Ctrl+C để dừng.", "vanban %s answers at http://%s (data: %s). Press Ctrl+C to stop."), version, l.Addr(), c.Data)
	t.Say(terminal.T("  đăng nhập: /dang-nhap · kiểm tra văn bản: /kiem-tra · API: /api/v1/openapi.json", "  log in: /dang-nhap?lang=en · check a document: /kiem-tra?lang=en · API: /api/v1/openapi.json"))
	if err := h.Serve(ctx, l); err != nil {
		return err
	}
	t.Say(terminal.T("Đã dừng.", "Stopped."))
	return nil
}

// runCheck prints what is wrong; its exit status says whether anything is.
func runCheck(ctx context.Context, t *terminal.Terminal, c house.Config) error {
	c.Demo.Services = "" // looking needs no servers
	h, err := house.Open(ctx, c, t.Now, logger(t))
	if err != nil {
		return err
	}
	defer h.Close()
	problems, err := h.Service.Check(ctx)
	if err != nil {
		return err
	}
	if t.JSON {
		list := make([]terminal.ErrorJSON, 0, len(problems))
		for _, p := range problems {
			list = append(list, terminal.NewErrorJSON("", p))
		}
		if err := t.Object(map[string]any{"ok": len(problems) == 0, "problems": list}); err != nil {
			return err
		}
	}
	for _, p := range problems {
		if !t.JSON {
			t.Complain("", p)
		}
	}
	if len(problems) > 0 {
		return &terminal.Exit{Status: exitFailed}
	}
	t.Say(terminal.T("%s: mọi điều kiện đều đúng.", "%s: everything holds."), c.Data)
	return nil
}
