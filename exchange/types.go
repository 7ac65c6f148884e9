// Package exchange is the office and the hub: documents, agencies and people,
// who may do what, the workflow from draft to receipt, numbering, registers
// and delivery. Its children are the rules that need no store (directory,
// layout, notation), the proof that needs no hub (receipt), and the storage
// contract with its drivers.
//
// Words: Clerk (văn thư) numbers, seals, sends and receives; Leader (lãnh đạo)
// signs; a Document is an official document (văn bản); its Number (số) and
// Symbol (ký hiệu) together are its Notation (05/SNV-VP); the Seal (con dấu)
// is the signature of an Agency (cơ quan); a Delivery is one document on its
// way to one receiving agency; a receipt is that agency's signed answer.
//
// The order is forced by the states:
//
//	draft --Approve(leader)--> approved --Issue(clerk)--> issued --Send(clerk)--> sent
//	                                                                 |
//	     delivery:  submitted -> available --Accept(clerk)--> accepted (receipt 03)
//	                                      \--Refuse(clerk)--> refused  (receipt 02)
//
// Web and cmd authenticate; this package authorises (may.go, default deny), so
// that every way in obeys the same rules.
package exchange

import (
	"time"

	"vanban/exchange/layout"
	"vanban/exchange/storage"
)

// DocumentState is how far a document has come in its own agency.
type DocumentState string

// The states of a document, in order.
const (
	Drafted  DocumentState = "draft"
	Approved DocumentState = "approved" // signed by the leader
	Issued   DocumentState = "issued"   // numbered, dated and sealed in one act
	Sent     DocumentState = "sent"     // at least one delivery exists
)

// DeliveryState is how far a document has come at one receiver
// (exchange.md 4(b)).
type DeliveryState string

// The states of a delivery. Accepted and refused are final.
const (
	Submitted DeliveryState = "submitted"
	Available DeliveryState = "available" // in the receiver's inbox
	Accepted  DeliveryState = "accepted"  // 03, registered with an arrival number
	Refused   DeliveryState = "refused"   // 02, with a reason
)

// Blob names the bytes of a file by their digest.
type Blob = storage.Blob

// Draft is what a person says about a document when uploading it.
type Draft struct {
	Agency  string         `json:"agency"`            // issuing agency's id
	Type    string         `json:"type"`              // "CV" for công văn, else a NUM-12 code such as "QĐ"
	Unit    string         `json:"unit,omitempty"`    // second group of a công văn symbol, for instance "VP" (NUM-07)
	Series  string         `json:"series,omitempty"`  // "" = the agency's common series
	Subject string         `json:"subject"`           // trích yếu, at most 500 characters (REG-10)
	Leader  string         `json:"leader"`            // person id of who must sign
	Secrecy string         `json:"secrecy,omitempty"` // "" or "Thường"; anything else is refused (SEC-01)
	Layout  *layout.Layout `json:"layout,omitempty"`  // nil = defaults of vietnam-rules 1.3
}

// Document is an official document of one agency.
type Document struct {
	ID         string        `json:"id"` // ULID
	Agency     string        `json:"agency"`
	Type       string        `json:"type"`
	Unit       string        `json:"unit,omitempty"`
	Series     string        `json:"series,omitempty"`
	Subject    string        `json:"subject"`
	Leader     string        `json:"leader"`
	Layout     layout.Layout `json:"layout"`
	State      DocumentState `json:"state"`
	Version    int           `json:"version"` // from 1, the ETag
	Number     int           `json:"number,omitempty"`
	Notation   string        `json:"notation,omitempty"` // "05/SNV-VP", empty until issued
	Date       string        `json:"date,omitempty"`     // "2026-01-05", date of issue in Asia/Ho_Chi_Minh
	Draft      Blob          `json:"draft"`
	Approved   Blob          `json:"approved"`
	Issued     Blob          `json:"issued"`
	Verdict    *Verdict      `json:"verdict,omitempty"` // on the newest signed file
	CreatedBy  string        `json:"createdBy"`         // person ids
	ApprovedBy string        `json:"approvedBy,omitempty"`
	IssuedBy   string        `json:"issuedBy,omitempty"`
	CreatedAt  time.Time     `json:"createdAt"`
	ApprovedAt *time.Time    `json:"approvedAt,omitempty"`
	IssuedAt   *time.Time    `json:"issuedAt,omitempty"`
	SentAt     *time.Time    `json:"sentAt,omitempty"`
}

// Verdict is the short form of a verification report, kept with the thing
// that was verified. The full report can be made again from the file.
type Verdict struct {
	At         time.Time          `json:"at"`
	Indication string             `json:"indication"` // TOTAL-PASSED, TOTAL-FAILED, INDETERMINATE
	Alarm      bool               `json:"alarm"`
	Codes      []string           `json:"codes,omitempty"` // fault ids of findings
	Signatures []SignatureVerdict `json:"signatures"`
}

// SignatureVerdict is one signature of a Verdict.
type SignatureVerdict struct {
	Field         string     `json:"field"`
	Part          string     `json:"part"`             // "leader", "seal" or "other" (VER-08)
	Holder        string     `json:"holder,omitempty"` // person or agency id that the certificate is bound to and entitled, else ""
	Signer        string     `json:"signer"`
	Indication    string     `json:"indication"`
	SubIndication string     `json:"subIndication,omitempty"`
	Integrity     string     `json:"integrity"`
	ChangesAfter  string     `json:"changesAfter"`
	Level         string     `json:"level"`
	ClaimedTime   *time.Time `json:"claimedTime,omitempty"`
	ProvenTime    *time.Time `json:"provenTime,omitempty"`
}

// Delivery is one document on its way to one receiver.
type Delivery struct {
	ID            string        `json:"id"` // ULID
	Document      string        `json:"document"`
	Sender        string        `json:"sender"`   // agency ids
	Receiver      string        `json:"receiver"` // agency ids
	SenderCode    string        `json:"senderCode"`
	ReceiverCode  string        `json:"receiverCode"` // the code that was written on the envelope
	State         DeliveryState `json:"state"`
	Version       int           `json:"version"` // from 1, the ETag
	Subject       string        `json:"subject"`
	Type          string        `json:"type"`
	Notation      string        `json:"notation"`
	Date          string        `json:"date"`
	File          Blob          `json:"file"` // the issued file
	Verdict       Verdict       `json:"verdict"`
	Reason        string        `json:"reason,omitempty"`        // of a refusal
	ArrivalNumber int           `json:"arrivalNumber,omitempty"` // số đến of an accepted one (REG-04)
	ReceiptID     string        `json:"receiptId,omitempty"`     // evidence id, when answered
	AnsweredBy    string        `json:"answeredBy,omitempty"`
	SubmittedAt   time.Time     `json:"submittedAt"`
	AvailableAt   time.Time     `json:"availableAt"`
	AnsweredAt    *time.Time    `json:"answeredAt,omitempty"`
}

// RegisterLine is one line of the register of outgoing documents (REG-06).
type RegisterLine struct {
	Number     int      `json:"number"`
	Notation   string   `json:"notation"`
	Date       string   `json:"date"`
	Type       string   `json:"type"`
	Subject    string   `json:"subject"`
	Signer     string   `json:"signer"`     // name of the leader
	Recipients []string `json:"recipients"` // names of the receiving agencies
	Document   string   `json:"document"`
	Series     string   `json:"series,omitempty"`
}
