package cms

import (
	"bytes"
	"crypto/rsa"
	"math/big"

	"vanban/internal/cms/ber"
)

// crypto/rsa refuses public exponents over 2^31-1, keys under 1024 bits and
// empty PSS salts, all of which exist in old signatures. For those, and only
// those, the public operation is done here (RFC 8017, 8.1.2 and 8.2.2); it
// handles no secret, so it need not run in constant time.

// ordinary says whether crypto/rsa takes the key.
func ordinary(key *rsa.PublicKey) bool { return key.E <= 1<<31-1 && key.N.BitLen() >= 1024 }

// verifyPKCS1 checks RSASSA-PKCS1-v1_5.
func verifyPKCS1(key *rsa.PublicKey, d Digest, digest, signature []byte) bool {
	if ordinary(key) {
		return rsa.VerifyPKCS1v15(key, d.Hash(), digest, signature) == nil
	}
	em := recoverRSA(key, signature)
	info := ber.Encode(ber.Sequence, encodeIdentifier(d.oid, ber.Null()), ber.Encode(ber.OctetString, digest))
	pad := len(em) - len(info) - 3
	if pad < 8 {
		return false
	}
	want := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, pad)...)
	return bytes.Equal(em, append(append(want, 0), info...))
}

// verifyPSS checks RSASSA-PSS with the digest also in MGF1 and gives the
// length of the salt that was found, which the caller compares.
func verifyPSS(key *rsa.PublicKey, d Digest, digest, signature []byte, salt int) (int, bool) {
	if ordinary(key) && salt > 0 {
		opts := rsa.PSSOptions{SaltLength: salt, Hash: d.Hash()}
		if rsa.VerifyPSS(key, d.Hash(), digest, signature, &opts) == nil {
			return salt, true
		}
	}
	em := recoverRSA(key, signature)
	bits := key.N.BitLen() - 1
	if len(em) > 0 && len(em) > (bits+7)/8 { // the encoded message is a byte shorter than such a modulus
		if em[0] != 0 {
			return 0, false
		}
		em = em[1:]
	}
	return openPSS(em, bits, d, digest)
}

// openPSS is EMSA-PSS-VERIFY (RFC 8017, 9.1.2) that accepts any salt.
func openPSS(em []byte, bits int, d Digest, digest []byte) (int, bool) {
	size := len(digest)
	split := len(em) - size - 1
	if split < 1 || em[len(em)-1] != 0xbc {
		return 0, false
	}
	db, hash := bytes.Clone(em[:split]), em[split:len(em)-1]
	spare := byte(0xff) >> (8*len(em) - bits)
	if db[0]&^spare != 0 {
		return 0, false
	}
	for i, m := range mgf1(d, hash, split) {
		db[i] ^= m
	}
	db[0] &= spare
	one := 0
	for one < len(db) && db[one] == 0 {
		one++
	}
	if one == len(db) || db[one] != 1 {
		return 0, false
	}
	salt := db[one+1:]
	h := d.New()
	h.Write(make([]byte, 8))
	h.Write(digest)
	h.Write(salt)
	return len(salt), bytes.Equal(h.Sum(nil), hash)
}

// mgf1 is the mask generation function of RFC 8017, B.2.1.
func mgf1(d Digest, seed []byte, n int) []byte {
	var out []byte
	for i := byte(0); len(out) < n; i++ { // a modulus is shorter than 256 digests
		h := d.New()
		h.Write(seed)
		h.Write([]byte{0, 0, 0, i})
		out = h.Sum(out)
	}
	return out[:n]
}

// recoverRSA raises the signature to the public exponent; nil when the
// signature is not of the length of the modulus or not below it.
func recoverRSA(key *rsa.PublicKey, signature []byte) []byte {
	s := new(big.Int).SetBytes(signature)
	if len(signature) != key.Size() || s.Cmp(key.N) >= 0 {
		return nil
	}
	return s.Exp(s, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
}
