package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vanban/cmd/vanban/demo"
	"vanban/cmd/vanban/house"
	"vanban/internal/tooltest"
)

// TestReadme runs every ```sh block of README.md in order, in one folder,
// beside a running demo, as a newcomer would, and loads its configuration.
func TestReadme(t *testing.T) {
	tooltest.Need(t, "bash", "curl", "openssl")
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(b)
	dir := t.TempDir()
	address, err := demo.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	demo := &child{t: t, base: "http://" + address, dir: dir,
		args: []string{"demo", "--dir", "demo-data", "--listen", address}}
	t.Cleanup(demo.kill)
	demo.start()
	for i, block := range blocks(readme, "sh") {
		script := strings.ReplaceAll(block, "http://"+house.DefaultListen, "http://"+address)
		cmd := exec.Command("bash", "-e", "-u", "-o", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary(t))+":"+os.Getenv("PATH"), "LANG=en_US.UTF-8")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("block %d of README.md: %v\n%s\n%s", i+1, err, script, out)
		}
		t.Logf("block %d:\n%s", i+1, out)
	}
	for _, block := range blocks(readme, "toml") {
		if _, err := house.ParseConfig([]byte(block)); err != nil {
			t.Errorf("the configuration in README.md: %v", err)
		}
	}
}

// blocks gives the fenced blocks of one language.
func blocks(markdown, language string) []string {
	var out []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(markdown, -1) {
		out = append(out, m[1])
	}
	return out
}
