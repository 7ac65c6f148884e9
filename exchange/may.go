package exchange

import "context"

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

// DocumentActs lists what the person may do now with a document, for menus;
// the acts themselves check again.
func (s *Service) DocumentActs(ctx context.Context, by Actor, document string) ([]Act, error) {
	return nil, errSkeleton
}

// DeliveryActs is DocumentActs for a delivery.
func (s *Service) DeliveryActs(ctx context.Context, by Actor, delivery string) ([]Act, error) {
	return nil, errSkeleton
}
