package receipt

import "vanban/internal/fault"

// Errors: the receipt could not be made or looked at.
var (
	codeTooLarge = fault.Define("receipt-too-large", fault.TooLarge,
		"Tệp biên nhận lớn hơn %d byte.", "The receipt file is larger than %d bytes.",
		"Chọn đúng tệp biên nhận (.json) tải từ hệ thống.", "Choose the receipt file (.json) that the system gave.")
	codeUnreadable = fault.Define("receipt-unreadable", fault.Input,
		"Đây không phải tệp biên nhận.", "This is not a receipt file.",
		"Chọn đúng tệp biên nhận (.json) tải từ hệ thống; tệp có thể đã bị hỏng.", "Choose the receipt file (.json) that the system gave; it may be damaged.")
	codeSigning = fault.Define("receipt-signing-failed", fault.Internal,
		"Không ký được biên nhận bằng chứng thư của cơ quan.", "The receipt could not be signed with the agency's seal.",
		"Người vận hành kiểm tra khóa và chứng thư của cơ quan nhận.", "The operator checks key and certificate of the receiving agency.")
)

// Findings: the verdict on a receipt that could be read.
var (
	codeEvidence = fault.Define("receipt-evidence-invalid", fault.Input,
		"Nội dung biên nhận không hợp lệ: %s.", "The statement of the receipt makes no sense: %s.",
		"Xin lại biên nhận từ hệ thống.", "Ask the system for the receipt again.")
	codeNotCanonical = fault.Define("receipt-bytes-changed", fault.Input,
		"Tệp biên nhận đã bị sửa: không đúng từng byte như khi được ký.", "The receipt file was changed: it is not byte for byte what was signed.",
		"Tải lại tệp gốc từ hệ thống, không mở và lưu lại bằng trình soạn thảo.", "Download the original again; do not open and save it in an editor.")
	codeSignature = fault.Define("receipt-signature-invalid", fault.Input,
		"Chữ ký trên biên nhận không đúng: %s.", "The signature on the receipt is wrong: %s.",
		"Không dùng biên nhận này làm bằng chứng; xin lại từ hệ thống.", "Do not use this receipt as proof; ask the system for it again.")
	codeUntrusted = fault.Define("receipt-signer-untrusted", fault.Input,
		"Chứng thư ký biên nhận chưa được tin cậy: %s.", "The certificate that signed the receipt is not trusted: %s.",
		"Kiểm tra tập chứng thư gốc tin cậy (--trust).", "Check the set of trusted roots (--trust).")
	codeOtherAgency = fault.Define("receipt-signed-by-another", fault.Input,
		"Biên nhận đứng tên %q nhưng được ký bằng chứng thư của %q.", "The receipt is in the name of %q but signed with the certificate of %q.",
		"Không dùng biên nhận này làm bằng chứng; hỏi cơ quan nhận.", "Do not use this receipt as proof; ask the receiving agency.")
	codeOtherDocument = fault.Define("receipt-other-document", fault.Input,
		"Biên nhận này là của văn bản khác: mã băm không khớp.", "This receipt is about another document: the digests differ.",
		"Chọn đúng cặp tệp văn bản và biên nhận.", "Choose the document and the receipt that belong together.")
	codeFuture = fault.Define("receipt-from-the-future", fault.Input,
		"Thời gian trên biên nhận (%s) sau thời điểm kiểm tra.", "The time on the receipt (%s) is later than the time of checking.",
		"Kiểm tra đồng hồ của máy hoặc tham số --at.", "Check the clock of this machine or --at.")
	codeClaimedTime = fault.Define("receipt-time-claimed", fault.Input,
		"Thời gian trên biên nhận do hệ thống của cơ quan nhận ghi, chưa có dấu thời gian độc lập.", "The time on the receipt is the receiving system's own; no independent time-stamp proves it.",
		"", "")
	codeNoRevocation = fault.Define("receipt-revocation-unchecked", fault.Input,
		"Chưa kiểm tra được tình trạng thu hồi của chứng thư ký biên nhận.", "Whether the signing certificate was revoked could not be checked.",
		"Cung cấp danh sách thu hồi hoặc kiểm tra khi có mạng.", "Give revocation lists or check again online.")
)
