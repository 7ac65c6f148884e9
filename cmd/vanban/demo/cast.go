// Package demo makes a data folder with a cast of agencies and people, and
// carries a document through the main job over the real HTTP API, checking
// everything that comes back with nothing but the anchors.
package demo

import (
	"time"

	"vanban/certs/certtest"
	"vanban/exchange/directory"
)

// The cast of the demo: four agencies, so that a document of the first can go
// to the three others, and six people. All of it is made up, identifiers too;
// the names are such that every letter of Vietnamese that breaks naive
// programs (ĩ, ữ, ộ) appears in certificates, pages and signatures.
const (
	Sender = "snv-ha-tinh"
	Leader = "nguyen-thi-nghia"
	Clerk  = "tran-van-tinh"
)

// member is one person of the cast and what the certificate says.
type member struct {
	id, name, agency, title, authority string
	roles                              []directory.Role
	signs                              bool // has a personal certificate
}

type office struct {
	id, name, superior, place, symbol, code string
}

var demoOffices = []office{
	{Sender, "Sở Nội vụ tỉnh Hà Tĩnh", "Ủy ban nhân dân tỉnh Hà Tĩnh", "Hà Tĩnh", "SNV", "H30.7"},
	{"ubnd-vinh-long", "Ủy ban nhân dân tỉnh Vĩnh Long", "", "Vĩnh Long", "UBND", "H61"},
	{"ubnd-nghia-hanh", "Ủy ban nhân dân xã Nghĩa Hành", "Ủy ban nhân dân tỉnh Quảng Ngãi", "Nghĩa Hành", "UBND", "H48.116"},
	{"stc-ha-tinh", "Sở Tài chính tỉnh Hà Tĩnh", "Ủy ban nhân dân tỉnh Hà Tĩnh", "Hà Tĩnh", "STC", "H30.9"},
}

var demoPeople = []member{
	{Leader, "Nguyễn Thị Nghĩa", Sender, "Giám đốc", "", []directory.Role{directory.Leader}, true},
	{Clerk, "Trần Văn Tĩnh", Sender, "Văn thư", "", []directory.Role{directory.Clerk, directory.Officer}, false},
	{"pham-van-long", "Phạm Văn Long", "ubnd-vinh-long", "Chủ tịch", "TM.", []directory.Role{directory.Leader}, true},
	{"le-thi-vinh", "Lê Thị Vĩnh", "ubnd-vinh-long", "Văn thư", "", []directory.Role{directory.Clerk, directory.Officer}, false},
	{"vo-thi-hanh", "Võ Thị Hạnh", "ubnd-nghia-hanh", "Văn thư", "", []directory.Role{directory.Clerk, directory.Officer}, false},
	{"dang-huu-loc", "Đặng Hữu Lộc", "stc-ha-tinh", "Văn thư", "", []directory.Role{directory.Clerk, directory.Officer}, false},
}

// Receivers are the codes of everybody but the sender.
func Receivers() []string {
	var codes []string
	for _, o := range demoOffices {
		if o.id != Sender {
			codes = append(codes, o.code)
		}
	}
	return codes
}

// ClerkOf is who opens the inbox of an agency.
func ClerkOf(agency string) string {
	for _, m := range demoPeople {
		if m.agency == agency && m.roles[0] == directory.Clerk {
			return m.id
		}
	}
	panic("demo: no clerk at " + agency) // the cast above is wrong
}

// subject is the person's name in a certificate.
func (m member) subject(offices []office) certtest.Subject {
	for _, o := range offices {
		if o.id == m.agency {
			return certtest.Subject{CN: m.name, Title: m.title, O: o.name, L: o.place}
		}
	}
	return certtest.Subject{CN: m.name, Title: m.title}
}

// subject is the agency's name in its certificate.
func (o office) subject() certtest.Subject {
	return certtest.Subject{CN: o.name, O: o.name, OU: o.superior, L: o.place}
}

// agency is the office as the directory holds it; the cast begins at from.
func (o office) agency(from time.Time, seal directory.CertificateBinding, image string) directory.Agency {
	return directory.Agency{
		ID: o.id, Name: o.name, Superior: o.superior, Place: o.place, Symbol: o.symbol,
		Codes:     []directory.AgencyCode{{Code: o.code, Generation: "qd20", From: from}},
		SealImage: image, Seals: []directory.CertificateBinding{seal}, From: from,
	}
}

// person is the member as the directory holds it.
func (m member) person(from time.Time, tokenSHA256, image string, bindings []directory.CertificateBinding) directory.Person {
	return directory.Person{
		ID: m.id, Name: m.name, TokenSHA256: tokenSHA256, SignatureImage: image, Certificates: bindings,
		Positions: []directory.Position{{Agency: m.agency, Roles: m.roles, Title: m.title, Authority: m.authority, From: from}},
	}
}
