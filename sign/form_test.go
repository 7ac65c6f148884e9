package sign_test

import (
	"bytes"
	"testing"

	"vanban/internal/pdf"
	"vanban/sign"
)

// reader looks into a signed file.
type reader struct {
	t *testing.T
	*pdf.File
}

func read(t *testing.T, b []byte) reader {
	t.Helper()
	f, err := pdf.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return reader{t, f}
}

// at follows keys and, for an array, takes its first element.
func (r reader) at(o pdf.Object, keys ...pdf.Name) pdf.Object {
	r.t.Helper()
	for _, key := range append(keys, "") {
		var err error
		if o, err = r.Resolve(o); err != nil {
			r.t.Fatal(err)
		}
		if a, ok := o.(pdf.Array); ok && key != "" {
			if len(a) == 0 {
				return nil
			}
			if o, err = r.Resolve(a[0]); err != nil {
				r.t.Fatal(err)
			}
		}
		if key == "" {
			return o
		}
		d, _ := o.(pdf.Dict)
		o = d[key]
	}
	return o
}

func (r reader) catalog() pdf.Dict {
	r.t.Helper()
	c, err := r.Catalog()
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// TestFormIsEditedInPlace: what a form had, it still has (pdfsign throws it
// away); what the standard wants of a signature is there.
func TestFormIsEditedInPlace(t *testing.T) {
	key := getWorld(t).key(t, "p256")
	in := withTable([]byte(small))
	out, _ := do(t, in, key, sign.Request{Field: "Dau", Certify: 2, Fill: map[string]string{"So": "05/ĐHĐ"}, Visible: &sign.Visible{Text: []string{"Nghĩa Hành"}}})
	r := read(t, out)
	c := r.catalog()
	form, _ := r.at(c["AcroForm"]).(pdf.Dict)
	if form["SigFlags"] != pdf.Object(int64(3)) || string(form["DA"].(pdf.String)) != "/Helv 0 Tf" || len(form["Fields"].(pdf.Array)) != 2 || form["DR"] == nil {
		t.Errorf("form %v", form)
	}
	field := pdf.Ref{Num: 4}
	certification := r.at(c["Perms"], "DocMDP").(pdf.Dict)
	if certification["SubFilter"] != pdf.Object(pdf.Name("ETSI.CAdES.detached")) || r.at(certification["Reference"], "TransformParams", "P") != pdf.Object(int64(2)) {
		t.Errorf("certification %v", certification)
	}
	references := r.at(field, "V", "Reference").(pdf.Array)
	if len(references) != 2 || r.at(references[1], "TransformMethod") != pdf.Object(pdf.Name("FieldMDP")) ||
		r.at(references[1], "TransformParams", "Action") != pdf.Object(pdf.Name("All")) {
		t.Errorf("references %v", references)
	}
	if r.at(field, "Lock", "Action") == nil || r.at(field, "AP", "N") == nil {
		t.Errorf("field %v", r.at(field))
	}
	if v := r.at(pdf.Ref{Num: 5}, "V").(pdf.String); v.Text() != "05/ĐHĐ" {
		t.Errorf("value %q", v.Text())
	}
	stream, ok := r.at(pdf.Ref{Num: 6}, "AP", "N").(*pdf.Stream)
	if !ok {
		t.Fatal("the filled field has no appearance")
	}
	if m, _ := stream.Dict["Matrix"].(pdf.Array); len(m) != 6 {
		t.Errorf("the appearance is not turned on a turned page: %v", stream.Dict)
	}
	// The lock of the seal covers everything.
	_, _, err := try(out, key, sign.Request{Fill: map[string]string{"So": "06"}})
	wantCode(t, err, "sign-field-locked")
}

func TestPreparedFields(t *testing.T) {
	key := getWorld(t).key(t, "p256")
	in := withTable([]byte(small))
	out, _ := do(t, in, key, sign.Request{Prepare: []sign.PreparedField{
		{Kind: sign.TextField, Name: "Ngay", Label: "Ngày", Page: 1, Rect: sign.Rect{X: 10, Y: 20, W: 40, H: 6}, Style: sign.Italic, FontSize: 14}}})
	r := read(t, out)
	form := r.at(r.catalog()["AcroForm"]).(pdf.Dict)
	fields := form["Fields"].(pdf.Array)
	if len(fields) != 4 {
		t.Fatalf("fields %v", fields)
	}
	d := r.at(fields[3]).(pdf.Dict)
	if string(d["DA"].(pdf.String)) != "/VbSerifItalic 14 Tf 0 g" || r.at(form, "DR", "Font", "VbSerifItalic") == nil || d["V"] != nil || d["AP"] == nil {
		t.Errorf("field %v", d)
	}
	if annots := r.at(pdf.Ref{Num: 3}, "Annots"); len(r.at(r.at(pdf.Ref{Num: 3}).(pdf.Dict)["Annots"]).(pdf.Array)) != 4 {
		t.Errorf("annotations %v", annots)
	}
	// On a page turned by 90 degrees the top left as seen is the bottom left.
	rect := d["Rect"].(pdf.Array)
	left, _ := pdf.Float(rect[0])
	if want := 20 * 72 / 25.4; left < want-0.1 || left > want+0.1 {
		t.Errorf("rectangle %v, expected to start at %.1f", rect, want)
	}
	again, _ := do(t, out, key, sign.Request{Fill: map[string]string{"Ngay": "ngày 05"}})
	if r := read(t, again); r.at(fields[3], "V").(pdf.String).Text() != "ngày 05" {
		t.Error("the prepared field was not filled")
	}
}
