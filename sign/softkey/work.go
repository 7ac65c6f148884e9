package softkey

import (
	"encoding/asn1"
	"errors"
)

// Bounds on what a file may make us do before its password is known to be right.
const (
	maxIterations = 2_000_000 // of all steps together, about 1 s; real files have 3 x 2 048 to 3 x 600 000
	maxElements   = 10_000
	maxDepth      = 24
)

var (
	errWork  = errors.New("key derivation with too many iterations")
	errShape = errors.New("not a PKCS#12 structure")
)

// checkWork refuses a file that asks for an absurd number of key derivation
// rounds, which the library would obediently compute. Wherever PKCS#12 keeps
// such a number (MacData, PBEParameter, PBKDF2-params) it follows an OCTET
// STRING, the salt; so the INTEGERs right after OCTET STRINGs are added up, also
// inside OCTET STRINGs that are DER themselves.
func checkWork(der []byte) error {
	w := workChecker{}
	return w.walk(der, 0, true)
}

type workChecker struct{ elements, rounds int }

// walk looks at consecutive elements. must says that der has to parse.
func (w *workChecker) walk(der []byte, depth int, must bool) error {
	if depth > maxDepth {
		return errShape
	}
	afterOctets := false
	for len(der) > 0 {
		var e asn1.RawValue
		rest, err := asn1.Unmarshal(der, &e)
		if err != nil {
			if must {
				return errShape
			}
			return nil // an OCTET STRING of plain bytes
		}
		if w.elements++; w.elements > maxElements {
			return errShape
		}
		universal := e.Class == asn1.ClassUniversal
		if universal && e.Tag == asn1.TagInteger && afterOctets {
			if w.rounds += rounds(e.Bytes); w.rounds > maxIterations {
				return errWork
			}
		}
		afterOctets = universal && e.Tag == asn1.TagOctetString
		if e.IsCompound {
			err = w.walk(e.Bytes, depth+1, must)
		} else if afterOctets && len(e.Bytes) > 16 { // shorter ones are salts
			err = w.walk(e.Bytes, depth+1, false)
		}
		if err != nil {
			return err
		}
		der = rest
	}
	return nil
}

// rounds reads the content of a DER INTEGER; whatever does not fit is too many.
func rounds(content []byte) int {
	if len(content) > 4 || len(content) > 0 && content[0]&0x80 != 0 {
		return maxIterations + 1
	}
	n := 0
	for _, b := range content {
		n = n<<8 | int(b)
	}
	return n
}
