package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"time"

	"vanban/exchange"
	"vanban/internal/fault"
)

// Limits on what an answer may cost the client.
const (
	clientTimeout  = 60 * time.Second
	maxAnswerBytes = 8 << 20
)

var codeServer = fault.Define("cli-server", fault.Outside,
	"Máy chủ trả lời: %s [%s]", "The server answered: %s [%s]",
	"Xem gợi ý của máy chủ ở trên; mã trong ngoặc vuông được giải thích trong tài liệu.", "Act on what the server says; the code in brackets names the reason.")

// Client speaks the HTTP API as one person. It is what a script with curl
// would do, in Go, and holds no state of its own.
type Client struct {
	base  string // http://127.0.0.1:8080
	token string // of the person; empty for what needs no log-in
	http  *http.Client
}

// NewClient speaks as the holder of a token; empty for what needs no log-in.
func NewClient(base, token string) *Client {
	return &Client{base: base, token: token, http: &http.Client{Timeout: clientTimeout}}
}

// Answer is a problem document (RFC 9457) that came back.
type Answer struct {
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Detail   string `json:"detail"`
	DetailEn string `json:"detailEn"`
	Hint     string `json:"hint"`
	HintEn   string `json:"hintEn"`
}

func (e *Answer) Error() string {
	return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.DetailEn)
}

// call is one request. A body that is not nil is sent as JSON, unless it is an
// io.Reader, which is sent as it is with contentType.
type call struct {
	method, path string
	body         any
	contentType  string
	key          string // Idempotency-Key; empty on a write makes a fresh one
	version      int    // If-Match; 0 is none
}

// do sends a request and decodes the JSON answer into result, if that is not nil.
func (c *Client) do(ctx context.Context, r call, result any) error {
	b, err := c.bytes(ctx, r)
	if err != nil || result == nil {
		return err
	}
	if err := json.Unmarshal(b, result); err != nil {
		return fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	return nil
}

// bytes sends a request and gives the body of a good answer.
func (c *Client) bytes(ctx context.Context, r call) ([]byte, error) {
	req, err := c.request(ctx, r)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	limit := int64(maxAnswerBytes)
	if resp.Header.Get("Content-Type") == "application/pdf" {
		limit = 1 << 32 // documents may be as large as the server's own limit
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 == 2 {
		return b, nil
	}
	problem := &Answer{Status: resp.StatusCode}
	if json.Unmarshal(b, problem) != nil || problem.Code == "" {
		problem.Code, problem.DetailEn = "http", resp.Status
	}
	return nil, codeServer.Wrap(problem, problem.DetailEn, problem.Code)
}

func (c *Client) request(ctx context.Context, r call) (*http.Request, error) {
	var body io.Reader
	contentType := r.contentType
	switch v := r.body.(type) {
	case nil:
	case io.Reader:
		body = v
	default:
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		body, contentType = bytes.NewReader(b), "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if r.method != http.MethodGet {
		if r.key == "" {
			r.key = rand.Text()
		}
		req.Header.Set("Idempotency-Key", r.key)
	}
	if r.version > 0 {
		req.Header.Set("If-Match", fmt.Sprintf("%q", fmt.Sprint(r.version)))
	}
	return req, nil
}

// Upload makes a draft from a PDF, which is streamed.
func (c *Client) Upload(ctx context.Context, key string, meta exchange.Draft, name string, pdf io.Reader) (exchange.Document, error) {
	var d exchange.Document
	metaJSON, err := json.Marshal(meta)
	if err != nil {
		return d, err
	}
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		w.CloseWithError(writeForm(form, metaJSON, name, pdf))
	}()
	defer r.Close()
	err = c.do(ctx, call{method: http.MethodPost, path: "/api/v1/documents", body: r,
		contentType: form.FormDataContentType(), key: key}, &d)
	return d, err
}

// writeForm writes the two parts in the order in which the server reads them.
func writeForm(form *multipart.Writer, meta []byte, name string, pdf io.Reader) error {
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="meta"`}, "Content-Type": {"application/json"}})
	if err != nil {
		return err
	}
	if _, err := part.Write(meta); err != nil {
		return err
	}
	part, err = form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}, "Content-Type": {"application/pdf"}})
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, pdf); err != nil {
		return err
	}
	return form.Close()
}

// Act is approve or issue.
func (c *Client) Act(ctx context.Context, d exchange.Document, act, key string) (exchange.Document, error) {
	var out exchange.Document
	err := c.do(ctx, call{method: http.MethodPost, path: documentPath(d.ID) + "/" + act, key: key, version: d.Version}, &out)
	return out, err
}

// deliveries is how lists of deliveries look on the wire.
type deliveries struct {
	Deliveries []exchange.Delivery `json:"deliveries"`
}

// Send delivers a document to the agencies with these codes.
func (c *Client) Send(ctx context.Context, d exchange.Document, key string, to []string) ([]exchange.Delivery, error) {
	var out deliveries
	err := c.do(ctx, call{method: http.MethodPost, path: documentPath(d.ID) + "/send",
		body: map[string]any{"to": to}, key: key, version: d.Version}, &out)
	return out.Deliveries, err
}

// Document gives one document.
func (c *Client) Document(ctx context.Context, id string) (exchange.Document, error) {
	var out exchange.Document
	err := c.do(ctx, call{method: http.MethodGet, path: documentPath(id)}, &out)
	return out, err
}

// File gives the PDF of one stage of a document.
func (c *Client) File(ctx context.Context, id string, stage exchange.Stage) ([]byte, error) {
	return c.bytes(ctx, call{method: http.MethodGet, path: documentPath(id) + "/file?stage=" + url.QueryEscape(string(stage))})
}

// Inbox lists what the person's agency received, newest first.
func (c *Client) Inbox(ctx context.Context) ([]exchange.Delivery, error) {
	var out deliveries
	err := c.do(ctx, call{method: http.MethodGet, path: "/api/v1/inbox"}, &out)
	return out.Deliveries, err
}

// Delivery gives one delivery to its sender or receiver.
func (c *Client) Delivery(ctx context.Context, id string) (exchange.Delivery, error) {
	var out exchange.Delivery
	err := c.do(ctx, call{method: http.MethodGet, path: deliveryPath(id)}, &out)
	return out, err
}

// Accept registers a delivery.
func (c *Client) Accept(ctx context.Context, d exchange.Delivery, key string) (exchange.Delivery, error) {
	var out exchange.Delivery
	err := c.do(ctx, call{method: http.MethodPost, path: deliveryPath(d.ID) + "/accept", key: key, version: d.Version}, &out)
	return out, err
}

// DeliveredFile gives the PDF of a delivery.
func (c *Client) DeliveredFile(ctx context.Context, id string) ([]byte, error) {
	return c.bytes(ctx, call{method: http.MethodGet, path: deliveryPath(id) + "/file"})
}

// Receipt gives the exact bytes of the receipt of an answered delivery.
func (c *Client) Receipt(ctx context.Context, delivery string) ([]byte, error) {
	return c.bytes(ctx, call{method: http.MethodGet, path: deliveryPath(delivery) + "/receipt"})
}

func documentPath(id string) string { return "/api/v1/documents/" + url.PathEscape(id) }
func deliveryPath(id string) string { return "/api/v1/deliveries/" + url.PathEscape(id) }

// Documents lists the whole outbox, page by page.
func (c *Client) Documents(ctx context.Context) ([]exchange.Document, error) {
	var all []exchange.Document
	for before := ""; ; {
		var page struct {
			Documents []exchange.Document `json:"documents"`
			Next      string              `json:"next"`
		}
		if err := c.do(ctx, call{method: http.MethodGet, path: "/api/v1/documents?before=" + url.QueryEscape(before)}, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Documents...)
		if page.Next == "" {
			return all, nil
		}
		before = page.Next
	}
}
