package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"vanban/certs/certtest"
	"vanban/internal/pdf"
	"vanban/verify"
)

// has says whether any finding of the report has the code.
func has(r *verify.Report, code string) bool {
	for _, f := range r.Findings {
		if f.Code == code {
			return true
		}
	}
	for _, s := range r.Signatures {
		for _, f := range s.Reasons {
			if f.Code == code {
				return true
			}
		}
	}
	return false
}

func fill(text string) func(u *pdf.Update, cat pdf.Dict) {
	return func(u *pdf.Update, _ pdf.Dict) {
		d, _ := u.File().Dict(pdf.Ref{Num: 6})
		d["V"] = pdf.TextString(text)
		d["AP"] = pdf.Dict{"N": u.AddStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"),
			"BBox": pdf.Array{int64(0), int64(0), int64(60), int64(15)}}, []byte("BT /F 12 Tf 2 2 Td (45) Tj ET"), false)}
		u.Replace(pdf.Ref{Num: 6}, d)
	}
}

func annotate(u *pdf.Update, _ pdf.Dict) {
	page, _ := u.File().Dict(pdf.Ref{Num: 3})
	note := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Square"), "Rect": pdf.Array{int64(70), int64(690), int64(300), int64(720)}})
	page["Annots"] = append(pdf.Array{note}, page["Annots"].(pdf.Array)...)
	u.Replace(pdf.Ref{Num: 3}, page)
}

func rewrite(u *pdf.Update, _ pdf.Dict) {
	u.Replace(pdf.Ref{Num: 4}, &pdf.Stream{Dict: pdf.Dict{}, Data: []byte("BT /F 14 Tf 72 700 Td (QUYET DINH SO 99) Tj ET")})
}

// TestLaterChanges is the table of what may happen after a signature.
func TestLaterChanges(t *testing.T) {
	l := newLab(t)
	opt := l.options(t)
	plain := l.sign(t, draft(), act{field: "leader"})
	certified := func(p int) []byte { return l.sign(t, draft(), act{field: "leader", certify: p}) }
	locked := l.sign(t, draft(), act{field: "leader", lock: pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{pdf.TextString("number")}}})
	over := pdf.Array{int64(60), int64(690), int64(260), int64(720)}
	beside := pdf.Array{int64(300), int64(100), int64(400), int64(150)}
	mallory, err := l.pki.Citizen(certtest.Subject{CN: "Mallory"}, certtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		file    []byte
		changes string // of the first signature
	}{
		{"nothing", plain, verify.ChangesNone},
		{"second signature", l.sign(t, plain, act{field: "clerk", by: mallory}), verify.ChangesPermitted},
		{"field filled", revise(t, plain, fill("45")), verify.ChangesPermitted},
		{"field filled and sealed", l.sign(t, certified(2), act{field: "seal", also: fill("45"), rect: beside}), verify.ChangesPermitted},
		{"locked field filled", revise(t, locked, fill("45")), verify.ChangesForbidden},
		{"filled at level 1", revise(t, certified(1), fill("45")), verify.ChangesForbidden},
		{"signed at level 1", l.sign(t, certified(1), act{field: "clerk"}), verify.ChangesForbidden},
		{"page content", revise(t, plain, rewrite), verify.ChangesForbidden},
		{"page content, then signed", l.sign(t, plain, act{field: "m", by: mallory, also: rewrite}), verify.ChangesForbidden},
		{"annotation", revise(t, plain, annotate), verify.ChangesForbidden},
		{"annotation at level 2", revise(t, certified(2), annotate), verify.ChangesForbidden},
		{"annotation at level 3", revise(t, certified(3), annotate), verify.ChangesPermitted},
		{"visible signature over text at level 2", l.sign(t, certified(2), act{field: "m", by: mallory, rect: over}), verify.ChangesForbidden},
		{"visible signature beside text at level 2", l.sign(t, certified(2), act{field: "m", by: mallory, rect: beside}), verify.ChangesPermitted},
		{"font", revise(t, plain, func(u *pdf.Update, _ pdf.Dict) {
			u.Replace(pdf.Ref{Num: 5}, pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Symbol")})
		}), verify.ChangesForbidden},
		{"open action", revise(t, plain, func(u *pdf.Update, cat pdf.Dict) {
			cat["OpenAction"] = pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.TextString("app.alert(1)")}
		}), verify.ChangesForbidden},
		{"unused object", revise(t, plain, func(u *pdf.Update, _ pdf.Dict) {
			u.Add(pdf.Dict{"Type": pdf.Name("Page"), "Kids": pdf.Array{}})
		}), verify.ChangesForbidden},
		{"information", revise(t, plain, func(u *pdf.Update, _ pdf.Dict) {
			u.Replace(pdf.Ref{Num: 99}, pdf.Dict{"ModDate": pdf.TextString("D:2026")})
		}), verify.ChangesPermitted},
		{"level removed", revise(t, certified(2), func(u *pdf.Update, cat pdf.Dict) { delete(cat, "Perms") }), verify.ChangesForbidden},
	} {
		r := check(t, c.file, opt)
		if len(r.Signatures) == 0 {
			t.Errorf("%s: no signature found", c.name)
			continue
		}
		got := r.Signatures[0]
		if got.ChangesAfter != c.changes {
			t.Errorf("%s: changes %s, want %s: %s", c.name, got.ChangesAfter, c.changes, explain(r))
		}
		if bad := c.changes == verify.ChangesForbidden; bad != r.Alarm || bad != (got.Indication == verify.TotalFailed) {
			t.Errorf("%s: alarm %v, indication %s", c.name, r.Alarm, got.Indication)
		}
		if got.Integrity != verify.Intact {
			t.Errorf("%s: the signed bytes are intact, got %s", c.name, got.Integrity)
		}
	}
}

// TestForgedStructure is the table of what no signature may look like.
func TestForgedStructure(t *testing.T) {
	l := newLab(t)
	opt := l.options(t)
	signed := l.sign(t, draft(), act{field: "leader"})
	for name, file := range map[string][]byte{
		"no byte range": l.sign(t, draft(), act{field: "x", tamper: func(s pdf.Dict) { delete(s, "ByteRange") }}),
		"null range":    l.sign(t, draft(), act{field: "x", tamper: func(s pdf.Dict) { s["ByteRange"] = pdf.Array{nil, nil, nil, nil} }}),
		"no contents":   l.sign(t, draft(), act{field: "x", tamper: func(s pdf.Dict) { delete(s, "Contents") }}),
		"empty":         l.sign(t, draft(), act{field: "x", tamper: func(s pdf.Dict) { s["Contents"] = pdf.String{} }}),
		"trailing":      append(bytes.Clone(signed), "\n4 0 obj\n<<>>\nendobj\n"...),
		"field removed": revise(t, signed, func(u *pdf.Update, cat pdf.Dict) {
			cat["AcroForm"] = pdf.Dict{"Fields": pdf.Array{pdf.Ref{Num: 6}}, "DR": pdf.Dict{}}
		}),
		"wider hole": bytes.Replace(signed, []byte("ETSI.CAdES.detached"), []byte("ETSI.CAdES.detacheD"), 1),
	} {
		r := check(t, file, opt)
		if !r.Alarm && r.Indication == verify.TotalPassed {
			t.Errorf("%s: passed", name)
		}
		if name != "wider hole" && !r.Alarm {
			t.Errorf("%s: no alarm: %s", name, explain(r))
		}
	}
}

// TestEveryByte flips bytes all over a signed file: none may leave it passed
// with the same proof of time.
func TestEveryByte(t *testing.T) {
	l := newLab(t)
	opt := l.options(t)
	for name, signed := range map[string][]byte{
		"plain":   l.sign(t, draft(), act{field: "leader"}),
		"stamped": l.sign(t, draft(), act{field: "leader", stamped: true}),
	} {
		r := check(t, signed, opt)
		if r.Indication != verify.TotalPassed || r.ExitStatus() != 0 || (name == "stamped") != (r.Signatures[0].ProvenTime != nil) {
			t.Fatalf("the good file %s: %s", name, explain(r))
		}
		step := everyByte
		for i := 0; i < len(signed); i += step {
			for _, bit := range []byte{1, 2, 0x20} {
				b := bytes.Clone(signed)
				b[i] ^= bit
				r, err := verify.File(context.Background(), bytes.NewReader(b), int64(len(b)), opt)
				if err == nil && r.Indication == verify.TotalPassed {
					t.Fatalf("%s: byte %d (%q -> %q) passed: %s", name, i, signed[i], b[i], signed[max(0, i-20):i+10])
				}
			}
		}
	}
}

func TestTrust(t *testing.T) {
	l := newLab(t)
	signed := l.sign(t, draft(), act{field: "leader"})
	full := l.options(t)
	noAnchors, noEvidence, late := full, full, full
	noAnchors.Anchors = nil
	noEvidence.Evidence.CRLs, noEvidence.Evidence.OCSPs = nil, nil
	late.At = l.now.AddDate(30, 0, 0)
	for _, c := range []struct {
		name, indication, sub string
		opt                   verify.Options
	}{
		{"good", verify.TotalPassed, "", full},
		{"no anchors", verify.Indeterminate, "NO_CERTIFICATE_CHAIN_FOUND", noAnchors},
		{"no revocation data", verify.Indeterminate, "TRY_LATER", noEvidence},
		{"expired", verify.Indeterminate, "OUT_OF_BOUNDS_NO_POE", late},
	} {
		s := check(t, signed, c.opt).Signatures[0]
		if s.Indication != c.indication || s.SubIndication != c.sub {
			t.Errorf("%s: %s/%s, want %s/%s", c.name, s.Indication, s.SubIndication, c.indication, c.sub)
		}
	}
	if err := l.pki.Revoke(l.leader.Certificate, l.now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	s := check(t, signed, l.options(t)).Signatures[0]
	if s.Indication != verify.Indeterminate || s.SubIndication != "REVOKED_NO_POE" {
		t.Errorf("revoked: %s/%s", s.Indication, s.SubIndication)
	}
}

// everyByte is the step of TestEveryByte; 1 was run by hand.
const everyByte = 11

func TestNoSignature(t *testing.T) {
	l := newLab(t)
	r := check(t, draft(), l.options(t))
	if r.ExitStatus() != 3 || r.Alarm || !has(r, "verify-no-signature") {
		t.Errorf("an unsigned file: %+v", r)
	}
	if _, err := verify.File(context.Background(), strings.NewReader("xin chao"), 8, l.options(t)); !errors.Is(err, pdf.NotPDF) {
		t.Errorf("a text file: %v", err)
	}
}

// TestJSON keeps the names that others rely on.
func TestJSON(t *testing.T) {
	l := newLab(t)
	b, err := json.Marshal(check(t, l.sign(t, draft(), act{field: "leader"}), l.options(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"file", "indication", "alarm", "findings", "signatures", "field", "type", "subIndication", "integrity",
		"changesAfter", "level", "signer", "claimedTime", "provenTime", "revision", "coversWholeFile", "reasons", "code", "text"} {
		if !bytes.Contains(b, []byte(`"`+key+`":`)) {
			t.Errorf("no %q in %s", key, b)
		}
	}
}

func FuzzFile(f *testing.F) {
	l := newLab(f)
	opt := l.options(f)
	one := l.sign(f, draft(), act{field: "leader", certify: 2})
	f.Add(one)
	f.Add(l.sign(f, one, act{field: "seal", also: fill("45")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := verify.File(context.Background(), bytes.NewReader(b), int64(len(b)), opt)
		if err == nil && r.Indication == verify.TotalPassed && !bytes.Contains(b, one) {
			t.Fatal("a changed file passed")
		}
	})
}
