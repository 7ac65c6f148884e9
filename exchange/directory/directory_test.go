package directory_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"vanban/exchange/directory"
	"vanban/internal/fault"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func until(s string) *time.Time { t := at(s); return &t }

var (
	digestA = strings.Repeat("a", 64)
	digestB = strings.Repeat("b", 64)
)

func sample() directory.Directory {
	merger := until("2025-07-01T00:00:00+07:00")
	return directory.Directory{
		Agencies: []directory.Agency{{
			ID: "sonv", Name: "Sở Nội vụ tỉnh Hà Tĩnh", Place: "Hà Tĩnh", Symbol: "SNV",
			Codes: []directory.AgencyCode{
				{Code: "000.00.12.H27", Generation: directory.QCVN102, Until: merger},
				{Code: "H27.12", Generation: directory.QD20, From: at("2021-01-01T00:00:00+07:00")},
			},
			Seals: []directory.CertificateBinding{{SHA256: digestA}},
		}},
		People: []directory.Person{{
			ID: "lan", Name: "Nguyễn Thị Lan",
			Positions: []directory.Position{
				{Agency: "sonv", Roles: []directory.Role{directory.Clerk}, Title: "Văn thư", Until: merger},
				{Agency: "sonv", Roles: []directory.Role{directory.Leader}, Title: "Giám đốc", From: *merger},
			},
			Certificates: []directory.CertificateBinding{{SHA256: digestB, Until: merger}},
		}},
	}
}

// REG-13: the question is always "then?", across the merger of 1 July 2025.
func TestEverythingIsDated(t *testing.T) {
	d := sample()
	a, p := d.Agencies[0], d.People[0]
	before, after := at("2025-06-30T23:59:59+07:00"), at("2025-07-01T00:00:00+07:00")
	if a.HasCode("000.00.12.H27", after) || !a.HasCode("000.00.12.H27", before) {
		t.Error("the old code ends on 1 July 2025")
	}
	if a.HasCode("h27.12", after) {
		t.Error("codes are case-sensitive")
	}
	if got := a.Code(before); got != "H27.12" {
		t.Errorf("code before: %s, want the newer generation", got)
	}
	if got := a.Code(at("2020-01-01T00:00:00Z")); got != "000.00.12.H27" {
		t.Errorf("code in 2020: %s", got)
	}
	for _, c := range []struct {
		role directory.Role
		when time.Time
		want bool
	}{
		{directory.Clerk, before, true}, {directory.Clerk, after, false},
		{directory.Leader, before, false}, {directory.Leader, after, true},
		{directory.Officer, before, false},
	} {
		if _, got := p.Holds("sonv", c.role, c.when); got != c.want {
			t.Errorf("%s at %s: %v, want %v", c.role, c.when, got, c.want)
		}
	}
	if _, ok := p.Holds("other", directory.Clerk, before); ok {
		t.Error("a position counts in its own agency only")
	}
	if !p.Owns(digestB, before) || p.Owns(digestB, after) || p.Owns(digestA, before) {
		t.Error("a certificate is bound to one owner for its time")
	}
	if a.Diameter() != 36 {
		t.Errorf("default seal: %v mm", a.Diameter())
	}
}

func TestValidate(t *testing.T) {
	if err := sample().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, code string
		spoil      func(*directory.Directory)
	}{
		{"agency id", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].ID = "Sở" }},
		{"agency twice", "directory-duplicate", func(d *directory.Directory) { d.Agencies = append(d.Agencies, d.Agencies[0]) }},
		{"name empty", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].Name = "" }},
		{"name not NFC", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].Name = "So\u0309" }},
		{"name with newline", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].Name = "Sở\nNội vụ" }},
		{"symbol with slash", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].Symbol = "S/NV" }},
		{"seal too small", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].SealDiameter = 27 }},
		{"no code", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].Codes = nil }},
		{"code lower case", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].Codes[0].Code = "h27" }},
		{"code too long", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].Codes[0].Code = strings.Repeat("A", 36) }},
		{"code twice", "directory-duplicate", func(d *directory.Directory) { d.Agencies[0].Codes[0].Code = "H27.12" }},
		{"generation", "directory-invalid", func(d *directory.Directory) { d.Agencies[0].Codes[0].Generation = "x" }},
		{"ends before start", "directory-invalid", func(d *directory.Directory) {
			d.Agencies[0].From, d.Agencies[0].Until = at("2026-01-01T00:00:00Z"), until("2025-01-01T00:00:00Z")
		}},
		{"unknown role", "directory-invalid", func(d *directory.Directory) { d.People[0].Positions[0].Roles = []directory.Role{"boss"} }},
		{"unknown authority", "directory-invalid", func(d *directory.Directory) { d.People[0].Positions[0].Authority = "XX." }},
		{"position nowhere", "directory-no-such-agency", func(d *directory.Directory) { d.People[0].Positions[0].Agency = "x" }},
		{"certificate of two", "directory-duplicate", func(d *directory.Directory) { d.People[0].Certificates[0].SHA256 = digestA }},
		{"certificate digest", "directory-invalid", func(d *directory.Directory) { d.People[0].Certificates[0].SHA256 = "AB" }},
	} {
		d := sample()
		c.spoil(&d)
		err := d.Validate()
		var coded *fault.Error
		if !errors.As(err, &coded) || coded.Code.ID() != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}
