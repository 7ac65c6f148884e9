// Package receipt makes and checks the proof that an agency has accepted or
// refused a document: a small file that verifies offline, years later, with
// nothing but this package and a set of trusted roots.
//
// The file is one JSON object in canonical form (RFC 8785) and a line feed:
//
//	{"evidence":{…},"format":"vanban-receipt-1","signature":"<base64>"}
//
// The evidence says who received what from whom, when, with which verdict on
// its signatures, in the terms of ETSI EN 319 522 (event URIs) and of the
// national exchange (status 03 accepted, 02 refused). The signature is a
// detached CMS over the canonical form of the evidence, made with the seal of
// the RECEIVING agency.
//
// There is exactly one file for one evidence and signature: everything is
// encoded again when it is checked and compared byte for byte, so that any
// changed byte is found, also where a signature does not reach (white space,
// base64 padding, the frame of the CMS, certificates that nobody needed).
package receipt

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"vanban/internal/cms"
)

// Format is the value of the member "format".
const Format = "vanban-receipt-1"

// MaxSize bounds a receipt file in bytes; a real one has about 5,000.
const MaxSize = 256 << 10

// The events (ETSI EN 319 522-2, C.3 and C.4) and the national status codes.
const (
	EventAccepted = "http://uri.etsi.org/19522/Event/ConsignmentAcceptance"
	EventRefused  = "http://uri.etsi.org/19522/Event/ConsignmentRejection"

	StatusAccepted = "03" // tiếp nhận, vào sổ văn bản đến
	StatusRefused  = "02" // từ chối tiếp nhận
)

// Evidence is what the receiving agency states.
type Evidence struct {
	ID            string  `json:"id"`
	Event         string  `json:"event"`
	Version       int     `json:"version"` // of this structure: 1
	Time          string  `json:"time"`    // RFC 3339 with seconds, +07:00 (LAY-09)
	DocumentID    string  `json:"documentId"`
	DeliveryID    string  `json:"deliveryId"`
	Revision      int     `json:"revision"` // of the document, from 1
	Notation      string  `json:"notation"` // "05/SNV-VP"
	Date          string  `json:"date"`     // of issue, "2026-01-05"
	Digest        Digest  `json:"digest"`
	Sender        Party   `json:"sender"`
	Receiver      Party   `json:"receiver"`
	Status        string  `json:"status"`                  // "03" or "02"
	Reason        string  `json:"reason,omitempty"`        // of a refusal
	ArrivalNumber int     `json:"arrivalNumber,omitempty"` // số đến of an acceptance (REG-04)
	Verdict       Verdict `json:"verdict"`
	Previous      string  `json:"previous,omitempty"` // hex SHA-256 of the receiver's receipt file before this one
	Certificates  string  `json:"certificates"`       // set by Make: digest of the certificates beside the signature
}

// Digest names the bytes of the document.
type Digest struct {
	Algorithm string `json:"algorithm"` // "SHA-256"
	Value     string `json:"value"`     // lower-case hex
	Size      int64  `json:"size"`      // bytes
}

// Party is an agency as the directory named it at that time.
type Party struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Verdict is what the receiver's verification of the document said.
type Verdict struct {
	Indication string `json:"indication"`
	Alarm      bool   `json:"alarm"`
}

// Key is the receiving agency's seal; sign.Key has these methods.
type Key interface {
	Chain() []*x509.Certificate // the key's certificate first
	Sign(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error)
}

// file is the whole receipt.
type file struct {
	Evidence  Evidence `json:"evidence"`
	Format    string   `json:"format"`
	Signature []byte   `json:"signature"`
}

// Make signs the evidence and gives the bytes of the receipt file.
func Make(ctx context.Context, key Key, e Evidence) ([]byte, error) {
	chain := key.Chain()
	if len(chain) == 0 {
		return nil, codeSigning.Wrap(errors.New("the key has no certificate"))
	}
	chain = withoutRoot(chain)
	e.Certificates = digestOf(chain)
	if err := e.check(); err != nil {
		return nil, codeEvidence.Wrap(err, err.Error())
	}
	signed, err := Canonical(e)
	if err != nil {
		return nil, codeEvidence.Wrap(err, err.Error())
	}
	spec := cms.Spec{Certificate: chain[0], Chain: chain, Digest: crypto.SHA256}
	digest := sha256.Sum256(signed)
	spec.ContentDigest = digest[:]
	if chain[0].PublicKeyAlgorithm == x509.Ed25519 { // RFC 8419, 3.1
		long := sha512.Sum512(signed)
		spec.Digest, spec.ContentDigest = crypto.SHA512, long[:]
	}
	unsigned, err := cms.Prepare(spec)
	if err != nil {
		return nil, codeSigning.Wrap(err)
	}
	message, hashed, opts := unsigned.ToBeSigned()
	if opts.HashFunc() == 0 {
		hashed = message
	}
	value, err := key.Sign(ctx, hashed, opts)
	if err != nil {
		return nil, codeSigning.Wrap(err)
	}
	der, err := unsigned.Complete(value)
	if err != nil {
		return nil, codeSigning.Wrap(err)
	}
	if err := agreed(der, spec.ContentDigest); err != nil {
		return nil, codeSigning.Wrap(err)
	}
	return file{Evidence: e, Format: Format, Signature: der}.encode()
}

// agreed lets an independent reader check what was just signed, where it can.
func agreed(der, contentDigest []byte) error {
	message, err := cms.Parse(der)
	if err != nil {
		return err
	}
	_, err = message.SecondOpinion(der, contentDigest)
	return err
}

// withoutRoot leaves the self-signed certificate out: the verifier has its own.
func withoutRoot(chain []*x509.Certificate) []*x509.Certificate {
	out := chain[:1:1]
	for _, c := range chain[1:] {
		if !bytes.Equal(c.RawSubject, c.RawIssuer) {
			out = append(out, c)
		}
	}
	return out
}

// digestOf names a set of certificates, in whatever order: the hex SHA-256 of
// their sorted digests. It is in the evidence because the signature does not
// reach the certificates above the signer's.
func digestOf(list []*x509.Certificate) string {
	digests := make([]string, len(list))
	for i, c := range list {
		sum := sha256.Sum256(c.Raw)
		digests[i] = string(sum[:])
	}
	slices.Sort(digests)
	sum := sha256.Sum256([]byte(strings.Join(digests, "")))
	return hex.EncodeToString(sum[:])
}

func (f file) encode() ([]byte, error) {
	b, err := Canonical(f)
	if err != nil {
		return nil, codeUnreadable.Wrap(err)
	}
	return append(b, '\n'), nil
}

// decode reads a file without asking whether it is in canonical form.
func decode(data []byte) (file, error) {
	if len(data) > MaxSize {
		return file{}, codeTooLarge.New(MaxSize)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var f file
	if err := decoder.Decode(&f); err != nil {
		return file{}, codeUnreadable.Wrap(err)
	}
	if f.Format != Format {
		return file{}, codeUnreadable.Wrap(fmt.Errorf("format is %.40q", f.Format))
	}
	return f, nil
}

// Read gives the evidence without checking anything, for display.
func Read(data []byte) (Evidence, error) {
	f, err := decode(data)
	return f.Evidence, err
}

// check says what makes evidence nonsense whoever signed it.
func (e Evidence) check() error {
	switch {
	case e.Version != 1 || e.Revision < 1:
		return fmt.Errorf("version %d, revision %d", e.Version, e.Revision)
	case e.ID == "" || e.DocumentID == "" || e.DeliveryID == "":
		return errors.New("an identifier is empty")
	case e.Sender.Code == "" || e.Sender.Name == "" || e.Receiver.Code == "" || e.Receiver.Name == "":
		return errors.New("sender or receiver is empty")
	case e.Digest.Algorithm != "SHA-256" || e.Digest.Size < 0:
		return fmt.Errorf("digest %.20q of %d bytes", e.Digest.Algorithm, e.Digest.Size)
	}
	if b, err := hex.DecodeString(e.Digest.Value); err != nil || len(b) != sha256.Size {
		return errors.New("digest is no SHA-256")
	}
	if _, err := e.at(); err != nil {
		return err
	}
	switch {
	case e.Event == EventAccepted && e.Status == StatusAccepted && e.ArrivalNumber >= 1 && e.Reason == "":
		return nil
	case e.Event == EventRefused && e.Status == StatusRefused && e.ArrivalNumber == 0 && utf8.RuneCountInString(e.Reason) >= 1:
		return nil
	}
	return errors.New("event, status, arrival number and reason contradict each other")
}

// at is the time of the evidence, in its one form.
func (e Evidence) at() (time.Time, error) {
	t, err := time.Parse("2006-01-02T15:04:05+07:00", e.Time)
	if err != nil {
		return time.Time{}, fmt.Errorf("time %.40q is not RFC 3339 with seconds and +07:00", e.Time)
	}
	return t.Add(-7 * time.Hour), nil // the layout above has read it as if it were UTC
}

// Time formats a time as evidence has it.
func Time(t time.Time) string {
	return t.UTC().Add(7*time.Hour).Format("2006-01-02T15:04:05") + "+07:00"
}
