package verify

import (
	"context"
	"errors"
	"io"
)

// File judges every signature of a PDF. The error only says that the file
// could not be looked at; it is coded. File may be called concurrently.
func File(ctx context.Context, r io.ReaderAt, size int64, opt Options) (*Report, error) {
	return nil, errors.New("pending")
}
