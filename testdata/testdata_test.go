package testdata_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanban/internal/tooltest"
	"vanban/testdata"
)

func TestDocumentsAreWhatTheySay(t *testing.T) {
	letter, err := testdata.Letter()
	if err != nil {
		t.Fatal(err)
	}
	decision, err := testdata.Decision()
	if err != nil {
		t.Fatal(err)
	}
	variants, err := testdata.Variants()
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, d := range append(variants, letter, decision) {
		total += len(d.PDF)
		t.Run(d.Name, func(t *testing.T) { checkDocument(t, d) })
	}
	if total > 700<<10 {
		t.Errorf("the documents have %d bytes in all", total)
	}
}

func checkDocument(t *testing.T, d testdata.Document) {
	tooltest.Need(t, "qpdf", "pdftotext", "pdffonts")
	var layout struct {
		Marks []struct {
			Kind       string
			Page       int
			X, Y, W, H float64
		}
	}
	if err := json.Unmarshal(d.Marks, &layout); err != nil || len(layout.Marks) < 4 {
		t.Fatalf("marks: %v, %+v", err, layout)
	}
	name := filepath.Join(t.TempDir(), d.Name+".pdf")
	if err := os.WriteFile(name, d.PDF, 0o600); err != nil {
		t.Fatal(err)
	}
	tool := func(args ...string) string {
		out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
		if err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	tool("qpdf", "--check", name)
	if pages := strings.TrimSpace(tool("qpdf", "--show-npages", name)); pages != string(rune('0'+d.Pages)) {
		t.Errorf("%s pages, want %d", pages, d.Pages)
	}
	for _, line := range strings.Split(strings.TrimSpace(tool("pdffonts", name)), "\n")[2:] {
		if !strings.Contains(line, "+LiberationSerif") || !strings.Contains(line, "yes yes yes") {
			t.Errorf("a font is not embedded as a subset: %s", line)
		}
	}
	text := strings.Join(strings.Fields(tool("pdftotext", "-layout", name, "-")), " ")
	for _, want := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Nguyễn Thị Nghĩa", "Nơi nhận:", "./.",
		"Vĩnh Long", "Nghĩa Hành", "không có giá trị pháp lý"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
}

func TestPicturesOfTheCast(t *testing.T) {
	for _, agency := range []string{"snv-ha-tinh", "ubnd-vinh-long", "ubnd-nghia-hanh", "stc-ha-tinh"} {
		if b, err := testdata.Seal(agency); err != nil || len(b) > 60<<10 {
			t.Errorf("seal of %s: %d bytes, %v", agency, len(b), err)
		}
	}
	for _, person := range []string{"nguyen-thi-nghia", "pham-van-long"} {
		if b, err := testdata.Signature(person); err != nil || len(b) > 60<<10 {
			t.Errorf("signature of %s: %d bytes, %v", person, len(b), err)
		}
	}
	if _, err := testdata.Seal("../../go.mod"); err == nil {
		t.Error("a name may leave the folder")
	}
}
