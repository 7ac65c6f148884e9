// Package directory says which agencies exist, who works in them and what
// each person may be: the facts that decide whether a signature is that of a
// competent person (ND30 art. 13 and 32, vietnam-rules 0.1.3) and where a
// document can be sent.
//
// Everything is dated, because agencies merge, titles end and certificates are
// renewed (vietnam-rules 0.1.7): the question is always "then?", never "now?".
// The title comes from here, never from the certificate (SIG-04).
package directory

import "time"

// Role is what a person does in one agency.
type Role string

// The roles. A person may hold several, in several agencies.
const (
	Clerk   Role = "clerk"   // văn thư: numbers, seals, sends, receives
	Leader  Role = "leader"  // lãnh đạo: signs
	Officer Role = "officer" // chuyên viên: drafts
)

// AgencyCode is one electronic identifier of an agency and its time.
type AgencyCode struct {
	Code       string     `json:"code"`       // opaque, at most 35 of A-Z 0-9 and dots, case-sensitive, never reused
	Generation string     `json:"generation"` // "qcvn102" (000.00.00.H40) or "qd20" (H40.1.2), REG-13
	From       time.Time  `json:"from"`
	Until      *time.Time `json:"until,omitempty"` // first moment at which it no longer holds; nil = open
}

// CertificateBinding says that a certificate is this person's or agency's.
type CertificateBinding struct {
	SHA256 string     `json:"sha256"` // lower-case hex of the DER certificate
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"until,omitempty"`
}

// Agency (cơ quan) is a body that issues and receives documents.
type Agency struct {
	ID           string               `json:"id"`                 // our own, stable: a-z 0-9 and dashes, at most 40
	Name         string               `json:"name"`               // "Sở Nội vụ tỉnh Hà Tĩnh"
	Superior     string               `json:"superior,omitempty"` // "Ủy ban nhân dân tỉnh Hà Tĩnh"
	Place        string               `json:"place"`              // địa danh of the date line: "Hà Tĩnh"
	Symbol       string               `json:"symbol"`             // "SNV" in 05/SNV-VP and 12/QĐ-SNV
	Codes        []AgencyCode         `json:"codes"`
	Series       []string             `json:"series,omitempty"`       // names of further number series; "" always exists (NUM-02)
	SealDiameter float64              `json:"sealDiameter,omitempty"` // mm, 28 to 45; 0 means 36 (LAY-04)
	SealImage    string               `json:"sealImage,omitempty"`    // hex SHA-256 of the PNG; in a file to import also a file name
	Seals        []CertificateBinding `json:"seals,omitempty"`        // certificates of the agency
	From         time.Time            `json:"from"`
	Until        *time.Time           `json:"until,omitempty"`
}

// Position is a post of a person in an agency for a time.
type Position struct {
	Agency    string     `json:"agency"` // Agency.ID
	Roles     []Role     `json:"roles"`
	Title     string     `json:"title"`               // "Giám đốc"
	Authority string     `json:"authority,omitempty"` // "", "TM.", "KT.", "TL.", "TUQ.", "Q." (SIG-04)
	From      time.Time  `json:"from"`
	Until     *time.Time `json:"until,omitempty"`
}

// Person is somebody who may log in.
type Person struct {
	ID             string               `json:"id"` // a-z 0-9 and dashes, at most 40
	Name           string               `json:"name"`
	Positions      []Position           `json:"positions"`
	Certificates   []CertificateBinding `json:"certificates,omitempty"`
	SignatureImage string               `json:"signatureImage,omitempty"` // as Agency.SealImage (LAY-01)
	TokenSHA256    string               `json:"tokenSha256,omitempty"`    // hex SHA-256 of the log-in token; blank in every answer
}

// Directory is what a file agencies.json holds, and what Service.Import takes.
type Directory struct {
	Agencies []Agency `json:"agencies"`
	People   []Person `json:"people"`
}
