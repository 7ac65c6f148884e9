package web

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// browser is a person with a cookie jar who only uses what the pages offer.
type browser struct {
	*desk
	last answer
}

// browser logs a person in the way the page does.
func (d *desk) browser(who string) *browser {
	d.t.Helper()
	b := d.visitor()
	b.post("/dang-nhap", url.Values{"token": {tokenOf(who)}, "next": {"/"}})
	b.follow(http.StatusSeeOther)
	return b
}

// visitor is somebody without a log-in.
func (d *desk) visitor() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	fresh := *d
	client := *d.client
	client.Jar = jar
	fresh.client = &client
	return &browser{desk: &fresh}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	b.last = b.do(ask{method: "GET", path: path, headers: []string{"Accept-Language: vi"}})
	return b.last
}

func (b *browser) post(path string, body any) answer {
	b.t.Helper()
	b.last = b.do(ask{method: "POST", path: path, body: body, headers: []string{"Accept-Language: vi", "Sec-Fetch-Site: same-origin"}})
	return b.last
}

// follow expects a redirect and goes there.
func (b *browser) follow(status int) answer {
	b.t.Helper()
	if b.last.status != status {
		b.t.Fatalf("%d, want %d: %s", b.last.status, status, b.last.body)
	}
	return b.get(b.last.header.Get("Location"))
}

// sees fails unless the last page says all of it.
func (b *browser) sees(status int, texts ...string) {
	b.t.Helper()
	if b.last.status != status {
		b.t.Errorf("status %d, want %d", b.last.status, status)
	}
	for _, text := range texts {
		if !strings.Contains(string(b.last.body), text) {
			_, main, _ := strings.Cut(string(b.last.body), "<main")
			b.t.Fatalf("the page lacks %q:\n%s", text, main)
		}
	}
}

func (b *browser) seesNot(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if strings.Contains(string(b.last.body), text) {
			b.t.Errorf("the page says %q", text)
		}
	}
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// press sends the form of the last page whose action ends like this.
func (b *browser) press(action string, more url.Values) answer {
	b.t.Helper()
	page := string(b.last.body)
	at := regexp.MustCompile(`<form[^>]* method="post" action="([^"]*` + regexp.QuoteMeta(action) + `)"`).FindStringSubmatchIndex(page)
	if at == nil {
		b.t.Fatalf("no form for %s:\n%s", action, page)
	}
	target := page[at[2]:at[3]]
	body, _, _ := strings.Cut(page[at[1]:], "</form>")
	values := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		values.Set(m[1], m[2])
	}
	for name, list := range more {
		values[name] = list
	}
	return b.post(target, values)
}

var link = regexp.MustCompile(`href="(/van-ban(?:-den)?/[0-9A-Z]+)"`)

// open follows the first link to a document on the last page.
func (b *browser) open() answer {
	b.t.Helper()
	m := link.FindStringSubmatch(string(b.last.body))
	if m == nil {
		b.t.Fatalf("no document to open:\n%s", b.last.body)
	}
	return b.get(m[1])
}

// draftFields is the upload form as a browser sends it.
func draftFields(t *testing.T, key, subject, leader, marks string) form {
	letter := theLetter(t)
	if marks == "" {
		marks = string(letter.Marks)
	}
	return form{{"key", key}, {"type", "CV"}, {"unit", "VP"}, {"subject", subject}, {"leader", leader}, {"marks", marks}, {"file", string(letter.PDF)}}
}

func TestMainJobOnThePages(t *testing.T) {
	d := newDesk(t, nil)
	clerkAt := d.browser(clerk)
	clerkAt.sees(200, "Chưa có văn bản nào gửi đến cơ quan.", "Trần Văn Tĩnh", "Văn thư, Sở Nội vụ tỉnh Hà Tĩnh")
	clerkAt.get("/van-ban-di")
	clerkAt.sees(200, "Cơ quan chưa có văn bản đi nào.", "Tạo dự thảo mới", `<option value="nguyen-thi-nghia">Nguyễn Thị Nghĩa, Giám đốc</option>`)
	clerkAt.post("/van-ban-di", draftFields(t, "k1", "V/v thử <nghiệm>", leader, ""))
	clerkAt.follow(303)
	clerkAt.sees(200, "Đã tạo dự thảo.", "V/v thử &lt;nghiệm&gt;", "Dự thảo, chờ ký", "Không có việc nào chờ bạn")

	leaderAt := d.browser(leader)
	leaderAt.sees(200, "1 văn bản chờ bạn ký", "V/v thử &lt;nghiệm&gt;")
	leaderAt.seesNot("Tạo dự thảo mới")
	leaderAt.open()
	leaderAt.sees(200, "Bạn ký số với tư cách Nguyễn Thị Nghĩa, Giám đốc", "Ký văn bản")
	leaderAt.press("/ky", nil)
	leaderAt.follow(303)
	leaderAt.sees(200, "Đã ký văn bản.", "Toàn vẹn", "Danh tính", "Thẩm quyền")

	clerkAt.get("/van-ban-di")
	clerkAt.sees(200, "1 văn bản chờ cấp số, đóng dấu")
	clerkAt.open()
	clerkAt.press("/phat-hanh", nil)
	clerkAt.follow(303)
	clerkAt.sees(200, "Đã cấp số 01/SNV-VP", ">HỢP LỆ<", "05/03/2026", "Văn bản chưa gửi đến cơ quan nào.")
	clerkAt.press("/gui", nil)
	clerkAt.sees(422, "Chưa chọn cơ quan nhận nào.", "web-no-receiver")
	clerkAt.press("/gui", url.Values{"to": {"H61", "H48.116"}})
	clerkAt.follow(303)
	clerkAt.sees(200, "Đã gửi đến 2 cơ quan.", "Ủy ban nhân dân tỉnh Vĩnh Long", "Gửi thêm cơ quan")
	sent := clerkAt.last

	receiver := d.browser(vinhLong)
	receiver.sees(200, "1 văn bản chờ tiếp nhận", "2/2 hợp lệ", "Sở Nội vụ tỉnh Hà Tĩnh")
	receiver.open()
	receiver.sees(200, ">HỢP LỆ<", "Tiếp nhận", "Từ chối")
	receiver.press("/tu-choi", url.Values{"reason": {"<ngắn>"}})
	receiver.sees(422, "exchange-reason-required", "&lt;ngắn&gt;</textarea>")
	receiver.press("/tiep-nhan", nil)
	receiver.follow(303)
	receiver.sees(200, "Đã tiếp nhận, số đến 01.", "Tải biên nhận", "Không có việc nào chờ bạn")

	returner := d.browser(hanh)
	returner.open()
	returner.press("/tu-choi", url.Values{"reason": {"Gửi nhầm cơ quan nhận văn bản"}})
	returner.follow(303)
	returner.sees(200, "Đã từ chối tiếp nhận.", "Gửi nhầm cơ quan nhận văn bản")

	clerkAt.last = sent
	clerkAt.get("/van-ban-di")
	clerkAt.open()
	clerkAt.sees(200, "Đã tiếp nhận", "Đã từ chối", "Gửi nhầm cơ quan nhận văn bản", "bien-nhan")
	receipts := regexp.MustCompile(`href="(/van-ban-den/[0-9A-Z]+/bien-nhan)"`).FindAllStringSubmatch(string(clerkAt.last.body), -1)
	if len(receipts) != 2 {
		t.Fatalf("%d receipts on the sender's page", len(receipts))
	}
	if a := clerkAt.get(receipts[0][1]); a.status != 200 || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("receipt: %d %s", a.status, a.header.Get("Content-Type"))
	}
}

func TestFormsThatFailComeBack(t *testing.T) {
	d := newDesk(t, nil)
	b := d.browser(clerk)
	b.post("/van-ban-di", draftFields(t, "k", "Còn nguyên chữ đã gõ", leader, "{"))
	b.sees(422, "web-marks-unreadable", `value="Còn nguyên chữ đã gõ"`, " open ", "Người xử lý", "Cách xử lý")
	b.post("/van-ban-di", form{{"key", "k"}, {"subject", "x"}, {"leader", leader}, {"type", "CV"}, {"unit", "VP"}, {"file", "no PDF"}})
	b.sees(422, "pdf-not-a-pdf")
	b.post("/van-ban-di", form{{"key", "k"}, {"subject", "x"}, {"leader", leader}})
	b.sees(422, "web-file-missing")
	b.post("/van-ban-di", draftFields(t, "", "x", leader, ""))
	b.sees(400, "web-body-unreadable")

	doc, _ := d.draft()
	l := d.browser(leader)
	l.get("/van-ban/" + doc.ID)
	stale := l.last
	l.press("/ky", nil)
	l.follow(303)
	l.last = stale
	l.press("/ky", nil) // the same form again gives the first answer
	l.follow(303)
	l.sees(200, "Đã ký văn bản.")
	l.last = stale
	l.press("/ky", url.Values{"key": {"another"}})
	l.sees(412, "exchange-stale-version", "Đã ký, chờ đóng dấu")
	l.last = stale
	l.press("/ky", url.Values{"version": {"x"}})
	l.sees(400, "web-body-unreadable")
	l.get("/van-ban/" + doc.ID + "/ky")
	l.follow(303)
	l.sees(200, "Tiến trình")
	l.get("/van-ban-den/" + doc.ID)
	l.sees(404, "exchange-delivery-unknown", "Về trang chính")
}

func TestMessagesAreShownOnce(t *testing.T) {
	d := newDesk(t, nil)
	b := d.browser(clerk)
	b.post("/van-ban-di", draftFields(t, "k", "x", leader, ""))
	to := b.last.header.Get("Location")
	b.get(to)
	b.sees(200, "Đã tạo dự thảo.")
	b.get(to)
	b.seesNot("Đã tạo dự thảo.")
	d.browser(leader).get(to)
}

func TestLoggingInAndOut(t *testing.T) {
	d := sharedDesk(t, nil)
	b := d.visitor()
	b.get("/van-ban-di")
	if to := b.last.header.Get("Location"); to != "/dang-nhap?next=%2Fvan-ban-di" {
		t.Errorf("without a log-in one is sent to %q", to)
	}
	b.follow(303)
	b.sees(200, `name="next" value="/van-ban-di"`)
	b.press("/dang-nhap", url.Values{"token": {"wrong"}})
	b.sees(401, "web-token-wrong", `name="next" value="/van-ban-di"`)
	b.press("/dang-nhap", url.Values{"token": {" " + tokenOf(officer) + "\n"}})
	cookie := b.last.header.Get("Set-Cookie")
	for _, part := range []string{"vanban_session=", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %q lacks %s", cookie, part)
		}
	}
	if strings.Contains(cookie, tokenOf(officer)) {
		t.Error("the cookie is the token")
	}
	b.follow(303)
	b.sees(200, "Hồ An", "Văn bản đi")
	b.get("/van-ban-den")
	b.sees(403, "exchange-needs-staff")
	b.press("/dang-xuat", nil)
	b.follow(303)
	b.sees(200, "Bạn đã đăng xuất.")
	b.get("/van-ban-di")
	b.follow(303)
	b.sees(200, "Mã đăng nhập")

	for who, to := range map[string]string{clerk: "/van-ban-den", leader: "/van-ban-di", officer: "/van-ban-di"} {
		b := d.visitor()
		b.post("/dang-nhap", url.Values{"token": {tokenOf(who)}})
		if got := b.last.header.Get("Location"); got != to {
			t.Errorf("%s begins at %s, want %s", who, got, to)
		}
		b.get("/")
		if got := b.last.header.Get("Location"); got != to {
			t.Errorf("/ sends %s to %s, want %s", who, got, to)
		}
	}
}

func TestLocalPath(t *testing.T) {
	for next, want := range map[string]string{
		"/van-ban/01A": "/van-ban/01A", "/van-ban-di?x=1": "/van-ban-di", "": "/", "van-ban": "/",
		"//evil.example/x": "/", "https://evil.example": "/", "/\\evil.example": "/", "javascript:alert(1)": "/",
		"/%2F/evil.example": "/", "/%2Fevil.example": "/", "/\tx": "/", "http:evil": "/", "/a\nb": "/", "///x": "/",
	} {
		if got := localPath(next); got != want {
			t.Errorf("%q: %q, want %q", next, got, want)
		}
	}
}

func TestCheckPage(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visitor()
	b.get("/kiem-tra")
	b.sees(200, "Kiểm tra văn bản", "Tối đa 1 MB", "Đăng nhập")
	doc, _ := d.draft()
	doc = d.act(doc, "approve", leader)
	signed := d.do(ask{method: "GET", path: "/api/v1/documents/" + doc.ID + "/file", who: clerk})
	b.post("/kiem-tra", form{{"file", string(signed.body)}})
	b.sees(200, ">HỢP LỆ<", "Toàn vẹn", "Danh tính", "Tin cậy tại thời điểm ký", "Thẩm quyền", "Thay đổi sau khi ký", "Công văn số 5.pdf", doc.Approved.SHA256)
	flipped := append([]byte{}, signed.body...)
	flipped[len(theLetter(t).PDF)/2] ^= 1
	b.post("/kiem-tra", form{{"file", string(flipped)}})
	b.sees(200, ">KHÔNG HỢP LỆ<")
	b.post("/kiem-tra", form{{"file", string(theLetter(t).PDF)}})
	b.sees(200, "KHÔNG CÓ CHỮ KÝ SỐ")
	b.post("/kiem-tra", form{{"file", "text"}})
	b.sees(422, "pdf-not-a-pdf", `role="alert"`)
	b.post("/kiem-tra", form{{"file", strings.Repeat("x", testUpload+1)}})
	b.sees(413, "web-upload-too-large")
	b.post("/kiem-tra", url.Values{"file": {"x"}})
	b.sees(415, "web-media-type")
}

func TestLanguageIsChosenAndKept(t *testing.T) {
	d := sharedDesk(t, nil)
	b := d.visitor()
	b.get("/dang-nhap")
	b.sees(200, `<html lang="vi">`, "Mã đăng nhập")
	b.get("/dang-nhap?lang=en")
	b.sees(200, `<html lang="en">`, "Log-in token", "?lang=vi")
	b.get("/kiem-tra")
	b.sees(200, "Check a document")
	b.get("/kiem-tra?lang=xx")
	b.sees(200, "Check a document")
	for accept, want := range map[string]string{"": "vi", "en": "en", "en-US,en;q=0.9": "en", "vi-VN,vi;q=0.9,en;q=0.8": "vi",
		"vi;q=0.2, en;q=0.4": "en", "fr": "vi", "en;q=x": "vi", "*": "vi", strings.Repeat("en,", 400): "vi"} {
		if got := preferred(accept); string(got) != want {
			t.Errorf("Accept-Language %q: %s, want %s", accept, got, want)
		}
	}
}
