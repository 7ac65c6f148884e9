package cms

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"strconv"
	"strings"
	"time"
)

type algorithm struct{}

var errSkeleton = errors.New("cms: under construction")

func parseOID(s string) asn1.ObjectIdentifier {
	var oid asn1.ObjectIdentifier
	for _, p := range strings.Split(s, ".") {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil
		}
		oid = append(oid, n)
	}
	return oid
}

func Parse(b []byte) (*Signed, error)                                       { return nil, errSkeleton }
func (s *Signed) SignerCertificate(si *Signer) *x509.Certificate            { return nil }
func (si *Signer) Verify(c *x509.Certificate, contentDigest []byte) []Fault { return nil }

// Rebuild re-encodes with chain; byte-equal to the input when nothing outside what is signed was altered.
func (s *Signed) Rebuild(chain []*x509.Certificate) ([]byte, error) { return nil, errSkeleton }

type Unsigned struct{}

func Prepare(Spec) (*Unsigned, error) { return nil, errSkeleton }
func (u *Unsigned) ToBeSigned() (message, digest []byte, opts crypto.SignerOpts) {
	return nil, nil, nil
}
func (u *Unsigned) Complete(signature []byte, unsigned ...Attribute) ([]byte, error) {
	return nil, errSkeleton
}
func (u *Unsigned) Marshal() []byte                         { return nil }
func UnmarshalUnsigned(b []byte) (*Unsigned, error)         { return nil, errSkeleton }
func TimeStampAttribute(token []byte) Attribute             { return Attribute{} }
func SecondOpinion(der, contentDigest []byte) (bool, error) { return false, errSkeleton } // decided, error

func NewTimeStampQuery(digest []byte, h crypto.Hash, nonce *big.Int) ([]byte, error) {
	return nil, errSkeleton
}
func ParseTimeStampReply(reply []byte) (token []byte, err error) { return nil, errSkeleton }

type TimeStamp struct {
	Signed     *Signed
	Time       time.Time
	Imprint    []byte
	Digest     Digest
	Nonce      *big.Int
	Policy     asn1.ObjectIdentifier
	Serial     *big.Int
	Accuracy   time.Duration
	Ordering   bool
	Authority  []byte // tsa GeneralName, DER
	Extensions []byte // DER
}

func ParseTimeStamp(token []byte) (*TimeStamp, error)             { return nil, errSkeleton }
func (t *TimeStamp) Verify(imprint func(d Digest) []byte) []Fault { return nil }
func (t *TimeStamp) Certificate() *x509.Certificate               { return nil }

type TimeStampQuery struct {
	Digest           Digest
	Imprint          []byte
	Nonce            *big.Int
	Policy           asn1.ObjectIdentifier
	WantCertificates bool
}

func ParseTimeStampQuery(b []byte) (*TimeStampQuery, error) { return nil, errSkeleton }

// Authority is what a time-stamp authority signs with.
type Authority struct {
	Certificate *x509.Certificate
	Chain       []*x509.Certificate
	Key         crypto.Signer
	Policy      asn1.ObjectIdentifier
	Accuracy    time.Duration // whole seconds
}

// BuildTimeStampReply answers a query; RejectTimeStamp refuses one.
func BuildTimeStampReply(q *TimeStampQuery, a Authority, serial *big.Int, at time.Time) ([]byte, error) {
	return nil, errSkeleton
}
func RejectTimeStamp(reason string) []byte { return nil }
