package draw

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanban/internal/fault"
	"vanban/internal/pdf"
	"vanban/internal/tooltest"
)

// The update writer is a Sink.
var _ Sink = (*pdf.Update)(nil)

// file is a Sink that writes a whole PDF.
type file struct{ objects []pdf.Object }

func (f *file) Add(o pdf.Object) pdf.Ref {
	f.objects = append(f.objects, o)
	return pdf.Ref{Num: uint32(len(f.objects))}
}

func (f *file) bytes(catalog pdf.Ref) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(f.objects))
	for i, o := range f.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, pdf.Marshal(o))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n%s\nstartxref\n%d\n%%%%EOF\n",
		pdf.Marshal(pdf.Dict{"Size": int64(len(offsets) + 1), "Root": catalog}), start)
	return b.Bytes()
}

// write makes a one-page A4 file of the forms, each at its place in points.
func (f *file) write(t *testing.T, rotate int64, forms []pdf.Ref, at [][2]float64) string {
	t.Helper()
	names := pdf.Dict{}
	var content bytes.Buffer
	for i, form := range forms {
		name := fmt.Sprintf("X%d", i)
		names[pdf.Name(name)] = form
		fmt.Fprintf(&content, "q 1 0 0 1 %.3f %.3f cm /%s Do Q\n", at[i][0], at[i][1], name)
	}
	pages := pdf.Ref{Num: uint32(len(f.objects) + 3)}
	page := f.Add(pdf.Dict{
		"Type": pdf.Name("Page"), "Parent": pages, "Rotate": rotate,
		"MediaBox":  pdf.Array{int64(0), int64(0), 210 * MM, 297 * MM},
		"Resources": pdf.Dict{"XObject": names},
		"Contents":  f.Add(&pdf.Stream{Dict: pdf.Dict{}, Data: content.Bytes()}),
	})
	if got := f.Add(pdf.Dict{"Type": pdf.Name("Pages"), "Count": int64(1), "Kids": pdf.Array{page}}); got != pages {
		t.Fatalf("page tree is object %v, want %v", got, pages)
	}
	name := filepath.Join(t.TempDir(), "drawn.pdf")
	data := f.bytes(f.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages}))
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// run calls an outside reader and fails the test when that complains.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	tooltest.Need(t, name)
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// render gives page 1 in pixels.
func render(t *testing.T, name string, dpi int) image.Image {
	t.Helper()
	base := filepath.Join(t.TempDir(), "page")
	run(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-png", "-singlefile", name, base)
	f, err := os.Open(base + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var lines = []string{
	"Hà Tĩnh, Vĩnh Long, Nghĩa Hành",
	"tiếng Việt một chữ nghĩ NHỮNG LỄ 5₫ /ế/ộ/ữ/ĩ/Ữ/Ễ/",
	"Số: 05/SNV-VP",
	"Hà Tĩnh, ngày 05 tháng 01 năm 2026",
	"Ký bởi: Sở Nội vụ tỉnh Hà Tĩnh (mẫu thử) & “người ký”",
}

func TestVietnameseIsDrawnAndExtracted(t *testing.T) {
	f := &file{}
	var canvases []*Canvas
	var at [][2]float64
	for i, face := range faces {
		c := NewCanvas(170*MM, 50*MM)
		for j, line := range lines {
			// Decomposed input: what a Mac keyboard and some editors give.
			c.Text(face, 13, 5, 130-25*float64(j), Color{}, decompose(line))
		}
		canvases = append(canvases, c)
		at = append(at, [2]float64{20 * MM, float64(10+60*i) * MM})
	}
	forms, err := Build(f, canvases...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := BuildFont(f, LiberationSerif(), "0123456789 ngàythágăm"); err != nil {
		t.Fatal(err)
	}
	name := f.write(t, 0, forms, at)

	run(t, "qpdf", "--check", name)
	text := run(t, "pdftotext", "-layout", name, "-")
	for _, line := range lines {
		if got := strings.Count(text, line); got != len(faces) {
			t.Errorf("pdftotext finds %q %d times, want %d\n%s", line, got, len(faces), text)
		}
	}
	fonts := strings.Split(strings.TrimSpace(run(t, "pdffonts", name)), "\n")[2:]
	if len(fonts) != len(faces) {
		t.Errorf("pdffonts lists %d fonts, want %d", len(fonts), len(faces))
	}
	for _, line := range fonts {
		// name, type (three words), encoding, emb, sub, uni, object
		col := strings.Fields(line)
		if len(col) < 8 || !strings.Contains(col[0], "+LiberationSerif") || strings.Join(col[len(col)-5:len(col)-2], " ") != "yes yes yes" {
			t.Errorf("pdffonts: %s: want embedded, subset and with unicode map", line)
		}
	}
	if ink := darkPixels(render(t, name, 72)); ink < 1500 {
		t.Errorf("the page has only %d dark pixels: text is not drawn", ink)
	}
}

func decompose(s string) string {
	return strings.NewReplacer("ế", "e\u0302\u0301", "ộ", "o\u0323\u0302", "ữ", "u\u031b\u0303", "ĩ", "i\u0303",
		"à", "a\u0300", "Ữ", "U\u031b\u0303", "Ễ", "E\u0302\u0303").Replace(s)
}

func darkPixels(m image.Image) (n int) {
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			if r, _, _, _ := m.At(x, y).RGBA(); r < 0x8000 {
				n++
			}
		}
	}
	return n
}

// A seal of 36 mm must measure 36 mm (LAY-04), its corner must be paper, and
// no pixel of its edge may be darker or of another hue than seal over paper.
func TestSealMeasuresAndHasNoFringe(t *testing.T) {
	const dpi, diameter = 300, 36.0
	red := color.NRGBA{200, 16, 46, 255}
	im, err := DecodePNG(encode(t, disc(850, 425, red)))
	if err != nil {
		t.Fatal(err)
	}
	c := NewCanvas(diameter*MM, diameter*MM)
	c.Image(im, 0, 0, diameter*MM, diameter*MM)
	f := &file{}
	forms, err := Build(f, c)
	if err != nil {
		t.Fatal(err)
	}
	name := f.write(t, 0, forms, [][2]float64{{100 * MM, 100 * MM}})
	run(t, "qpdf", "--check", name)

	for _, res := range []int{72, dpi} {
		m := render(t, name, res)
		pixel := func(mm float64) int { return int(math.Round(mm / 25.4 * float64(res))) }
		left, top := pixel(100), pixel(297-100-diameter)
		box := image.Rectangle{Min: image.Pt(math.MaxInt, math.MaxInt)}
		for y := top - 3; y < top+pixel(diameter)+3; y++ {
			for x := left - 3; x < left+pixel(diameter)+3; x++ {
				r, g, b := rgb(m, x, y)
				// Between paper and ink red goes from 255 to 200 only.
				if r < 196 || g < 12 || math.Abs(float64(b-g)) > 40 || g < 200 && r < 196 {
					t.Fatalf("%d dpi: pixel %d,%d is %d %d %d: a fringe", res, x, y, r, g, b)
				}
				if g < 128 {
					box = image.Rect(min(box.Min.X, x), min(box.Min.Y, y), max(box.Max.X, x+1), max(box.Max.Y, y+1))
				}
			}
		}
		if r, g, b := rgb(m, left+1, top+1); r+g+b != 3*255 {
			t.Errorf("%d dpi: the corner of the seal is %d %d %d, want white", res, r, g, b)
		}
		mm := func(n int) float64 { return float64(n) * 25.4 / float64(res) }
		if res == dpi && (math.Abs(mm(box.Dx())-diameter) > 0.5 || math.Abs(mm(box.Dy())-diameter) > 0.5) {
			t.Errorf("the seal measures %.2f x %.2f mm, want %v", mm(box.Dx()), mm(box.Dy()), diameter)
		}
	}
}

func rgb(m image.Image, x, y int) (r, g, b int) {
	R, G, B, _ := m.At(x, y).RGBA()
	return int(R >> 8), int(G >> 8), int(B >> 8)
}

func TestRotationStandsUpright(t *testing.T) {
	for turn, want := range map[int]string{0: "", 90: "[0 1 -1 0 0 0]", 180: "[-1 0 0 -1 0 0]", 270: "[0 -1 1 0 0 0]", -90: "[0 -1 1 0 0 0]"} {
		c := NewCanvas(10, 20)
		c.SetRotation(turn)
		f := &file{}
		ref, err := c.Build(f)
		if err != nil {
			t.Fatal(err)
		}
		matrix := f.objects[ref.Num-1].(*pdf.Stream).Dict["Matrix"]
		got := ""
		if matrix != nil {
			got = string(pdf.Marshal(matrix))
		}
		if got != want {
			t.Errorf("turned by %d: matrix %q, want %q", turn, got, want)
		}
	}
}

func TestCanvasErrorsAreCodedAndAddNothing(t *testing.T) {
	f := LiberationSerif()
	cases := []struct {
		name string
		draw func(*Canvas)
		want *fault.Code
	}{
		{"Chinese", func(c *Canvas) { c.Text(f, 12, 0, 0, Color{}, "số 中") }, GlyphMissing},
		{"emoji", func(c *Canvas) { c.TextBox(f, 12, Left, Color{}, "🙂") }, GlyphMissing},
		{"line break", func(c *Canvas) { c.Text(f, 12, 0, 0, Color{}, "a\nb") }, GlyphMissing},
		{"not UTF-8", func(c *Canvas) { c.Text(f, 12, 0, 0, Color{}, "\xff") }, TextInvalid},
		{"endless", func(c *Canvas) { c.Text(f, 12, 0, 0, Color{}, strings.Repeat("a", maxText+1)) }, TextInvalid},
		{"does not fit", func(c *Canvas) { c.TextBox(f, 12, Left, Color{}, strings.Repeat("Nghĩa Hành ", 20)) }, TextTooLong},
		{"not a number", func(c *Canvas) { c.Line(0, 0, math.NaN(), 1, 1, Color{}) }, fault.Unexpected},
		{"too far", func(c *Canvas) { c.Text(f, 12, 1e9, 0, Color{}, "a") }, fault.Unexpected},
	}
	for _, c := range cases {
		sink := &file{}
		canvas := NewCanvas(100, 20)
		canvas.Text(f, 12, 0, 0, Color{}, "good")
		c.draw(canvas)
		_, err := canvas.Build(sink)
		if err == nil || fault.From(err).Code != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want.ID())
		}
		if len(sink.objects) != 0 {
			t.Errorf("%s: %d objects were added before the error", c.name, len(sink.objects))
		}
	}
	if _, err := BuildFont(&file{}, f, "中"); !errors.Is(err, GlyphMissing) {
		t.Errorf("BuildFont: %v", err)
	}
	if _, err := NewCanvas(0, 10).Build(&file{}); err == nil {
		t.Error("a canvas without width is accepted")
	}
}

func TestTextFit(t *testing.T) {
	f := LiberationSerif()
	if w := f.Width("Số: 05/SNV-VP", 13); w < 75 || w > 95 {
		t.Errorf("a number at 13 pt is %.1f pt wide", w)
	}
	if a, b := f.Width("ế", 10), f.Width("e\u0302\u0301", 10); a != b {
		t.Errorf("composed %.2f and decomposed %.2f differ", a, b)
	}
	c := NewCanvas(40, 20)
	c.SetField()
	c.TextBox(f, 13, Right, Color{200, 0, 0}, "Nghĩa Hành")
	sink := &file{}
	ref, err := c.Build(sink)
	if err != nil {
		t.Fatal(err)
	}
	content := string(inflate(t, sink.objects[ref.Num-1].(*pdf.Stream).Data))
	if !strings.HasPrefix(content, "/Tx BMC\n") || !strings.HasSuffix(content, "EMC\n") {
		t.Errorf("field text is not marked: %s", content)
	}
	if !strings.Contains(content, "0.784 0 0 rg /F1 8.") || !strings.Contains(content, "Tf 0 7.") {
		t.Errorf("text is not shrunk to the box and centred: %s", content)
	}
}

func TestFontsAndImagesAreSharedAndDeterministic(t *testing.T) {
	im, err := DecodePNG(encode(t, disc(50, 20, color.NRGBA{200, 0, 0, 255})))
	if err != nil {
		t.Fatal(err)
	}
	build := func() []byte {
		a, b := NewCanvas(50, 50), NewCanvas(50, 50)
		a.Image(im, 0, 0, 50, 50)
		a.Text(LiberationSerif(), 10, 0, 0, Color{}, "Số: 05")
		b.ImageFit(im, 0, 0, 50, 25)
		b.Text(LiberationSerif(), 10, 0, 0, Color{}, "ngày 06")
		sink := &file{}
		if _, err := Build(sink, a, b); err != nil {
			t.Fatal(err)
		}
		if len(sink.objects) != 5+2+2 {
			t.Errorf("%d objects, want 5 for one font, 2 for one image, 2 forms", len(sink.objects))
		}
		return sink.bytes(pdf.Ref{Num: 1})
	}
	if !bytes.Equal(build(), build()) {
		t.Error("two builds of the same drawing differ")
	}
}

func BenchmarkBuildText(b *testing.B) {
	for b.Loop() {
		c := NewCanvas(200, 20)
		c.TextBox(LiberationSerif(), 13, Left, Color{}, "Hà Tĩnh, ngày 05 tháng 01 năm 2026")
		if _, err := c.Build(&file{}); err != nil {
			b.Fatal(err)
		}
	}
}
