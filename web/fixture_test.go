package web

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/exchange"
	"vanban/exchange/directory"
	"vanban/exchange/storetest"
	"vanban/sign"
	"vanban/testdata"
	"vanban/verify"
)

// monday is the clock of the tests: 5 March 2026, 10:00 in Vietnam.
var monday = time.Date(2026, 3, 5, 3, 0, 0, 0, time.UTC)

// world is a Service with four agencies, six people, real keys and a memory
// store. The authorities are made once, because keys are slow.
type world struct {
	service *exchange.Service
	anchors *certs.Anchors
	proof   certs.Evidence
	keys    map[string]*certtest.Identity
	images  fstest.MapFS
}

// The cast. A token is the person's id with "token-of-" in front.
var (
	testAgencies = []struct{ id, name, place, symbol, code string }{
		{"snv-ha-tinh", "Sở Nội vụ tỉnh Hà Tĩnh", "Hà Tĩnh", "SNV", "H30.7"},
		{"ubnd-vinh-long", "Ủy ban nhân dân tỉnh Vĩnh Long", "Vĩnh Long", "UBND", "H61"},
		{"ubnd-nghia-hanh", "Ủy ban nhân dân xã Nghĩa Hành", "Nghĩa Hành", "UBND", "H48.116"},
		{"stc-ha-tinh", "Sở Tài chính tỉnh Hà Tĩnh", "Hà Tĩnh", "STC", "H30.9"},
	}
	testPeople = []struct {
		id, name, agency, title string
		role                    directory.Role
	}{
		{"nguyen-thi-nghia", "Nguyễn Thị Nghĩa", "snv-ha-tinh", "Giám đốc", directory.Leader},
		{"tran-van-tinh", "Trần Văn Tĩnh", "snv-ha-tinh", "Văn thư", directory.Clerk},
		{"ho-an", "Hồ An", "snv-ha-tinh", "Chuyên viên", directory.Officer},
		{"le-thi-vinh", "Lê Thị Vĩnh", "ubnd-vinh-long", "Văn thư", directory.Clerk},
		{"vo-thi-hanh", "Võ Thị Hạnh", "ubnd-nghia-hanh", "Văn thư", directory.Clerk},
		{"dang-huu-loc", "Đặng Hữu Lộc", "stc-ha-tinh", "Văn thư", directory.Clerk},
	}
)

const (
	leader   = "nguyen-thi-nghia"
	clerk    = "tran-van-tinh"
	officer  = "ho-an"
	vinhLong = "le-thi-vinh"
	hanh     = "vo-thi-hanh"
	loc      = "dang-huu-loc"
)

func tokenOf(person string) string { return "token-of-" + person }

var authorities = sync.OnceValues(func() (*certtest.PKI, error) {
	return certtest.New(certtest.Config{Now: func() time.Time { return monday }})
})

func newWorld(t *testing.T) *world {
	t.Helper()
	pki, err := authorities()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{anchors: pki.Anchors(), keys: map[string]*certtest.Identity{}, images: fstest.MapFS{}}
	d := directory.Directory{}
	from := monday.Add(-24 * time.Hour)
	bind := func(id, cn, title, o string) []directory.CertificateBinding {
		identity, err := pki.Agency(certtest.Subject{CN: cn, Title: title, O: o}, certtest.Options{Key: "p256"})
		if err != nil {
			t.Fatal(err)
		}
		w.keys[id] = identity
		sum := sha256.Sum256(identity.Certificate.Raw)
		return []directory.CertificateBinding{{SHA256: hex.EncodeToString(sum[:]), From: from}}
	}
	for _, a := range testAgencies {
		agency := directory.Agency{ID: a.id, Name: a.name, Place: a.place, Symbol: a.symbol, From: from,
			Codes: []directory.AgencyCode{{Code: a.code, Generation: "qd20", From: from}}, Seals: bind(a.id, a.name, "", a.name)}
		if a.id == "snv-ha-tinh" { // the others only receive, and reading pictures is slow
			seal, err := testdata.Seal(a.id)
			if err != nil {
				t.Fatal(err)
			}
			agency.SealImage, w.images[a.id+".png"] = a.id+".png", &fstest.MapFile{Data: seal}
		}
		d.Agencies = append(d.Agencies, agency)
	}
	for _, p := range testPeople {
		sum := sha256.Sum256([]byte(tokenOf(p.id)))
		person := directory.Person{ID: p.id, Name: p.name, TokenSHA256: hex.EncodeToString(sum[:]),
			Positions: []directory.Position{{Agency: p.agency, Roles: []directory.Role{p.role}, Title: p.title, From: from}}}
		if p.role == directory.Leader {
			picture, err := testdata.Signature(p.id)
			if err != nil {
				t.Fatal(err)
			}
			w.images[p.id+".png"] = &fstest.MapFile{Data: picture}
			person.SignatureImage, person.Certificates = p.id+".png", bind(p.id, p.name, p.title, "Sở Nội vụ tỉnh Hà Tĩnh")
		}
		d.People = append(d.People, person)
	}
	var about []*x509.Certificate
	for _, identity := range w.keys {
		about = append(about, identity.Certificate)
	}
	if w.proof, err = pki.Evidence(about...); err != nil {
		t.Fatal(err)
	}
	w.service, err = exchange.New(exchange.Config{Store: storetest.NewMemory(), Keys: w, Verifier: w, Clock: func() time.Time { return monday },
		Limits: exchange.Limits{Upload: testUpload}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.service.Import(t.Context(), d, w.images); err != nil {
		t.Fatal(err)
	}
	return w
}

type testKey struct{ *certtest.Identity }

func (k testKey) Chain() []*x509.Certificate { return k.Identity.Chain }
func (k testKey) Sign(_ context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.Key.Sign(rand.Reader, digest, opts)
}

func (w *world) key(id string) (sign.Key, error) {
	if k, ok := w.keys[id]; ok {
		return testKey{k}, nil
	}
	return nil, errors.New("no key for " + id)
}

func (w *world) Person(_ context.Context, id string) (sign.Key, error) { return w.key(id) }
func (w *world) Agency(_ context.Context, id string) (sign.Key, error) { return w.key(id) }

func (w *world) Verify(ctx context.Context, r io.ReaderAt, size int64, at time.Time) (*verify.Report, error) {
	return verify.File(ctx, r, size, verify.Options{Anchors: w.anchors, Policy: certs.DefaultPolicy(), At: at, Evidence: w.proof})
}

func (w *world) Trust(context.Context, []*x509.Certificate) (*certs.Anchors, certs.Policy, certs.Evidence) {
	return w.anchors, certs.DefaultPolicy(), w.proof
}

// testUpload is the upload limit of the tests: small, so that too much is cheap.
const testUpload = 1 << 20

// logBook collects the log for tests that look at it.
type logBook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// desk is a running front desk and a client that holds every answer, and every
// request that was not meant to be wrong, against openapi.json.
type desk struct {
	t      *testing.T
	world  *world
	url    string
	router routers.Router
	log    *logBook
	client *http.Client
}

// newDesk has a store of its own.
func newDesk(t *testing.T, change func(*Config)) *desk {
	t.Helper()
	return deskIn(t, newWorld(t), change)
}

var shared struct {
	sync.Mutex
	world *world
}

// sharedDesk is for tests that put nothing into the store.
func sharedDesk(t *testing.T, change func(*Config)) *desk {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.world == nil {
		shared.world = newWorld(t)
	}
	return deskIn(t, shared.world, change)
}

func deskIn(t *testing.T, w *world, change func(*Config)) *desk {
	t.Helper()
	d := &desk{t: t, world: w, log: &logBook{}}
	c := Config{Service: w.service, Version: "test", Clock: func() time.Time { return monday }, TempDir: t.TempDir(),
		Log: slog.New(slog.NewJSONHandler(d.log, nil)), Limits: Limits{Upload: testUpload, ChecksPerMinute: 1000, LoginsPerMinute: 1000},
		Verify: func(ctx context.Context, r io.ReaderAt, size int64) (*verify.Report, error) {
			return w.Verify(ctx, r, size, monday)
		}}
	if change != nil {
		change(&c)
	}
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	server.Config = NewServer(h)
	server.Start()
	t.Cleanup(server.Close)
	d.url, d.client = server.URL, server.Client()
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if d.router, err = description(); err != nil {
		t.Fatal(err)
	}
	return d
}

// description loads openapi.json once and checks that it is a right OpenAPI 3.1
// document.
var description = sync.OnceValues(func() (routers.Router, error) {
	for _, media := range []string{"application/pdf", "text/plain"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.FileBodyDecoder)
	}
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

// ask is one request. Headers are "Name: value".
type ask struct {
	method, path, who string
	key               string // Idempotency-Key; "-" sends none
	body              any    // nil, string, []byte, form or something to send as JSON
	headers           []string
}

// form is a multipart body: fields in order; one named "file" is the PDF.
type form [][2]string

func (f form) encode() (io.Reader, string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, field := range f {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + field[0] + `"`}}
		switch field[0] {
		case "file":
			h.Set("Content-Disposition", `form-data; name="file"; filename="Công văn số 5.pdf"`)
			h.Set("Content-Type", "application/pdf")
		case "meta":
			h.Set("Content-Type", "application/json")
		}
		part, _ := m.CreatePart(h)
		_, _ = io.WriteString(part, field[1])
	}
	_ = m.Close()
	return &b, m.FormDataContentType()
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// into decodes the body or fails the test.
func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// code is that of the problem document, "" for a good answer.
func (a answer) code() string {
	var p problem
	if a.header.Get("Content-Type") != "application/problem+json" || json.Unmarshal(a.body, &p) != nil {
		return ""
	}
	return p.Code
}

func (d *desk) do(a ask) answer {
	d.t.Helper()
	var body io.Reader
	media := ""
	switch v := a.body.(type) {
	case nil:
	case string:
		body, media = strings.NewReader(v), "application/pdf"
	case []byte:
		body, media = bytes.NewReader(v), "application/pdf"
	case url.Values:
		body, media = strings.NewReader(v.Encode()), "application/x-www-form-urlencoded"
	case form:
		body, media = v.encode()
	case io.Reader:
		body, media = v, "application/pdf"
	default:
		b, err := json.Marshal(v)
		if err != nil {
			d.t.Fatal(err)
		}
		body, media = bytes.NewReader(b), "application/json"
	}
	r, err := http.NewRequestWithContext(d.t.Context(), a.method, d.url+a.path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if a.who != "" {
		r.Header.Set("Authorization", "Bearer "+tokenOf(a.who))
	}
	if a.method == http.MethodPost && a.key != "-" && strings.HasPrefix(a.path, "/api/") {
		if a.key == "" {
			a.key = rand.Text()
		}
		r.Header.Set("Idempotency-Key", a.key)
	}
	for _, h := range a.headers {
		name, value, _ := strings.Cut(h, ": ")
		if value == "" {
			r.Header.Del(name)
			continue
		}
		r.Header.Set(name, value)
	}
	return d.send(r)
}

// send sends a request and, when it is one of the API, holds both sides
// against the description.
func (d *desk) send(r *http.Request) answer {
	d.t.Helper()
	var sent []byte
	if r.GetBody != nil {
		sent, _ = io.ReadAll(r.Body)
		r.Body, _ = r.GetBody()
	}
	copied := r.Clone(d.t.Context())
	response, err := d.client.Do(r)
	if err != nil {
		d.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	copied.Body = io.NopCloser(bytes.NewReader(sent))
	a := answer{response.StatusCode, response.Header, got}
	d.hold(copied, a)
	return a
}

// hold validates. Bad requests are bad on purpose, so requests are validated
// only when the server was content with them.
func (d *desk) hold(r *http.Request, a answer) {
	d.t.Helper()
	if !forPrograms(r) || r.Method == http.MethodHead {
		return
	}
	relative := r.Clone(d.t.Context())
	relative.URL = &url.URL{Path: r.URL.Path, RawQuery: r.URL.RawQuery}
	route, params, err := d.router.FindRoute(relative)
	if err != nil {
		if a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed {
			d.t.Errorf("%s %s answers %d and is not in openapi.json", r.Method, r.URL.Path, a.status)
		}
		return
	}
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if a.status < 400 {
		if err := openapi3filter.ValidateRequest(d.t.Context(), input); err != nil {
			d.t.Errorf("request %s %s: %v", r.Method, r.URL.Path, err)
		}
	}
	output := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: a.status, Header: a.header, Options: input.Options}
	output.SetBodyBytes(a.body)
	if err := openapi3filter.ValidateResponse(d.t.Context(), output); err != nil {
		d.t.Errorf("response %d of %s %s: %v\n%.600s", a.status, r.Method, r.URL.Path, err, a.body)
	}
}

// meta is the draft of the letter in testdata.
func meta(t *testing.T, letter testdata.Document) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"type": letter.Type, "unit": letter.Unit, "subject": letter.Subject,
		"leader": leader, "layout": json.RawMessage(letter.Marks)})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func theLetter(t *testing.T) testdata.Document {
	t.Helper()
	letter, err := testdata.Letter()
	if err != nil {
		t.Fatal(err)
	}
	return letter
}
