package storage

import (
	"encoding/json"
	"fmt"
)

// Mark is the value of keys that say everything themselves.
var Mark = []byte(".")

// Numbered is the key of line n below prefix; n has a fixed width so that
// keys sort by number.
func Numbered(prefix string, n int) string { return fmt.Sprintf("%s/%08d", prefix, n) }

// Load reads one record, kept as JSON; found is false when it is absent.
func Load[T any](tx Tx, c Collection, key string) (v T, found bool, err error) {
	b, err := tx.Get(c, key)
	if err != nil || b == nil {
		return v, false, err
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return v, false, fmt.Errorf("%s %q: %w", c, key, err)
	}
	return v, true, nil
}

// Save writes one record as JSON.
func Save(tx Tx, c Collection, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s %q: %w", c, key, err)
	}
	return tx.Put(c, key, b)
}

// Each calls f for every record whose key begins with prefix.
func Each[T any](tx Tx, c Collection, prefix string, f func(key string, v T) error) error {
	return tx.Scan(c, Range{Prefix: prefix}, func(key string, b []byte) (bool, error) {
		var v T
		if err := json.Unmarshal(b, &v); err != nil {
			return true, fmt.Errorf("%s %q: %w", c, key, err)
		}
		return false, f(key, v)
	})
}

// Newest lists the last parts of the keys prefix/… that come before a given
// one, last first; identifiers sort by time, so last is newest.
func Newest(tx Tx, c Collection, prefix, before string, limit int) ([]string, error) {
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
