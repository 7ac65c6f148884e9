package main

import (
	"syscall"
	"testing"
	"time"

	"vanban/cmd/vanban/demo"
	"vanban/cmd/vanban/house"
)

// TestFirstAnswer starts the server of a ready folder and wants its first
// answer within a second, of an idle machine, and a polite end on SIGTERM.
func TestFirstAnswer(t *testing.T) {
	dir := t.TempDir()
	if err := demo.Make(t.Context(), house.Folder(dir), time.Now); err != nil {
		t.Fatal(err)
	}
	c, err := house.LoadConfig(house.Folder(dir).ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	c.Data = ""
	if c.Listen, err = demo.FreeAddress(); err != nil {
		t.Fatal(err)
	}
	if err := c.Save(house.Folder(dir).ConfigFile()); err != nil {
		t.Fatal(err)
	}
	server := &child{t: t, args: []string{"serve", "--config", dir}, base: "http://" + c.Listen}
	t.Cleanup(server.kill)
	took := server.start()
	t.Logf("first answer after %v", took)
	if took > busyMachine*time.Second {
		t.Errorf("first answer after %v", took)
	}
	if err := server.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.cmd.Wait(); err != nil {
		t.Errorf("a polite stop: %v\n%s", err, server.errs.String())
	}
	server.cmd = nil
}
