package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanban/cmd/vanban/house"
	"vanban/cmd/vanban/terminal"
	"vanban/exchange"
	"vanban/exchange/layout"
	"vanban/internal/pdf"
	"vanban/internal/tooltest"
)

// rects is what the corpus says about one file: rectangles in PDF points from
// the bottom left, x0 y0 x1 y1; all zero is none.
type rects struct {
	File                             string
	SignPage                         int
	Leader, Seal, Number, Day, Month [4]float64
}

// flipsPerDocument is how many bytes of each document and receipt are changed
// in turn. One shared file has every byte tried in verify's own tests.
const flipsPerDocument = 12

// TestMainJobOnDecreeDocuments runs the main job over HTTP for every PDF of
// the corpus in the layout of Decree 30/2020: sealed files accepted by three
// agencies, receipts that verify offline, changed bytes that are caught, and
// independent readers that agree.
func TestMainJobOnDecreeDocuments(t *testing.T) {
	corpus := filepath.Join(tooltest.Corpus(t), "vn")
	tooltest.Need(t, "pdfsig", "qpdf", "pdftotext")
	places := readRects(t, filepath.Join(corpus, "rects.json"))
	h, base := demoServer(t)
	tokens, err := Tokens(h.Folder)
	if err != nil {
		t.Fatal(err)
	}
	out := h.Folder
	if keep := os.Getenv("VANBAN_KEEP"); keep != "" { // to look at the pages afterwards
		out = house.Folder(keep)
		if err := os.MkdirAll(out.Out(), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	passed, refused := 0, 0
	err = filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".pdf" {
			return err
		}
		rel, err := filepath.Rel(corpus, path)
		if err != nil {
			return err
		}
		t.Run(filepath.ToSlash(rel), func(t *testing.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			j := &Job{t: terminal.New(nil, os.Stderr, os.Stderr), base: base, tokens: tokens, out: out, judge: h.Judge,
				name: filepath.Base(rel), pdf: content, to: Receivers(), quiet: true, flips: flipsPerDocument,
				prefix: strings.NewReplacer("/", "-", ".pdf", "-").Replace(filepath.ToSlash(rel))}
			j.draft = exchange.Draft{Agency: Sender, Type: "QĐ", Subject: "Văn bản thử " + rel, Leader: Leader}
			if code := mustRefuse(rel); code != "" {
				wantRefusal(t, j, code)
				refused++
				return
			}
			marks := marksOf(t, content, places[unturned(filepath.ToSlash(rel))])
			j.draft.Layout = &marks
			if err := j.Run(t.Context()); err != nil {
				t.Fatalf("%v\n%+v", err, j.Steps)
			}
			checkPrinted(t, j, marks)
			passed++
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d documents went through the main job, %d were refused by name", passed, refused)
}

// unturned names the file that a turned one was made from: user space, and so
// the rectangles, do not turn with the page.
func unturned(rel string) string {
	if !strings.HasSuffix(rel, ".rotate90.pdf") {
		return rel
	}
	return "plain17/" + strings.TrimPrefix(strings.Replace(rel, ".rotate90", "", 1), "variants/")
}

// mustRefuse names why a file cannot be a draft.
func mustRefuse(rel string) string {
	switch {
	case strings.Contains(rel, "encrypted"):
		return "pdf-encrypted"
	case strings.Contains(rel, "truncated"):
		return "pdf-truncated"
	case strings.Contains(rel, "leading-junk"):
		return "pdf-leading-junk"
	}
	return ""
}

func wantRefusal(t *testing.T, j *Job, code string) {
	t.Helper()
	_, err := j.as(Clerk).Upload(t.Context(), "", j.draft, j.name, bytes.NewReader(j.pdf))
	if err == nil || !strings.Contains(err.Error(), code) {
		t.Errorf("upload: %v, want %s", err, code)
	}
}

// demoLimitMiB is the upload limit of demoServer.
const demoLimitMiB = 8

// demoServer serves a new demo folder in this process.
func demoServer(t *testing.T) (*house.House, string) {
	t.Helper()
	f := house.Folder(t.TempDir())
	if err := Make(t.Context(), f, time.Now); err != nil {
		t.Fatal(err)
	}
	c, err := house.LoadConfig(f.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	c.UploadLimitMiB = demoLimitMiB
	ctx, cancel := context.WithCancel(context.Background())
	h, err := house.Open(ctx, c, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- h.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		h.Close()
	})
	return h, "http://" + l.Addr().String()
}

func readRects(t *testing.T, path string) map[string]rects {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []rects
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	out := map[string]rects{}
	for _, r := range list {
		out[strings.TrimPrefix(r.File, "big/")] = r
	}
	return out
}

// marksOf turns the corpus' rectangles into marks: drafts have blanks to fill,
// finished letters get their number and date as lines in the free top margin,
// scans have no rectangles and get the decree's defaults.
func marksOf(t *testing.T, content []byte, r rects) layout.Layout {
	t.Helper()
	top := []layout.Mark{
		{Kind: layout.NumberLine, Page: 1, X: 22, Y: 6, W: 70, H: 6},
		{Kind: layout.DateLine, Page: 1, X: 100, Y: 6, W: 80, H: 6},
	}
	if r.SignPage == 0 {
		return layout.Layout{Marks: top}
	}
	f, err := pdf.Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	out := layout.Layout{}
	add := func(kind layout.Kind, page int, box [4]float64) {
		p, err := f.Page(page)
		if err != nil {
			t.Fatal(err)
		}
		m := asSeen(p.CropBox, p.Rotate, box)
		m.Kind, m.Page = kind, page
		out.Marks = append(out.Marks, m)
	}
	add(layout.Signature, r.SignPage, r.Leader)
	add(layout.Seal, r.SignPage, r.Seal)
	if r.Number == ([4]float64{}) {
		out.Marks = append(out.Marks, top...)
		return out
	}
	add(layout.Number, 1, r.Number)
	add(layout.Day, 1, r.Day)
	add(layout.Month, 1, r.Month)
	return out
}

// asSeen turns a rectangle of user space (points, bottom left) into
// millimetres from the top left of the page as a reader shows it: cut to the
// CropBox and turned clockwise by /Rotate (ISO 32000-2 table 31).
func asSeen(crop [4]float64, rotate int, r [4]float64) layout.Mark {
	const mm = 25.4 / 72
	left, right := r[0]-crop[0], crop[2]-r[2]
	top, bottom := crop[3]-r[3], r[1]-crop[1]
	w, h := r[2]-r[0], r[3]-r[1]
	m := layout.Mark{X: left, Y: top, W: w, H: h}
	switch ((rotate % 360) + 360) % 360 {
	case 90:
		m = layout.Mark{X: bottom, Y: left, W: h, H: w}
	case 180:
		m = layout.Mark{X: right, Y: bottom, W: w, H: h}
	case 270:
		m = layout.Mark{X: top, Y: right, W: h, H: w}
	}
	m.X, m.Y, m.W, m.H = m.X*mm, m.Y*mm, m.W*mm, m.H*mm
	return m
}

// checkPrinted asks pdftotext whether number and date stand where they should.
func checkPrinted(t *testing.T, j *Job, marks layout.Layout) {
	t.Helper()
	issued, err := time.Parse(time.DateOnly, j.document.Date)
	if err != nil {
		t.Fatal(err)
	}
	number := fmt.Sprintf("%02d", j.document.Number)
	file := j.out.Path("out", j.prefix+"issued.pdf")
	if _, blanks := marks.Find(layout.Number); !blanks {
		text := pdftotext(t, "-l", "1", file)
		for _, want := range []string{"Số: " + j.document.Notation, decreeDate(issued)} {
			if !strings.Contains(text, want) {
				t.Errorf("pdftotext finds no %q on page 1", want)
			}
		}
		return
	}
	for kind, want := range map[layout.Kind]string{layout.Number: number, layout.Day: fmt.Sprintf("%02d", issued.Day()), layout.Month: month(issued)} {
		m, _ := marks.Find(kind)
		got := pdftotext(t, "-l", "1", "-r", "254", "-x", px(m.X-1), "-y", px(m.Y-1), "-W", px(m.W+2), "-H", px(m.H+2), file)
		if !regexp.MustCompile(`(^|\D)` + want + `(\D|$)`).MatchString(got) {
			t.Errorf("pdftotext finds %q at the %s, want %q", strings.TrimSpace(got), kind, want)
		}
	}
}

// px are millimetres at 254 dots per inch, ten to the millimetre.
func px(mm float64) string { return strconv.Itoa(int(mm * 10)) }

// decreeDate is the date as NUM-08 prints it; month is its padded or bare month.
func decreeDate(at time.Time) string {
	return fmt.Sprintf("ngày %02d tháng %s năm %d", at.Day(), month(at), at.Year())
}

func month(at time.Time) string {
	if at.Month() <= 2 {
		return fmt.Sprintf("%02d", at.Month())
	}
	return strconv.Itoa(int(at.Month()))
}

func pdftotext(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("pdftotext", append(args, "-")...).CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestAsSeen(t *testing.T) {
	const mm = 25.4 / 72
	crop := [4]float64{10, 20, 110, 220} // 100 wide, 200 high
	r := [4]float64{15, 30, 45, 50}      // 5 from the left, 10 from the bottom; 30 x 20
	cases := []struct {
		rotate     int
		x, y, w, h float64
	}{
		{0, 5, 170, 30, 20}, {90, 10, 5, 20, 30}, {180, 65, 10, 30, 20}, {270, 170, 65, 20, 30}, {-90, 170, 65, 20, 30},
	}
	for _, c := range cases {
		got := asSeen(crop, c.rotate, r)
		want := layout.Mark{X: c.x * mm, Y: c.y * mm, W: c.w * mm, H: c.h * mm}
		if got != want {
			t.Errorf("rotate %d: %+v, want %+v", c.rotate, got, want)
		}
	}
}
