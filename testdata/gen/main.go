// Command gen makes the files of package testdata: run it as "go generate" in
// that folder. Its output depends on nothing but this source and the fonts.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := generate(dir); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generate writes every file below dir.
func generate(dir string) error {
	for _, sub := range []string{"documents", "seals", "signatures"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	write := func(name string, data []byte, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return os.WriteFile(filepath.Join(dir, name), data, 0o644)
	}
	for _, s := range seals {
		data, err := s.png()
		if err := write("seals/"+s.agency+".png", data, err); err != nil {
			return err
		}
	}
	for _, s := range signatures {
		data, err := s.png()
		if err := write("signatures/"+s.person+".png", data, err); err != nil {
			return err
		}
	}
	for _, d := range documents() {
		pdf, err := d.form.write(d.paper)
		if err := write("documents/"+d.name+".pdf", pdf, err); err != nil {
			return err
		}
		marks, err := d.paper.marksJSON()
		if err := write("documents/"+d.name+".json", marks, err); err != nil {
			return err
		}
	}
	return nil
}

// document is one PDF to make: what is on the paper, and in which form of file.
type document struct {
	name  string
	paper *paper
	form  form
}

func documents() []document {
	return []document{
		{"cong-van", letter(false), form{}},
		{"quyet-dinh", decision(), form{}},
		{"cong-van-blanks", letter(true), form{}},
		{"cong-van-objstm", letter(false), form{streams: true}},
		{"cong-van-rotate90", letter(false), form{rotate: 90}},
		{"cong-van-rotate270", letter(false), form{rotate: 270}},
		{"cong-van-cropped", letter(false), form{crop: true}},
		{"cong-van-cropped-rotate90", letter(false), form{crop: true, rotate: 90, streams: true}},
	}
}
