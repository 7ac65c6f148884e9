package paper

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanban/internal/pdf/draw"
	"vanban/internal/tooltest"
)

func TestWrite(t *testing.T) {
	tooltest.Need(t, "qpdf", "pdftotext", "pdfinfo")
	lines := []string{
		"issued.pdf: HỢP LỆ (TOTAL-PASSED)",
		"      ✗ Người ký ở Hà Tĩnh, Vĩnh Long, Nghĩa Hành: ế ộ ữ ĩ",
		"漢字 cannot be printed",
		strings.Repeat("a", 5000),
		strings.Repeat("từ ngữ ", 400),
	}
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("dòng %d", i))
	}
	var b bytes.Buffer
	if err := Write(&b, "Kết quả kiểm tra", lines); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v\n%s", err, out)
	}
	for _, want := range []string{"Kết quả kiểm tra", "HỢP LỆ (TOTAL-PASSED)", "[X] Người ký ở Hà Tĩnh, Vĩnh Long, Nghĩa Hành: ế ộ ữ ĩ", "?? cannot be printed", "dòng 59", "1/4"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("pdftotext finds no %q", want)
		}
	}
	if got := strings.Count(string(out), "a"); got < 5000 {
		t.Errorf("%d of 5000 letters of a long word are there", got)
	}
	info, err := exec.Command("pdfinfo", path).CombinedOutput()
	if err != nil || !strings.Contains(string(info), "A4") || !strings.Contains(string(info), "Kết quả kiểm tra") {
		t.Errorf("pdfinfo: %v\n%s", err, info)
	}
}

func TestWrapKeepsEveryLetter(t *testing.T) {
	f := draw.LiberationSerif()
	for _, text := range []string{"", "một", "một hai ba bốn năm", strings.Repeat("x", 300), "ngắn " + strings.Repeat("ĩ", 200) + " ngắn"} {
		parts := wrap(f, 11, 100, text)
		if got, want := strings.Join(parts, ""), strings.ReplaceAll(text, " ", ""); strings.ReplaceAll(got, " ", "") != want {
			t.Errorf("wrap(%q) = %q", text, parts)
		}
		for _, p := range parts {
			if f.Width(p, 11) > 100 {
				t.Errorf("%q is %v points wide", p, f.Width(p, 11))
			}
		}
	}
}
