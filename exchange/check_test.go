package exchange_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"vanban/certs/certtest"
	"vanban/exchange"
	"vanban/exchange/directory"
	"vanban/exchange/storage"
	"vanban/exchange/storetest"
	"vanban/internal/cms"
	"vanban/verify"
)

// Check finds each kind of damage that it promises to find. Collections are
// named here as they are stored, which is a format.
func TestCheckFindsDamage(t *testing.T) {
	store := storetest.NewMemory()
	o := newOffice(t, store, "p256")
	sent := o.sent("H61", "H27.14")
	if _, err := o.Accept(ctx, as(clerkVL), exchange.If{Key: "k", Version: -1}, sent[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Refuse(ctx, as(clerkTC), free, sent[1].ID, "không đúng thẩm quyền"); err != nil {
		t.Fatal(err)
	}
	o.issued()
	o.sound()
	d, v, r := sent[0].Document, sent[0].ID, sent[1].ID
	edit := func(c storage.Collection, key, old, new string) func(storage.Tx) error {
		return func(tx storage.Tx) error {
			b, err := tx.Get(c, key)
			if err != nil || !strings.Contains(string(b), old) {
				t.Errorf("%s %s does not hold %q: %s", c, key, old, b)
			}
			return tx.Put(c, key, []byte(strings.Replace(string(b), old, new, 1)))
		}
	}
	remove := func(c storage.Collection, key string) func(storage.Tx) error {
		return func(tx storage.Tx) error {
			if b, err := tx.Get(c, key); err != nil || b == nil {
				t.Errorf("%s %s is not there", c, key)
			}
			return tx.Delete(c, key)
		}
	}
	put := func(c storage.Collection, key, value string) func(storage.Tx) error {
		return func(tx storage.Tx) error { return tx.Put(c, key, []byte(value)) }
	}
	for name, damage := range map[string]func(storage.Tx) error{
		"a number is missing":            remove("register", snv+"/2026//00000001"),
		"the last number is missing":     remove("register", snv+"/2026//00000002"),
		"a number too many":              put("register", snv+"/2026//00000003", d),
		"a number of two documents":      put("register", snv+"/2026//00000002", d),
		"a counter behind":               edit("counters", snv+"/2026/", `"last":2`, `"last":1`),
		"a counter ahead":                edit("counters", snv+"/2026/", `"last":2`, `"last":3`),
		"a counter is gone":              remove("counters", snv+"/2026/"),
		"a date that runs backwards":     edit("documents", d, `"date":"2026-01-05"`, `"date":"2026-01-06"`),
		"a document with another number": edit("documents", d, `"number":1`, `"number":5`),
		"a state without its file":       edit("documents", d, `"state":"sent"`, `"state":"draft"`),
		"a document outside its outbox":  remove("outbox", snv+"/"+d),
		"a document is gone":             remove("documents", d),
		"a delivery is gone":             remove("deliveries", v),
		"a route leads elsewhere":        put("routes", d+"/"+vinhLong, r),
		"a delivery outside the inbox":   remove("inbox", vinhLong+"/"+v),
		"a receipt is gone":              remove("receipts", v),
		"a receipt was changed":          edit("receipts", v, `"arrivalNumber":1`, `"arrivalNumber":2`),
		"a receipt of another delivery": func(tx storage.Tx) error {
			b, _ := tx.Get("receipts", r)
			return tx.Put("receipts", v, bytes.Clone(b))
		},
		"a refusal turned into an answer": edit("deliveries", r, `"state":"refused"`, `"state":"available"`),
		"a reason was changed":            edit("deliveries", r, "không đúng", "không còn"),
		"an arrival number is missing":    remove("incoming", vinhLong+"/2026/00000001"),
		"arrivals counted wrongly":        edit("arrivals", vinhLong+"/2026", `"last":1`, `"last":2`),
		"the chain of receipts is cut":    remove("answers", vinhLong+"/00000001"),
		"the chain ends elsewhere":        edit("chains", vinhLong, `"sequence":1`, `"sequence":2`),
		"a file of nobody's bytes":        edit("deliveries", v, sent[0].File.SHA256, strings.Repeat("0", 64)),
		"a remembered answer of nothing":  put("idempotency", clerk+"/x", `{"digest":"00","answer":{"id":"01ZZZ"}}`),
		"a remembered answer unreadable":  put("idempotency", clerk+"/x", `{"digest":"00","answer":7}`),
		"a token of nobody":               put("tokens", strings.Repeat("0", 64), "nobody"),
		"a picture that is gone": func(tx storage.Tx) error {
			b, err := tx.Get("agencies", snv)
			if err != nil {
				return err
			}
			gone := regexp.MustCompile(`"sealImage":"[0-9a-f]{64}"`).ReplaceAll(b, []byte(`"sealImage":"`+strings.Repeat("0", 64)+`"`))
			if string(gone) == string(b) {
				t.Error("the agency has no seal")
			}
			return tx.Put("agencies", snv, gone)
		},
		"a code that leads nowhere": put("codes", "H99", "nowhere"),
	} {
		spoilt := damaged{store, damage}
		o.open(spoilt)
		if problems, err := o.Check(ctx); err != nil || len(problems) == 0 {
			t.Errorf("%s: not found (%v)", name, err)
		}
	}
	o.open(damaged{store, put("documents", d, "{")})
	if _, err := o.Check(ctx); err == nil {
		t.Error("an unreadable record is no error")
	}
	o.open(store)
	o.sound()
}

// damaged shows a store as it would be after some damage, and leaves it alone.
type damaged struct {
	storage.Store
	damage func(storage.Tx) error
}

type takeBack struct{ err error }

func (t takeBack) Error() string { return "taken back" }

func (d damaged) View(ctx context.Context, f func(storage.Tx) error) error {
	err := d.Store.Update(ctx, func(tx storage.Tx) error {
		if err := d.damage(tx); err != nil {
			return err
		}
		return takeBack{f(tx)}
	})
	if back, ok := err.(takeBack); ok {
		return back.err
	}
	return err
}

// Importing is checked as a whole, together with what is there, and doing it
// twice changes nothing.
func TestImport(t *testing.T) {
	o := newMemoryOffice(t)
	before, err := o.Agencies(ctx)
	o.must(err)
	o.must(o.Import(ctx, o.directory, o.images))
	if after, err := o.Agencies(ctx); err != nil || text(t, after) != text(t, before) || len(after) != 4 {
		t.Errorf("agencies: %v\n%s\n%s", err, text(t, before), text(t, after))
	}
	person := func(p directory.Person) directory.Directory {
		return directory.Directory{People: []directory.Person{p}}
	}
	taken := o.directory.People[1].TokenSHA256
	for _, c := range []struct {
		name, code string
		d          directory.Directory
	}{
		{"the code of another agency", "directory-duplicate", directory.Directory{Agencies: []directory.Agency{{ID: "moi", Name: "Mới", Place: "Huế", Symbol: "M",
			Codes: []directory.AgencyCode{{Code: "H61", Generation: directory.QD20}}}}}},
		{"the token of another person", "directory-duplicate", person(directory.Person{ID: "moi", Name: "Mới", TokenSHA256: taken})},
		{"a position nowhere", "directory-no-such-agency", person(directory.Person{ID: "moi", Name: "Mới", Positions: []directory.Position{{Agency: "x", Roles: []directory.Role{directory.Clerk}}}})},
		{"twice the same", "directory-duplicate", directory.Directory{People: []directory.Person{{ID: "moi", Name: "Mới"}, {ID: "moi", Name: "Mới"}}}},
		{"no such picture", "exchange-image-unreadable", person(directory.Person{ID: "moi", Name: "Mới", SignatureImage: "none.png"})},
		{"a picture outside", "exchange-image-unreadable", person(directory.Person{ID: "moi", Name: "Mới", SignatureImage: "../../etc/passwd"})},
		{"no picture at all", "draw-image-not-png", person(directory.Person{ID: "moi", Name: "Mới", SignatureImage: "text.png"})},
		{"a digest of nothing", "exchange-image-missing", person(directory.Person{ID: "moi", Name: "Mới", SignatureImage: strings.Repeat("0", 64)})},
	} {
		images := fstest.MapFS{"text.png": {Data: []byte("no picture")}}
		refused(t, c.name, o.Import(ctx, c.d, images), c.code)
		if _, err := o.Person(ctx, "moi"); err == nil {
			t.Errorf("%s: imported all the same", c.name)
		}
	}
	// A new token takes the place of the old one.
	p := o.directory.People[1]
	p.TokenSHA256 = strings.Repeat("ab", 32)
	o.must(o.Import(ctx, person(p), o.images))
	_, err = o.PersonByToken(ctx, "token of "+clerk)
	refused(t, "old token", err, "exchange-token-unknown")
	// A directory is a file that people write.
	var again directory.Directory
	o.must(json.Unmarshal([]byte(text(t, o.directory)), &again))
	if text(t, again) != text(t, o.directory) {
		t.Error("a directory does not survive JSON")
	}
	o.sound()
}

// stampClerk asks the time-stamp authority of the test PKI in this process.
type stampClerk struct{ pki *certtest.PKI }

func (c stampClerk) TimeStamp(_ context.Context, digest []byte, h crypto.Hash) ([]byte, error) {
	query, err := cms.NewTimeStampQuery(digest, h, big.NewInt(4711))
	if err != nil {
		return nil, err
	}
	return cms.ParseTimeStampReply(c.pki.TimeStamp(query))
}

// With a time-stamp authority both signatures are B-T (SIG-13).
func TestTimeStamps(t *testing.T) {
	o := newMemoryOffice(t)
	o.config.TSA = stampClerk{o.pki}
	o.open(o.config.Store)
	d := o.issued()
	for _, s := range d.Verdict.Signatures {
		if s.Level != "PAdES-BASELINE-T" || s.ProvenTime == nil || s.Indication != verify.TotalPassed {
			t.Errorf("%+v", s)
		}
	}
	o.sound()
}

// The fourth question of a verification is answered from the directory.
func TestCapacity(t *testing.T) {
	o := newMemoryOffice(t)
	stranger, err := o.pki.Leader(certtest.Subject{CN: "Nguyễn Thị Nghĩa", Title: "Giám đốc"}, certtest.Options{Key: "p256"})
	o.must(err)
	end := start.Add(time.Hour)
	o.directory.People[3].Positions[0].Until = &end
	o.must(o.Import(ctx, o.directory, o.images))
	for name, c := range map[string]struct {
		cert *x509.Certificate
		at   time.Time
		want string
	}{
		"leader":                     {o.keys[leader].Certificate, start, verify.Yes},
		"seal":                       {o.keys[snv].Certificate, start, verify.Yes},
		"before the directory":       {o.keys[leader].Certificate, start.AddDate(-2, 0, 0), verify.Unsure},
		"leader who left":            {o.keys[leaderVL].Certificate, end, verify.No},
		"same name, not in the book": {stranger.Certificate, start, verify.Unsure},
		"no certificate":             {nil, start, verify.Unsure},
	} {
		if got, vi, en := o.Capacity(c.cert, c.at); got != c.want || vi == "" || en == "" {
			t.Errorf("%s: %s, %q, %q", name, got, vi, en)
		}
	}
}
