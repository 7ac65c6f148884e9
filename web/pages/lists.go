package pages

import (
	"strconv"

	"vanban/exchange"
	"vanban/exchange/notation"
	"vanban/web/words"
)

// Inbox lists what an agency received.
type Inbox struct {
	Waiting int
	Rows    []deliveryRow
	Older   string // id before which the next page begins; "" on the last one
}

type deliveryRow struct {
	ID, Notation, Subject, ArrivalNumber string
	Sender, Receiver, Reason             string
	State, Verdict                       Chip
	At                                   Moment
	Waiting, HasReceipt                  bool
}

// NewInbox lays deliveries out in the order given.
func NewInbox(w words.Words, n Names, found []exchange.Delivery) Inbox {
	var body Inbox
	for _, d := range found {
		row := rowOfDelivery(w, n, d)
		row.At = At(w, d.AvailableAt)
		if row.Waiting {
			body.Waiting++
		}
		body.Rows = append(body.Rows, row)
	}
	return body
}

func rowOfDelivery(w words.Words, n Names, d exchange.Delivery) deliveryRow {
	row := deliveryRow{
		ID: d.ID, Notation: d.Notation, Subject: d.Subject, Reason: d.Reason,
		Sender: n.Agency(d.Sender), Receiver: n.Agency(d.Receiver),
		State: deliveryChip(w, d.State), Verdict: shortVerdict(w, &d.Verdict),
		At: At(w, d.SubmittedAt), Waiting: d.State == exchange.Available, HasReceipt: d.ReceiptID != "",
	}
	if d.AnsweredAt != nil {
		row.At = At(w, *d.AnsweredAt)
	}
	if d.ArrivalNumber > 0 {
		row.ArrivalNumber = Arrival(d.ArrivalNumber)
	}
	return row
}

// Arrival writes an arrival number (số đến) as registers do: 07, 12, 130.
func Arrival(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func deliveryChip(w words.Words, state exchange.DeliveryState) Chip {
	tone := toneWait
	switch state {
	case exchange.Accepted:
		tone = toneOK
	case exchange.Refused:
		tone = toneBad
	}
	return Chip{tone, w.DeliveryState(string(state))}
}

func documentChip(w words.Words, state exchange.DocumentState) Chip {
	tone := toneWait
	if state == exchange.Issued || state == exchange.Sent {
		tone = toneOK
	}
	return Chip{tone, w.DocumentState(string(state))}
}

// Outbox lists an agency's own documents, and first those that wait for the
// visitor.
type Outbox struct {
	ToSign, ToIssue []documentRow
	Form            *Draft // nil for who may not draft
	Rows            []documentRow
	Older           string // id before which the next page begins; "" on the last one
}

type documentRow struct {
	ID, Notation, Subject, Type, Leader string
	State                               Chip
	At                                  Moment
}

// NewOutbox lays documents out in the order given, for the person with this
// id; issuer says whether numbering and sealing is that person's work.
func NewOutbox(w words.Words, n Names, found []exchange.Document, person string, issuer bool) Outbox {
	var body Outbox
	for _, d := range found {
		row := rowOfDocument(w, n, d)
		body.Rows = append(body.Rows, row)
		if d.State == exchange.Drafted && d.Leader == person {
			body.ToSign = append(body.ToSign, row)
		}
		if d.State == exchange.Approved && issuer {
			body.ToIssue = append(body.ToIssue, row)
		}
	}
	return body
}

func rowOfDocument(w words.Words, n Names, d exchange.Document) documentRow {
	row := documentRow{
		ID: d.ID, Notation: d.Notation, Subject: d.Subject, Type: typeName(w, d.Type), Leader: n.Person(d.Leader),
		State: documentChip(w, d.State), At: At(w, d.CreatedAt),
	}
	for _, later := range []Moment{momentIf(w, d.ApprovedAt), momentIf(w, d.IssuedAt), momentIf(w, d.SentAt)} {
		if later.Stamp != "" {
			row.At = later
		}
	}
	return row
}

func typeName(w words.Words, code string) string {
	t, _ := notation.TypeByCode(code)
	return w.Type(code, t.Name)
}

// Draft is the upload form with what was typed so far.
type Draft struct {
	Key, Type, Unit, Subject, Leader, Marks string
	Open                                    bool // unfolded, because it failed
	Types, Leaders                          []Choice
}

// Choice is one line of a select box.
type Choice struct{ Value, Name string }

// TypeChoices lists the types of document.
func TypeChoices(w words.Words) []Choice {
	var out []Choice
	for _, t := range notation.Types() {
		out = append(out, Choice{t.Code, w.Type(t.Code, t.Name)})
	}
	return out
}
