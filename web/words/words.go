// Package words is the catalogue of everything that the pages say. Each message
// is a method that names both languages side by side, so that a message without
// a translation does not compile, a message that does not exist does not compile
// in Go, and arguments are checked. A test of web walks the templates for the
// same.
//
// For translators: "kiểm tra" is check, never approve; "ký" is what a leader
// does with a personal certificate, "đóng dấu" what an agency does with its own.
package words

import (
	"fmt"

	"vanban/internal/fault"
)

// Words speaks one language. The zero value is not useful; see In.
type Words struct{ lang fault.Lang }

// In gives the catalogue in a language.
func In(lang fault.Lang) Words { return Words{lang: lang} }

// Language is the language of w.
func (w Words) Language() fault.Lang { return w.lang }

func (w Words) t(vi, en string) string {
	if w.lang == fault.En {
		return en
	}
	return vi
}

func (w Words) f(vi, en string, args ...any) string { return fmt.Sprintf(w.t(vi, en), args...) }

// plural picks the English form; Vietnamese has one form for every number.
func (w Words) plural(n int, vi, one, many string) string {
	if n == 1 {
		return w.f(vi, one, n)
	}
	return w.f(vi, many, n)
}

// Frame of every page.

func (w Words) Lang() string { return string(w.lang) }
func (w Words) System() string {
	return w.t("Trao đổi văn bản điện tử", "Official document exchange")
}
func (w Words) SkipLink() string {
	return w.t("Bỏ qua, đến nội dung chính", "Skip to the main content")
}
func (w Words) MainMenu() string  { return w.t("Menu chính", "Main menu") }
func (w Words) Inbox() string     { return w.t("Văn bản đến", "Incoming") }
func (w Words) Outbox() string    { return w.t("Văn bản đi", "Outgoing") }
func (w Words) CheckPDF() string  { return w.t("Kiểm tra văn bản", "Check a document") }
func (w Words) CheckNav() string  { return w.t("Kiểm tra", "Check") }
func (w Words) LogIn() string     { return w.t("Đăng nhập", "Log in") }
func (w Words) LogOut() string    { return w.t("Đăng xuất", "Log out") }
func (w Words) OtherLang() string { return w.t("English", "Tiếng Việt") }
func (w Words) OtherLangCode() string {
	return w.t("en", "vi")
}
func (w Words) Version() string { return w.t("Phiên bản", "Version") }
func (w Words) ForPrograms() string {
	return w.t("Dành cho phần mềm: mô tả API", "For programs: API description")
}
func (w Words) TimesAre() string {
	return w.t("Giờ Việt Nam (UTC+07:00)", "Times are Vietnam time (UTC+07:00)")
}

// Log-in.

func (w Words) LoginLead() string {
	return w.t("Dành cho văn thư và lãnh đạo của các cơ quan tham gia trao đổi văn bản.",
		"For the clerks and leaders of the agencies that exchange documents here.")
}
func (w Words) Token() string { return w.t("Mã đăng nhập", "Log-in token") }
func (w Words) TokenHint() string {
	return w.t("Mã do người quản trị cấp riêng cho từng người. Không chia sẻ mã này.",
		"The administrator gives each person a token of their own. Do not share it.")
}
func (w Words) NoLoginNeeded() string {
	return w.t("Chỉ muốn kiểm tra một văn bản? Không cần đăng nhập:", "Only want to check a document? No log-in needed:")
}
func (w Words) LoggedOut() string { return w.t("Bạn đã đăng xuất.", "You have logged out.") }

// Errors.

func (w Words) NotDone() string     { return w.t("Chưa thực hiện được", "This could not be done") }
func (w Words) ErrorCode() string   { return w.t("Mã lỗi", "Code") }
func (w Words) RequestNo() string   { return w.t("Mã yêu cầu", "Request id") }
func (w Words) WhoFixes() string    { return w.t("Người xử lý", "Who acts") }
func (w Words) WhatToDo() string    { return w.t("Cách xử lý", "What to do") }
func (w Words) BackToStart() string { return w.t("Về trang chính", "Back to the start page") }

// Who says who must act, from the kind of the error.
func (w Words) Who(kind fault.Kind) string {
	switch kind {
	case fault.Input, fault.TooLarge, fault.Missing:
		return w.t("Bạn, người gửi yêu cầu này", "You, who sent this request")
	case fault.Unauthenticated:
		return w.t("Bạn; nếu mã hỏng thì người quản trị của cơ quan", "You; the administrator of your agency if the token is broken")
	case fault.Denied:
		return w.t("Người có thẩm quyền trong cơ quan", "A competent person of the agency")
	case fault.Conflict, fault.Stale:
		return w.t("Bạn: xem lại trạng thái mới nhất rồi làm tiếp", "You: look at the present state, then go on")
	case fault.Busy:
		return w.t("Không cần ai xử lý: chờ rồi thử lại", "Nobody: wait and try again")
	default:
		return w.t("Người vận hành hệ thống", "The operator of the system")
	}
}

// Check page.

func (w Words) CheckLead() string {
	return w.t("Tải lên một tệp PDF đã ký số để biết văn bản có nguyên vẹn không, ai đã ký, và có gì thay đổi sau khi ký.",
		"Upload a digitally signed PDF to learn whether it is intact, who signed it, and what changed since.")
}
func (w Words) CheckPrivacy(megabytes int64) string {
	return w.f("Tối đa %d MB. Không cần đăng nhập. Tệp được xóa ngay sau khi kiểm tra, không lưu lại.",
		"At most %d MB. No log-in. The file is removed right after the check; nothing is kept.", megabytes)
}
func (w Words) ChoosePDF() string    { return w.t("Tệp PDF", "PDF file") }
func (w Words) CheckAnother() string { return w.t("Kiểm tra tệp khác", "Check another file") }
func (w Words) CheckNow() string     { return w.t("Kiểm tra", "Check") }
func (w Words) CheckedAt() string    { return w.t("Kiểm tra lúc", "Checked at") }
func (w Words) FileName() string     { return w.t("Tên tệp", "File name") }
func (w Words) FileSize() string     { return w.t("Dung lượng", "Size") }
func (w Words) Fingerprint() string  { return w.t("Mã băm SHA-256", "SHA-256 digest") }

// Verdict.

func (w Words) Result() string {
	return w.t("Kết quả kiểm tra chữ ký", "Result of the signature check")
}
func (w Words) Valid() string        { return w.t("HỢP LỆ", "VALID") }
func (w Words) Inconclusive() string { return w.t("CHƯA KẾT LUẬN ĐƯỢC", "NOT CONCLUDED") }
func (w Words) Invalid() string      { return w.t("KHÔNG HỢP LỆ", "NOT VALID") }
func (w Words) NotSigned() string {
	return w.t("KHÔNG CÓ CHỮ KÝ SỐ", "NOT SIGNED")
}
func (w Words) Unnamed() string { return w.t("(không tên)", "(no name)") }
func (w Words) Entitled() string {
	return w.t("Mọi chứng thư đều đã đăng ký cho người hoặc cơ quan có thẩm quyền tại thời điểm ký.",
		"Every certificate is registered for a person or agency that was entitled when it signed.")
}
func (w Words) DocumentTimeStamp() string {
	return w.t("Dấu thời gian của văn bản", "Document time-stamp")
}

// Changes says what happened after a signature; the values are those of verify.
func (w Words) Changes(after string) string {
	switch after {
	case "none":
		return w.t("Không có", "None")
	case "permitted":
		return w.t("Chỉ có thay đổi được phép", "Only permitted ones")
	case "forbidden":
		return w.t("Có thay đổi không được phép", "There are forbidden ones")
	default:
		return w.t("Không xác định được", "Could not be determined")
	}
}

// Short is the word for a tone in a cell of a list.
func (w Words) Short(tone string) string {
	switch tone {
	case "ok":
		return w.t("hợp lệ", "valid")
	case "bad":
		return w.t("không hợp lệ", "not valid")
	default:
		return w.t("cần xem", "see report")
	}
}
func (w Words) Alarm() string {
	return w.t("Có dấu hiệu bất thường; xem chi tiết bên dưới.", "Something is wrong with it; see the details below.")
}
func (w Words) NoSignature() string {
	return w.t("Văn bản này không có chữ ký số nào.", "This document has no digital signature.")
}
func (w Words) Pass() string       { return w.t("Đạt", "OK") }
func (w Words) Unsure() string     { return w.t("Chưa rõ", "Unclear") }
func (w Words) Fail() string       { return w.t("Không đạt", "Problem") }
func (w Words) FiveChecks() string { return w.t("Năm câu hỏi", "Five questions") }
func (w Words) Question() string   { return w.t("Nội dung", "Question") }
func (w Words) Answer() string     { return w.t("Trả lời", "Answer") }
func (w Words) Details() string    { return w.t("Chi tiết", "Details") }
func (w Words) Integrity() string  { return w.t("Toàn vẹn", "Integrity") }
func (w Words) Identity() string   { return w.t("Danh tính", "Identity") }
func (w Words) TrustThen() string {
	return w.t("Tin cậy tại thời điểm ký", "Trusted when signed")
}
func (w Words) Authority() string    { return w.t("Thẩm quyền", "Authority") }
func (w Words) ChangesSince() string { return w.t("Thay đổi sau khi ký", "Changes since signing") }
func (w Words) Signatures() string {
	return w.t("Chữ ký trên văn bản", "Signatures on the document")
}
func (w Words) Revision(n int) string {
	return w.f("Bản %d", "Revision %d", n)
}
func (w Words) SignedBy() string {
	return w.t("Người ký (theo chứng thư)", "Signer (by certificate)")
}
func (w Words) ClaimedTime() string {
	return w.t("Thời gian người ký khai", "Time claimed by the signer")
}
func (w Words) ProvenTime() string {
	return w.t("Thời gian được chứng minh", "Time proven by a time-stamp")
}
func (w Words) NotProven() string { return w.t("Chưa có dấu thời gian", "No time-stamp") }
func (w Words) Level() string     { return w.t("Mức chữ ký", "Signature level") }
func (w Words) Domain() string    { return w.t("Loại chứng thư", "Kind of certificate") }
func (w Words) CertificateName() string {
	return w.t("Tên đầy đủ trong chứng thư", "Full name in the certificate")
}
func (w Words) Issuer() string    { return w.t("Nơi cấp chứng thư", "Issued by") }
func (w Words) FieldName() string { return w.t("Trường chữ ký", "Signature field") }
func (w Words) Technical() string {
	return w.t("Kết luận kỹ thuật (EN 319 102-1)", "Technical result (EN 319 102-1)")
}
func (w Words) Remarks() string { return w.t("Ghi nhận khi kiểm tra", "What the check noticed") }
func (w Words) None() string    { return w.t("Không có", "None") }

// Documents and lists.

func (w Words) Number() string { return w.t("Số, ký hiệu", "Number, symbol") }
func (w Words) NotNumbered() string {
	return w.t("Chưa cấp số", "Not numbered yet")
}
func (w Words) Subject() string   { return w.t("Trích yếu", "Subject") }
func (w Words) DocType() string   { return w.t("Loại văn bản", "Type of document") }
func (w Words) From() string      { return w.t("Nơi gửi", "From") }
func (w Words) To() string        { return w.t("Nơi nhận", "To") }
func (w Words) State() string     { return w.t("Trạng thái", "State") }
func (w Words) Received() string  { return w.t("Ngày đến", "Arrived") }
func (w Words) ArrivalNo() string { return w.t("Số đến", "Arrival number") }
func (w Words) IssueDate() string { return w.t("Ngày ban hành", "Date of issue") }
func (w Words) Created() string   { return w.t("Ngày tạo", "Created") }
func (w Words) Updated() string   { return w.t("Cập nhật", "Updated") }
func (w Words) Signer() string    { return w.t("Người ký", "Signer") }
func (w Words) SignatureCol() string {
	return w.t("Chữ ký", "Signatures")
}
func (w Words) Agency() string  { return w.t("Cơ quan", "Agency") }
func (w Words) Receipt() string { return w.t("Biên nhận", "Receipt") }
func (w Words) Reason() string  { return w.t("Lý do", "Reason") }
func (w Words) WaitingForMe(n int) string {
	return w.plural(n, "%d văn bản chờ bạn ký", "%d document waits for your signature", "%d documents wait for your signature")
}
func (w Words) WaitingForSeal(n int) string {
	return w.plural(n, "%d văn bản chờ cấp số, đóng dấu", "%d document waits for number and seal", "%d documents wait for number and seal")
}
func (w Words) WaitingForAccept(n int) string {
	return w.plural(n, "%d văn bản chờ tiếp nhận", "%d document waits to be accepted", "%d documents wait to be accepted")
}
func (w Words) InboxLead(agency string) string {
	return w.f("Văn bản các cơ quan khác gửi đến %s.", "Documents that other agencies sent to %s.", agency)
}
func (w Words) OutboxLead(agency string) string {
	return w.f("Văn bản của %s: dự thảo, chờ ký, chờ đóng dấu và đã gửi.", "Documents of %s: drafts, waiting for signature or seal, and sent.", agency)
}
func (w Words) InboxEmpty() string {
	return w.t("Chưa có văn bản nào gửi đến cơ quan.", "No document has been sent to this agency yet.")
}
func (w Words) InboxEmptyHint() string {
	return w.t("Khi có văn bản mới, nó hiện ở đây cùng kết quả kiểm tra chữ ký.", "A new document shows up here together with the verdict on its signatures.")
}
func (w Words) OutboxEmpty() string {
	return w.t("Cơ quan chưa có văn bản đi nào.", "This agency has no outgoing document yet.")
}
func (w Words) OutboxEmptyHint() string {
	return w.t("Văn thư tạo dự thảo ở mục “Tạo dự thảo mới”.", "A clerk makes a draft under “New draft”.")
}
func (w Words) Older() string { return w.t("Cũ hơn", "Older") }
func (w Words) AllOutgoing() string {
	return w.t("Tất cả văn bản đi", "All outgoing documents")
}
func (w Words) Stages() string    { return w.t("Tiến trình", "Progress") }
func (w Words) StageNow() string  { return w.t("bước hiện tại", "present step") }
func (w Words) StageTodo() string { return w.t("chưa thực hiện", "not done yet") }
func (w Words) Files() string     { return w.t("Tệp văn bản", "Files") }
func (w Words) Deliveries() string {
	return w.t("Nơi nhận và biên nhận", "Receivers and receipts")
}
func (w Words) NotSentYet() string {
	return w.t("Văn bản chưa gửi đến cơ quan nào.", "This document has not been sent to any agency.")
}
func (w Words) About() string { return w.t("Thông tin văn bản", "About the document") }
func (w Words) VerdictLater() string {
	return w.t("Dự thảo chưa có chữ ký; kết quả kiểm tra hiện ở đây sau khi lãnh đạo ký.",
		"A draft has no signature; the verdict shows here once the leader has signed.")
}

// Words for states; the values are those of the exchange.

func (w Words) DocumentState(state string) string {
	switch state {
	case "draft":
		return w.t("Dự thảo, chờ ký", "Draft, waits for signature")
	case "approved":
		return w.t("Đã ký, chờ đóng dấu", "Signed, waits for seal")
	case "issued":
		return w.t("Đã ban hành", "Issued")
	case "sent":
		return w.t("Đã gửi", "Sent")
	default:
		return state
	}
}
func (w Words) DeliveryState(state string) string {
	switch state {
	case "submitted":
		return w.t("Đang chuyển", "On its way")
	case "available":
		return w.t("Chờ tiếp nhận", "Waits to be accepted")
	case "accepted":
		return w.t("Đã tiếp nhận", "Accepted")
	case "refused":
		return w.t("Đã từ chối", "Refused")
	default:
		return state
	}
}
func (w Words) StageName(stage string) string {
	switch stage {
	case "draft":
		return w.t("Dự thảo", "Draft")
	case "approved":
		return w.t("Lãnh đạo ký", "Signed by the leader")
	case "issued":
		return w.t("Cấp số, đóng dấu", "Numbered and sealed")
	case "sent":
		return w.t("Gửi đi", "Sent")
	case "available":
		return w.t("Chuyển đến hộp thư cơ quan", "Delivered to the agency")
	case "accepted":
		return w.t("Tiếp nhận", "Accepted")
	case "refused":
		return w.t("Từ chối tiếp nhận", "Refused")
	default:
		return stage
	}
}
func (w Words) FileOf(stage string) string {
	switch stage {
	case "draft":
		return w.t("Bản dự thảo", "The draft")
	case "approved":
		return w.t("Bản lãnh đạo đã ký", "Signed by the leader")
	default:
		return w.t("Bản phát hành (có số, ngày, con dấu)", "The issued document (number, date, seal)")
	}
}

// Forms.

func (w Words) YourTurn() string { return w.t("Việc của bạn", "Your turn") }
func (w Words) NothingForYou() string {
	return w.t("Không có việc nào chờ bạn ở văn bản này.", "Nothing here waits for you.")
}
func (w Words) NewDraft() string { return w.t("Tạo dự thảo mới", "New draft") }
func (w Words) NewDraftLead() string {
	return w.t("Tải lên bản PDF đã hoàn chỉnh nội dung. Số, ngày và con dấu được thêm sau khi lãnh đạo ký.",
		"Upload the finished PDF. Number, date and seal are added after the leader has signed.")
}
func (w Words) SubjectHint() string {
	return w.t("Ví dụ: V/v xây dựng nền tảng tích hợp, chia sẻ dữ liệu", "For instance: building the data sharing platform")
}
func (w Words) UnitField() string {
	return w.t("Đơn vị hoặc lĩnh vực trong ký hiệu", "Unit or field in the symbol")
}
func (w Words) UnitHint() string {
	return w.t("Bắt buộc với công văn, ví dụ VP trong 05/SNV-VP; loại khác để trống", "Needed for an official letter, for instance VP in 05/SNV-VP; empty for other types")
}
func (w Words) ChooseLeader() string { return w.t("Lãnh đạo ký", "Leader who signs") }
func (w Words) MarksLabel() string {
	return w.t("Vị trí chữ ký, con dấu, số, ngày (JSON, không bắt buộc)", "Positions of signature, seal, number, date (JSON, optional)")
}
func (w Words) MarksHint() string {
	return w.t("Để trống để dùng vị trí theo Nghị định 30. Đơn vị mm từ góc trên bên trái trang; page 0 là trang cuối.",
		"Leave empty for the positions of Decree 30. Millimetres from the top left of the page; page 0 is the last one.")
}
func (w Words) MarksSummary() string { return w.t("Vị trí trên trang", "Positions on the page") }
func (w Words) CreateDraft() string  { return w.t("Tạo dự thảo", "Make the draft") }
func (w Words) SignDocument() string { return w.t("Ký văn bản", "Sign the document") }
func (w Words) SignLead(name string) string {
	return w.f("Bạn ký số với tư cách %s. Sau khi ký, nội dung văn bản bị khóa.", "You sign as %s. After signing, the content is locked.", name)
}
func (w Words) IssueDocument() string { return w.t("Cấp số, đóng dấu", "Number and seal") }
func (w Words) IssueLead() string {
	return w.t("Hệ thống kiểm tra chữ ký lãnh đạo, cấp số kế tiếp, ghi ngày hôm nay và đóng dấu cơ quan trong một bước.",
		"The leader's signature is checked, the next number and today's date are filled in and the agency's seal is set, in one act.")
}
func (w Words) SendDocument() string { return w.t("Gửi văn bản", "Send the document") }
func (w Words) SendLead() string {
	return w.t("Chọn cơ quan nhận. Mỗi cơ quan nhận đúng một bản cùng kết quả kiểm tra chữ ký.",
		"Choose the receivers. Each gets exactly one copy together with the verdict on its signatures.")
}
func (w Words) SendMore() string       { return w.t("Gửi thêm cơ quan", "Send to more agencies") }
func (w Words) AlreadySent() string    { return w.t("đã gửi", "already sent") }
func (w Words) AcceptDelivery() string { return w.t("Tiếp nhận", "Accept") }
func (w Words) AcceptLead() string {
	return w.t("Vào sổ văn bản đến và trả biên nhận có chữ ký của cơ quan cho nơi gửi.",
		"Registers the document and returns a receipt signed by your agency to the sender.")
}
func (w Words) RefuseDelivery() string { return w.t("Từ chối", "Refuse") }
func (w Words) RefuseLead() string {
	return w.t("Nơi gửi nhận được lý do cùng biên nhận từ chối có chữ ký.", "The sender gets the reason together with a signed receipt of refusal.")
}
func (w Words) ReasonHint() string { return w.t("Ít nhất 10 ký tự", "At least 10 characters") }
func (w Words) AcceptBlocked() string {
	return w.t("Không thể tiếp nhận: kết quả kiểm tra có cảnh báo. Hãy từ chối và nêu lý do.",
		"It cannot be accepted: the check raised an alarm. Refuse it and give the reason.")
}
func (w Words) DownloadReceipt() string {
	return w.t("Tải biên nhận", "Download the receipt")
}
func (w Words) ReceiptOffline() string {
	return w.t("Kiểm tra ngoại tuyến bằng lệnh:", "Check it offline with:")
}
func (w Words) Required() string { return w.t("bắt buộc", "required") }

// Done messages: what just happened, shown once on the next page.

func (w Words) DoneDraft() string {
	return w.t("Đã tạo dự thảo. Bước tiếp theo: lãnh đạo ký.", "The draft was made. Next: the leader signs.")
}
func (w Words) DoneApprove() string {
	return w.t("Đã ký văn bản. Bước tiếp theo: văn thư cấp số, đóng dấu.", "The document was signed. Next: the clerk numbers and seals it.")
}
func (w Words) DoneIssue(notation string) string {
	return w.f("Đã cấp số %s, ghi ngày và đóng dấu.", "Numbered %s, dated and sealed.", notation)
}
func (w Words) DoneSend(n int) string {
	return w.plural(n, "Đã gửi đến %d cơ quan.", "Sent to %d agency.", "Sent to %d agencies.")
}
func (w Words) DoneAccept(arrival string) string {
	return w.f("Đã tiếp nhận, số đến %s. Biên nhận đã trả cho nơi gửi.", "Accepted under arrival number %s. The receipt went to the sender.", arrival)
}
func (w Words) DoneRefuse() string {
	return w.t("Đã từ chối tiếp nhận. Lý do và biên nhận đã trả cho nơi gửi.", "Refused. The reason and the receipt went to the sender.")
}
