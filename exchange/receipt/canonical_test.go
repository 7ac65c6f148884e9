package receipt_test

import (
	"encoding/json"
	"testing"

	"vanban/exchange/receipt"
)

// The examples of RFC 8785: 3.2.2 (numbers and strings), 3.2.3 (order of
// names by UTF-16 code units, where U+1F600 sorts before U+FB33), appendix B.
func TestCanonical(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
		   "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`},
		{`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
			`{"\r":"Carriage Return","1":"One","` + "\u0080" + `":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`},
		{`[0,-0,-0.0,1,-1,9007199254740991,5e-324,1.7976931348623157e308,1e21,1e20,0.000001,1e-7]`,
			`[0,0,0,1,-1,9007199254740991,5e-324,1.7976931348623157e+308,1e+21,100000000000000000000,0.000001,1e-7]`},
		{`"<a href=\"x\">&\b\t\f\u2028"`, "\"<a href=\\\"x\\\">&\\b\\t\\f\u2028\""},
		{`{}`, `{}`}, {`[]`, `[]`}, {`"Hà Tĩnh, Vĩnh Long, Nghĩa Hành"`, `"Hà Tĩnh, Vĩnh Long, Nghĩa Hành"`},
	} {
		got, err := receipt.Canonical(json.RawMessage(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%s\n got %s, %v\nwant %s", c.in, got, err, c.want)
		}
		again, err := receipt.Canonical(json.RawMessage(got))
		if err != nil || string(again) != string(got) {
			t.Errorf("canonical twice: %s, %v", again, err)
		}
	}
	for _, bad := range []string{`1e400`, `[1`, ``, `1 2`} {
		if got, err := receipt.Canonical(json.RawMessage(bad)); err == nil {
			t.Errorf("%s: %s", bad, got)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`{"b":[1,2.5,"x"],"a":null}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 1<<12 || !json.Valid(in) {
			return
		}
		one, err := receipt.Canonical(json.RawMessage(in))
		if err != nil {
			return
		}
		two, err := receipt.Canonical(json.RawMessage(one))
		if err != nil || string(one) != string(two) {
			t.Fatalf("%q -> %q -> %q, %v", in, one, two, err)
		}
	})
}
