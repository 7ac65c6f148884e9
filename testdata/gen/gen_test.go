package main

import (
	"encoding/json"
	"fmt"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanban/internal/pdf/draw"
	"vanban/internal/tooltest"
)

// TestMarksStandWhereThePageWantsThem issues the drafts on paper: it prints
// what signing and issuing will print into the marks, and looks at the page.
func TestMarksStandWhereThePageWantsThem(t *testing.T) {
	tooltest.Need(t, "qpdf", "pdftotext")
	for _, d := range documents() {
		t.Run(d.name, func(t *testing.T) {
			issue(t, d.paper)
			data, err := d.form.write(d.paper)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(t.TempDir(), d.name+".pdf")
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
			if keep := os.Getenv("VANBAN_KEEP"); keep != "" {
				if err := os.WriteFile(filepath.Join(keep, d.name+".pdf"), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if out, err := exec.Command("qpdf", "--check", name).CombinedOutput(); err != nil {
				t.Errorf("qpdf --check: %v\n%s", err, out)
			}
			out, err := exec.Command("pdftotext", "-layout", name, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Join(strings.Fields(string(out)), " ")
			for _, want := range []string{"Hà Tĩnh, ngày 05 tháng 01 năm 2026", "/SNV-VP", "Số: 05"} {
				if d.name == "quyet-dinh" {
					want = strings.Replace(want, "/SNV-VP", "05/QĐ-SNV", 1)
				}
				if !strings.Contains(text, want) {
					t.Errorf("the page does not say %q:\n%s", want, out)
				}
			}
		})
	}
}

// issue draws into the marks what the acts of signing and issuing will.
func issue(t *testing.T, p *paper) {
	t.Helper()
	pictures := map[string]func() ([]byte, error){"seal": seals[0].png, "signature": signatures[0].png}
	for _, m := range p.marks {
		c := p.sheets[m.Page-1].canvas
		x, y, w, h := m.X*draw.MM, (pageHeight-m.Y-m.H)*draw.MM, m.W*draw.MM, m.H*draw.MM
		if picture := pictures[m.Kind]; picture != nil {
			data, err := picture()
			if err != nil {
				t.Fatal(err)
			}
			im, err := draw.DecodePNG(data)
			if err != nil {
				t.Fatal(err)
			}
			if err := im.CheckBackground(); err != nil {
				t.Errorf("%s: %v", m.Kind, err)
			}
			c.Image(im, x, y, w, h)
			continue
		}
		text := map[string]string{"number": "05", "day": "05", "month": "01", "number-line": "Số: 05/QĐ-SNV",
			"date-line": "Hà Tĩnh, ngày 05 tháng 01 năm 2026"}[m.Kind]
		size := 13.0
		if m.Kind != "number" && m.Kind != "number-line" {
			size = 14
		}
		if regular.Width(text, size) > w {
			t.Errorf("%s: %q is wider than its mark", m.Kind, text)
		}
		c.TextFit(regular, size, x, y+regular.Baseline(size, h), w, draw.Center, black, text)
	}
}

func TestMarksFollowTheDecree(t *testing.T) {
	for _, d := range documents() {
		b, err := d.paper.marksJSON()
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Marks []mark }
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		at := map[string]mark{}
		for _, m := range got.Marks {
			at[m.Kind] = m
			if m.X < leftEdge || m.X+m.W > rightEdge || m.Y < topEdge || m.Y+m.H > bottomEdge || m.Page > len(d.paper.sheets) {
				t.Errorf("%s: %+v is outside the margins", d.name, m)
			}
		}
		sig, seal := at["signature"], at["seal"]
		if over := (seal.X + seal.W - sig.X) / sig.W; over < 0.25 || over > 0.40 {
			t.Errorf("%s: the seal covers %.2f of the signature, want about a third (LAY-02)", d.name, over)
		}
		if math.Abs(seal.Y+seal.H/2-sig.Y-sig.H/2) > 0.1 || seal.W != sealDiameter || seal.H != sealDiameter {
			t.Errorf("%s: seal %+v beside signature %+v", d.name, seal, sig)
		}
	}
}

func TestPicturesHaveTheirRealSize(t *testing.T) {
	size := func(data []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(strings.NewReader(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(c.Width, "x", c.Height)
	}
	for _, s := range seals {
		if got := size(s.png()); got != "425x425" { // 36 mm at 300 dpi
			t.Errorf("seal of %s has %s pixels", s.agency, got)
		}
	}
	for _, s := range signatures {
		if got := size(s.png()); got != "520x213" { // 44 x 18 mm
			t.Errorf("signature of %s has %s pixels", s.person, got)
		}
	}
}

// Two runs give the same files, so that a change in the files is a change in
// this source.
func TestOutputIsDeterministic(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		if err := generate(dir); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	err := filepath.WalkDir(a, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		x, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		y, err := os.ReadFile(filepath.Join(b, strings.TrimPrefix(name, a)))
		if err != nil {
			return err
		}
		if string(x) != string(y) {
			t.Errorf("%s differs between two runs", filepath.Base(name))
		}
		return nil
	})
	if err != nil || n < 20 {
		t.Errorf("%d files compared: %v", n, err)
	}
}
