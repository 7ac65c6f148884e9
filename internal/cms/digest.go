package cms

import (
	"crypto"
	_ "crypto/md5"  // old signatures are read and called weak
	_ "crypto/sha1" // same
	_ "crypto/sha256"
	"crypto/sha3"
	_ "crypto/sha512"
	"encoding/asn1"
	"hash"
)

// Digest is a digest algorithm by its object identifier. The zero value and
// values with an unknown identifier answer false to Known.
type Digest struct {
	oid string // dotted; comparable, so that Digest can be a map key
}

// digestInfo is what is known about one algorithm.
type digestInfo struct {
	name string
	hash crypto.Hash // 0 for SHAKE256
	weak bool
}

const oidSHAKE256 = "2.16.840.1.101.3.4.2.12"

// digests lists every algorithm that is read. SHAKE256 always means 64 bytes
// of output, the only length that CMS uses (RFC 8702, 3.1; RFC 8419, 2.3).
var digests = map[string]digestInfo{
	"1.2.840.113549.2.5":      {"MD5", crypto.MD5, true},
	"1.3.14.3.2.26":           {"SHA-1", crypto.SHA1, true},
	"2.16.840.1.101.3.4.2.4":  {"SHA-224", crypto.SHA224, false},
	"2.16.840.1.101.3.4.2.1":  {"SHA-256", crypto.SHA256, false},
	"2.16.840.1.101.3.4.2.2":  {"SHA-384", crypto.SHA384, false},
	"2.16.840.1.101.3.4.2.3":  {"SHA-512", crypto.SHA512, false},
	"2.16.840.1.101.3.4.2.6":  {"SHA-512/256", crypto.SHA512_256, false},
	"2.16.840.1.101.3.4.2.7":  {"SHA3-224", crypto.SHA3_224, false},
	"2.16.840.1.101.3.4.2.8":  {"SHA3-256", crypto.SHA3_256, false},
	"2.16.840.1.101.3.4.2.9":  {"SHA3-384", crypto.SHA3_384, false},
	"2.16.840.1.101.3.4.2.10": {"SHA3-512", crypto.SHA3_512, false},
	oidSHAKE256:               {"SHAKE256", 0, false},
}

// DigestOf gives the Digest of a standard hash; the zero Digest when it has no
// place in CMS.
func DigestOf(h crypto.Hash) Digest {
	for oid, info := range digests {
		if info.hash == h && h != 0 {
			return Digest{oid}
		}
	}
	return Digest{}
}

// digestByOID keeps unknown identifiers, so that they can be named in a fault.
func digestByOID(oid asn1.ObjectIdentifier) Digest { return Digest{oid.String()} }

// Known says whether New works.
func (d Digest) Known() bool { _, ok := digests[d.oid]; return ok }

// Weak says whether collisions are practical or near: MD5 and SHA-1.
func (d Digest) Weak() bool { return digests[d.oid].weak }

// Hash is the standard hash; 0 for SHAKE256 and unknown algorithms.
func (d Digest) Hash() crypto.Hash { return digests[d.oid].hash }

// OID is the object identifier, nil for the zero value.
func (d Digest) OID() asn1.ObjectIdentifier { return parseOID(d.oid) }

// String is the usual name, "SHA-256", or the dotted identifier.
func (d Digest) String() string {
	if info, ok := digests[d.oid]; ok {
		return info.name
	}
	return d.oid
}

// New starts a computation; nil when the algorithm is not Known.
func (d Digest) New() hash.Hash {
	info, ok := digests[d.oid]
	switch {
	case !ok:
		return nil
	case info.hash == 0:
		return &shake256{sha3.NewSHAKE256()}
	}
	return info.hash.New()
}

// Sum is the digest of b; nil when the algorithm is not Known.
func (d Digest) Sum(b []byte) []byte {
	h := d.New()
	if h == nil {
		return nil
	}
	h.Write(b)
	return h.Sum(nil)
}

// shake256 is SHAKE256 with 64 bytes of output as a hash.Hash.
type shake256 struct{ *sha3.SHAKE }

func (s *shake256) Size() int { return 64 }

func (s *shake256) Sum(b []byte) []byte {
	state, err := s.MarshalBinary()
	if err != nil {
		panic("cms: SHAKE256 state: " + err.Error()) // cannot happen: it is a fixed-size copy
	}
	reader := sha3.NewSHAKE256()
	if err := reader.UnmarshalBinary(state); err != nil {
		panic("cms: SHAKE256 state: " + err.Error())
	}
	out := make([]byte, 64)
	reader.Read(out)
	return append(b, out...)
}
