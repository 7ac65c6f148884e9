package verify_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"vanban/certs"
	"vanban/certs/certtest"
	"vanban/internal/cms"
	"vanban/internal/pdf"
	"vanban/verify"
)

// lab makes signed documents and forgeries of them. It signs with pdf and cms
// directly, not with the sign package, so that it can also do what that one
// refuses.
type lab struct {
	pki    *certtest.PKI
	leader *certtest.Identity
	now    time.Time
}

func newLab(t testing.TB) *lab {
	t.Helper()
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	pki, err := certtest.New(certtest.Config{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	leader, err := pki.Leader(certtest.Subject{CN: "Trần Thị Mẫu", O: "UBND tỉnh Hà Tĩnh"}, certtest.Options{Key: "p256"})
	if err != nil {
		t.Fatal(err)
	}
	return &lab{pki, leader, now}
}

func (l *lab) options(t testing.TB) verify.Options {
	t.Helper()
	ev, err := l.pki.Evidence(l.leader.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	return verify.Options{Anchors: l.pki.Anchors(), Policy: certs.DefaultPolicy(), At: l.now.Add(time.Minute), Evidence: ev}
}

const pageText = "BT /F 14 Tf 72 700 Td (QUYET DINH SO 45) Tj ET"

// draft is a one-page document with a text field.
func draft() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var offs []int
	for i, o := range []string{
		"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/DR<</Font<</F 5 0 R>>>>/DA(/F 12 Tf 0 g)>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>/Annots[6 0 R]>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(pageText), pageText),
		"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
		"<</Type/Annot/Subtype/Widget/FT/Tx/T(number)/Rect[100 750 160 765]/F 4/P 3 0 R/DA(/F 12 Tf 0 g)>>",
	} {
		offs = append(offs, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offs)+1)
	for _, o := range offs {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offs)+1, start)
	return b.Bytes()
}

// act is one signing.
type act struct {
	field   string
	certify int
	by      *certtest.Identity
	rect    pdf.Array
	lock    pdf.Dict
	also    func(u *pdf.Update, cat pdf.Dict) // what else happens in the revision
	tamper  func(sig pdf.Dict)                // with the signature dictionary
	stamped bool                              // with a time-stamp
	sub     pdf.Name
}

// revise adds one unsigned revision.
func revise(t testing.TB, base []byte, change func(u *pdf.Update, cat pdf.Dict)) []byte {
	t.Helper()
	f, err := pdf.Open(bytes.NewReader(base), int64(len(base)))
	if err != nil {
		t.Fatal(err)
	}
	u, err := pdf.NewUpdate(f)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := f.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	change(u, cat)
	u.Replace(u.CatalogRef(), cat)
	out, err := u.Render()
	if err != nil {
		t.Fatal(err)
	}
	return append(bytes.Clone(base), out.Tail...)
}

func (l *lab) sign(t testing.TB, base []byte, a act) []byte {
	t.Helper()
	if a.by == nil {
		a.by = l.leader
	}
	if a.sub == "" {
		a.sub = "ETSI.CAdES.detached"
	}
	const room = 16384
	var out []byte
	var hole, ranges pdf.Span
	out = revise(t, base, func(u *pdf.Update, cat pdf.Dict) {
		sig := pdf.Dict{"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": a.sub,
			"ByteRange": pdf.Hole{ID: "range", Width: 60}, "Contents": pdf.Hole{ID: "contents", Width: room, Hex: true},
			"M": pdf.TextString("D:20261121150000+07'00'")}
		l.form(t, u, cat, a, sig)
		if a.also != nil {
			a.also(u, cat)
		}
		if a.tamper != nil {
			a.tamper(sig)
		}
	})
	i := bytes.LastIndex(out, []byte("/Contents <00"))
	hole = pdf.Span{Start: int64(i) + 10, End: int64(i) + 12 + room}
	j := bytes.LastIndex(out, []byte("/ByteRange ["))
	if i < 0 || j < 0 {
		return out // a forgery without them
	}
	ranges = pdf.Span{Start: int64(j) + 11, End: int64(j) + 11 + 62}
	text := fmt.Sprintf("[0 %d %d %d", hole.Start, hole.End, int64(len(out))-hole.End)
	copy(out[ranges.Start:ranges.End-1], text+strings.Repeat(" ", 61-len(text)))
	der := l.message(t, out, hole, a.by, a.stamped)
	copy(out[hole.Start+1:], hex.EncodeToString(der))
	return out
}

// form adds the field of a signature and names it everywhere.
func (l *lab) form(t testing.TB, u *pdf.Update, cat pdf.Dict, a act, sig pdf.Dict) {
	v := u.Add(sig)
	rect := a.rect
	if rect == nil {
		rect = pdf.Array{int64(0), int64(0), int64(0), int64(0)}
	}
	field := pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString(a.field),
		"Rect": rect, "F": int64(132), "P": pdf.Ref{Num: 3}, "V": v}
	if a.certify > 0 {
		sig["Reference"] = pdf.Array{pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("DocMDP"),
			"TransformParams": pdf.Dict{"Type": pdf.Name("TransformParams"), "P": int64(a.certify), "V": pdf.Name("1.2")}}}
		cat["Perms"] = pdf.Dict{"DocMDP": v}
	}
	if a.lock != nil {
		field["Lock"] = a.lock
	}
	w := u.Add(field)
	form, err := u.File().Dict(cat["AcroForm"])
	if err != nil {
		t.Fatal(err)
	}
	fields, _ := form["Fields"].(pdf.Array)
	cat["AcroForm"] = pdf.Dict{"Fields": append(fields[:len(fields):len(fields)], w), "SigFlags": int64(3), "DR": form["DR"], "DA": form["DA"]}
	page, err := u.File().Dict(pdf.Ref{Num: 3})
	if err != nil {
		t.Fatal(err)
	}
	annots, _ := page["Annots"].(pdf.Array)
	page["Annots"] = append(annots[:len(annots):len(annots)], w)
	u.Replace(pdf.Ref{Num: 3}, page)
}

func (l *lab) message(t testing.TB, file []byte, hole pdf.Span, by *certtest.Identity, stamped bool) []byte {
	t.Helper()
	h := sha256.New()
	h.Write(file[:hole.Start])
	h.Write(file[hole.End:])
	u, err := cms.Prepare(cms.Spec{Certificate: by.Certificate, Chain: by.Chain, Digest: crypto.SHA256, ContentDigest: h.Sum(nil)})
	if err != nil {
		t.Fatal(err)
	}
	_, digest, opts := u.ToBeSigned()
	value, err := by.Key.Sign(rand.Reader, digest, opts)
	if err != nil {
		t.Fatal(err)
	}
	var more []cms.Attribute
	if stamped {
		sum := sha256.Sum256(value)
		query, err := cms.NewTimeStampQuery(sum[:], crypto.SHA256, big.NewInt(45))
		if err != nil {
			t.Fatal(err)
		}
		token, err := cms.ParseTimeStampReply(l.pki.TimeStamp(query))
		if err != nil {
			t.Fatal(err)
		}
		more = append(more, cms.TimeStampAttribute(token))
	}
	der, err := u.Complete(value, more...)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func check(t testing.TB, b []byte, opt verify.Options) *verify.Report {
	t.Helper()
	r, err := verify.File(context.Background(), bytes.NewReader(b), int64(len(b)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
