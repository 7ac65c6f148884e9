package web

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"vanban/exchange"
	"vanban/exchange/directory"
	"vanban/verify"
)

// maxKey is the longest Idempotency-Key, in bytes.
const maxKey = 200

// condition reads what a write of the API is made under.
func condition(c echo.Context) (exchange.If, error) {
	key := c.Request().Header.Get("Idempotency-Key")
	if key == "" {
		return exchange.If{}, codeKeyMissing.New()
	}
	if !goodKey(key) {
		return exchange.If{}, codeKeyBad.New()
	}
	return exchange.If{Key: key, Version: ifMatch(c.Request().Header.Get("If-Match"))}, nil
}

func goodKey(key string) bool {
	for i := range len(key) {
		if key[i] < 0x20 || key[i] > 0x7e {
			return false
		}
	}
	return len(key) >= 1 && len(key) <= maxKey
}

// ifMatch turns our ETag back into a version: -1 when anything will do, 0,
// which no version is, for a tag that we never gave (RFC 9110, 13.1.1).
func ifMatch(header string) int {
	header = strings.TrimSpace(header)
	if header == "" || header == "*" {
		return -1
	}
	inner, ok := strings.CutPrefix(header, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	version, err := strconv.Atoi(inner)
	if !ok || !closed || err != nil || version < 1 {
		return 0
	}
	return version
}

func versionTag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// answerVersioned sends a thing with its ETag, or 304 to who has it already.
func answerVersioned(c echo.Context, status, version int, thing any) error {
	tag := versionTag(version)
	c.Response().Header().Set("ETag", tag)
	if c.Request().Method == http.MethodGet && c.Request().Header.Get("If-None-Match") == tag {
		return c.NoContent(http.StatusNotModified)
	}
	return c.JSON(status, thing)
}

// pageOf reads the part of a list that is asked for, and of which agency.
func pageOf(c echo.Context, who person) (agency string, page exchange.Page, err error) {
	agency = c.QueryParam("agency")
	if agency == "" {
		agency = who.post.Agency
	}
	page.Before = c.QueryParam("before")
	if limit := c.QueryParam("limit"); limit != "" {
		page.Limit, err = strconv.Atoi(limit)
		if err != nil || page.Limit < 1 || page.Limit > 200 {
			return "", page, codeParameter.New("limit")
		}
	}
	return agency, page, nil
}

// full says whether a list answer is a whole page, so that there may be more.
func full(n int, page exchange.Page) bool {
	if page.Limit == 0 {
		page.Limit = 200
	}
	return n >= page.Limit
}

type positionAnswer struct {
	Agency     string           `json:"agency"`
	AgencyName string           `json:"agencyName"`
	Roles      []directory.Role `json:"roles"`
	Title      string           `json:"title"`
	Authority  string           `json:"authority,omitempty"`
}

// me gives the person and the posts that hold now.
func (s *server) me(c echo.Context, who person) error {
	posts, now := []positionAnswer{}, s.Clock()
	for _, p := range who.Positions {
		if !holds(p, now) {
			continue
		}
		agency, err := s.Service.Agency(c.Request().Context(), p.Agency)
		if err != nil {
			return err
		}
		posts = append(posts, positionAnswer{p.Agency, agency.Name, p.Roles, p.Title, p.Authority})
	}
	return c.JSON(http.StatusOK, struct {
		ID        string           `json:"id"`
		Name      string           `json:"name"`
		Positions []positionAnswer `json:"positions"`
	}{who.ID, who.Name, posts})
}

type agencyAnswer struct {
	ID       string                 `json:"id"`
	Name     string                 `json:"name"`
	Superior string                 `json:"superior,omitempty"`
	Place    string                 `json:"place"`
	Symbol   string                 `json:"symbol"`
	Codes    []directory.AgencyCode `json:"codes"`
}

func (s *server) agencies(c echo.Context, _ person) error {
	found, err := s.Service.Agencies(c.Request().Context())
	if err != nil {
		return err
	}
	out := make([]agencyAnswer, len(found))
	for i, a := range found {
		out[i] = agencyAnswer{a.ID, a.Name, a.Superior, a.Place, a.Symbol, a.Codes}
	}
	return c.JSON(http.StatusOK, map[string]any{"agencies": out})
}

func (s *server) documents(c echo.Context, who person) error {
	agency, page, err := pageOf(c, who)
	if err != nil {
		return err
	}
	found, err := s.Service.Outbox(c.Request().Context(), who.actor(), agency, page)
	if err != nil {
		return err
	}
	answer := map[string]any{"documents": orEmpty(found)}
	if full(len(found), page) {
		answer["next"] = found[len(found)-1].ID
	}
	return c.JSON(http.StatusOK, answer)
}

func (s *server) createDocument(c echo.Context, who person) error {
	cond, err := condition(c)
	if err != nil {
		return err
	}
	cond.Version = -1
	in, err := s.openForm(c)
	if err != nil {
		return err
	}
	meta, ok := in.fields["meta"]
	if !ok {
		return codePartOrder.New()
	}
	var draft exchange.Draft
	if err := decodeJSON(strings.NewReader(meta), &draft); err != nil {
		return err
	}
	if draft.Agency == "" {
		draft.Agency = who.post.Agency
	}
	made, err := s.Service.CreateDraft(c.Request().Context(), who.actor(), cond, draft, in)
	if err != nil {
		return in.explain(err)
	}
	c.Response().Header().Set("Location", "/api/v1/documents/"+made.ID)
	return answerVersioned(c, http.StatusCreated, made.Version, made)
}

func (s *server) document(c echo.Context, who person) error {
	found, err := s.Service.Document(c.Request().Context(), who.actor(), c.Param("id"))
	if err != nil {
		return err
	}
	return answerVersioned(c, http.StatusOK, found.Version, found)
}

func (s *server) deliveriesOf(c echo.Context, who person) error {
	found, err := s.Service.Deliveries(c.Request().Context(), who.actor(), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"deliveries": orEmpty(found)})
}

// change carries out an act on a document that needs no more than its id.
func (s *server) change(deed documentDeed) handler {
	return func(c echo.Context, who person) error {
		cond, err := condition(c)
		if err != nil {
			return err
		}
		changed, err := deed(c.Request().Context(), who.actor(), cond, c.Param("id"))
		if err != nil {
			return err
		}
		return answerVersioned(c, http.StatusOK, changed.Version, changed)
	}
}

func (s *server) send(c echo.Context, who person) error {
	cond, err := condition(c)
	if err != nil {
		return err
	}
	var body struct {
		To []string `json:"to"`
	}
	if err := readJSON(c, &body); err != nil {
		return err
	}
	made, err := s.Service.Send(c.Request().Context(), who.actor(), cond, c.Param("id"), body.To)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"deliveries": orEmpty(made)})
}

func (s *server) inbox(c echo.Context, who person) error {
	agency, page, err := pageOf(c, who)
	if err != nil {
		return err
	}
	found, err := s.Service.Inbox(c.Request().Context(), who.actor(), agency, page)
	if err != nil {
		return err
	}
	answer := map[string]any{"deliveries": orEmpty(found)}
	if full(len(found), page) {
		answer["next"] = found[len(found)-1].ID
	}
	return c.JSON(http.StatusOK, answer)
}

func (s *server) delivery(c echo.Context, who person) error {
	found, err := s.Service.Delivery(c.Request().Context(), who.actor(), c.Param("id"))
	if err != nil {
		return err
	}
	return answerVersioned(c, http.StatusOK, found.Version, found)
}

func (s *server) accept(c echo.Context, who person) error {
	cond, err := condition(c)
	if err != nil {
		return err
	}
	changed, err := s.Service.Accept(c.Request().Context(), who.actor(), cond, c.Param("id"))
	if err != nil {
		return err
	}
	return answerVersioned(c, http.StatusOK, changed.Version, changed)
}

func (s *server) refuse(c echo.Context, who person) error {
	cond, err := condition(c)
	if err != nil {
		return err
	}
	var body struct {
		Reason string `json:"reason"`
	}
	if err := readJSON(c, &body); err != nil {
		return err
	}
	changed, err := s.Service.Refuse(c.Request().Context(), who.actor(), cond, c.Param("id"), body.Reason)
	if err != nil {
		return err
	}
	return answerVersioned(c, http.StatusOK, changed.Version, changed)
}

// verifyUpload is the check for programs (design 4.1).
func (s *server) verifyUpload(c echo.Context) error {
	if !s.checks.Allow(c.RealIP()) {
		return codeTooMany.New()
	}
	in, err := s.openBody(c)
	if err != nil {
		return err
	}
	result, err := s.checkUpload(c, in)
	if err != nil {
		return err
	}
	report := *result.report
	report.File = result.name
	return c.JSON(http.StatusOK, map[string]any{"documents": []verify.Report{report}})
}

// documentFile and deliveryFile serve the API and the pages alike.
func (s *server) documentFile(c echo.Context, who person) error {
	ctx, id := c.Request().Context(), c.Param("id")
	stage := exchange.Stage(c.QueryParam("stage"))
	switch stage {
	case exchange.StageDraft, exchange.StageApproved, exchange.StageIssued:
	case "":
		found, err := s.Service.Document(ctx, who.actor(), id)
		if err != nil {
			return err
		}
		stage = newestStage(found)
	default:
		return codeParameter.New("stage")
	}
	file, err := s.Service.OpenFile(ctx, who.actor(), id, stage)
	if err != nil {
		return err
	}
	return serveFile(c, file)
}

// newestStage is the furthest file that the document has.
func newestStage(d exchange.Document) exchange.Stage {
	switch {
	case d.Issued.SHA256 != "":
		return exchange.StageIssued
	case d.Approved.SHA256 != "":
		return exchange.StageApproved
	}
	return exchange.StageDraft
}

func (s *server) deliveryFile(c echo.Context, who person) error {
	file, err := s.Service.OpenDelivered(c.Request().Context(), who.actor(), c.Param("id"))
	if err != nil {
		return err
	}
	return serveFile(c, file)
}

// serveFile sends the PDF with ranges and the digest as its ETag. The bytes of
// a digest never change, so the browser may keep them, for this user only.
func serveFile(c echo.Context, file *exchange.File) error {
	defer file.Close()
	h := c.Response().Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", attachment(file.Name))
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+file.SHA256+`"`)
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, io.NewSectionReader(file, 0, file.Size()))
	return nil
}

// receipt sends the exact bytes that were signed over.
func (s *server) receipt(c echo.Context, who person) error {
	ctx, id := c.Request().Context(), c.Param("id")
	bytes, err := s.Service.Receipt(ctx, who.actor(), id)
	if err != nil {
		return err
	}
	found, err := s.Service.Delivery(ctx, who.actor(), id)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("bien-nhan %s %s.json", strings.ReplaceAll(found.Notation, "/", "-"), found.Receiver)
	h := c.Response().Header()
	h.Set("Content-Disposition", attachment(name))
	h.Set("Content-Length", strconv.Itoa(len(bytes)))
	return c.Blob(http.StatusOK, "application/json", bytes)
}

// attachment names a download: an ASCII name for old clients and the right one
// in UTF-8 for the others (RFC 6266, RFC 8187).
func attachment(name string) string {
	var plain strings.Builder
	for _, r := range name {
		if r < 0x20 || r > 0x7e || strings.ContainsRune(`"\/%`, r) {
			r = '_'
		}
		plain.WriteRune(r)
	}
	header := `attachment; filename="` + plain.String() + `"`
	if plain.String() != name {
		header += "; filename*=UTF-8''" + percent(name)
	}
	return header
}

// percent encodes everything but the plainest characters (RFC 8187, 3.2.1).
func percent(s string) string {
	var out strings.Builder
	for _, b := range []byte(s) {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', b == '-', b == '.', b == '_':
			out.WriteByte(b)
		default:
			fmt.Fprintf(&out, "%%%02X", b)
		}
	}
	return out.String()
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
