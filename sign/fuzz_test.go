package sign_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"vanban/internal/fault"
	"vanban/internal/pdf/draw"
	"vanban/sign"
)

// small is a document with a form that has a bit of everything.
const small = `%PDF-1.7
1 0 obj
<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R 5 0 R]/DA(/Helv 0 Tf)/DR<</Font<<>>>>>>/Perms<<>>>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 300 300]/Rotate 90>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/Annots[4 0 R 6 0 R]>>
endobj
4 0 obj
<</Type/Annot/Subtype/Widget/FT/Sig/T(Dau)/Rect[10 10 60 60]/P 3 0 R/Lock<</Type/SigFieldLock/Action/All>>>>
endobj
5 0 obj
<</FT/Tx/T(So)/Kids[6 0 R]/DA(/F 9 Tf)/Q 1>>
endobj
6 0 obj
<</Type/Annot/Subtype/Widget/Parent 5 0 R/Rect[100 10 200 30]/MK<</R 90>>>>
endobj
`

// FuzzPrepare lays out signatures in documents that are bent. It rebuilds no
// cross-reference table: the reader of internal/pdf has its own fuzzing, so
// the table is written here, around whatever objects the input has.
func FuzzPrepare(f *testing.F) {
	w := getWorld(f)
	key := w.key(f, "p256")
	f.Add([]byte(small))
	f.Add(bytes.Replace([]byte(small), []byte("/T(Dau)"), []byte("/T(Dau)/V 5 0 R"), 1))
	f.Add(bytes.Replace([]byte(small), []byte("[4 0 R 5 0 R]"), []byte("5 0 R"), 1))
	f.Fuzz(func(t *testing.T, objects []byte) {
		b := withTable(objects)
		for _, req := range []sign.Request{
			{Time: signingTime, Field: "Dau", Fill: map[string]string{"So": "05"}, Visible: &sign.Visible{Text: []string{"Nghĩa Hành"}}},
			{Time: signingTime, Certify: 2, Lock: []string{"So"}, Prepare: []sign.PreparedField{
				{Kind: sign.TextField, Name: "Ngay", Page: 0, Rect: sign.Rect{X: 1, Y: 1, W: 20, H: 5}, Align: draw.Right},
				{Kind: sign.SignatureField, Name: "Moi", Page: 0, Rect: sign.Rect{X: 1, Y: 10, W: 20, H: 20}, Lock: []string{"Ngay"}}}},
		} {
			var out bytes.Buffer
			_, err := sign.Sign(context.Background(), bytes.NewReader(b), int64(len(b)), key, req, &out)
			if err == nil {
				continue
			}
			if code := fault.From(err).Code; code == fault.Unexpected || code.ID() == "sign-self-check" {
				t.Fatalf("%v", err)
			}
		}
	})
}

// withTable appends a cross-reference table for the objects that it finds.
func withTable(objects []byte) []byte {
	type entry struct{ num, at int }
	var entries []entry
	for num := 1; num <= 9; num++ {
		mark := []byte{byte('0' + num), ' ', '0', ' ', 'o', 'b', 'j'}
		if at := bytes.Index(objects, mark); at >= 0 {
			entries = append(entries, entry{num, at})
		}
	}
	var out bytes.Buffer
	out.Write(objects)
	out.WriteByte('\n')
	start := out.Len()
	out.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, e := range entries {
		fmt.Fprintf(&out, "%d 1\n%010d 00000 n \n", e.num, e.at)
	}
	fmt.Fprintf(&out, "trailer\n<</Size 10/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", start)
	return out.Bytes()
}
