package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"vanban/exchange/directory"
	"vanban/exchange/storage"
	"vanban/internal/fault"
	"vanban/sign"
	"vanban/verify"
)

// The parts that a signature can play on a document (VER-08).
const (
	partLeader = "leader"
	partSeal   = "seal"
	partOther  = "other"
)

// acceptable says whether a clerk may accept on this verdict. An undecided one
// is for the clerk to decide, an alarm or a failure is not (REG-02, VER-03).
func (v Verdict) acceptable() bool { return !v.Alarm && v.Indication != verify.TotalFailed }

// holds says whether some signature plays a part for this holder, is passed, and
// has nothing forbidden after it.
func (v Verdict) holds(part, holder string) bool {
	for _, s := range v.Signatures {
		if s.Part == part && s.Holder == holder && holder != "" && s.Indication == verify.TotalPassed &&
			(s.ChangesAfter == verify.ChangesNone || s.ChangesAfter == verify.ChangesPermitted) {
			return true
		}
	}
	return false
}

// produced judges a file that was just signed: complete says whether it has
// the signatures that it should have. What did not pass is not stored, and a
// verdict that is open because evidence is missing is no pass (SIG-05).
func (v Verdict) produced(complete bool) error {
	switch {
	case complete && !v.Alarm:
		return nil
	case v.Alarm || v.Indication == verify.TotalFailed:
		return codeSelfCheck.New(v.reason())
	}
	return codeUndecided.New(v.reason())
}

// reason is the first thing that speaks against the file, for messages.
func (v Verdict) reason() string {
	for _, s := range v.Signatures {
		if s.Indication != verify.TotalPassed {
			return fmt.Sprintf("%s: %s %s", s.Field, s.Indication, s.SubIndication)
		}
	}
	if len(v.Codes) > 0 {
		return v.Indication + ", " + v.Codes[0]
	}
	return v.Indication
}

// judge verifies a file of a document and says which of its signatures are
// those of the leader and of the agency. A leader counts as one when the
// certificate was theirs and they were entitled in the agency when they signed
// here (SIG-02); the title in the certificate counts for nothing (SIG-04).
func (s *Service) judge(ctx context.Context, r io.ReaderAt, size int64, d Document) (Verdict, error) {
	at := s.now()
	report, err := s.verifier.Verify(ctx, r, size, at)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{At: at, Indication: report.Indication, Alarm: report.Alarm, Signatures: []SignatureVerdict{}}
	found := slices.SortedStableFunc(slices.Values(report.Signatures), func(a, b verify.Signature) int { return a.Revision - b.Revision })
	for _, f := range report.Findings {
		v.Codes = append(v.Codes, f.Code)
	}
	signed, sealed := at, at
	if d.ApprovedAt != nil {
		signed = *d.ApprovedAt
	}
	if d.IssuedAt != nil {
		sealed = *d.IssuedAt
	}
	err = s.store.View(ctx, func(tx storage.Tx) error {
		v.Signatures = v.Signatures[:0]
		for _, sig := range found {
			part, holder, err := partOf(tx, sig, d, signed, sealed)
			if err != nil {
				return err
			}
			v.Signatures = append(v.Signatures, SignatureVerdict{
				Field: sig.Field, Part: part, Holder: holder, Signer: sig.SignerName, Indication: sig.Indication,
				SubIndication: sig.SubIndication, Integrity: sig.Integrity, ChangesAfter: sig.ChangesAfter,
				Level: sig.Level, ClaimedTime: sig.ClaimedTime, ProvenTime: sig.ProvenTime,
			})
		}
		return nil
	})
	return v, err
}

func partOf(tx storage.Tx, sig verify.Signature, d Document, signed, sealed time.Time) (part, holder string, err error) {
	if sig.Type != "signature" || sig.Certificate == nil {
		return partOther, "", nil
	}
	digest := fingerprint(sig.Certificate)
	p, _, err := directory.FindOwner(tx, digest, signed)
	if err != nil {
		return "", "", err
	}
	if _, entitled := p.Holds(d.Agency, directory.Leader, signed); entitled {
		return partLeader, p.ID, nil
	}
	_, a, err := directory.FindOwner(tx, digest, sealed)
	if err != nil {
		return "", "", err
	}
	if a.ID == d.Agency && a.ID != "" {
		return partSeal, a.ID, nil
	}
	return partOther, "", nil
}

// Capacity answers the fourth question of a verification, whether the signer
// was entitled then, from the directory; it fits verify.Options.Capacity.
func (s *Service) Capacity(signer *x509.Certificate, at time.Time) (answer, text, textEn string) {
	var p directory.Person
	var a directory.Agency
	var of directory.Agency
	var title string
	err := s.store.View(context.Background(), func(tx storage.Tx) (err error) {
		if signer == nil {
			return nil
		}
		if p, a, err = directory.FindOwner(tx, fingerprint(signer), at); err != nil {
			return err
		}
		for _, pos := range p.Positions {
			if held, ok := p.Holds(pos.Agency, directory.Leader, at); ok {
				title = held.Title
				of, err = agencyOf(tx, pos.Agency)
				return err
			}
		}
		return nil
	})
	switch {
	case err != nil || p.ID == "" && a.ID == "":
		return verify.Unsure, codeCapacityUnknown.Text(fault.Vi), codeCapacityUnknown.Text(fault.En)
	case a.ID != "":
		return verify.Yes, codeCapacitySeal.Text(fault.Vi, a.Name), codeCapacitySeal.Text(fault.En, a.Name)
	case of.ID == "":
		return verify.No, codeCapacityNone.Text(fault.Vi, p.Name), codeCapacityNone.Text(fault.En, p.Name)
	}
	return verify.Yes, codeCapacityLeader.Text(fault.Vi, p.Name, title, of.Name), codeCapacityLeader.Text(fault.En, p.Name, title, of.Name)
}

// open opens a stored file after reading all of it against its digest: a file
// that was changed on the disk must not be signed, sent or receipted.
func (s *Service) open(ctx context.Context, b Blob) (storage.BlobReader, error) {
	r, err := s.store.Blobs().Open(ctx, b.SHA256)
	if err != nil {
		return nil, err
	}
	if err := matches(r, b); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func matches(r storage.BlobReader, b Blob) error {
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(r, 0, b.Size+1))
	if err != nil {
		return fmt.Errorf("reading blob %s: %w", b.SHA256, err)
	}
	want, err := hex.DecodeString(b.SHA256)
	if err != nil || n != b.Size || r.Size() != b.Size || !bytes.Equal(h.Sum(nil), want) {
		return codeFileChanged.New(b.SHA256)
	}
	return nil
}

// personKey gives the key of a person whose certificate the directory binds
// to that person now.
func (s *Service) personKey(ctx context.Context, p directory.Person, at time.Time) (sign.Key, error) {
	key, err := s.keys.Person(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if len(key.Chain()) == 0 || !p.Owns(fingerprint(key.Chain()[0]), at) {
		return nil, codeKeyNotBound.New(p.Name)
	}
	return key, nil
}

// agencyKey is personKey for an agency's seal.
func (s *Service) agencyKey(ctx context.Context, a directory.Agency, at time.Time) (sign.Key, error) {
	key, err := s.keys.Agency(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	if len(key.Chain()) == 0 || !a.Sealed(fingerprint(key.Chain()[0]), at) {
		return nil, codeKeyNotBound.New(a.Name)
	}
	return key, nil
}
