package exchange

import (
	"encoding/json"
	"fmt"
)

// The collections. Identifiers never contain "/", which joins the parts of a
// key; numbers in keys have a fixed width so that they sort.
const (
	agencies     Collection = "agencies"     // id -> directory.Agency
	people       Collection = "people"       // id -> directory.Person
	codes        Collection = "codes"        // agency code -> agency id
	tokens       Collection = "tokens"       // hex SHA-256 -> person id
	certificates Collection = "certificates" // hex SHA-256 -> owner
	documents    Collection = "documents"    // id -> Document
	outbox       Collection = "outbox"       // agency/document -> "."
	counters     Collection = "counters"     // agency/year/series -> counter, of numbers given
	register     Collection = "register"     // agency/year/series/number -> document id (NUM-01)
	deliveries   Collection = "deliveries"   // id -> Delivery
	inbox        Collection = "inbox"        // receiver/delivery -> "."
	routes       Collection = "routes"       // document/receiver -> delivery id: at most one (design 3.4)
	arrivals     Collection = "arrivals"     // receiver/year -> counter, of arrival numbers (REG-04)
	incoming     Collection = "incoming"     // receiver/year/number -> delivery id
	receipts     Collection = "receipts"     // delivery -> exact bytes of the file
	chains       Collection = "chains"       // receiver -> link, the newest receipt
	answers      Collection = "answers"      // receiver/sequence -> delivery id
	idempotency  Collection = "idempotency"  // person/key -> remembered
)

// counter is the last number given in a series and the date that went with it.
type counter struct {
	Last int    `json:"last"`
	Date string `json:"date"` // "2026-01-05"
}

// link is the end of an agency's chain of receipts.
type link struct {
	Sequence int    `json:"sequence"` // from 1
	SHA256   string `json:"sha256"`   // of the receipt file
}

// owner says whose certificate it is: one of the two is set.
type owner struct {
	Person string `json:"person,omitempty"`
	Agency string `json:"agency,omitempty"`
}

var mark = []byte(".") // the value of keys that say everything themselves

func seriesKey(agency string, year int, series string) string {
	return fmt.Sprintf("%s/%04d/%s", agency, year, series)
}

func numbered(key string, n int) string { return fmt.Sprintf("%s/%08d", key, n) }

// load reads one record; found is false when it is absent.
func load[T any](tx Tx, c Collection, key string) (v T, found bool, err error) {
	b, err := tx.Get(c, key)
	if err != nil || b == nil {
		return v, false, err
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return v, false, fmt.Errorf("%s %q: %w", c, key, err)
	}
	return v, true, nil
}

func save(tx Tx, c Collection, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s %q: %w", c, key, err)
	}
	return tx.Put(c, key, b)
}

// each calls f for every record of a collection below a prefix.
func each[T any](tx Tx, c Collection, prefix string, f func(key string, v T) error) error {
	return tx.Scan(c, Range{Prefix: prefix}, func(key string, b []byte) (bool, error) {
		var v T
		if err := json.Unmarshal(b, &v); err != nil {
			return true, fmt.Errorf("%s %q: %w", c, key, err)
		}
		return false, f(key, v)
	})
}

// newest lists the identifiers under prefix/ that come before a given one,
// last first; identifiers are ULIDs, so last is newest.
func newest(tx Tx, c Collection, prefix, before string, limit int) ([]string, error) {
	r := Range{Prefix: prefix + "/", Reverse: true}
	if before != "" {
		r.After = prefix + "/" + before
	}
	var ids []string
	err := tx.Scan(c, r, func(key string, _ []byte) (bool, error) {
		ids = append(ids, key[len(prefix)+1:])
		return len(ids) >= limit, nil
	})
	return ids, err
}
