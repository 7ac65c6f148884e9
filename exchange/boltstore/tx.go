package boltstore

import (
	"bytes"
	"errors"

	bolt "go.etcd.io/bbolt"

	"vanban/exchange/storage"
)

// tx shows a bbolt transaction as an storage.Tx: one bucket per collection.
type tx struct {
	bolt     *bolt.Tx
	writable bool
	wrote    bool // something may have changed, so an error needs a rollback
}

var (
	errReadOnly = errors.New("boltstore: write in a View")
	errEntry    = errors.New("boltstore: key of 1 to 500 bytes and a value that is not empty, please")
)

func (t *tx) Get(c storage.Collection, key string) ([]byte, error) {
	b := t.bolt.Bucket([]byte(c))
	if b == nil || key == "" {
		return nil, nil
	}
	return b.Get([]byte(key)), nil
}

func (t *tx) Put(c storage.Collection, key string, value []byte) error {
	if !t.writable {
		return errReadOnly
	}
	if len(key) < 1 || len(key) > 500 || len(value) == 0 {
		return errEntry
	}
	t.wrote = true
	b, err := t.bolt.CreateBucketIfNotExists([]byte(c))
	if err != nil {
		return err
	}
	return b.Put([]byte(key), value)
}

func (t *tx) Delete(c storage.Collection, key string) error {
	if !t.writable {
		return errReadOnly
	}
	b := t.bolt.Bucket([]byte(c))
	if b == nil || key == "" {
		return nil
	}
	t.wrote = true
	return b.Delete([]byte(key))
}

func (t *tx) Scan(c storage.Collection, r storage.Range, f func(string, []byte) (bool, error)) error {
	b := t.bolt.Bucket([]byte(c))
	if b == nil {
		return nil
	}
	cursor := b.Cursor()
	step := cursor.Next
	k, v := first(cursor, r)
	if r.Reverse {
		step = cursor.Prev
		k, v = last(cursor, r)
	}
	for ; k != nil && bytes.HasPrefix(k, []byte(r.Prefix)); k, v = step() {
		stop, err := f(string(k), v)
		if stop || err != nil {
			return err
		}
	}
	return nil
}

// first goes to the first key of the range.
func first(c *bolt.Cursor, r storage.Range) (k, v []byte) {
	if r.After < r.Prefix {
		return c.Seek([]byte(r.Prefix))
	}
	if r.After == "" {
		return c.First()
	}
	return c.Seek([]byte(r.After + "\x00"))
}

// last goes to the last key of the range.
func last(c *bolt.Cursor, r storage.Range) (k, v []byte) {
	end := []byte(r.After) // the first key beyond the range; nil = no end
	if after := successor(r.Prefix); r.After == "" || after != nil && bytes.Compare(end, after) > 0 {
		end = after
	}
	if end == nil {
		return c.Last()
	}
	if k, _ := c.Seek(end); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// successor is the smallest key that is greater than every key with the
// prefix; nil when there is none.
func successor(prefix string) []byte {
	end := []byte(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}
