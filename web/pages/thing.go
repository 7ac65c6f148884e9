package pages

import (
	"vanban/exchange"
	"vanban/web/words"
)

// Thing is the page of one document or one delivery. NewDocument and
// NewDelivery fill what follows from the thing itself; the handler adds
// Verdict, Acts and Blocked.
type Thing struct {
	Back, BackName    string
	Subject, Notation string
	State             Chip
	Stages            []stage
	ShowDeliveries    bool
	Deliveries        []deliveryRow
	Facts             []fact
	Files             []file
	ReceiptLink       string

	Verdict *Verdict // nil for a draft
	Acts    []Act
	Blocked string // why the natural act is not offered
}

type stage struct {
	Tone, Name, Who string
	At              Moment
	Now             bool // the step that waits for somebody
}

type fact struct{ Name, Value string }

type file struct{ Link, Name, Size, SHA256 string }

// Act is a form that the visitor may send: it posts Key and Version to Action.
type Act struct {
	Action, Name, Lead, Key string
	Version                 int
	Agencies                []Receiver
	AskReason, Danger       bool
	Reason                  string // as typed, after a failure
}

// Receiver is one agency that a document can be sent to.
type Receiver struct {
	Code, Name    string
	Sent, Checked bool
}

// NewDocument is the page of a document for its own agency.
func NewDocument(w words.Words, n Names, d exchange.Document, sent []exchange.Delivery) Thing {
	t := Thing{
		Back: "/van-ban-di", BackName: w.Outbox(), Subject: d.Subject, Notation: d.Notation,
		State: documentChip(w, d.State), Stages: documentStages(w, n, d),
		Facts: documentFacts(w, n, d), Files: documentFiles(w, d),
		ShowDeliveries: d.State == exchange.Issued || d.State == exchange.Sent,
	}
	if t.Notation == "" {
		t.Notation = w.NotNumbered()
	}
	for _, delivery := range sent {
		t.Deliveries = append(t.Deliveries, rowOfDelivery(w, n, delivery))
	}
	return t
}

// documentStages is the way of a document with who did what and when.
func documentStages(w words.Words, n Names, d exchange.Document) []stage {
	signer := d.ApprovedBy
	if signer == "" {
		signer = d.Leader
	}
	return markStages([]stage{
		{Name: w.StageName("draft"), Who: n.Person(d.CreatedBy), At: At(w, d.CreatedAt)},
		{Name: w.StageName("approved"), Who: n.Person(signer), At: momentIf(w, d.ApprovedAt)},
		{Name: w.StageName("issued"), Who: n.Person(d.IssuedBy), At: momentIf(w, d.IssuedAt)},
		{Name: w.StageName("sent"), At: momentIf(w, d.SentAt)},
	})
}

// markStages gives done steps their tick and the first open one the clock.
func markStages(all []stage) []stage {
	waiting := true
	for i := range all {
		switch {
		case all[i].Tone != "":
		case all[i].At.Stamp != "":
			all[i].Tone = toneOK
		case waiting:
			all[i].Tone, all[i].Now, waiting = toneWait, true, false
		default:
			all[i].Tone = toneTodo
		}
	}
	return all
}

func documentFacts(w words.Words, n Names, d exchange.Document) []fact {
	facts := []fact{{w.DocType(), typeName(w, d.Type)}, {w.Agency(), n.Agency(d.Agency)}, {w.Signer(), n.Person(d.Leader)}}
	if d.Notation != "" {
		facts = append(facts, fact{w.Number(), d.Notation}, fact{w.IssueDate(), w.Date(d.Date)})
	}
	return append(facts, fact{w.Created(), w.Time(d.CreatedAt)})
}

func documentFiles(w words.Words, d exchange.Document) []file {
	var out []file
	for _, f := range []struct {
		stage exchange.Stage
		blob  exchange.Blob
	}{{exchange.StageIssued, d.Issued}, {exchange.StageApproved, d.Approved}, {exchange.StageDraft, d.Draft}} {
		if f.blob.SHA256 != "" {
			out = append(out, file{"/van-ban/" + d.ID + "/tep?stage=" + string(f.stage),
				w.FileOf(string(f.stage)), w.Size(f.blob.Size), f.blob.SHA256})
		}
	}
	return out
}

// NewDelivery is the page of a delivery for its receiver or its sender.
func NewDelivery(w words.Words, n Names, d exchange.Delivery) Thing {
	t := Thing{
		Back: "/van-ban-den", BackName: w.Inbox(), Subject: d.Subject, Notation: d.Notation,
		State: deliveryChip(w, d.State), Stages: deliveryStages(w, n, d), Facts: deliveryFacts(w, n, d),
		Files: []file{{"/van-ban-den/" + d.ID + "/tep", w.FileOf("issued"), w.Size(d.File.Size), d.File.SHA256}},
	}
	if d.ReceiptID != "" {
		t.ReceiptLink = "/van-ban-den/" + d.ID + "/bien-nhan"
	}
	return t
}

func deliveryStages(w words.Words, n Names, d exchange.Delivery) []stage {
	answer := stage{Name: w.StageName("accepted"), Who: n.Person(d.AnsweredBy), At: momentIf(w, d.AnsweredAt)}
	if d.State == exchange.Refused {
		answer.Name, answer.Tone = w.StageName("refused"), toneBad
	}
	return markStages([]stage{
		{Name: w.StageName("sent"), Who: n.Agency(d.Sender), At: At(w, d.SubmittedAt)},
		{Name: w.StageName("available"), Who: n.Agency(d.Receiver), At: At(w, d.AvailableAt)},
		answer,
	})
}

func deliveryFacts(w words.Words, n Names, d exchange.Delivery) []fact {
	facts := []fact{
		{w.DocType(), typeName(w, d.Type)}, {w.From(), n.Agency(d.Sender)}, {w.To(), n.Agency(d.Receiver)},
		{w.Number(), d.Notation}, {w.IssueDate(), w.Date(d.Date)}, {w.Received(), w.Time(d.AvailableAt)},
	}
	if d.ArrivalNumber > 0 {
		facts = append(facts, fact{w.ArrivalNo(), Arrival(d.ArrivalNumber)})
	}
	if d.Reason != "" {
		facts = append(facts, fact{w.Reason(), d.Reason})
	}
	return facts
}
