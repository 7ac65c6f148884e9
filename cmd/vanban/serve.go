package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"

	"github.com/spf13/cobra"
)

func newServeCommand(t *terminal) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "serve [--config F]",
		Short: t.of(text{"chạy máy chủ trên một thư mục dữ liệu", "run the server on a data folder"}),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := openConfig(path)
			if err != nil {
				return err
			}
			return runServe(cmd.Context(), t, c)
		},
	}
	cmd.Flags().StringVar(&path, "config", "config.toml", t.of(text{"tệp cấu hình, hoặc thư mục dữ liệu", "configuration file, or the data folder"}))
	return cmd
}

func newCheckCommand(t *terminal) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "check [--config F]",
		Short: t.of(text{"kiểm tra tính toàn vẹn của thư mục dữ liệu", "check every invariant of a data folder"}),
		Long: t.of(text{
			"Tính lại mọi điều phải đúng trong thư mục dữ liệu: số văn bản không trùng, không khuyết; tệp còn đủ và đúng; biên nhận xác thực được. Dừng máy chủ trước khi chạy.",
			"Derives every invariant of a data folder again: numbers without gap or duplicate, every file there and right, every receipt valid. Stop the server first."}),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := openConfig(path)
			if err != nil {
				return err
			}
			return runCheck(cmd.Context(), t, c)
		},
	}
	cmd.Flags().StringVar(&path, "config", "config.toml", t.of(text{"tệp cấu hình, hoặc thư mục dữ liệu", "configuration file, or the data folder"}))
	return cmd
}

// openConfig reads a configuration by the name of the file or of its folder.
func openConfig(path string) (config, error) {
	if isDir(path) {
		path = folder(path).config()
	}
	c, err := loadConfig(path)
	if errors.Is(err, codeNoFile) {
		return c, codeFolder.Wrap(err, filepath.Dir(path))
	}
	return c, err
}

// logger writes events as lines of JSON, or as text for a person.
func (t *terminal) logger() *slog.Logger {
	if t.tty {
		return slog.New(slog.NewTextHandler(t.err, nil))
	}
	return slog.New(slog.NewJSONHandler(t.err, nil))
}

// runServe answers until it is told to stop.
func runServe(ctx context.Context, t *terminal, c config) error {
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return codeListen.Wrap(err, c.Listen, reason(err))
	}
	defer l.Close()
	h, err := openHouse(ctx, c, t.now, t.logger())
	if err != nil {
		return err
	}
	defer h.close()
	t.say(text{"vanban %s đang chạy tại http://%s (dữ liệu: %s). Nhấn Ctrl+C để dừng.", "vanban %s answers at http://%s (data: %s). Press Ctrl+C to stop."}, version, l.Addr(), c.Data)
	t.say(text{"  đăng nhập: /dang-nhap · kiểm tra văn bản: /kiem-tra · API: /api/v1/openapi.json", "  log in: /dang-nhap?lang=en · check a document: /kiem-tra?lang=en · API: /api/v1/openapi.json"})
	if err := h.serve(ctx, l); err != nil {
		return err
	}
	t.say(text{"Đã dừng.", "Stopped."})
	return nil
}

// runCheck prints what is wrong; its exit status says whether anything is.
func runCheck(ctx context.Context, t *terminal, c config) error {
	c.Demo.Services = "" // looking needs no servers
	h, err := openHouse(ctx, c, t.now, t.logger())
	if err != nil {
		return err
	}
	defer h.close()
	problems, err := h.service.Check(ctx)
	if err != nil {
		return err
	}
	if t.json {
		list := make([]errorJSON, 0, len(problems))
		for _, p := range problems {
			list = append(list, newErrorJSON("", p))
		}
		if err := t.object(map[string]any{"ok": len(problems) == 0, "problems": list}); err != nil {
			return err
		}
	}
	for _, p := range problems {
		if !t.json {
			t.complain("", p)
		}
	}
	if len(problems) > 0 {
		return &verdict{exitFailed}
	}
	t.say(text{"%s: mọi điều kiện đều đúng.", "%s: everything holds."}, c.Data)
	return nil
}
