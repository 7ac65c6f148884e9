package exchange

import (
	"context"
	"slices"
	"time"

	"vanban/exchange/directory"
	"vanban/exchange/storage"
	"vanban/internal/fault"
)

// Act is something that a person may or may not do.
type Act string

// The acts.
const (
	ActDraft   Act = "draft"   // upload a draft
	ActApprove Act = "approve" // sign as the leader
	ActIssue   Act = "issue"   // number, date and seal
	ActSend    Act = "send"    // deliver to other agencies
	ActAccept  Act = "accept"  // register what came in
	ActRefuse  Act = "refuse"  // return what came in
	ActOut     Act = "out"     // read the agency's own documents
	ActIn      Act = "in"      // read what the agency received
)

// rights is the whole of what may be done: an act that is not here, and a
// role that is not in its line, may not. All of it counts in one agency: the
// issuing one for documents, the receiving one for deliveries (ND30 art. 32:
// the clerk seals in person, SIG-03; REG-01: everything passes the clerks).
var rights = map[Act]struct {
	roles  []directory.Role
	refuse *fault.Code // takes the agency's name
}{
	ActDraft:   {[]directory.Role{directory.Clerk, directory.Officer}, codeNeedsStaff},
	ActApprove: {[]directory.Role{directory.Leader}, codeNeedsStaff}, // and named in the document, see mayApprove
	ActIssue:   {[]directory.Role{directory.Clerk}, codeNeedsClerk},
	ActSend:    {[]directory.Role{directory.Clerk}, codeNeedsClerk},
	ActAccept:  {[]directory.Role{directory.Clerk}, codeNeedsClerk},
	ActRefuse:  {[]directory.Role{directory.Clerk}, codeNeedsClerk},
	ActOut:     {[]directory.Role{directory.Clerk, directory.Leader, directory.Officer}, codeNeedsStaff},
	ActIn:      {[]directory.Role{directory.Clerk, directory.Leader}, codeNeedsStaff},
}

// may says whether p may do act in agency a at that time, and if not why.
func may(p directory.Person, act Act, a directory.Agency, at time.Time) error {
	right, known := rights[act]
	if !known {
		return codeNeedsStaff.New(a.Name)
	}
	entitled := func(r directory.Role) bool { _, ok := p.Holds(a.ID, r, at); return ok }
	if !a.Exists(at) || !slices.ContainsFunc(right.roles, entitled) {
		return right.refuse.New(a.Name)
	}
	return nil
}

// mayDocument is may, and for signing the person named in the document.
func mayDocument(p directory.Person, act Act, d Document, a directory.Agency, at time.Time) error {
	if act == ActApprove && d.Leader != p.ID {
		return codeNeedsLeader.New(d.Leader)
	}
	return may(p, act, a, at)
}

// who loads the actor; a person that does not exist may nothing.
func who(tx storage.Tx, by Actor) (directory.Person, error) {
	p, found, err := directory.FindPerson(tx, by.Person)
	if err == nil && !found {
		err = codeToken.New()
	}
	return p, err
}

func agencyOf(tx storage.Tx, id string) (directory.Agency, error) {
	a, found, err := directory.FindAgency(tx, id)
	if err == nil && !found {
		err = codeNoAgency.New(clip(id))
	}
	return a, err
}

// documentCase is a document with what deciding about it needs.
type documentCase struct {
	person   directory.Person
	agency   directory.Agency
	document Document
}

func documentFor(tx storage.Tx, by Actor, act Act, id string, at time.Time) (c documentCase, err error) {
	if c.person, err = who(tx, by); err != nil {
		return c, err
	}
	found := false
	if c.document, found, err = storage.Load[Document](tx, documents, id); err != nil {
		return c, err
	}
	if !found {
		return c, codeNoDocument.New(clip(id))
	}
	if c.agency, err = agencyOf(tx, c.document.Agency); err != nil {
		return c, err
	}
	return c, mayDocument(c.person, act, c.document, c.agency, at)
}

// deliveryCase is a delivery with what deciding about it needs.
type deliveryCase struct {
	person           directory.Person
	sender, receiver directory.Agency
	delivery         Delivery
}

// deliveryFor lets the receiver act and read, and the sender read.
func deliveryFor(tx storage.Tx, by Actor, act Act, id string, at time.Time) (c deliveryCase, err error) {
	if c.person, err = who(tx, by); err != nil {
		return c, err
	}
	found := false
	if c.delivery, found, err = storage.Load[Delivery](tx, deliveries, id); err != nil {
		return c, err
	}
	if !found {
		return c, codeNoDelivery.New(clip(id))
	}
	if c.sender, err = agencyOf(tx, c.delivery.Sender); err != nil {
		return c, err
	}
	if c.receiver, err = agencyOf(tx, c.delivery.Receiver); err != nil {
		return c, err
	}
	if act == ActIn && may(c.person, ActOut, c.sender, at) == nil {
		return c, nil
	}
	return c, may(c.person, act, c.receiver, at)
}

// DocumentActs lists what the person may do now with a document, for menus;
// the acts themselves check again.
func (s *Service) DocumentActs(ctx context.Context, by Actor, document string) (acts []Act, err error) {
	at := s.now()
	err = s.store.View(ctx, func(tx storage.Tx) error {
		c, err := documentFor(tx, by, ActOut, document, at)
		if err != nil {
			return err
		}
		acts = nil
		for act, state := range map[Act]bool{
			ActApprove: c.document.State == Drafted,
			ActIssue:   c.document.State == Approved,
			ActSend:    c.document.State == Issued || c.document.State == Sent,
		} {
			if state && mayDocument(c.person, act, c.document, c.agency, at) == nil {
				acts = append(acts, act)
			}
		}
		return nil
	})
	slices.Sort(acts)
	return acts, err
}

// DeliveryActs is DocumentActs for a delivery.
func (s *Service) DeliveryActs(ctx context.Context, by Actor, delivery string) (acts []Act, err error) {
	at := s.now()
	err = s.store.View(ctx, func(tx storage.Tx) error {
		c, err := deliveryFor(tx, by, ActIn, delivery, at)
		if err != nil {
			return err
		}
		acts = nil
		if c.delivery.State != Available {
			return nil
		}
		if may(c.person, ActAccept, c.receiver, at) == nil && c.delivery.Verdict.acceptable() {
			acts = append(acts, ActAccept)
		}
		if may(c.person, ActRefuse, c.receiver, at) == nil {
			acts = append(acts, ActRefuse)
		}
		return nil
	})
	return acts, err
}

// clip keeps a hostile identifier out of messages.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
