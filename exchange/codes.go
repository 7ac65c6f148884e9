package exchange

import "vanban/internal/fault"

// Who may not do what.
var (
	codeToken = fault.Define("exchange-token-unknown", fault.Unauthenticated,
		"Mã đăng nhập không đúng hoặc đã hết hiệu lực.", "The log-in token is wrong or no longer valid.",
		"Lấy mã mới từ người vận hành.", "Get a new token from the operator.")
	codeNeedsClerk = fault.Define("exchange-needs-clerk", fault.Denied,
		"Chỉ văn thư của %s được làm việc này.", "Only a clerk of %s may do this.",
		"Đăng nhập bằng tài khoản văn thư của cơ quan.", "Log in as a clerk of the agency.")
	codeNeedsLeader = fault.Define("exchange-needs-leader", fault.Denied,
		"Chỉ người được giao ký văn bản này (%s) được ký.", "Only the person named to sign this document (%s) may sign it.",
		"Văn thư chọn đúng người ký khi tạo dự thảo.", "The clerk names the right signer when making the draft.")
	codeNeedsStaff = fault.Define("exchange-needs-staff", fault.Denied,
		"Bạn không có vai trò phù hợp tại %s.", "You have no fitting role at %s.",
		"Đăng nhập bằng tài khoản của cơ quan đó.", "Log in with an account of that agency.")
)

// What does not exist.
var (
	codeNoPerson = fault.Define("exchange-person-unknown", fault.Missing,
		"Không có người dùng %q.", "There is no person %q.", "Kiểm tra danh bạ.", "Check the directory.")
	codeNoAgency = fault.Define("exchange-agency-unknown", fault.Missing,
		"Không có cơ quan %q.", "There is no agency %q.", "Kiểm tra danh bạ.", "Check the directory.")
	codeNoDocument = fault.Define("exchange-document-unknown", fault.Missing,
		"Không có văn bản %q.", "There is no document %q.", "Kiểm tra lại đường dẫn.", "Check the address.")
	codeNoDelivery = fault.Define("exchange-delivery-unknown", fault.Missing,
		"Không có lượt gửi %q.", "There is no delivery %q.", "Kiểm tra lại đường dẫn.", "Check the address.")
	codeNoFile = fault.Define("exchange-file-not-yet", fault.Missing,
		"Văn bản chưa có tệp ở bước %q.", "The document has no file of stage %q yet.",
		"Đợi văn bản được ký và phát hành.", "Wait until it is signed and issued.")
	codeNoReceipt = fault.Define("exchange-receipt-not-yet", fault.Missing,
		"Cơ quan nhận chưa trả lời nên chưa có biên nhận.", "The receiver has not answered, so there is no receipt yet.",
		"Đợi cơ quan nhận tiếp nhận hoặc từ chối.", "Wait until the receiver accepts or refuses.")
)

// What the state does not allow.
var (
	codeStale = fault.Define("exchange-stale-version", fault.Stale,
		"Dữ liệu đã thay đổi: bạn có phiên bản %d, hiện là %d.", "It has changed: you have version %d, now it is %d.",
		"Tải lại rồi làm lại nếu vẫn cần.", "Load it again and repeat if still needed.")
	codeNotDraft = fault.Define("exchange-not-a-draft", fault.Conflict,
		"Văn bản đã được ký.", "The document is already signed.",
		"Không cần ký lại; xem trạng thái văn bản.", "No need to sign again; look at its state.")
	codeNotApproved = fault.Define("exchange-not-approved", fault.Conflict,
		"Chưa có chữ ký của người có thẩm quyền nên chưa được cấp số và đóng dấu.", "No competent person has signed, so it cannot be numbered and sealed.",
		"Trình lãnh đạo ký trước (Nghị định 30/2020, Điều 32).", "Have the leader sign first (Decree 30/2020, article 32).")
	codeAlreadyIssued = fault.Define("exchange-already-issued", fault.Conflict,
		"Văn bản đã được phát hành với số %s.", "The document is already issued as %s.",
		"Không cần phát hành lại.", "No need to issue it again.")
	codeNotIssued = fault.Define("exchange-not-issued", fault.Conflict,
		"Văn bản chưa phát hành nên chưa gửi được.", "The document is not issued yet, so it cannot be sent.",
		"Cấp số và đóng dấu trước.", "Number and seal it first.")
	codeAnswered = fault.Define("exchange-already-answered", fault.Conflict,
		"Lượt gửi này đã được trả lời.", "This delivery is already answered.",
		"Xem biên nhận đã có.", "Look at its receipt.")
	codeLeaderSignature = fault.Define("exchange-leader-signature-invalid", fault.Conflict,
		"Không đóng dấu: chữ ký của người có thẩm quyền không hợp lệ (%s).", "Not sealed: the signature of the competent person does not hold (%s).",
		"Xem kết quả kiểm tra của tệp đã ký; trình ký lại bản khác nếu cần.", "See the verdict on the signed file; have another copy signed if needed.")
	codeIncompetent = fault.Define("exchange-leader-not-competent", fault.Conflict,
		"Không đóng dấu: người ký không có thẩm quyền ký của %s vào lúc ký.", "Not sealed: the signer was not entitled to sign for %s at that time.",
		"Kiểm tra chức vụ, thời hạn và chứng thư của người ký trong danh bạ.", "Check position, dates and certificate of the signer in the directory.")
	codeFileChanged = fault.Define("exchange-file-changed", fault.Conflict,
		"Tệp %s trong kho đã bị thay đổi hoặc hỏng.", "The stored file %s was changed or damaged.",
		"Báo người vận hành chạy `vanban check` và khôi phục tệp từ bản sao lưu.", "Tell the operator to run `vanban check` and restore the file from the backup.")
	codeAlarm = fault.Define("exchange-verdict-alarm", fault.Conflict,
		"Không tiếp nhận: kết quả kiểm tra chữ ký là %s.", "Not accepted: the verdict on the signatures is %s.",
		"Từ chối và nêu lý do để bên gửi biết (Nghị định 30/2020, Điều 21).", "Refuse it with the reason (Decree 30/2020, article 21).")
	codeKeyNotBound = fault.Define("exchange-key-not-bound", fault.Conflict,
		"Chứng thư của khóa ký không phải của %s theo danh bạ vào lúc này.", "By the directory the certificate of the signing key does not belong to %s at this time.",
		"Người vận hành cập nhật chứng thư trong danh bạ.", "The operator updates the certificate in the directory.")
	codeNoImage = fault.Define("exchange-image-missing", fault.Conflict,
		"%s chưa có ảnh chữ ký hoặc ảnh con dấu.", "%s has no picture of the signature or seal.",
		"Người vận hành nạp ảnh PNG nền trong suốt vào danh bạ.", "The operator imports a PNG with transparent background.")
	codeClockBehind = fault.Define("exchange-clock-behind", fault.Busy,
		"Đồng hồ máy chủ (%s) chậm hơn ngày của số đã cấp gần nhất (%s).", "The server's clock (%s) is behind the date of the last number (%s).",
		"Người vận hành chỉnh đồng hồ; số và ngày phải cùng thứ tự.", "The operator sets the clock; numbers and dates run in the same order.")
	codeRace = fault.Define("exchange-number-race", fault.Busy,
		"Một lượt khác vừa lấy số này.", "Another request took this number just now.",
		"Gửi lại yêu cầu.", "Send the request again.")
	codeUndecided = fault.Define("exchange-signature-undecided", fault.Conflict,
		"Không ký: chưa kết luận được chữ ký sẽ hợp lệ (%s).", "Not signed: the signature could not be found valid (%s).",
		"Kiểm tra chứng thư, tập chứng thư gốc và kết nối tới dịch vụ kiểm tra thu hồi.", "Check the certificate, the trusted roots and the connection to the revocation services.")
	codeSelfCheck = fault.Define("exchange-self-check-failed", fault.Internal,
		"Tệp vừa ký không qua được tự kiểm tra (%s); không có gì được lưu.", "The file just signed did not pass our own check (%s); nothing was stored.",
		"Báo người vận hành kèm tệp dự thảo.", "Tell the operator and send the draft.")
)

// What was asked for wrongly.
var (
	codeDraft = fault.Define("exchange-draft-invalid", fault.Input,
		"Thông tin văn bản không hợp lệ: %s = %q.", "The document's data are wrong: %s = %q.",
		"Sửa mục đó rồi gửi lại.", "Correct it and send again.")
	codeSecrecy = fault.Define("exchange-classified", fault.Input,
		"Không nhận văn bản có độ mật %q: đây là hệ thống mạng thông thường.", "Documents classified %q are not taken in: this is an ordinary network.",
		"Xử lý văn bản mật theo Luật Bảo vệ bí mật nhà nước.", "Handle it by the law on state secrets.")
	codeNoLeader = fault.Define("exchange-leader-unknown", fault.Input,
		"%q không phải người có thẩm quyền ký của %s.", "%q is not entitled to sign for %s.",
		"Chọn lãnh đạo của cơ quan.", "Choose a leader of the agency.")
	codeDraftSigned = fault.Define("exchange-draft-signed", fault.Input,
		"Dự thảo đã có chữ ký số hoặc trường chữ ký.", "The draft already carries a signature.",
		"Tải lên bản chưa ký; lãnh đạo ký trong hệ thống.", "Upload the unsigned file; the leader signs it here.")
	codeNoReceiver = fault.Define("exchange-receiver-unknown", fault.Input,
		"Không có cơ quan nhận với mã %q vào lúc này; chưa gửi cho cơ quan nào.", "No agency has the code %q at this time; nothing was sent to anyone.",
		"Kiểm tra mã định danh trong danh bạ, nhất là sau sáp nhập.", "Check the code in the directory, above all after mergers.")
	codeReceivers = fault.Define("exchange-receivers-invalid", fault.Input,
		"Danh sách nơi nhận phải có từ 1 đến %d cơ quan khác cơ quan gửi.", "Name 1 to %d receivers other than the sender.",
		"Sửa danh sách nơi nhận.", "Correct the list of receivers.")
	codeReason = fault.Define("exchange-reason-required", fault.Input,
		"Lý do từ chối phải có từ 10 đến 500 ký tự.", "The reason of a refusal has 10 to 500 characters.",
		"Nêu rõ lý do để bên gửi xử lý.", "Say what is wrong so that the sender can act.")
	codeImage = fault.Define("exchange-image-unreadable", fault.Input,
		"Không đọc được ảnh %q của %s.", "The picture %q of %s cannot be read.",
		"Kiểm tra đường dẫn ảnh trong danh bạ.", "Check the path in the directory.")
	codeReceiptCheck = fault.Define("exchange-receipt-check-failed", fault.Internal,
		"Biên nhận vừa ký không qua được tự kiểm tra (%s); chưa trả lời bên gửi.", "The receipt just signed did not pass our own check (%s); the sender was not answered.",
		"Kiểm tra chứng thư của cơ quan: tên chung (CN) phải là tên cơ quan.", "Check the agency's certificate: its common name must be the agency's name.")
	codeInvariant = fault.Define("exchange-invariant", fault.Internal,
		"Dữ liệu không nhất quán: %s.", "The data contradict each other: %s.",
		"Giữ nguyên thư mục dữ liệu, khôi phục từ bản sao lưu và báo nhà phát triển.", "Keep the data folder as it is, restore the backup and tell the developers.")
)

// The answers of Capacity.
var (
	codeCapacityUnknown = fault.Define("exchange-capacity-unknown", fault.Input,
		"Danh bạ không có chứng thư này nên không rõ thẩm quyền.", "The directory does not know this certificate, so the capacity is unknown.", "", "")
	codeCapacitySeal = fault.Define("exchange-capacity-seal", fault.Input,
		"Chứng thư của cơ quan %s vào lúc ký.", "The certificate of the agency %s at that time.", "", "")
	codeCapacityNone = fault.Define("exchange-capacity-none", fault.Input,
		"%s không giữ chức vụ có thẩm quyền ký vào lúc ký.", "%s held no position entitled to sign at that time.", "", "")
	codeCapacityLeader = fault.Define("exchange-capacity-leader", fault.Input,
		"%s, %s, %s, có thẩm quyền vào lúc ký.", "%s, %s, %s, was entitled at that time.", "", "")
)
