package web

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"

	"github.com/labstack/echo/v4"

	"vanban/verify"
)

// maxFields bounds the fields of a form in front of its file.
const maxFields = 32

// incoming is a PDF on its way in. It remembers why reading stopped, because
// the rooms below wrap a broken connection in words of their own.
type incoming struct {
	io.Reader
	name   string            // as the client calls it; never a path on our side
	fields map[string]string // what came in front of the file in a form
	err    error
	max    int64
}

func (in *incoming) Read(p []byte) (int, error) {
	n, err := in.Reader.Read(p)
	if err != nil && err != io.EOF {
		in.err = err
	}
	return n, err
}

// explain gives the reason of a failure: what the connection did, if it did
// anything, and otherwise err.
func (in *incoming) explain(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(in.err, &tooLarge):
		return codeTooLarge.Wrap(in.err, in.max>>20)
	case in.err != nil:
		return codeBodyCut.Wrap(in.err)
	}
	return err
}

// openForm reads a multipart form up to its file and leaves the file to be
// streamed. The fields must come first, as they do in every browser when the
// file is the last control of the form.
func (s *server) openForm(c echo.Context) (*incoming, error) {
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return nil, codeMediaType.Wrap(err, contentType(c))
	}
	in := &incoming{fields: map[string]string{}, max: s.Limits.Upload}
	for range maxFields {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return in, codeFileMissing.New()
		case err != nil:
			in.err = err
			return in, bodyError(in, err)
		case part.FormName() == "file":
			return in, in.begin(part)
		}
		value, err := io.ReadAll(io.LimitReader(part, smallBody+1))
		if err != nil {
			in.err = err
			return in, bodyError(in, err)
		}
		if len(value) > smallBody {
			return in, codeBodyTooLarge.New()
		}
		in.fields[part.FormName()] = string(value)
	}
	return in, codeBodyBad.New()
}

// begin makes the file part the body; a form whose file control was left
// empty has a part without name and bytes.
func (in *incoming) begin(part *multipart.Part) error {
	buffered := bufio.NewReader(part)
	_, err := buffered.Peek(1)
	if err == io.EOF && part.FileName() == "" {
		return codeFileMissing.New()
	}
	in.Reader, in.name = buffered, part.FileName()
	return nil
}

// bodyError is for a form that cannot be read: cut short, too long, or no form.
func bodyError(in *incoming, err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || errors.Is(err, io.ErrUnexpectedEOF) {
		return in.explain(err)
	}
	return codeBodyBad.Wrap(err)
}

// openBody is openForm for an API where the body may also be the PDF itself.
func (s *server) openBody(c echo.Context) (*incoming, error) {
	media, _, err := mime.ParseMediaType(contentType(c))
	if err != nil {
		return nil, codeMediaType.Wrap(err, contentType(c))
	}
	switch media {
	case "multipart/form-data":
		return s.openForm(c)
	case "application/pdf", "application/octet-stream":
		return &incoming{Reader: c.Request().Body, max: s.Limits.Upload}, nil
	}
	return nil, codeMediaType.New(media)
}

func contentType(c echo.Context) string { return c.Request().Header.Get("Content-Type") }

// checked is a verdict on an upload that is already gone.
type checked struct {
	report *verify.Report
	name   string
	size   int64
	sha256 string
}

// checkUpload writes the PDF to a file without a name, checks it and lets it
// go. Nothing is kept, whatever happens.
func (s *server) checkUpload(c echo.Context, in *incoming) (*checked, error) {
	release, ok := s.checking.Take(c.RealIP())
	if !ok {
		return nil, codeBusy.New()
	}
	defer release()
	spool, err := os.CreateTemp(s.TempDir, "vanban-check-*")
	if err != nil {
		return nil, fmt.Errorf("make a file for a check: %w", err)
	}
	// Where the system allows it the name goes at once, so that not even
	// kill -9 leaves the upload behind; elsewhere it goes at the end.
	removed := os.Remove(spool.Name()) == nil
	defer func() {
		_ = spool.Close()
		if !removed {
			_ = os.Remove(spool.Name())
		}
	}()
	digest := sha256.New()
	size, err := io.Copy(io.MultiWriter(spool, digest), io.LimitReader(in, s.Limits.Upload+1))
	if err != nil {
		return nil, in.explain(err)
	}
	if size > s.Limits.Upload {
		return nil, codeTooLarge.New(s.Limits.Upload >> 20)
	}
	report, err := s.Verify(c.Request().Context(), spool, size)
	if err != nil {
		return nil, err
	}
	s.metrics.verdict(report.Indication)
	return &checked{report: report, name: in.name, size: size, sha256: hex.EncodeToString(digest.Sum(nil))}, nil
}

// readJSON decodes one JSON value strictly: unknown fields are mistakes of the
// client that it should hear about.
func readJSON(c echo.Context, into any) error {
	media, _, err := mime.ParseMediaType(contentType(c))
	if err != nil || media != "application/json" {
		return codeMediaType.New(contentType(c))
	}
	return decodeJSON(c.Request().Body, into)
}

func decodeJSON(r io.Reader, into any) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("more than one JSON value")
		}
	}
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		return codeBodyBad.Wrap(err)
	}
	return err
}

// parseForm reads a form without files.
func parseForm(c echo.Context) error {
	err := c.Request().ParseForm()
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		return codeBodyBad.Wrap(err)
	}
	return err
}
