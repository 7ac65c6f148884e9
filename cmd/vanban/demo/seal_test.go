package demo

import (
	"encoding/json"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"vanban/cmd/vanban/terminal"
	"vanban/exchange/layout"
	"vanban/internal/tooltest"
	"vanban/testdata"
)

// pixelsPerMM is the resolution at which pages are measured: 127 dpi.
const pixelsPerMM = 5

// TestSealOnThePage issues the sample letter in every shape of file and
// measures the page that pdftoppm shows: the seal in its real size over the
// left 25 to 40 % of the signature picture (LAY-02 to LAY-04).
func TestSealOnThePage(t *testing.T) {
	tooltest.Need(t, "pdftoppm", "pdfsig", "qpdf")
	h, base := demoServer(t)
	tokens, err := Tokens(h.Folder)
	if err != nil {
		t.Fatal(err)
	}
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
	for _, d := range append([]testdata.Document{letter, decision}, variants...) {
		t.Run(d.Name, func(t *testing.T) {
			j := &Job{t: terminal.New(nil, os.Stderr, os.Stderr), base: base, tokens: tokens, out: h.Folder, judge: h.Judge,
				name: d.Name + ".pdf", pdf: d.PDF, to: Receivers(), quiet: true, flips: 2, prefix: d.Name + "-"}
			var err error
			if j.draft, err = DraftOf(d); err != nil {
				t.Fatal(err)
			}
			if err := j.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			var marks layout.Layout
			if err := json.Unmarshal(d.Marks, &marks); err != nil {
				t.Fatal(err)
			}
			measureSeal(t, h.Folder.Path("out", d.Name+"-issued.pdf"), marks)
		})
	}
}

func measureSeal(t *testing.T, file string, marks layout.Layout) {
	t.Helper()
	signature, ok := marks.Find(layout.Signature)
	if !ok {
		t.Fatal("the sample has no place for the signature")
	}
	page := render(t, file, signature.Page)
	red := bounds(page, func(r, g, b int) bool { return r > 150 && g < 110 && b < 110 })
	blue := bounds(page, func(r, g, b int) bool { return b > 110 && r < 100 && g < 120 })
	if seal, ok := marks.Find(layout.Seal); ok {
		near(t, "left edge of the seal", red.X, seal.X, 0.5)
		near(t, "top edge of the seal", red.Y, seal.Y, 0.5)
	}
	near(t, "width of the seal", red.W, 36, 0.5)
	near(t, "height of the seal", red.H, 36, 0.5)
	if share := (red.X + red.W - signature.X) / signature.W; share < 0.25 || share > 0.40 {
		t.Errorf("the seal covers the left %.0f %% of the signature picture", share*100)
	}
	const slack = 0.5
	if blue.X < signature.X-slack || blue.Y < signature.Y-slack ||
		blue.X+blue.W > signature.X+signature.W+slack || blue.Y+blue.H > signature.Y+signature.H+slack || blue.W < signature.W/2 {
		t.Errorf("the signature is at %+v, its place is %+v", blue, signature)
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %.2f mm, want %.2f", what, got, want)
	}
}

// render gives one page as pdftoppm shows it; 0 is the last page.
func render(t *testing.T, file string, page int) image.Image {
	t.Helper()
	base := filepath.Join(t.TempDir(), "page")
	args := []string{"-r", strconv.Itoa(pixelsPerMM * 254 / 10), "-png", "-singlefile", "-cropbox", "-f", strconv.Itoa(max(page, 1)), file, base}
	if out, err := exec.Command("pdftoppm", args...).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v\n%s", err, out)
	}
	f, err := os.Open(base + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// bounds is the box, in millimetres, of all pixels of a colour.
func bounds(img image.Image, is func(r, g, b int) bool) layout.Mark {
	var box image.Rectangle
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			if is(int(r>>8), int(g>>8), int(b>>8)) {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	mm := func(pixels int) float64 { return float64(pixels) / pixelsPerMM }
	return layout.Mark{X: mm(box.Min.X), Y: mm(box.Min.Y), W: mm(box.Dx()), H: mm(box.Dy())}
}
