// Package storage is the contract between the exchange and the stores that keep
// its data: small records in ordered collections under transactions, and
// document bytes in immutable files named by their digest. Drivers implement
// Store (exchange/boltstore), exchange/storetest proves them, and only the
// exchange and its children call it.
//
// Beside the interfaces it has what every room that stores something needs:
// typed records (table.go) and the memory of answered requests (once.go).
package storage

import (
	"context"
	"io"

	"vanban/internal/fault"
)

// Codes that every store raises; drivers may raise others of their own.
var (
	// Busy is back-pressure: too many writers wait already. Nothing was
	// changed and the same request may be sent again.
	Busy = fault.Define("exchange-store-busy", fault.Busy,
		"Hệ thống đang có quá nhiều yêu cầu ghi.", "Too many writes are waiting.",
		"Gửi lại yêu cầu sau vài giây với cùng Idempotency-Key.", "Send the request again in a few seconds with the same Idempotency-Key.")
	// Failed means that a commit went wrong and its outcome is unknown.
	// The store refuses all writes until the program is started again.
	Failed = fault.Define("exchange-store-failed", fault.Internal,
		"Kho dữ liệu gặp lỗi ghi và đã dừng nhận thay đổi.", "The store failed while writing and takes no more changes.",
		"Người vận hành kiểm tra ổ đĩa rồi khởi động lại; gửi lại yêu cầu với cùng Idempotency-Key.",
		"The operator checks the disk and restarts the program; send the request again with the same Idempotency-Key.")
	// BlobMissing is returned by Blobs.Open for a digest that is not there.
	BlobMissing = fault.Define("exchange-blob-missing", fault.Internal,
		"Không còn tệp %s trong kho.", "The file %s is no longer in the store.",
		"Người vận hành chạy `vanban check` và khôi phục từ bản sao lưu.", "The operator runs `vanban check` and restores from the backup.")
	// BlobTooLarge is returned by BlobWriter.Write beyond the limit.
	BlobTooLarge = fault.Define("exchange-file-too-large", fault.TooLarge,
		"Tệp lớn hơn giới hạn %d byte.", "The file is larger than the limit of %d bytes.",
		"Giảm độ phân giải bản quét, hoặc đề nghị người vận hành tăng giới hạn.", "Scan at a lower resolution, or ask the operator to raise the limit.")
)

// Blob names bytes by their digest.
type Blob struct {
	SHA256 string `json:"sha256"` // lower-case hex; "" = no such file yet
	Size   int64  `json:"size"`
}

// Collection names one group of keys in a Store.
type Collection string

// Range selects keys of a collection, in byte order.
type Range struct {
	Prefix  string // only keys that begin with it
	After   string // only keys after it (before it when Reverse); "" = from the end
	Reverse bool   // last key first
}

// Store keeps everything but document bytes. It may be called concurrently.
type Store interface {
	// View runs f over one consistent snapshot. Writes inside f are an error.
	View(ctx context.Context, f func(Tx) error) error
	// Update runs f and makes its writes durable, all or none: when it
	// returns nil they survive kill -9 and power loss. When f returns an
	// error nothing is written and Update returns that error. Any other
	// error means that the writes may or may not be there.
	// f may run more than once and on another goroutine, sees every update
	// that was answered before, must not keep the Tx, nor block, nor call the Store.
	Update(ctx context.Context, f func(Tx) error) error
	// Blobs are the document bytes.
	Blobs() Blobs
	// Close waits for running updates. Later calls fail.
	Close() error
}

// Tx is a transaction. Byte slices that it gives are read-only and valid
// until f returns; those that it takes must not change until then.
type Tx interface {
	// Get gives nil and no error when the key is absent.
	Get(c Collection, key string) ([]byte, error)
	// Put sets a key (1 to 500 bytes) to a value that is not empty.
	Put(c Collection, key string, value []byte) error
	// Delete removes a key; an absent one is no error.
	Delete(c Collection, key string) error
	// Scan calls f for each key in range until f says stop or fails. f must
	// not write to the same collection.
	Scan(c Collection, r Range, f func(key string, value []byte) (stop bool, err error)) error
}

// Blobs holds immutable files named by their SHA-256. It may be called
// concurrently.
type Blobs interface {
	// New starts a file that nobody sees until Commit. Writing more than
	// limit bytes fails with BlobTooLarge.
	New(ctx context.Context, limit int64) (BlobWriter, error)
	// Open gives a file for reading, or BlobMissing.
	Open(ctx context.Context, digest string) (BlobReader, error)
}

// BlobReader reads one blob; Close it. It may be read concurrently.
type BlobReader interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// BlobWriter is a blob being made. It is used by one goroutine.
type BlobWriter interface {
	io.Writer
	// ReadAt reads what has been written so far.
	io.ReaderAt
	// Size is the number of bytes written so far.
	Size() int64
	// Commit makes the bytes durable under their digest: file and folder are
	// synced when it returns nil. Committing bytes that exist already is no error.
	Commit() (Blob, error)
	// Discard removes what was not committed; harmless after Commit, so defer it.
	Discard()
}
