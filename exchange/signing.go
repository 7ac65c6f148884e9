package exchange

import (
	"context"
	"time"

	"vanban/exchange/directory"
	"vanban/exchange/layout"
	"vanban/exchange/notation"
	"vanban/exchange/storage"
	"vanban/internal/pdf/draw"
	"vanban/sign"
)

// The fields that the leader's signature prepares and the agency's fills. The
// text fields are named by the kind of their mark.
const (
	leaderField = "LeaderSignature"
	sealField   = "AgencySeal"
	textSize    = 13 // points: boxes 3 and 4 of ND30 appendix I
)

// textFields are the marks that become text fields, with the name that people
// hear and the way in which they stand in their box.
var textFields = []struct {
	kind  layout.Kind
	name  string
	label string
	align draw.Align
	style sign.Style
}{
	{layout.Number, "DocumentNumber", "Số", draw.Right, sign.Regular}, // against the printed slash
	{layout.NumberLine, "DocumentNumberLine", "Số, ký hiệu", draw.Center, sign.Regular},
	{layout.Day, "DocumentDay", "Ngày", draw.Center, sign.Italic},
	{layout.Month, "DocumentMonth", "Tháng", draw.Center, sign.Italic},
	{layout.DateLine, "DocumentDateLine", "Địa danh, ngày tháng năm", draw.Center, sign.Italic},
}

// signAsLeader certifies the draft at level 2: filling the prepared fields and
// signing remain allowed, everything else is a forbidden change (SIG-15).
func (s *Service) signAsLeader(ctx context.Context, key sign.Key, c documentCase, at time.Time, in storage.BlobReader, out storage.BlobWriter) error {
	picture, err := s.image(ctx, c.person.SignatureImage, c.person.Name)
	if err != nil {
		return err
	}
	request := s.request(ctx, key, at)
	request.Field, request.Certify, request.Location = leaderField, 2, c.agency.Place
	mark, _ := c.document.Layout.Find(layout.Signature)
	request.Visible = &sign.Visible{Page: mark.Page, Rect: rect(mark), Image: picture}
	var locked []string
	for _, f := range textFields {
		if m, ok := c.document.Layout.Find(f.kind); ok {
			request.Prepare = append(request.Prepare, sign.PreparedField{Kind: sign.TextField, Name: f.name, Label: f.label,
				Page: m.Page, Rect: rect(m), FontSize: textSize, Align: f.align, Style: f.style})
			locked = append(locked, f.name)
		}
	}
	mark, _ = c.document.Layout.Find(layout.Seal)
	request.Prepare = append(request.Prepare, sign.PreparedField{Kind: sign.SignatureField, Name: sealField, Label: "Con dấu của cơ quan",
		Page: mark.Page, Rect: rect(mark), Lock: locked})
	_, err = sign.Sign(ctx, in, in.Size(), key, request, out)
	return err
}

// seal fills number and date and signs the prepared field with the agency's
// key, all in one revision; what was filled is locked from then on.
func (s *Service) seal(ctx context.Context, key sign.Key, c documentCase, at time.Time, in storage.BlobReader, out storage.BlobWriter) error {
	picture, err := s.image(ctx, c.agency.SealImage, c.agency.Name)
	if err != nil {
		return err
	}
	request := s.request(ctx, key, at)
	request.Field, request.Location = sealField, c.agency.Place
	request.Visible = &sign.Visible{Image: picture}
	request.Fill = map[string]string{}
	for _, f := range textFields {
		if _, ok := c.document.Layout.Find(f.kind); ok {
			request.Fill[f.name] = markText(f.kind, c.document, c.agency, at)
			request.Lock = append(request.Lock, f.name)
		}
	}
	_, err = sign.Sign(ctx, in, in.Size(), key, request, out)
	return err
}

// markText is what is printed at a mark (NUM-06, NUM-08).
func markText(k layout.Kind, d Document, a directory.Agency, at time.Time) string {
	switch k {
	case layout.Number:
		return notation.FormatNumber(d.Number)
	case layout.NumberLine:
		return notation.NumberLine(d.Number, notation.Symbol(d.Type, a.Symbol, d.Unit))
	case layout.Day:
		return notation.Day(at)
	case layout.Month:
		return notation.Month(at)
	case layout.DateLine:
		return notation.DateLine(a.Place, at)
	}
	return ""
}

// request is what both signatures have in common. With anchors and evidence
// at hand sign refuses a certificate that does not stand now (SIG-05).
func (s *Service) request(ctx context.Context, key sign.Key, at time.Time) sign.Request {
	anchors, policy, known := s.verifier.Trust(ctx, key.Chain())
	r := sign.Request{Level: sign.BB, Time: at, Anchors: anchors, Policy: policy, Evidence: known}
	if s.tsa != nil {
		r.Level, r.TSA = sign.BT, s.tsa
	}
	return r
}

func rect(m layout.Mark) sign.Rect { return sign.Rect{X: m.X, Y: m.Y, W: m.W, H: m.H} }
