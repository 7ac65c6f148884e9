package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"testing"
	"time"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/sign"
	"vanban/testdata"
)

func TestRefusesRequests(t *testing.T) {
	w := getWorld(t)
	rsa, ec, ed := w.key(t, "rsa2048"), w.key(t, "p256"), w.key(t, "ed25519")
	text := func(p sign.PreparedField) sign.Request {
		if p.Kind == "" {
			p.Kind = sign.TextField
		}
		if p.Rect == (sign.Rect{}) {
			p.Rect = sign.Rect{X: 10, Y: 10, W: 20, H: 6}
		}
		return sign.Request{Prepare: []sign.PreparedField{p}}
	}
	at := func(r sign.Rect) sign.Request {
		return sign.Request{Visible: &sign.Visible{Page: 1, Rect: r, Text: []string{"x"}}}
	}
	for name, c := range map[string]struct {
		key  *softKey
		req  sign.Request
		code string
	}{
		"level":              {ec, sign.Request{Level: "B-LTA"}, "sign-request"},
		"no authority":       {ec, sign.Request{Level: sign.BT}, "sign-tsa-missing"},
		"SHA-1":              {ec, sign.Request{Hash: crypto.SHA1}, "sign-hash"},
		"MD5":                {rsa, sign.Request{Hash: crypto.MD5}, "sign-hash"},
		"Ed25519 SHA-256":    {ed, sign.Request{Hash: crypto.SHA256}, "sign-hash"},
		"PSS without RSA":    {ec, sign.Request{PSS: true}, "sign-request"},
		"level of certify":   {ec, sign.Request{Certify: 4}, "sign-request"},
		"no such page":       {ec, sign.Request{Visible: &sign.Visible{Page: 99, Rect: sign.Rect{X: 1, Y: 1, W: 5, H: 5}}}, "pdf-no-such-page"},
		"outside":            {ec, at(sign.Rect{X: 190, Y: 10, W: 44, H: 18}), "sign-rect-outside"},
		"above":              {ec, at(sign.Rect{X: 10, Y: -10, W: 44, H: 18}), "sign-rect-outside"},
		"no size":            {ec, at(sign.Rect{X: 10, Y: 10}), "sign-rect-outside"},
		"dotted name":        {ec, sign.Request{Field: "a.b"}, "sign-field-name"},
		"control in name":    {ec, sign.Request{Field: "a\nb"}, "sign-field-name"},
		"no such field":      {ec, sign.Request{Fill: map[string]string{"So": "1"}}, "sign-field-missing"},
		"name of both":       {ec, sign.Request{Field: "So", Prepare: text(sign.PreparedField{Name: "So"}).Prepare}, "sign-field-name"},
		"prepared twice":     {ec, sign.Request{Prepare: append(text(sign.PreparedField{Name: "So"}).Prepare, text(sign.PreparedField{Name: "So"}).Prepare...)}, "sign-field-name"},
		"nameless":           {ec, text(sign.PreparedField{}), "sign-field-name"},
		"unknown kind":       {ec, text(sign.PreparedField{Name: "So", Kind: "button"}), "sign-request"},
		"unknown style":      {ec, text(sign.PreparedField{Name: "So", Style: "comic"}), "sign-request"},
		"huge text":          {ec, text(sign.PreparedField{Name: "So", FontSize: 500}), "sign-request"},
		"glyph":              {ec, sign.Request{Visible: &sign.Visible{Page: 1, Rect: sign.Rect{X: 10, Y: 10, W: 40, H: 10}, Text: []string{"漢"}}}, "draw-glyph-missing"},
		"invalid reason":     {ec, sign.Request{Reason: "\xff"}, "sign-request"},
		"room too small":     {ec, sign.Request{Reserve: 100}, "sign-hole-too-small"},
		"room far too large": {ec, sign.Request{Reserve: 1 << 30}, "sign-request"},
	} {
		out, _, err := try(letter(t), c.key, c.req)
		if err == nil {
			t.Errorf("%s: signed", name)
			continue
		}
		wantCode(t, err, c.code)
		if len(out) > 0 {
			t.Errorf("%s: %d bytes were written", name, len(out))
		}
	}
}

func TestRefusesCertificates(t *testing.T) {
	w := getWorld(t)
	now := time.Now()
	expired := w.issue(t, "expired", certtest.Options{Key: "p256", NotBefore: now.AddDate(-2, 0, 0), NotAfter: now.AddDate(-1, 0, 0)})
	future := w.issue(t, "future", certtest.Options{Key: "p256", NotBefore: now.AddDate(1, 0, 0), NotAfter: now.AddDate(2, 0, 0)})
	tls := w.issue(t, "tls", certtest.Options{Key: "p256", Usage: certtest.ForEncryption})
	weak := w.issue(t, "weak", certtest.Options{Key: "rsa1024"})
	revoked := w.issue(t, "revoked", certtest.Options{Key: "p256"})
	good := w.key(t, "p256")
	if err := w.pki.Revoke(revoked.id.Certificate, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	evidence, err := w.pki.Evidence(revoked.id.Certificate, good.id.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	other, err := certtest.New(certtest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, anchors := range []*certs.Anchors{nil, w.pki.Anchors()} {
		for name, c := range map[string]struct {
			key  *softKey
			code string
		}{
			"expired": {expired, "certs-expired"},
			"future":  {future, "certs-not-yet-valid"},
			"usage":   {tls, "certs-bad-purpose"},
			"weak":    {weak, "sign-key-weak"},
			"revoked": {revoked, "certs-revoked"},
		} {
			_, _, err := try(letter(t), c.key, sign.Request{Anchors: anchors, Evidence: evidence})
			if err == nil {
				t.Errorf("%s signs (anchors given: %v)", name, anchors != nil)
				continue
			}
			if name == "usage" && anchors == nil {
				continue // any of the codes about usage will do
			}
			wantCode(t, err, c.code)
		}
	}
	_, _, err = try(letter(t), good, sign.Request{Anchors: other.Anchors(), Evidence: evidence})
	wantCode(t, err, "certs-not-trusted")

	_, r := do(t, letter(t), good, sign.Request{Anchors: w.pki.Anchors(), Evidence: evidence})
	if len(r.Warnings) > 0 {
		t.Errorf("a good certificate with evidence warns: %v", r.Warnings)
	}
	_, r = do(t, letter(t), good, sign.Request{})
	if len(r.Warnings) == 0 {
		t.Error("no anchors, and nothing is said about it")
	}
}

func TestRefusesDocuments(t *testing.T) {
	w := getWorld(t)
	key := w.key(t, "p256")
	good := letter(t)
	moved := bytes.Replace(good, []byte("startxref\n"), []byte("startxref\n9"), 1)
	for name, c := range map[string]struct {
		in   []byte
		code string
	}{
		"text":            {[]byte("Đây không phải PDF"), "pdf-not-a-pdf"},
		"empty":           {nil, "pdf-empty"},
		"truncated":       {good[:len(good)/2], "pdf-truncated"},
		"junk in front":   {append([]byte("junk\n"), good...), "pdf-leading-junk"},
		"wrong startxref": {moved, "pdf-damaged"},
	} {
		out, _, err := try(c.in, key, sign.Request{})
		if err == nil {
			t.Errorf("%s: signed", name)
			continue
		}
		wantCode(t, err, c.code)
		if len(out) > 0 {
			t.Errorf("%s: %d bytes were written", name, len(out))
		}
	}
}

func TestKeepsTheRulesOfEarlierSignatures(t *testing.T) {
	w := getWorld(t)
	key := w.key(t, "p256")
	box := sign.Rect{X: 10, Y: 10, W: 30, H: 6}
	prepared := []sign.PreparedField{
		{Kind: sign.TextField, Name: "So", Page: 1, Rect: box},
		{Kind: sign.TextField, Name: "Ngay", Page: 1, Rect: sign.Rect{X: 50, Y: 10, W: 30, H: 6}},
		{Kind: sign.SignatureField, Name: "Dau", Page: 1, Rect: sign.Rect{X: 10, Y: 20, W: 30, H: 30}, Lock: []string{"So"}},
	}
	frozen, _ := do(t, letter(t), key, sign.Request{Certify: 1})
	open, _ := do(t, letter(t), key, sign.Request{Certify: 2, Prepare: prepared})
	plain, _ := do(t, letter(t), key, sign.Request{})
	sealed, _ := do(t, open, key, sign.Request{Field: "Dau", Fill: map[string]string{"So": "05"}})
	locked, _ := do(t, letter(t), key, sign.Request{Prepare: prepared, Lock: []string{"Ngay", "Dau"}})
	for name, c := range map[string]struct {
		in   []byte
		req  sign.Request
		code string
	}{
		"after level 1":              {frozen, sign.Request{}, "sign-docmdp-forbids"},
		"certify after level 1":      {frozen, sign.Request{Certify: 2}, "sign-docmdp-forbids"},
		"certify second":             {open, sign.Request{Certify: 2}, "sign-certify-not-first"},
		"certify after approval":     {plain, sign.Request{Certify: 2}, "sign-certify-not-first"},
		"prepare second":             {open, sign.Request{Prepare: []sign.PreparedField{{Kind: sign.TextField, Name: "X", Page: 1, Rect: box}}}, "sign-fields-too-late"},
		"sign again":                 {sealed, sign.Request{Field: "Dau"}, "sign-field-signed"},
		"sign a text field":          {open, sign.Request{Field: "So"}, "sign-field-kind"},
		"fill a signature field":     {open, sign.Request{Fill: map[string]string{"Dau": "x"}}, "sign-field-kind"},
		"fill what the seal locked":  {sealed, sign.Request{Fill: map[string]string{"So": "06"}}, "sign-field-locked"},
		"fill what is locked":        {locked, sign.Request{Fill: map[string]string{"Ngay": "06"}}, "sign-field-locked"},
		"sign a locked field":        {locked, sign.Request{Field: "Dau"}, "sign-field-locked"},
		"fill a character too large": {open, sign.Request{Fill: map[string]string{"So": "漢"}}, "draw-glyph-missing"},
	} {
		_, _, err := try(c.in, key, c.req)
		if err == nil {
			t.Errorf("%s: signed", name)
			continue
		}
		wantCode(t, err, c.code)
	}
	again, _ := do(t, sealed, key, sign.Request{Fill: map[string]string{"Ngay": "ngày 05"}})
	if all, valid := validSignatures(t, again); all != 3 || valid != 3 {
		t.Errorf("pdfsig: %d signatures, %d valid", all, valid)
	}
	_, r := do(t, open, key, sign.Request{})
	if !hasWarning(r, "sign-new-field-in-certified") {
		t.Errorf("a field added after a certification gives no warning: %v", r.Warnings)
	}
}

func hasWarning(r *sign.Result, code string) bool {
	for _, w := range r.Warnings {
		if w.Code.ID() == code {
			return true
		}
	}
	return false
}

// wrongKey has the certificate of one key and signs with another.
type wrongKey struct{ *softKey }

func (k wrongKey) Sign(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	id, err := certtest.New(certtest.Config{})
	if err != nil {
		return nil, err
	}
	return (&softKey{id: id.TSA}).Sign(ctx, digest, opts)
}

type brokenKey struct{ *softKey }

func (brokenKey) Sign(context.Context, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("the token was pulled out")
}

func TestRefusesKeysAndAuthorities(t *testing.T) {
	w := getWorld(t)
	ec := w.key(t, "p256")
	_, _, err := try(letter(t), wrongKey{ec}, sign.Request{})
	wantCode(t, err, "sign-key-mismatch")
	_, _, err = try(letter(t), brokenKey{ec}, sign.Request{})
	wantCode(t, err, "sign-key-failed")
	for name, tsa := range map[string]stamper{
		"unreachable": {w: w, refuse: errors.New("connection refused")},
		"bent":        {w: w, bend: func(b []byte) []byte { b[len(b)-3] ^= 1; return b }},
		"nothing":     {w: w, bend: func([]byte) []byte { return nil }},
	} {
		out, _, err := try(letter(t), ec, sign.Request{Level: sign.BT, TSA: tsa})
		if err == nil || len(out) > 0 {
			t.Errorf("%s: signed", name)
		}
		wantCode(t, err, "sign-timestamp")
	}
	before := ec.calls
	if _, _, err := try(letter(t), ec, sign.Request{Visible: &sign.Visible{Page: 1, Rect: sign.Rect{X: 5, Y: 5, W: 50, H: 20},
		Image: picture(t, testdata.Signature, "pham-van-long"), Text: []string{"Người ký: Phạm Văn Long", "Thời gian ký: 05.01.2026"}}}); err != nil {
		t.Error(err)
	}
	if ec.calls != before+1 {
		t.Errorf("the key was used %d times for one signature (SIG-11)", ec.calls-before)
	}
}
