package exchange_test

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
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/exchange"
	"vanban/exchange/directory"
	"vanban/exchange/layout"
	"vanban/exchange/storage"
	"vanban/exchange/storetest"
	"vanban/internal/fault"
	"vanban/sign"
	"vanban/testdata"
)

// The people and agencies of all tests here.
const (
	snv, vinhLong, nghiaHanh, stc                     = "snv-ha-tinh", "ubnd-vinh-long", "ubnd-nghia-hanh", "stc-ha-tinh"
	leader, clerk, officer, clerkVL, clerkNH, clerkTC = "nguyen-thi-nghia", "tran-van-tinh", "ho-thi-an", "le-thi-vinh", "vo-thi-hanh", "dang-huu-loc"
	leaderVL                                          = "pham-van-long"
)

var ctx = context.Background()

// clock is the one clock of a test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// memoryKey is a key in memory.
type memoryKey struct{ *certtest.Identity }

func (k memoryKey) Chain() []*x509.Certificate { return k.Identity.Chain }

func (k memoryKey) Sign(_ context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.Key.Sign(rand.Reader, digest, opts)
}

// keyring gives keys by the id of person or agency.
type keyring map[string]memoryKey

func (k keyring) find(id string) (sign.Key, error) {
	if key, ok := k[id]; ok {
		return key, nil
	}
	return nil, errors.New("no key of " + id)
}

func (k keyring) Person(_ context.Context, id string) (sign.Key, error) { return k.find(id) }
func (k keyring) Agency(_ context.Context, id string) (sign.Key, error) { return k.find(id) }

// office is a whole office for one test: PKI, directory, keys and service.
type office struct {
	*exchange.Service
	t         testing.TB
	pki       *certtest.PKI
	keys      keyring
	directory directory.Directory
	images    fs.FS
	clock     *clock
	config    exchange.Config

	mu       sync.Mutex
	evidence certs.Evidence // guarded by mu
	fresh    time.Time      // when evidence was made, guarded by mu
}

// known is the revocation evidence of now about every certificate.
func (o *office) known(context.Context, []*x509.Certificate) certs.Evidence {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now := o.clock.Now(); !now.Equal(o.fresh) {
		var all []*x509.Certificate
		for _, k := range o.keys {
			all = append(all, k.Certificate)
		}
		var err error
		if o.evidence, err = o.pki.Evidence(all...); err != nil {
			o.t.Error(err)
		}
		o.fresh = now
	}
	return o.evidence
}

// start is the first moment of every test: 5 January 2026, 08:30 in Hà Tĩnh.
var start = time.Date(2026, 1, 5, 1, 30, 0, 0, time.UTC)

// newOffice makes an office over a store with keys of the given type; p256 is
// the fast one.
func newOffice(t testing.TB, store storage.Store, kind certtest.KeyType) *office {
	t.Helper()
	o := &office{t: t, keys: keyring{}, clock: &clock{now: start}}
	var err error
	o.pki, err = certtest.New(certtest.Config{Now: o.clock.Now, CAKey: "p256"})
	o.must(err)
	o.directory, o.images = o.cast(kind)
	o.config = exchange.Config{
		Store: store, Keys: o.keys, Clock: o.clock.Now,
		Verifier: exchange.NewVerifier(o.pki.Anchors(), certs.DefaultPolicy(), o.known),
	}
	o.open(store)
	o.must(o.Import(ctx, o.directory, o.images))
	return o
}

// open makes the service anew, as after a restart.
func (o *office) open(store storage.Store) {
	o.t.Helper()
	o.config.Store = store
	var err error
	o.Service, err = exchange.New(o.config)
	o.must(err)
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) cast(kind certtest.KeyType) (directory.Directory, fs.FS) {
	from := start.AddDate(-1, 0, 0)
	images := fstest.MapFS{}
	file := func(name string, b []byte, err error) string {
		if o.must(err); kind != "rsa2048" {
			b = smallPicture(o.t) // the real ones take long to decode under -race
		}
		images[name] = &fstest.MapFile{Data: b}
		return name
	}
	bind := func(id string, s certtest.Subject) []directory.CertificateBinding {
		identity, err := o.pki.Leader(s, certtest.Options{Key: kind, NotBefore: start.AddDate(-1, 0, 0), NotAfter: start.AddDate(3, 0, 0)})
		o.must(err)
		o.keys[id] = memoryKey{identity}
		sum := sha256.Sum256(identity.Certificate.Raw)
		return []directory.CertificateBinding{{SHA256: hex.EncodeToString(sum[:]), From: from}}
	}
	var d directory.Directory
	for _, a := range []struct{ id, name, place, symbol, code string }{
		{snv, "Sở Nội vụ tỉnh Hà Tĩnh", "Hà Tĩnh", "SNV", "H27.12"},
		{vinhLong, "Ủy ban nhân dân tỉnh Vĩnh Long", "Vĩnh Long", "UBND", "H61"},
		{nghiaHanh, "Ủy ban nhân dân xã Nghĩa Hành", "Nghĩa Hành", "UBND", "H48.40"},
		{stc, "Sở Tài chính tỉnh Hà Tĩnh", "Hà Tĩnh", "STC", "H27.14"},
	} {
		seal, err := testdata.Seal(a.id)
		d.Agencies = append(d.Agencies, directory.Agency{ID: a.id, Name: a.name, Place: a.place, Symbol: a.symbol, From: from,
			Codes:     []directory.AgencyCode{{Code: a.code, Generation: directory.QD20, From: from}},
			SealImage: file(a.id+".png", seal, err), Seals: bind(a.id, certtest.Subject{CN: a.name, O: a.name, L: a.place})})
	}
	for _, p := range []struct {
		id, name, agency string
		roles            []directory.Role
	}{
		{leader, "Nguyễn Thị Nghĩa", snv, []directory.Role{directory.Leader}},
		{clerk, "Trần Văn Tĩnh", snv, []directory.Role{directory.Clerk}},
		{officer, "Hồ Thị An", snv, []directory.Role{directory.Officer}},
		{leaderVL, "Phạm Văn Long", vinhLong, []directory.Role{directory.Leader}},
		{clerkVL, "Lê Thị Vĩnh", vinhLong, []directory.Role{directory.Clerk}},
		{clerkNH, "Võ Thị Hạnh", nghiaHanh, []directory.Role{directory.Clerk}},
		{clerkTC, "Đặng Hữu Lộc", stc, []directory.Role{directory.Clerk}},
	} {
		token := sha256.Sum256([]byte("token of " + p.id))
		person := directory.Person{ID: p.id, Name: p.name, TokenSHA256: hex.EncodeToString(token[:]),
			Positions: []directory.Position{{Agency: p.agency, Roles: p.roles, Title: "Giám đốc", From: from}}}
		if p.roles[0] == directory.Leader {
			picture, err := testdata.Signature(p.id)
			person.SignatureImage = file(p.id+".png", picture, err)
			person.Certificates = bind(p.id, certtest.Subject{CN: p.name, Title: "Giám đốc"})
		}
		d.People = append(d.People, person)
	}
	return d, images
}

// smallPicture is a blue stroke on transparent ground.
func smallPicture(t testing.TB) []byte {
	t.Helper()
	im := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		im.SetNRGBA(x, x/2, color.NRGBA{B: 0xc0, A: 0xff})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func as(person string) exchange.Actor { return exchange.Actor{Person: person} }

// free is a write without conditions.
var free = exchange.If{Version: -1}

// letter is the draft of most tests and its data.
func letter(t testing.TB) (exchange.Draft, []byte) {
	t.Helper()
	doc, err := testdata.Letter()
	if err != nil {
		t.Fatal(err)
	}
	return draftOf(t, doc), doc.PDF
}

func draftOf(t testing.TB, doc testdata.Document) exchange.Draft {
	t.Helper()
	var marks layout.Layout
	if err := json.Unmarshal(doc.Marks, &marks); err != nil {
		t.Fatal(err)
	}
	return exchange.Draft{Agency: snv, Type: doc.Type, Unit: doc.Unit, Subject: doc.Subject, Leader: leader, Layout: &marks}
}

// drafted, approved, issued and sent take a document as far as their name.
func (o *office) drafted() exchange.Document {
	o.t.Helper()
	draft, pdf := letter(o.t)
	d, err := o.CreateDraft(ctx, as(clerk), free, draft, bytes.NewReader(pdf))
	o.must(err)
	return d
}

func (o *office) approved() exchange.Document {
	o.t.Helper()
	d, err := o.Approve(ctx, as(leader), free, o.drafted().ID)
	o.must(err)
	return d
}

func (o *office) issued() exchange.Document {
	o.t.Helper()
	d, err := o.Issue(ctx, as(clerk), free, o.approved().ID)
	o.must(err)
	return d
}

func (o *office) sent(to ...string) []exchange.Delivery {
	o.t.Helper()
	list, err := o.Send(ctx, as(clerk), free, o.issued().ID, to)
	o.must(err)
	return list
}

// sound fails the test when Check finds anything.
func (o *office) sound() {
	o.t.Helper()
	problems, err := o.Check(ctx)
	o.must(err)
	for _, p := range problems {
		o.t.Errorf("check: %v", p)
	}
}

// bytesOf reads an open file.
func (o *office) bytesOf(f *exchange.File, err error) []byte {
	o.t.Helper()
	o.must(err)
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	o.must(err)
	return b
}

// refused checks for the code of an error.
func refused(t testing.TB, what string, err error, code string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want %s", what, code)
	} else if got := fault.From(err).Code.ID(); got != code {
		t.Errorf("%s: %s (%v), want %s", what, got, err, code)
	}
}

func newMemoryOffice(t testing.TB) *office { return newOffice(t, storetest.NewMemory(), "p256") }
