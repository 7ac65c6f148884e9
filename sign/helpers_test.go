package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/internal/cms"
	"vanban/internal/fault"
	"vanban/internal/pdf/draw"
	"vanban/sign"
	"vanban/testdata"
	"vanban/verify"
)

// world is the PKI of the tests, made once: keys are slow.
type world struct {
	pki  *certtest.PKI
	keys map[string]*softKey
	mu   sync.Mutex
}

var theWorld = sync.OnceValues(func() (*world, error) {
	pki, err := certtest.New(certtest.Config{})
	return &world{pki: pki, keys: map[string]*softKey{}}, err
})

func getWorld(t testing.TB) *world {
	t.Helper()
	w, err := theWorld()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// softKey is a key in memory.
type softKey struct {
	id    *certtest.Identity
	calls int
}

func (k *softKey) Chain() []*x509.Certificate { return k.id.Chain }

func (k *softKey) Sign(_ context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	k.calls++
	return k.id.Key.Sign(rand.Reader, digest, opts)
}

// key issues a leader's certificate for a kind of key, once per kind.
func (w *world) key(t testing.TB, kind certtest.KeyType) *softKey {
	t.Helper()
	return w.issue(t, string(kind), certtest.Options{Key: kind})
}

func (w *world) issue(t testing.TB, name string, o certtest.Options) *softKey {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if k := w.keys[name]; k != nil {
		return k
	}
	id, err := w.pki.Leader(certtest.Subject{CN: "Nguyễn Trọng Nghĩa", Title: "Giám đốc", O: "Sở Nội vụ tỉnh Hà Tĩnh", L: "Hà Tĩnh"}, o)
	if err != nil {
		t.Fatal(err)
	}
	w.keys[name] = &softKey{id: id}
	return w.keys[name]
}

// stamper is a time-stamp authority without a network.
type stamper struct {
	w      *world
	refuse error
	bend   func(token []byte) []byte
}

func (s stamper) TimeStamp(_ context.Context, digest []byte, h crypto.Hash) ([]byte, error) {
	if s.refuse != nil {
		return nil, s.refuse
	}
	query, err := cms.NewTimeStampQuery(digest, h, big.NewInt(7))
	if err != nil {
		return nil, err
	}
	token, err := cms.ParseTimeStampReply(s.w.pki.TimeStamp(query))
	if err == nil && s.bend != nil {
		token = s.bend(token)
	}
	return token, err
}

var signingTime = time.Now().Truncate(time.Second)

// do signs b and gives the signed file.
func do(t testing.TB, b []byte, key sign.Key, req sign.Request) ([]byte, *sign.Result) {
	t.Helper()
	out, r, err := try(b, key, req)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out, b) {
		t.Fatal("the original bytes changed")
	}
	if r.Size != int64(len(out)) {
		t.Errorf("size %d, file has %d bytes", r.Size, len(out))
	}
	return out, r
}

func try(b []byte, key sign.Key, req sign.Request) ([]byte, *sign.Result, error) {
	if req.Time.IsZero() {
		req.Time = signingTime
	}
	var out bytes.Buffer
	r, err := sign.Sign(context.Background(), bytes.NewReader(b), int64(len(b)), key, req, &out)
	return out.Bytes(), r, err
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	if f := fault.From(err); f == nil || f.Code.ID() != code {
		t.Errorf("error %v, expected %s", err, code)
	}
}

// tools runs an outside program on bytes written to a file and gives its output.
func tool(t testing.TB, b []byte, name string, args ...string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "FILE" {
			args[i] = path
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	return strings.ReplaceAll(string(out), path, "FILE"), err
}

// validSignatures asks poppler how many signatures there are and how many of
// them are valid.
func validSignatures(t testing.TB, b []byte) (all, valid int) {
	t.Helper()
	out, _ := tool(t, b, "pdfsig", "-nocert", "FILE")
	return strings.Count(out, "Signature Validation:"), strings.Count(out, "Signature is Valid")
}

// complaints are the lines in which qpdf finds something wrong, without the
// numbers that an update changes.
func complaints(t testing.TB, b []byte) map[string]bool {
	t.Helper()
	out, err := tool(t, b, "qpdf", "--check", "FILE")
	list := map[string]bool{}
	if err == nil {
		return list
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "WARNING") || strings.HasPrefix(line, "ERROR") || strings.Contains(line, "error") {
			list[digits.Replace(strings.TrimSpace(line))] = true
		}
	}
	if len(list) == 0 {
		list[err.Error()] = true
	}
	return list
}

var digits = strings.NewReplacer("0", "", "1", "", "2", "", "3", "", "4", "", "5", "", "6", "", "7", "", "8", "", "9", "")

func newComplaints(t testing.TB, before, after []byte) []string {
	t.Helper()
	now := complaints(t, after)
	if len(now) == 0 {
		return nil
	}
	old := complaints(t, before)
	var fresh []string
	for line := range now {
		if !old[line] {
			fresh = append(fresh, line)
		}
	}
	return fresh
}

func picture(t testing.TB, load func(string) ([]byte, error), name string) *draw.Image {
	t.Helper()
	b, err := load(name)
	if err != nil {
		t.Fatal(err)
	}
	im, err := draw.DecodePNG(b)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func letter(t testing.TB) []byte {
	t.Helper()
	d, err := testdata.Letter()
	if err != nil {
		t.Fatal(err)
	}
	return d.PDF
}

// mark is a place on the page, from the JSON beside the sample documents.
type mark struct {
	Kind       string
	Page       int
	X, Y, W, H float64
}

func (m mark) rect() sign.Rect { return sign.Rect{X: m.X, Y: m.Y, W: m.W, H: m.H} }

func marks(t testing.TB, d testdata.Document) []mark {
	t.Helper()
	var list struct{ Marks []mark }
	if err := json.Unmarshal(d.Marks, &list); err != nil {
		t.Fatal(err)
	}
	return list.Marks
}

// values is what the clerk fills into the fields of the marks.
var values = map[string]string{"number": "05", "day": "05", "month": "01", "number-line": "Số: 05/SNV-VP",
	"date-line": "Hà Tĩnh, ngày 05 tháng 01 năm 2026"}

// leaderRequest is the first act of the main job: a visible certification that
// prepares number, date and seal.
func leaderRequest(t testing.TB, places []mark) sign.Request {
	t.Helper()
	req := sign.Request{Field: "ChuKyLanhDao", Certify: 2, Reason: "Ký duyệt văn bản", Location: "Hà Tĩnh"}
	var locked []string
	for _, m := range places {
		if _, ok := values[m.Kind]; ok {
			locked = append(locked, m.Kind)
			req.Prepare = append(req.Prepare, sign.PreparedField{Kind: sign.TextField, Name: m.Kind, Label: m.Kind,
				Page: m.Page, Rect: m.rect(), Align: draw.Center})
		}
	}
	for _, m := range places {
		switch m.Kind {
		case "signature":
			req.Visible = &sign.Visible{Page: m.Page, Rect: m.rect(), Image: picture(t, testdata.Signature, "nguyen-thi-nghia")}
		case "seal":
			req.Prepare = append(req.Prepare, sign.PreparedField{Kind: sign.SignatureField, Name: "ConDau",
				Page: m.Page, Rect: m.rect(), Lock: locked})
		}
	}
	return req
}

// sealRequest is the second act.
func sealRequest(t testing.TB, places []mark) sign.Request {
	t.Helper()
	req := sign.Request{Field: "ConDau", Fill: map[string]string{}, Visible: &sign.Visible{Image: picture(t, testdata.Seal, "snv-ha-tinh")}}
	for _, m := range places {
		if v, ok := values[m.Kind]; ok {
			req.Fill[m.Kind] = v
		}
	}
	return req
}

type (
	certificate = x509.Certificate
	signerOpts  = crypto.SignerOpts
)

func keyOptions(kind string) certtest.Options { return certtest.Options{Key: certtest.KeyType(kind)} }

// bigDocument appends to b an update whose only object is a stream of n zeros.
func bigDocument(b []byte, n int64) padded {
	trailer := regexp.MustCompile(`(?s)/Root\s+\d+ \d+ R`).Find(b)
	prev := regexp.MustCompile(`startxref\s+(\d+)\s+%%EOF\s*$`).FindSubmatch(b)
	object := int64(len(b)) + 1
	head := fmt.Appendf(bytes.Clone(b), "\n9999 0 obj\n<</Length %d>>\nstream\n", n)
	xref := int64(len(head)) + n + int64(len("\nendstream\nendobj\n"))
	tail := fmt.Appendf(nil, "\nendstream\nendobj\nxref\n9999 1\n%010d 00000 n \ntrailer\n<</Size 10000 %s /Prev %s>>\nstartxref\n%d\n%%%%EOF\n",
		object, trailer, prev[1], xref)
	return padded{head, tail, n}
}

// judged asks our own verifier, which shares no signing code, about a file of
// the main job and names what it finds wrong; empty is as it should be.
func judged(t testing.TB, w *world, b []byte, evidence certs.Evidence) string {
	t.Helper()
	r, err := verify.File(context.Background(), bytes.NewReader(b), int64(len(b)),
		verify.Options{Anchors: w.pki.Anchors(), At: time.Now(), Evidence: evidence})
	if err != nil {
		return err.Error()
	}
	if len(r.Signatures) < 2 {
		return fmt.Sprintf("%d signatures", len(r.Signatures))
	}
	slices.SortFunc(r.Signatures, func(a, b verify.Signature) int { return a.Revision - b.Revision })
	two := r.Signatures[len(r.Signatures)-2:]
	if two[0].ChangesAfter != "permitted" || two[1].ChangesAfter != "none" || !two[1].CoversWholeFile {
		return fmt.Sprintf("changes %s, %s: %+v", two[0].ChangesAfter, two[1].ChangesAfter, two[0].Reasons)
	}
	for _, s := range two {
		if s.Integrity != "intact" || s.Indication != "TOTAL-PASSED" || s.Alarm {
			return fmt.Sprintf("%s: %s, %s %s: %+v", s.Field, s.Integrity, s.Indication, s.SubIndication, s.Reasons)
		}
	}
	if r.Alarm {
		return fmt.Sprintf("alarm: %+v", r.Findings)
	}
	return ""
}
