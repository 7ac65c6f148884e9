package web

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"vanban/certs"
	"vanban/exchange"
	"vanban/exchange/receipt"
	"vanban/verify"
)

// draft uploads the letter as the clerk.
func (d *desk) draft() (exchange.Document, answer) {
	d.t.Helper()
	letter := theLetter(d.t)
	a := d.do(ask{method: "POST", path: "/api/v1/documents", who: clerk, body: form{{"meta", meta(d.t, letter)}, {"file", string(letter.PDF)}}})
	if a.status != http.StatusCreated {
		d.t.Fatalf("draft: %d %s", a.status, a.body)
	}
	var doc exchange.Document
	a.into(d.t, &doc)
	return doc, a
}

// act does one thing to a document and gives it back.
func (d *desk) act(doc exchange.Document, act, who string) exchange.Document {
	d.t.Helper()
	a := d.do(ask{method: "POST", path: "/api/v1/documents/" + doc.ID + "/" + act, who: who, headers: []string{"If-Match: " + versionTag(doc.Version)}})
	if a.status != http.StatusOK {
		d.t.Fatalf("%s: %d %s", act, a.status, a.body)
	}
	var changed exchange.Document
	a.into(d.t, &changed)
	if a.header.Get("ETag") != versionTag(changed.Version) {
		d.t.Errorf("%s: ETag %s for version %d", act, a.header.Get("ETag"), changed.Version)
	}
	return changed
}

type deliveries struct {
	Deliveries []exchange.Delivery `json:"deliveries"`
}

// sent takes a document through to three inboxes.
func (d *desk) sent() (exchange.Document, []exchange.Delivery) {
	d.t.Helper()
	doc, _ := d.draft()
	doc = d.act(doc, "approve", leader)
	doc = d.act(doc, "issue", clerk)
	a := d.do(ask{method: "POST", path: "/api/v1/documents/" + doc.ID + "/send", who: clerk, body: map[string]any{"to": []string{"H61", "H48.116", "H30.9"}}})
	if a.status != http.StatusOK {
		d.t.Fatalf("send: %d %s", a.status, a.body)
	}
	var out deliveries
	a.into(d.t, &out)
	if len(out.Deliveries) != 3 {
		d.t.Fatalf("%d deliveries", len(out.Deliveries))
	}
	return doc, out.Deliveries
}

func (out deliveries) to(agency string) exchange.Delivery {
	for _, delivery := range out.Deliveries {
		if delivery.Receiver == agency {
			return delivery
		}
	}
	return exchange.Delivery{}
}

func TestMainJobOverTheAPI(t *testing.T) {
	d := newDesk(t, nil)
	doc, made := d.sent()
	if doc.Notation != "01/SNV-VP" || doc.Date != "2026-03-05" {
		t.Errorf("issued as %q on %q", doc.Notation, doc.Date)
	}
	all := deliveries{made}

	for who, agency := range map[string]string{vinhLong: "ubnd-vinh-long", loc: "stc-ha-tinh"} {
		path := "/api/v1/deliveries/" + all.to(agency).ID
		var inbox deliveries
		d.do(ask{method: "GET", path: "/api/v1/inbox", who: who}).into(t, &inbox)
		if len(inbox.Deliveries) != 1 || inbox.Deliveries[0].Verdict.Indication != verify.TotalPassed {
			t.Fatalf("inbox of %s: %+v", agency, inbox)
		}
		file := d.do(ask{method: "GET", path: path + "/file", who: who})
		again := d.do(ask{method: "POST", path: "/api/v1/verify", body: file.body, key: "-"})
		if !strings.Contains(string(again.body), `"indication":"TOTAL-PASSED"`) {
			t.Errorf("the delivered file: %s", again.body)
		}
		first := d.do(ask{method: "POST", path: path + "/accept", who: who, key: "accept-" + agency})
		second := d.do(ask{method: "POST", path: path + "/accept", who: who, key: "accept-" + agency})
		if first.status != 200 || !bytes.Equal(first.body, second.body) {
			t.Errorf("accept twice: %d %s\n%d %s", first.status, first.body, second.status, second.body)
		}
		checkReceipt(d, path, who, "03")
	}
	path := "/api/v1/deliveries/" + all.to("ubnd-nghia-hanh").ID
	short := d.do(ask{method: "POST", path: path + "/refuse", who: hanh, body: map[string]string{"reason": "sai"}})
	if short.status != 422 || short.code() != "exchange-reason-required" {
		t.Errorf("a refusal without reason: %d %s", short.status, short.body)
	}
	refused := d.do(ask{method: "POST", path: path + "/refuse", who: hanh, body: map[string]string{"reason": "Gửi nhầm cơ quan nhận"}})
	if refused.status != 200 {
		t.Fatalf("refuse: %d %s", refused.status, refused.body)
	}
	checkReceipt(d, path, hanh, "02")

	var trail deliveries
	d.do(ask{method: "GET", path: "/api/v1/documents/" + doc.ID + "/deliveries", who: clerk}).into(t, &trail)
	if trail.to("ubnd-nghia-hanh").State != exchange.Refused || trail.to("stc-ha-tinh").State != exchange.Accepted {
		t.Errorf("the sender sees %+v", trail)
	}
}

// checkReceipt reads the receipt as receiver and as sender and checks it
// without the server.
func checkReceipt(d *desk, path, who, status string) {
	d.t.Helper()
	theirs := d.do(ask{method: "GET", path: path + "/receipt", who: who})
	ours := d.do(ask{method: "GET", path: path + "/receipt", who: clerk})
	if !bytes.Equal(theirs.body, ours.body) || theirs.status != 200 {
		d.t.Fatalf("receipts differ: %d %d", theirs.status, ours.status)
	}
	if !strings.Contains(string(ours.body), `"status":"`+status+`"`) {
		d.t.Errorf("receipt lacks status %s: %s", status, ours.body)
	}
	if got := ours.header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="bien-nhan 01-SNV-VP `) {
		d.t.Errorf("receipt is called %q", got)
	}
	report, err := receipt.Verify(ours.body, receipt.Options{Anchors: d.world.anchors, Policy: certs.DefaultPolicy(), Evidence: d.world.proof, At: monday})
	if err != nil {
		d.t.Fatal(err)
	}
	if report.Indication != verify.TotalPassed || report.Alarm {
		d.t.Errorf("receipt: %+v", report)
	}
}

// The table of what the API refuses. Each row is one request on a document
// that waits for its number and on what was sent before.
func TestTheAPIRefuses(t *testing.T) {
	d := newDesk(t, nil)
	_, made := d.sent()
	doc, _ := d.draft()
	doc = d.act(doc, "approve", leader)
	other, _ := d.draft()
	docPath, otherPath := "/api/v1/documents/"+doc.ID, "/api/v1/documents/"+other.ID
	delPath := "/api/v1/deliveries/" + deliveries{made}.to("ubnd-vinh-long").ID
	letter := theLetter(t)
	good := meta(t, letter)
	post := func(path, who string, body any, headers ...string) ask {
		return ask{method: "POST", path: path, who: who, body: body, headers: headers}
	}
	get := func(path, who string, headers ...string) ask {
		return ask{method: "GET", path: path, who: who, headers: headers}
	}
	upload := func(meta, pdf string) ask {
		return post("/api/v1/documents", clerk, form{{"meta", meta}, {"file", pdf}})
	}
	big := strings.Repeat("x", testUpload+formOverhead+1)
	for _, c := range []struct {
		name   string
		ask    ask
		status int
		code   string
	}{
		{"no token", get("/api/v1/me", ""), 401, "web-login-needed"},
		{"basic auth", get("/api/v1/me", "", "Authorization: Basic eDp5"), 401, "web-login-needed"},
		{"wrong token", get("/api/v1/me", "nobody"), 401, "web-token-wrong"},
		{"huge token", get("/api/v1/me", "", "Authorization: Bearer "+strings.Repeat("x", 500)), 401, "web-token-wrong"},
		{"a cookie is no token", get("/api/v1/me", "", "Cookie: vanban_session=x"), 401, "web-login-needed"},
		{"no such address", get("/api/v1/nothing", clerk), 404, "web-not-found"},
		{"wrong method", ask{method: "DELETE", path: docPath, who: clerk}, 405, "web-method-not-allowed"},
		{"no such document", get("/api/v1/documents/01ZZZZZZZZZZZZZZZZZZZZZZZZ", clerk), 404, "exchange-document-unknown"},
		{"another agency's document", get(docPath, vinhLong), 403, "exchange-needs-staff"},
		{"another agency's file", get(docPath+"/file", vinhLong), 403, "exchange-needs-staff"},
		{"another agency's delivery", get(delPath, loc), 403, "exchange-needs-staff"},
		{"another agency's delivered file", get(delPath+"/file", loc), 403, "exchange-needs-staff"},
		{"another agency's list", get("/api/v1/documents?agency=ubnd-vinh-long", clerk), 403, "exchange-needs-staff"},
		{"a stage that does not exist", get(docPath+"/file?stage=final", clerk), 422, "web-parameter-bad"},
		{"a stage that is not there yet", get(docPath+"/file?stage=issued", clerk), 404, "exchange-file-not-yet"},
		{"a list without end", get("/api/v1/inbox?limit=100000", clerk), 422, "web-parameter-bad"},
		{"receipt of what nobody answered", get(delPath+"/receipt", clerk), 404, "exchange-receipt-not-yet"},

		{"write without key", ask{method: "POST", path: docPath + "/issue", who: clerk, key: "-"}, 400, "web-idempotency-key-missing"},
		{"write with a broken key", ask{method: "POST", path: docPath + "/issue", who: clerk, key: strings.Repeat("k", 201)}, 400, "web-idempotency-key-bad"},
		{"stale version", post(docPath+"/issue", clerk, nil, `If-Match: "1"`), 412, "exchange-stale-version"},
		{"weak tag", post(docPath+"/issue", clerk, nil, `If-Match: W/"2"`), 412, "exchange-stale-version"},
		{"tag that is none of ours", post(docPath+"/issue", clerk, nil, `If-Match: "abc"`), 412, "exchange-stale-version"},
		{"clerk signs", post(otherPath+"/approve", clerk, nil), 403, "exchange-needs-leader"},
		{"leader seals", post(docPath+"/issue", leader, nil), 403, "exchange-needs-clerk"},
		{"seal without the leader's signature", post(otherPath+"/issue", clerk, nil), 409, "exchange-not-approved"},
		{"sign twice", post(docPath+"/approve", leader, nil), 409, "exchange-not-a-draft"},
		{"send before it is issued", post(docPath+"/send", clerk, map[string]any{"to": []string{"H61"}}), 409, "exchange-not-issued"},
		{"unknown receiver", post("/api/v1/documents/"+made[0].Document+"/send", clerk, map[string]any{"to": []string{"H61", "H99"}}), 422, "exchange-receiver-unknown"},
		{"nobody to send to", post("/api/v1/documents/"+made[0].Document+"/send", clerk, map[string]any{"to": []string{}}), 422, "exchange-receivers-invalid"},
		{"sender accepts", post(delPath+"/accept", clerk, nil), 403, "exchange-needs-clerk"},

		{"not JSON", post(delPath+"/refuse", vinhLong, "%PDF", "Content-Type: application/json"), 400, "web-body-unreadable"},
		{"unknown field", post(delPath+"/refuse", vinhLong, map[string]string{"why": "x"}), 400, "web-body-unreadable"},
		{"two values", post(delPath+"/refuse", vinhLong, `{"reason":"x"}{}`, "Content-Type: application/json"), 400, "web-body-unreadable"},
		{"form instead of JSON", post(delPath+"/refuse", vinhLong, form{{"reason", "x"}}), 415, "web-media-type"},
		{"JSON over the limit", post(delPath+"/refuse", vinhLong, map[string]string{"reason": strings.Repeat("x", smallBody)}), 413, "web-body-too-large"},

		{"upload without form", post("/api/v1/documents", clerk, "%PDF-1.7"), 415, "web-media-type"},
		{"upload without file", post("/api/v1/documents", clerk, form{{"meta", good}}), 422, "web-file-missing"},
		{"file before meta", post("/api/v1/documents", clerk, form{{"file", "%PDF"}, {"meta", good}}), 400, "web-part-order"},
		{"meta that is not JSON", upload("x", string(letter.PDF)), 400, "web-body-unreadable"},
		{"meta that is too long", upload(`"`+strings.Repeat("x", smallBody)+`"`, string(letter.PDF)), 413, "web-body-too-large"},
		{"too many fields", post("/api/v1/documents", clerk, manyFields()), 400, "web-body-unreadable"},
		{"text for a PDF", upload(good, "this is no PDF, only a text file"), 422, "pdf-not-a-pdf"},
		{"empty file", upload(good, ""), 422, "pdf-empty"},
		{"PDF over the limit", upload(good, "%PDF-1.7 "+strings.Repeat("x", testUpload)), 413, "exchange-file-too-large"},
		{"PDF far over the limit", upload(good, big), 413, "exchange-file-too-large"},
		{"classified", upload(strings.Replace(good, "{", `{"secrecy":"Mật",`, 1), string(letter.PDF)), 422, "exchange-classified"},
		{"leader who is none", upload(strings.Replace(good, leader, clerk, 1), string(letter.PDF)), 422, "exchange-leader-unknown"},
		{"receiver's clerk drafts for the sender", post("/api/v1/documents", vinhLong, form{{"meta", strings.Replace(good, "{", `{"agency":"snv-ha-tinh",`, 1)}, {"file", string(letter.PDF)}}), 403, "exchange-needs-staff"},

		{"check of a text file", ask{method: "POST", path: "/api/v1/verify", body: "only text"}, 422, "pdf-not-a-pdf"},
		{"check of nothing", ask{method: "POST", path: "/api/v1/verify", body: ""}, 422, "pdf-empty"},
		{"check of too much", ask{method: "POST", path: "/api/v1/verify", body: big}, 413, "web-upload-too-large"},
		{"check of a little too much", ask{method: "POST", path: "/api/v1/verify", body: strings.Repeat("x", testUpload+1)}, 413, "web-upload-too-large"},
		{"check of too much, length unknown", ask{method: "POST", path: "/api/v1/verify", body: io.MultiReader(strings.NewReader(big))}, 413, "web-upload-too-large"},
		{"check of JSON", ask{method: "POST", path: "/api/v1/verify", body: map[string]int{}}, 415, "web-media-type"},
		{"check of a form without file", ask{method: "POST", path: "/api/v1/verify", body: form{{"x", "y"}}}, 422, "web-file-missing"},
		{"from another site", ask{method: "POST", path: "/api/v1/verify", body: "x", headers: []string{"Sec-Fetch-Site: cross-site"}}, 403, "web-cross-origin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.t = t
			a := d.do(c.ask)
			if a.status != c.status || a.code() != c.code {
				t.Fatalf("%d %s, want %d %s\n%s", a.status, a.code(), c.status, c.code, a.body)
			}
			var p problem
			a.into(t, &p)
			if p.Detail == "" || p.DetailEn == "" || p.Detail == p.DetailEn || p.Hint == "" || p.RequestID != a.header.Get("X-Request-Id") || p.Instance == "" {
				t.Errorf("a problem without words: %+v", p)
			}
			if strings.Contains(string(a.body), "%!") {
				t.Errorf("arguments do not fit: %s", a.body)
			}
		})
	}
	d.t = t
	var still exchange.Document
	d.do(ask{method: "GET", path: docPath, who: clerk}).into(t, &still)
	if still.Version != doc.Version {
		t.Errorf("refused requests changed the document: %+v", still)
	}
}

func manyFields() form {
	var f form
	for range maxFields + 1 {
		f = append(f, [2]string{"x", "y"})
	}
	return f
}

func TestReadsOfTheAPI(t *testing.T) {
	d := newDesk(t, nil)
	doc, created := d.draft()
	if created.header.Get("Location") != "/api/v1/documents/"+doc.ID {
		t.Errorf("Location %q", created.header.Get("Location"))
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"} {
		if a := d.do(ask{method: "GET", path: path}); a.status != 200 {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	me := d.do(ask{method: "GET", path: "/api/v1/me", who: leader})
	if !strings.Contains(string(me.body), `"agencyName":"Sở Nội vụ tỉnh Hà Tĩnh"`) || strings.Contains(strings.ToLower(string(me.body)), "sha256") {
		t.Errorf("me: %s", me.body)
	}
	agencies := d.do(ask{method: "GET", path: "/api/v1/agencies", who: leader})
	if strings.Count(string(agencies.body), `"symbol"`) != 4 {
		t.Errorf("agencies: %s", agencies.body)
	}
	if a := d.do(ask{method: "GET", path: "/api/v1/documents/" + doc.ID, who: clerk, headers: []string{"If-None-Match: " + versionTag(doc.Version)}}); a.status != 304 {
		t.Errorf("unchanged document: %d", a.status)
	}
	empty := d.do(ask{method: "GET", path: "/api/v1/inbox", who: clerk})
	if strings.TrimSpace(string(empty.body)) != `{"deliveries":[]}` {
		t.Errorf("empty inbox: %s", empty.body)
	}
	d.draft()
	var page struct {
		Documents []exchange.Document `json:"documents"`
		Next      string              `json:"next"`
	}
	d.do(ask{method: "GET", path: "/api/v1/documents?limit=1", who: clerk}).into(t, &page)
	if len(page.Documents) != 1 || page.Next != page.Documents[0].ID || page.Next == doc.ID {
		t.Fatalf("first page: %+v", page)
	}
	d.do(ask{method: "GET", path: "/api/v1/documents?limit=1&before=" + page.Next, who: clerk}).into(t, &page)
	if len(page.Documents) != 1 || page.Documents[0].ID != doc.ID {
		t.Errorf("second page: %+v", page)
	}
}

func TestFilesAreServedInPartsAndUnderTheirNames(t *testing.T) {
	d := newDesk(t, nil)
	doc, _ := d.draft()
	path := "/api/v1/documents/" + doc.ID + "/file"
	whole := d.do(ask{method: "GET", path: path, who: clerk})
	if !bytes.Equal(whole.body, theLetter(t).PDF) || whole.header.Get("ETag") != `"`+doc.Draft.SHA256+`"` {
		t.Errorf("the draft came back with %d bytes and ETag %s", len(whole.body), whole.header.Get("ETag"))
	}
	if got := whole.header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="`) || !strings.Contains(got, ".pdf") {
		t.Errorf("Content-Disposition %q", got)
	}
	part := d.do(ask{method: "GET", path: path, who: clerk, headers: []string{"Range: bytes=0-3"}})
	if part.status != 206 || string(part.body) != "%PDF" {
		t.Errorf("range: %d %q", part.status, part.body)
	}
	if a := d.do(ask{method: "GET", path: path, who: clerk, headers: []string{`If-None-Match: "` + doc.Draft.SHA256 + `"`}}); a.status != 304 {
		t.Errorf("unchanged file: %d", a.status)
	}
	if a := d.do(ask{method: "GET", path: path, who: clerk, headers: []string{"Range: bytes=99999999-"}}); a.status != 416 {
		t.Errorf("range outside: %d", a.status)
	}
	head := d.do(ask{method: "HEAD", path: path, who: clerk})
	if head.status != 200 || len(head.body) != 0 || head.header.Get("Content-Length") == "" {
		t.Errorf("head: %d %v", head.status, head.header)
	}
}

func TestSameKeySameAnswer(t *testing.T) {
	d := newDesk(t, nil)
	letter := theLetter(t)
	upload := ask{method: "POST", path: "/api/v1/documents", who: clerk, key: "one", body: form{{"meta", meta(t, letter)}, {"file", string(letter.PDF)}}}
	first, second := d.do(upload), d.do(upload)
	if first.status != 201 || second.status != 201 || !bytes.Equal(first.body, second.body) {
		t.Errorf("the same upload twice: %d %s\n%d %s", first.status, first.body, second.status, second.body)
	}
	upload.body = form{{"meta", strings.Replace(meta(t, letter), letter.Subject, "khác", 1)}, {"file", string(letter.PDF)}}
	if a := d.do(upload); a.status != 409 || a.code() != "exchange-idempotency-reused" {
		t.Errorf("the key for something else: %d %s", a.status, a.body)
	}
}

func TestIfMatch(t *testing.T) {
	for header, want := range map[string]int{"": -1, "*": -1, `"3"`: 3, ` "3" `: 3, `W/"3"`: 0, "3": 0, `"0"`: 0, `"-1"`: 0, `"1", "2"`: 0, `""`: 0, `"`: 0} {
		if got := ifMatch(header); got != want {
			t.Errorf("If-Match %q: %d, want %d", header, got, want)
		}
	}
}

func TestAttachmentNames(t *testing.T) {
	for name, want := range map[string]string{
		"a.pdf":           `attachment; filename="a.pdf"`,
		"Công văn.pdf":    `attachment; filename="C_ng v_n.pdf"; filename*=UTF-8''C%C3%B4ng%20v%C4%83n.pdf`,
		"a\"\r\nX: y.pdf": `attachment; filename="a___X: y.pdf"; filename*=UTF-8''a%22%0D%0AX%3A%20y.pdf`,
	} {
		if got := attachment(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
