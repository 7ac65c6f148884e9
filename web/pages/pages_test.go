package pages

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vanban/exchange"
	"vanban/internal/fault"
	"vanban/verify"
	"vanban/web/words"
)

var morning = time.Date(2026, 1, 5, 1, 30, 0, 0, time.UTC) // 08:30 in Vietnam

// cast is a Names with the people of the samples.
type cast map[string]string

func (c cast) Agency(id string) string { return c.name(id) }
func (c cast) Person(id string) string { return c.name(id) }
func (c cast) name(id string) string {
	if name, ok := c[id]; ok {
		return name
	}
	return id
}

var people = cast{
	"snv": "Sở Nội vụ tỉnh Hà Tĩnh", "vl": "Ủy ban nhân dân tỉnh Vĩnh Long", "nh": "Ủy ban nhân dân xã Nghĩa Hành",
	"nghia": "Nguyễn Thị Nghĩa", "tinh": "Trần Văn Tĩnh", "vinh": "Lê Thị Vĩnh",
}

func later(minutes int) *time.Time {
	at := morning.Add(time.Duration(minutes) * time.Minute)
	return &at
}

func blob(fill string, size int64) exchange.Blob {
	return exchange.Blob{SHA256: strings.Repeat(fill, 64), Size: size}
}

// sampleReport is what verify says of a sealed document.
func sampleReport(change string) *verify.Report {
	r := &verify.Report{
		Indication: verify.TotalPassed, Summary: "2 chữ ký hợp lệ. Chỉ có thay đổi được phép sau khi ký.",
		SummaryEn: "2 valid signatures. Only permitted changes after signing.",
		Questions: []verify.Question{
			{ID: "intact", Answer: verify.Yes, Text: "Nội dung đúng như khi ký.", TextEn: "The content is as it was signed."},
			{ID: "who", Answer: verify.Yes, Text: "Nguyễn Thị Nghĩa; Sở Nội vụ tỉnh Hà Tĩnh.", TextEn: "Nguyễn Thị Nghĩa; Sở Nội vụ tỉnh Hà Tĩnh."},
			{ID: "trusted", Answer: verify.Yes, Text: "Chứng thư có hiệu lực, chưa bị thu hồi khi ký.", TextEn: "Valid and not revoked when it signed."},
			{ID: "allowed", Answer: verify.Unsure, Text: "Tệp không cho biết ai có quyền ký.", TextEn: "The file does not say who may sign."},
			{ID: "changed", Answer: verify.Yes, Text: "Thêm số, ngày và con dấu.", TextEn: "Number, date and seal were added."},
		},
		Findings: []verify.Finding{{Code: "verify-no-timestamp", Level: "info", Text: "Không có dấu thời gian.", TextEn: "There is no time-stamp."}},
		Signatures: []verify.Signature{
			{Field: "LeaderSignature", Type: "signature", Indication: verify.TotalPassed, Integrity: verify.Intact, ChangesAfter: change,
				Level: "PAdES-BASELINE-B", SignerName: "Nguyễn Thị Nghĩa", Signer: "CN=Nguyễn Thị Nghĩa,TITLE=Giám đốc,O=Sở Nội vụ tỉnh Hà Tĩnh",
				Domain: "official-duty", ClaimedTime: later(10), Revision: 1},
			{Field: "AgencySeal", Type: "signature", Indication: verify.TotalPassed, Integrity: verify.Intact, ChangesAfter: verify.ChangesNone,
				Level: "PAdES-BASELINE-T", SignerName: "Sở Nội vụ tỉnh Hà Tĩnh", Signer: "CN=Sở Nội vụ tỉnh Hà Tĩnh", Domain: "official-duty",
				ClaimedTime: later(20), ProvenTime: later(20), Revision: 2, CoversWholeFile: true,
				Reasons: []verify.Finding{{Code: "certs-no-revocation", Level: "warn", Text: "Chưa có bằng chứng thu hồi.", TextEn: "No revocation evidence."}}},
		},
	}
	if change == verify.ChangesForbidden {
		r.Indication, r.Alarm, r.Signatures[0].Indication, r.Signatures[0].Alarm = verify.TotalFailed, true, verify.TotalFailed, true
		r.Summary, r.SummaryEn = "Trang 1 đã bị thay đổi sau khi Nguyễn Thị Nghĩa ký.", "Page 1 was changed after Nguyễn Thị Nghĩa signed."
	}
	return r
}

func sampleVerdict() *exchange.Verdict {
	return &exchange.Verdict{At: morning, Indication: verify.TotalPassed, Signatures: []exchange.SignatureVerdict{
		{Part: "leader", Holder: "nghia", Indication: verify.TotalPassed}, {Part: "seal", Holder: "snv", Indication: verify.TotalPassed}}}
}

func sampleDocument(state exchange.DocumentState) exchange.Document {
	d := exchange.Document{ID: "01DOC", Agency: "snv", Type: "CV", Subject: "V/v xây dựng nền tảng tích hợp, chia sẻ dữ liệu cấp tỉnh",
		Leader: "nghia", State: state, Version: 3, CreatedBy: "tinh", CreatedAt: morning, Draft: blob("a", 84_123)}
	if state != exchange.Drafted {
		d.Approved, d.ApprovedBy, d.ApprovedAt = blob("b", 128_900), "nghia", later(10)
	}
	if state == exchange.Issued || state == exchange.Sent {
		d.Issued, d.IssuedBy, d.IssuedAt = blob("c", 1_264_900), "tinh", later(20)
		d.Number, d.Notation, d.Date, d.Verdict = 5, "05/SNV-VP", "2026-01-05", sampleVerdict()
	}
	if state == exchange.Sent {
		d.SentAt = later(30)
	}
	return d
}

func sampleDelivery(state exchange.DeliveryState) exchange.Delivery {
	d := exchange.Delivery{ID: "01DEL" + string(state), Document: "01DOC", Sender: "snv", Receiver: "vl", State: state, Version: 2,
		Subject: "V/v xây dựng nền tảng tích hợp, chia sẻ dữ liệu cấp tỉnh", Type: "CV", Notation: "05/SNV-VP", Date: "2026-01-05",
		File: blob("c", 1_264_900), Verdict: *sampleVerdict(), SubmittedAt: *later(30), AvailableAt: *later(31)}
	switch state {
	case exchange.Accepted:
		d.ArrivalNumber, d.ReceiptID, d.AnsweredBy, d.AnsweredAt = 7, "r1", "vinh", later(50)
	case exchange.Refused:
		d.Receiver, d.Reason, d.ReceiptID, d.AnsweredBy, d.AnsweredAt = "nh", "Văn bản gửi nhầm cơ quan nhận", "r2", "vinh", later(55)
	}
	return d
}

// sample is one page as it is looked at in tests.
type sample struct {
	name, template string
	frame          func(w words.Words) Frame
	must           []string // in Vietnamese
	mustNot        []string
}

var clerk = &Header{Name: "Trần Văn Tĩnh", Title: "Văn thư, Sở Nội vụ tỉnh Hà Tĩnh", Agency: "Sở Nội vụ tỉnh Hà Tĩnh"}

var lost = fault.Define("test-stale", fault.Stale, "Văn bản đã thay đổi sau khi bạn mở <b>.", "The document changed after you opened it <b>.", "Mở lại văn bản.", "Open it again.")

var samples = []sample{
	{"login", LoginPage, func(w words.Words) Frame {
		return Frame{Title: w.LogIn(), Nav: "login", Body: Login{"/van-ban-di"}}
	}, []string{`value="/van-ban-di"`, "Mã đăng nhập", `type="password"`}, []string{"Đăng xuất", "Văn bản đi<"}},
	{"check", CheckPage, func(w words.Words) Frame {
		return Frame{Title: w.CheckPDF(), Nav: "check", Body: Check{}}
	}, []string{"Tối đa 64 MB", `enctype="multipart/form-data"`}, []string{"HỢP LỆ"}},
	{"check-ok", CheckPage, func(w words.Words) Frame {
		return Frame{Title: w.CheckPDF(), Nav: "check", Body: Check{Verdict: NewVerdict(w, sampleReport(verify.ChangesPermitted), nil),
			Name: "cong-van-05.pdf", Size: w.Size(1_264_900), SHA256: strings.Repeat("c", 64), At: At(w, morning)}}
	}, []string{">HỢP LỆ<", "Toàn vẹn", "Danh tính", "Tin cậy tại thời điểm ký", "Thẩm quyền", "Thay đổi sau khi ký", "05/01/2026 08:30",
		"Thời gian người ký khai", "Thời gian được chứng minh", "Công vụ", "1,3 MB", "Chưa rõ", "certs-no-revocation"}, []string{"KHÔNG HỢP LỆ", "CHƯA KẾT LUẬN"}},
	{"check-bad", CheckPage, func(w words.Words) Frame {
		return Frame{Title: w.CheckPDF(), Nav: "check", Body: Check{Verdict: NewVerdict(w, sampleReport(verify.ChangesForbidden), nil)}}
	}, []string{">KHÔNG HỢP LỆ<", "Trang 1 đã bị thay đổi", "Có thay đổi không được phép"}, []string{">HỢP LỆ</p>"}},
	{"check-unsigned", CheckPage, func(w words.Words) Frame {
		return Frame{Title: w.CheckPDF(), Nav: "check", Body: Check{Verdict: NewVerdict(w, &verify.Report{Indication: verify.Indeterminate}, nil)}}
	}, []string{"KHÔNG CÓ CHỮ KÝ SỐ"}, []string{">HỢP LỆ<", "<table"}},
	{"inbox", InboxPage, func(w words.Words) Frame {
		body := NewInbox(w, people, []exchange.Delivery{
			sampleDelivery(exchange.Available), sampleDelivery(exchange.Accepted), sampleDelivery(exchange.Refused)})
		body.Older = "01OLD"
		return Frame{Title: w.Inbox(), Nav: "inbox", Me: clerk, Body: body}
	}, []string{"/van-ban-den?truoc=01OLD", "1 văn bản chờ tiếp nhận", "2/2 hợp lệ", `href="/van-ban-den/01DELavailable"`, "Đã từ chối", `aria-current="page"`, ">07<"}, []string{"Chưa có văn bản nào"}},
	{"inbox-empty", InboxPage, func(w words.Words) Frame {
		return Frame{Title: w.Inbox(), Nav: "inbox", Me: clerk, Body: NewInbox(w, people, nil)}
	}, []string{"Chưa có văn bản nào gửi đến cơ quan."}, []string{"<table"}},
	{"outbox", OutboxPage, func(w words.Words) Frame {
		body := NewOutbox(w, people, []exchange.Document{sampleDocument(exchange.Drafted), sampleDocument(exchange.Approved), sampleDocument(exchange.Sent)}, "nghia", true)
		body.Form = &Draft{Key: "K", Type: "QĐ", Open: true, Subject: `a"b`, Types: TypeChoices(w), Leaders: []Choice{{"nghia", "Nguyễn Thị Nghĩa, Giám đốc"}}}
		return Frame{Title: w.Outbox(), Nav: "outbox", Me: clerk, Flash: w.DoneDraft(), Body: body}
	}, []string{"1 văn bản chờ bạn ký", "1 văn bản chờ cấp số, đóng dấu", "05/SNV-VP", "Chưa cấp số", `<option value="QĐ" selected>Quyết định`,
		`value="a&#34;b"`, `role="status"`}, []string{"Cơ quan chưa có văn bản đi nào"}},
	{"document-draft", DocumentPage, func(w words.Words) Frame {
		t := NewDocument(w, people, sampleDocument(exchange.Drafted), nil)
		t.Acts = []Act{{Action: "/van-ban/01DOC/ky", Name: w.SignDocument(), Lead: w.SignLead("Nguyễn Thị Nghĩa, Giám đốc"), Key: "K1", Version: 3}}
		return Frame{Title: t.Subject, Nav: "outbox", Me: clerk, Error: NewFailure(w, lost.New()), Body: t}
	}, []string{`role="alert"`, "Văn bản đã thay đổi sau khi bạn mở &lt;b&gt;.", "test-stale", "Người xử lý", "Mở lại văn bản.", "REQ",
		`action="/van-ban/01DOC/ky"`, `name="version" value="3"`, "Ký văn bản", `aria-current="step"`}, []string{"<b>.", "Nơi nhận và biên nhận"}},
	{"document-sent", DocumentPage, func(w words.Words) Frame {
		t := NewDocument(w, people, sampleDocument(exchange.Sent), []exchange.Delivery{sampleDelivery(exchange.Accepted), sampleDelivery(exchange.Refused)})
		t.Verdict = NewVerdict(w, sampleReport(verify.ChangesPermitted), sampleVerdict())
		t.Acts = []Act{{Action: "/van-ban/01DOC/gui", Name: w.SendMore(), Lead: w.SendLead(), Key: "K1", Version: 3, Agencies: []Receiver{
			{"H61", "Ủy ban nhân dân tỉnh Vĩnh Long", true, false}, {"H30.9", "Sở Tài chính tỉnh Hà Tĩnh", false, true}}}}
		return Frame{Title: t.Subject, Nav: "outbox", Me: clerk, Body: t}
	}, []string{"Mọi chứng thư đều đã đăng ký", "Nơi nhận và biên nhận", `href="/van-ban-den/01DELaccepted/bien-nhan"`, "Văn bản gửi nhầm cơ quan nhận",
		`value="H61" disabled`, `value="H30.9" checked`, "05/01/2026 09:00", `tep?stage=issued`}, []string{"Chưa rõ"}},
	{"delivery", DocumentPage, func(w words.Words) Frame {
		t := NewDelivery(w, people, sampleDelivery(exchange.Available))
		t.Verdict = NewVerdict(w, sampleReport(verify.ChangesPermitted), sampleVerdict())
		t.Acts = []Act{
			{Action: "/van-ban-den/01DEL/tiep-nhan", Name: w.AcceptDelivery(), Lead: w.AcceptLead(), Key: "K1", Version: 2},
			{Action: "/van-ban-den/01DEL/tu-choi", Name: w.RefuseDelivery(), Lead: w.RefuseLead(), Key: "K2", Version: 2, AskReason: true, Danger: true}}
		return Frame{Title: t.Subject, Nav: "inbox", Me: clerk, Body: t}
	}, []string{"Tiếp nhận", "Từ chối", `name="reason"`, `minlength="10"`}, []string{"Tải biên nhận"}},
	{"delivery-alarm", DocumentPage, func(w words.Words) Frame {
		t := NewDelivery(w, people, sampleDelivery(exchange.Refused))
		t.Verdict = NewVerdict(w, sampleReport(verify.ChangesForbidden), nil)
		t.Blocked = w.AcceptBlocked()
		return Frame{Title: t.Subject, Nav: "inbox", Me: clerk, Body: t}
	}, []string{"Không thể tiếp nhận", "Tải biên nhận", "vanban receipt verify", "Từ chối tiếp nhận"}, []string{`name="reason"`}},
	{"error", ErrorPage, func(w words.Words) Frame {
		return Frame{Title: w.NotDone(), Error: NewFailure(w, fault.From(errBoom))}
	}, []string{"Hệ thống gặp lỗi không lường trước.", "Người vận hành hệ thống"}, []string{"boom"}},
}

type boom struct{}

func (boom) Error() string { return "boom" }

var errBoom = boom{}

func render(t *testing.T, s sample, lang fault.Lang) string {
	t.Helper()
	set, err := Parse()
	if err != nil {
		t.Fatal(err)
	}
	w := words.In(lang)
	f := s.frame(w)
	f.W, f.Version, f.RequestID, f.Megabytes, f.OtherLangLink = w, "1.0", "REQ", 64, "/?lang="+w.OtherLangCode()
	var out bytes.Buffer
	if err := set.Render(&out, s.template, f); err != nil {
		t.Fatalf("%s in %s: %v", s.name, lang, err)
	}
	return out.String()
}

func TestPagesSayWhatTheyMust(t *testing.T) {
	for _, s := range samples {
		html := render(t, s, fault.Vi)
		for _, must := range s.must {
			if !strings.Contains(html, must) {
				t.Errorf("%s lacks %q\n%s", s.name, must, html)
			}
		}
		for _, mustNot := range s.mustNot {
			if strings.Contains(html, mustNot) {
				t.Errorf("%s must not contain %q", s.name, mustNot)
			}
		}
	}
}

// What every page owes to everybody: a language, one main heading, landmarks,
// a skip link, labels on controls, headers on tables, and nothing that the
// content security policy would refuse.
func TestPagesAreAccessibleAndPolicyProof(t *testing.T) {
	control := regexp.MustCompile(`<(?:input|select|textarea)[^>]* id="([^"]+)"`)
	for _, s := range samples {
		for _, lang := range []fault.Lang{fault.Vi, fault.En} {
			html := render(t, s, lang)
			for _, must := range []string{`<html lang="` + string(lang) + `">`, `<main id="noi-dung"`, `class="skip"`, "<header", "<nav aria-label", "<footer", `name="viewport"`} {
				if !strings.Contains(html, must) {
					t.Errorf("%s in %s lacks %s", s.name, lang, must)
				}
			}
			for _, mustNot := range []string{"<script", " style=", "<style", " onclick", "javascript:", "http://", "https://", "ZgotmplZ", "%!", "<no value>"} {
				if strings.Contains(html, mustNot) {
					t.Errorf("%s in %s contains %q", s.name, lang, mustNot)
				}
			}
			if strings.Count(html, "<h1") != 1 {
				t.Errorf("%s in %s has %d main headings", s.name, lang, strings.Count(html, "<h1"))
			}
			for _, m := range control.FindAllStringSubmatch(html, -1) {
				if !strings.Contains(html, `<label for="`+m[1]+`"`) {
					t.Errorf("%s in %s: control %s has no label", s.name, lang, m[1])
				}
			}
			for _, table := range strings.Split(html, "<table")[1:] {
				table, _, _ = strings.Cut(table, "</table>")
				if !strings.Contains(table, `scope="col"`) || !strings.Contains(table, "<caption") {
					t.Errorf("%s in %s: a table without caption or column headers", s.name, lang)
				}
			}
			ids := map[string]bool{}
			for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(html, -1) {
				if ids[m[1]] {
					t.Errorf("%s in %s: id %q twice", s.name, lang, m[1])
				}
				ids[m[1]] = true
			}
		}
	}
}

// vietnamese are letters that English does not have; names of people, agencies
// and documents keep them in every language.
var vietnamese = regexp.MustCompile(`[ăâđêôơưĂÂĐÊÔƠƯạ-ỹ]`)

func TestEnglishPagesAreComplete(t *testing.T) {
	text := regexp.MustCompile(`>([^<]+)<`)
	for _, s := range samples {
		html := render(t, s, fault.En)
		for _, m := range text.FindAllStringSubmatch(html, -1) {
			line := strings.TrimSpace(m[1])
			if !vietnamese.MatchString(line) || line == "Tiếng Việt" {
				continue
			}
			data := false
			for _, name := range []string{"Nghĩa", "Tĩnh", "Vĩnh", "V/v xây dựng", "Văn bản gửi nhầm", "Tài chính"} {
				data = data || strings.Contains(line, name)
			}
			if !data {
				t.Errorf("%s in English says %q", s.name, line)
			}
		}
	}
}

// A message that a template names and the catalogue lacks is found here, also
// in branches that no sample takes.
func TestTemplatesNameOnlyMessagesThatExist(t *testing.T) {
	names := regexp.MustCompile(`(?:\.W|\$w)\.([A-Z]\w*)`)
	catalogue, seen := reflect.TypeFor[words.Words](), 0
	entries, err := files.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := files.ReadFile("templates/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range names.FindAllSubmatch(text, -1) {
			seen++
			if _, ok := catalogue.MethodByName(string(m[1])); !ok {
				t.Errorf("%s names the message %s, which does not exist", entry.Name(), m[1])
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d messages in the templates", seen)
	}
}

// Every type of document that the exchange knows has a name in English.
func TestTypesHaveEnglishNames(t *testing.T) {
	for _, c := range TypeChoices(words.In(fault.En)) {
		if c.Name == "" || vietnamese.MatchString(c.Name) {
			t.Errorf("%s is called %q in English", c.Value, c.Name)
		}
	}
}

func TestOverallPutsAlarmFirst(t *testing.T) {
	w := words.In(fault.Vi)
	for _, c := range []struct {
		indication string
		alarm      bool
		tone, word string
	}{
		{verify.TotalPassed, false, "ok", "HỢP LỆ"},
		{verify.TotalPassed, true, "bad", "KHÔNG HỢP LỆ"},
		{verify.Indeterminate, false, "warn", "CHƯA KẾT LUẬN ĐƯỢC"},
		{verify.Indeterminate, true, "bad", "KHÔNG HỢP LỆ"},
		{verify.TotalFailed, false, "bad", "KHÔNG HỢP LỆ"},
		{"", false, "warn", "CHƯA KẾT LUẬN ĐƯỢC"},
	} {
		if got := overall(w, c.indication, c.alarm); got != (Chip{c.tone, c.word}) {
			t.Errorf("%s alarm=%v: got %v", c.indication, c.alarm, got)
		}
	}
}

// The bar says the word once, and what an alarm is about even when the
// signatures themselves are good.
func TestSentences(t *testing.T) {
	w := words.In(fault.Vi)
	for _, c := range []struct {
		name   string
		report verify.Report
		want   []string
	}{
		{"summary", verify.Report{Summary: "HỢP LỆ — 2 chữ ký hợp lệ."}, []string{"2 chữ ký hợp lệ."}},
		{"dash inside", verify.Report{Summary: "Văn bản của A — B."}, []string{"Văn bản của A — B."}},
		{"failed", verify.Report{Indication: verify.TotalFailed, Alarm: true, Summary: "KHÔNG HỢP LỆ — nội dung đã bị sửa."}, []string{"Nội dung đã bị sửa."}},
		{"alarm", verify.Report{Indication: verify.TotalPassed, Alarm: true, Summary: "HỢP LỆ — 1 chữ ký hợp lệ.",
			Findings:   []verify.Finding{{Level: "info", Text: "không quan trọng"}, {Level: "fail", Text: "Có chữ ký bị giấu."}},
			Signatures: []verify.Signature{{Reasons: []verify.Finding{{Level: "fail", Text: "Có chữ ký bị giấu."}}}}}, []string{"Có chữ ký bị giấu."}},
		{"alarm without a word", verify.Report{Indication: verify.Indeterminate, Alarm: true, Summary: "CHƯA KẾT LUẬN ĐƯỢC — x"}, []string{w.Alarm()}},
	} {
		if got := sentences(w, &c.report); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestHolderIsReadFromTheCertificate(t *testing.T) {
	title := pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, 12}, Value: "Giám đốc"}
	for _, c := range []struct {
		subject *pkix.Name
		want    string
	}{
		{&pkix.Name{CommonName: "Nguyễn Thị Nghĩa", Organization: []string{"Sở Nội vụ"}, Names: []pkix.AttributeTypeAndValue{title}}, "Nguyễn Thị Nghĩa, Giám đốc, Sở Nội vụ"},
		{&pkix.Name{CommonName: "Sở Nội vụ", Organization: []string{"Sở Nội vụ"}}, "Sở Nội vụ"},
		{&pkix.Name{}, "as printed"},
		{nil, "as printed"},
	} {
		s := verify.Signature{Signer: "as printed"}
		if c.subject != nil {
			s.Certificate = &x509.Certificate{Subject: *c.subject}
		}
		if got := holder(s); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestAuthorityComesFromTheExchangeOnlyWhenEveryHolderIsKnown(t *testing.T) {
	known := sampleVerdict()
	if !entitled(known) {
		t.Error("every certificate has a holder")
	}
	known.Signatures[1].Holder = ""
	if entitled(known) || entitled(nil) || entitled(&exchange.Verdict{}) {
		t.Error("a signature without a holder, or none at all, proves no authority")
	}
}
