package verify

import (
	"vanban/internal/cms"
	"vanban/internal/fault"
)

func define(id, vi, en string) *fault.Code {
	return fault.Define(id, fault.Input, vi, en, "", "")
}

// About the document as a whole.
var (
	codeNoSignature = define("verify-no-signature",
		"Tài liệu không có chữ ký số.", "The document has no digital signature.")
	codeUnreadable = define("verify-unreadable-signature",
		"Tệp có dấu vết chữ ký số nhưng cấu trúc hỏng nên không đọc được.", "The file bears traces of a signature, but its structure is too damaged to be read.")
	codeHidden = define("verify-hidden-signature",
		"Có chữ ký số bị giấu: không nằm trong biểu mẫu của tài liệu.", "A signature is hidden: it is not part of the document's form.")
	codeRemoved = define("verify-signature-removed",
		"Chữ ký số có ở phiên bản trước đã bị gỡ bỏ: %s.", "A signature of an earlier revision was removed: %s.")
	codeTrailing = define("verify-trailing-data",
		"Có dữ liệu nối sau phần kết thúc của tài liệu mà không chữ ký nào bao trùm.", "Data follows the end of the document that no signature covers.")
	codeRepaired = define("verify-structure-damaged",
		"Cấu trúc tài liệu bị hỏng (%s); phần mềm khác có thể hiển thị nội dung khác.", "The structure of the document is damaged (%s); other programs may show something else.")
	codeTooMany = define("verify-too-many",
		"Tài liệu có quá nhiều chữ ký hoặc phiên bản để kiểm tra hết.", "The document has too many signatures or revisions to check them all.")
	codeForm = define("verify-form-unreadable",
		"Không đọc được biểu mẫu chứa chữ ký: %s.", "The form that holds the signatures cannot be read: %s.")
)

// About the structure of one signature.
var (
	codeFormat = define("verify-signature-malformed",
		"Chữ ký sai cấu trúc: %s.", "The signature is malformed: %s.")
	codeByteRange = define("verify-byte-range",
		"Vùng byte được ký không hợp lệ: %s.", "The signed byte range is not valid: %s.")
	codeCoverage = define("verify-coverage",
		"Chữ ký không bao trùm trọn một phiên bản của tài liệu: %s.", "The signature does not cover a whole revision of the document: %s.")
	codeReplaced = define("verify-signature-replaced",
		"Từ điển chữ ký đã bị thay thế sau khi ký.", "The signature dictionary was replaced after signing.")
	codePadding = define("verify-padding",
		"Có dữ liệu lạ sau chữ ký, trong vùng không được ký.", "Foreign data follows the signature inside the part that is not signed.")
	codeIrregular = define("verify-irregular-message",
		"Phần không được ký của chữ ký không đúng chuẩn (%s).", "The unsigned part of the signature is not regular (%s).")
	codeAltered = define("verify-altered-certificate",
		"Chữ ký kèm một bản chứng thư đã bị sửa.", "The signature carries an altered copy of a certificate.")
	codeSubFilter = define("verify-subfilter",
		"Kiểu chữ ký %q không được hỗ trợ.", "The signature type %q is not supported.")
	codeWrapped = define("verify-encapsulated",
		"Chữ ký mang nội dung riêng thay vì ký trên tài liệu.", "The signature carries content of its own instead of signing the document.")
	codeSigners = define("verify-signer-count",
		"Chữ ký có %d người ký; phải có đúng một.", "The signature has %d signers; there must be exactly one.")
	codeNotPAdES = define("verify-not-pades",
		"Chữ ký không theo mức PAdES (%s).", "The signature is not at a PAdES level (%s).")
)

// About what came after.
var (
	codeUnchanged = define("verify-unchanged",
		"Nội dung đã ký số chưa bị thay đổi.", "The signed content has not been changed.")
	codePermitted = define("verify-changes-permitted",
		"Nội dung đã ký số chưa bị thay đổi. Tuy nhiên, tài liệu đã có những thay đổi trong giới hạn cho phép: %s.",
		"The signed content has not been changed. However, the document has permitted later changes: %s.")
	codeForbidden = define("verify-changes-forbidden",
		"Tài liệu đã bị thay đổi sau khi ký: %s.", "The document was changed after signing: %s.")
	codeChangesUnsure = define("verify-changes-unknown",
		"Không xác định được tài liệu có bị thay đổi sau khi ký hay không: %s.", "Whether the document was changed after signing cannot be determined: %s.")
	codeAnnotated = define("verify-annotations",
		"Có chú thích được thêm sau khi ký; người xem có thể bị che khuất nội dung.", "Annotations were added after signing; they may cover the content.")
)

// About time and trust.
var (
	codeTimeStampForged = define("verify-timestamp-forged",
		"Dấu thời gian không hợp lệ: không thuộc về chữ ký này hoặc bị sửa.", "The time-stamp is not valid: it does not belong to this signature or was altered.")
	codeTimeStampUntrusted = define("verify-timestamp-untrusted",
		"Dấu thời gian chưa được tin cậy nên không chứng minh thời điểm ký.", "The time-stamp is not trusted, so it does not prove the time of signing.")
	codeTimeProven = define("verify-time-proven",
		"Thời điểm ký được chứng minh bởi dấu thời gian.", "The time of signing is proven by a time-stamp.")
	codeTimeClaimed = define("verify-time-claimed",
		"Thời điểm ký chỉ do người ký khai; kiểm tra theo thời điểm hiện tại.", "The time of signing is only claimed by the signer; checked as of now.")
	codeNoAnchors = define("verify-no-anchors",
		"Chưa khai báo chứng thư gốc tin cậy nên chưa kết luận được về người ký.", "No trusted root certificates are configured, so nothing is concluded about the signer.")
	codeDecoyRoot = define("verify-decoy-root",
		"Chữ ký kèm một chứng thư gốc tin cậy không liên quan đến người ký, để đánh lừa phần mềm.", "The signature carries a trusted root that has nothing to do with the signer, as a decoy.")
	codeSelfMade = define("verify-self-made",
		"Chứng thư tự ký: người ký tự xưng danh, không cơ quan nào xác nhận.", "The certificate is self-made: the signer vouches for himself and nobody else does.")
	codeDressedUp = define("verify-dressed-up",
		"Chứng thư tự ký giả dạng chứng thư được cấp: không cơ quan nào cấp cho người ký này.", "A self-made certificate poses as an issued one: nobody issued it to this signer.")
	codeForeignCRL = define("verify-foreign-crl",
		"Chữ ký kèm danh sách thu hồi của bên không liên quan, để che giấu tình trạng thật của chứng thư.", "The signature carries a revocation list of an unrelated issuer, which hides the real state of the certificate.")
	codeRevocationOpen = define("verify-revocation-unchecked",
		"Chưa có dữ liệu thu hồi (CRL/OCSP) nên chưa biết chứng thư còn hiệu lực lúc ký hay không.", "Revocation data (CRL/OCSP) is missing, so whether the certificate was valid is not known.")
)

// cmsCodes puts the faults of a CMS message into words.
var cmsCodes = map[cms.FaultCode]*fault.Code{}

func init() {
	words := map[cms.FaultCode][2]string{
		cms.MessageDigestMismatch: {"Nội dung tài liệu không khớp với nội dung đã ký.", "The content is not what was signed."},
		cms.SignatureMismatch:     {"Giá trị chữ ký không đúng với khóa của chứng thư.", "The signature value does not belong to the certificate's key."},
		cms.AlgorithmMismatch:     {"Thuật toán băm và thuật toán ký mâu thuẫn nhau.", "The digest and the signature algorithm contradict each other."},
		cms.WeakDigest:            {"Thuật toán băm đã cũ và yếu.", "The digest algorithm is old and weak."},
		cms.MissingESS:            {"Chữ ký không ràng buộc với chứng thư người ký (thiếu signing-certificate).", "The signature is not bound to the signer's certificate (no signing-certificate attribute)."},
		cms.ESSMismatch:           {"Chữ ký ràng buộc với một chứng thư khác.", "The signature is bound to another certificate."},
		cms.NoCertificate:         {"Không có chứng thư số ký.", "The signer's certificate is missing or cannot be read."},
		cms.ImprintMismatch:       {"Dấu thời gian thuộc về dữ liệu khác.", "The time-stamp is about other data."},
	}
	for _, c := range cms.FaultCodes() {
		w, ok := words[c]
		if !ok {
			w = [2]string{"Cấu trúc chữ ký CMS không đúng chuẩn (" + string(c) + ").", "The CMS signature breaks the standard (" + string(c) + ")."}
		}
		cmsCodes[c] = define(string(c), w[0], w[1])
	}
}
