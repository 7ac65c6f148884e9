package sign

import "vanban/internal/fault"

// What a request can be refused for before anything is signed.
var (
	codeRequest = fault.Define("sign-request", fault.Input,
		"Yêu cầu ký không hợp lệ: %s.", "The request to sign is wrong: %s.",
		"Sửa tham số rồi thử lại.", "Correct the parameter and try again.")
	codeHash = fault.Define("sign-hash", fault.Input,
		"Không ký bằng hàm băm %v.", "%v is not a hash for signing.",
		"Dùng SHA-256, SHA-384 hoặc SHA-512 (SIG-09); Ed25519 chỉ đi với SHA-512.", "Use SHA-256, SHA-384 or SHA-512 (SIG-09); Ed25519 goes with SHA-512 only.")
	codeNoTSA = fault.Define("sign-tsa-missing", fault.Input,
		"Mức B-T cần máy chủ cấp dấu thời gian.", "Level B-T needs a time-stamp authority.",
		"Chỉ định máy chủ bằng --tsa hoặc trong cấu hình.", "Name one with --tsa or in the configuration.")
	codeKeyWeak = fault.Define("sign-key-weak", fault.Input,
		"Khóa của chứng thư số %s quá yếu để ký: %s.", "The key of %s is too weak to sign with: %s.",
		"Xin cấp chứng thư mới: RSA từ 2048 bit hoặc ECDSA từ 256 bit (SIG-09).", "Get a new certificate: RSA from 2048 or ECDSA from 256 bits (SIG-09).")
	codeNoChain = fault.Define("sign-chain-unchecked", fault.Input,
		"Chưa kiểm tra đường dẫn tin cậy của chứng thư số %s: chưa khai báo CA tin cậy.",
		"The trust path of %s was not checked: no trust anchors were given.",
		"Chỉ định CA tin cậy bằng --trust để kiểm tra trước khi ký.", "Name trust anchors with --trust to check before signing.")
)

// What the document does not allow.
var (
	codeFieldName = fault.Define("sign-field-name", fault.Input,
		"Tên trường %q không hợp lệ hoặc đã có.", "The field name %q is wrong or taken.",
		"Dùng tên chưa có trong tài liệu, không chứa dấu chấm, tối đa 100 ký tự.", "Use a name that is free, without dots, of at most 100 characters.")
	codeFieldSigned = fault.Define("sign-field-signed", fault.Conflict,
		"Trường chữ ký %q đã được ký.", "The signature field %q is already signed.",
		"Chọn trường chữ ký khác hoặc để trống tên để tạo trường mới.", "Choose another field, or no name for a new one.")
	codeFieldKind = fault.Define("sign-field-kind", fault.Input,
		"Trường %q không phải trường %s.", "The field %q is not a %s field.",
		"Kiểm tra lại tên trường.", "Check the name of the field.")
	codeFieldMissing = fault.Define("sign-field-missing", fault.Missing,
		"Tài liệu không có trường %q.", "The document has no field %q.",
		"Kiểm tra lại tên trường; ô số và ngày phải được chuẩn bị ở lần ký đầu.", "Check the name; the fields for number and date are prepared by the first signature.")
	codeFieldLocked = fault.Define("sign-field-locked", fault.Conflict,
		"Trường %q đã bị khóa.", "The field %q is locked.",
		"Chữ ký trước đã khóa trường này; không sửa được nữa.", "An earlier signature locked it; it can no longer change.")
	codeForbidden = fault.Define("sign-docmdp-forbids", fault.Conflict,
		"Chữ ký chứng nhận của tài liệu không cho phép thay đổi này.", "The certification of the document forbids this change.",
		"Người ký đầu phải ký lại với mức cho phép điền trường và ký tiếp (mức 2).", "The first signer must sign again at a level that allows filling and signing (level 2).")
	codeTooLate = fault.Define("sign-fields-too-late", fault.Conflict,
		"Không thêm ô mới sau khi tài liệu đã có chữ ký.", "Fields cannot be added once the document is signed.",
		"Chuẩn bị các ô số, ngày, dấu ở lần ký đầu tiên.", "Prepare the fields for number, date and seal with the first signature.")
	codeCertifyLate = fault.Define("sign-certify-not-first", fault.Conflict,
		"Chỉ chữ ký đầu tiên mới được là chữ ký chứng nhận.", "Only the first signature can certify.",
		"Bỏ --certify, hoặc ký chứng nhận trên bản chưa có chữ ký.", "Leave out --certify, or certify a copy that has no signature yet.")
	codeOutside = fault.Define("sign-rect-outside", fault.Input,
		"Khung của %q nằm ngoài trang (%.1f × %.1f mm).", "The rectangle of %q is outside the page (%.1f × %.1f mm).",
		"Tọa độ tính bằng milimét từ góc trên bên trái của trang như người đọc thấy.", "Coordinates are millimetres from the top left corner of the page as seen.")
	codeMalformed = fault.Define("sign-form-malformed", fault.Input,
		"Biểu mẫu trong tài liệu bị lỗi: %s.", "The form in the document is malformed: %s.",
		"Mở và lưu lại tài liệu gốc bằng phần mềm đã tạo ra nó, rồi ký lại.", "Save the original again with the program that made it, then sign.")
	codeXFA = fault.Define("sign-xfa", fault.Input,
		"Tài liệu có biểu mẫu XFA; một số phần mềm có thể hiển thị khác.", "The document has an XFA form; some programs may show it differently.",
		"Nên xuất lại thành PDF thường trước khi ký.", "Export it as a plain PDF before signing.")
	codeNewField = fault.Define("sign-new-field-in-certified", fault.Input,
		"Trường chữ ký %q được thêm sau chữ ký chứng nhận; một số phần mềm có thể cảnh báo.",
		"The signature field %q was added after a certification; some programs may warn.",
		"Nên chuẩn bị sẵn trường chữ ký ở lần ký đầu.", "Prepare the signature field with the first signature.")
)

// What can go wrong between Prepare and the signed file.
var (
	codeKeyFailed = fault.Define("sign-key-failed", fault.Outside,
		"Khóa không ký được.", "The key did not sign.",
		"Kiểm tra thiết bị khóa và mã PIN; chưa có tệp nào được tạo.", "Check the key device and the PIN; no file was made.")
	codeMismatch = fault.Define("sign-key-mismatch", fault.Input,
		"Chữ ký không khớp với chứng thư số.", "The signature does not fit the certificate.",
		"Khóa và chứng thư không phải một cặp, hoặc chữ ký thuộc về lần chuẩn bị khác.", "The key is not of this certificate, or the signature belongs to another preparation.")
	codeTimeStamp = fault.Define("sign-timestamp", fault.Outside,
		"Không lấy được dấu thời gian hợp lệ.", "No valid time-stamp could be had.",
		"Kiểm tra máy chủ cấp dấu thời gian rồi ký lại; chưa có tệp nào được tạo.", "Check the time-stamp authority and sign again; no file was made.")
	codeTSAUntrusted = fault.Define("sign-tsa-untrusted", fault.Outside,
		"Máy chủ cấp dấu thời gian %s chưa được tin cậy.", "The time-stamp authority %s is not trusted.",
		"Thêm CA của máy chủ này vào danh sách tin cậy.", "Add its CA to the trust anchors.")
	codeHole = fault.Define("sign-hole-too-small", fault.Internal,
		"Chỗ chừa cho chữ ký quá nhỏ: cần %d byte, có %d.", "The room for the signature is too small: %d bytes needed, %d kept.",
		"Ký lại với chỗ chừa lớn hơn.", "Sign again with more room.")
	codeBaseChanged = fault.Define("sign-base-changed", fault.Conflict,
		"Tài liệu đã thay đổi từ khi chuẩn bị ký.", "The document changed since the signature was prepared.",
		"Chuẩn bị ký lại từ đầu.", "Prepare the signature again.")
	codeUsed = fault.Define("sign-pending-used", fault.Conflict,
		"Lần chuẩn bị ký này đã được dùng.", "This preparation was already used.",
		"Chuẩn bị ký lại.", "Prepare the signature again.")
	codeState = fault.Define("sign-pending-invalid", fault.Input,
		"Dữ liệu chuẩn bị ký bị hỏng.", "The stored preparation is damaged.",
		"Chuẩn bị ký lại.", "Prepare the signature again.")
	codeSelfCheck = fault.Define("sign-self-check", fault.Internal,
		"Tệp vừa ký không vượt qua bước tự kiểm tra và đã bị hủy.", "The signed file failed its own check and was dropped.",
		"Báo người vận hành kèm tệp gốc.", "Tell the operator and send the original file.")
	codeRead = fault.Define("sign-read", fault.Input,
		"Không đọc được tài liệu.", "The document could not be read.",
		"Kiểm tra tệp và ổ đĩa.", "Check the file and the disk.")
	codeWrite = fault.Define("sign-write", fault.Internal,
		"Không ghi được tệp đã ký.", "The signed file could not be written.",
		"Kiểm tra dung lượng và quyền ghi.", "Check free space and permissions.")
)
