package exchange

import (
	"fmt"

	"vanban/exchange/storage"
)

// The collections. Identifiers never contain "/", which joins the parts of a
// key.
const (
	documents  storage.Collection = "documents"  // id -> Document
	outbox     storage.Collection = "outbox"     // agency/document -> "."
	counters   storage.Collection = "counters"   // agency/year/series -> counter, of numbers given
	register   storage.Collection = "register"   // agency/year/series/number -> document id (NUM-01)
	deliveries storage.Collection = "deliveries" // id -> Delivery
	inbox      storage.Collection = "inbox"      // receiver/delivery -> "."
	routes     storage.Collection = "routes"     // document/receiver -> delivery id: at most one (design 3.4)
	arrivals   storage.Collection = "arrivals"   // receiver/year -> counter, of arrival numbers (REG-04)
	incoming   storage.Collection = "incoming"   // receiver/year/number -> delivery id
	receipts   storage.Collection = "receipts"   // delivery -> exact bytes of the file
	chains     storage.Collection = "chains"     // receiver -> link, the newest receipt
	answers    storage.Collection = "answers"    // receiver/sequence -> delivery id
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

func seriesKey(agency string, year int, series string) string {
	return fmt.Sprintf("%s/%04d/%s", agency, year, series)
}
