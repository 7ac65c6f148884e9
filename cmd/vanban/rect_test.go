package main

import "testing"

func TestParseRect(t *testing.T) {
	cases := []struct {
		in   string
		want rect
		ok   bool
	}{
		{"120,200,50,20", rect{120, 200, 50, 20}, true},
		{" 1.5, 2 ,3,4.25 ", rect{1.5, 2, 3, 4.25}, true},
		{"0,0,1,1", rect{0, 0, 1, 1}, true},
		{"", rect{}, false},
		{"1,2,3", rect{}, false},
		{"1,2,3,4,5", rect{}, false},
		{"1,2,0,4", rect{}, false},
		{"-1,2,3,4", rect{}, false},
		{"NaN,2,3,4", rect{}, false},
		{"1,2,3,Inf", rect{}, false},
		{"1,2,3,1e9", rect{}, false},
		{"a,b,c,d", rect{}, false},
	}
	for _, c := range cases {
		got, err := parseRect(c.in)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("parseRect(%q) = %v, %v; want %v, %v", c.in, got, err, c.want, c.ok)
		}
	}
}
