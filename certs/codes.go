package certs

import "vanban/internal/fault"

// The nine reasons of a Status. Each takes the name of the certificate that is
// to blame. Where the tools that people know already have a sentence for it,
// the Vietnamese text keeps that sentence.
var (
	codeNotTrusted = fault.Define("certs-not-trusted", fault.Input,
		"Chứng thư số không tin cậy: không có đường dẫn từ %s đến CA được tin cậy.",
		"The certificate is not trusted: no path leads from %s to a trusted CA.",
		"Thêm chứng thư CA gốc vào danh sách tin cậy (--trust) hoặc cung cấp chứng thư CA trung gian.",
		"Add the root CA to the trust list (--trust) or supply the intermediate CA certificates.")
	codePathInvalid = fault.Define("certs-path-invalid", fault.Input,
		"Đường dẫn chứng thực không hợp lệ tại %s.", "The certification path is invalid at %s.",
		"Xem lý do kèm theo; báo cho nhà cung cấp dịch vụ chứng thực.", "See the reason beside it; tell the CA.")
	codeLeafRevoked = fault.Define("certs-revoked", fault.Input,
		"Chứng thư số đã bị thu hồi: %s, lúc %s.", "The certificate is revoked: %s, on %s.",
		"Không dùng chứng thư này; liên hệ người ký hoặc CA.", "Do not rely on it; ask the signer or the CA.")
	codeIssuerRevoked = fault.Define("certs-ca-revoked", fault.Input,
		"Chứng thư số CA đã bị thu hồi: %s, lúc %s.", "The CA certificate is revoked: %s, on %s.",
		"Không dùng chứng thư do CA này cấp.", "Do not rely on certificates of this CA.")
	codePurposeRefused = fault.Define("certs-bad-purpose", fault.Input,
		"Chứng thư số %s không được cấp cho mục đích này.", "The certificate %s was not issued for this purpose.",
		"Dùng chứng thư số được cấp để ký số.", "Use a certificate that was issued for this use.")
	codeAlgorithmWeak = fault.Define("certs-weak-algorithm", fault.Input,
		"Thuật toán hoặc độ dài khóa không an toàn tại %s: %s.", "A weak algorithm or key at %s: %s.",
		"Xin cấp chứng thư mới (RSA từ 2048 bit hoặc ECDSA từ 256 bit, SHA-256). CA cũ ký bằng SHA-1 phải được ghim là legacy.",
		"Get a new certificate (RSA from 2048 or ECDSA from 256 bits, SHA-256). An old CA that signs with SHA-1 must be pinned as legacy.")
	codeCertNotYetValid = fault.Define("certs-not-yet-valid", fault.Input,
		"Chứng thư số chưa có hiệu lực: %s, có hiệu lực từ %s.", "The certificate is not yet valid: %s, valid from %s.",
		"Kiểm tra đồng hồ máy hoặc chờ đến ngày hiệu lực.", "Check the clock, or wait for that day.")
	codeCertExpired = fault.Define("certs-expired", fault.Input,
		"Chứng thư số đã hết hạn sử dụng: %s, hết hạn %s.", "The certificate has expired: %s, on %s.",
		"Gia hạn hoặc xin cấp chứng thư mới.", "Renew it or get a new one.")
	codeRevocationUnknown = fault.Define("certs-revocation-unknown", fault.Outside,
		"Không xác định được tình trạng thu hồi của %s.", "The revocation status of %s could not be established.",
		"Thử lại khi có CRL hoặc OCSP còn hiệu lực.", "Try again when a current CRL or OCSP response is at hand.")
)

// Reasons behind ChainInvalid, NoChain and BadPurpose.
var (
	codeNoAnchors = fault.Define("certs-no-anchors", fault.Input,
		"Chưa có CA nào trong danh sách tin cậy.", "No trust anchors are configured.",
		"Thêm chứng thư CA gốc bằng --trust hoặc vào thư mục trust/.", "Add root CA certificates with --trust or to the folder trust/.")
	codeSearchStopped = fault.Define("certs-search-stopped", fault.Input,
		"Dừng tìm đường dẫn chứng thực: quá nhiều chứng thư hoặc quá nhiều phép kiểm tra.",
		"The path search was stopped: too many certificates or signature checks.",
		"Tệp có thể được tạo ra để làm nghẽn hệ thống; kiểm tra nguồn gửi.", "The file may be made to overload the checker; look at where it came from.")
	codeBadCertSignature = fault.Define("certs-bad-certificate-signature", fault.Input,
		"Chữ ký của CA trên chứng thư %s không đúng.", "The CA signature on the certificate %s is wrong.",
		"Chứng thư bị sửa hoặc giả mạo.", "The certificate was altered or forged.")
	codeNotCA = fault.Define("certs-not-a-ca", fault.Input,
		"%s không phải là CA nhưng đã cấp chứng thư.", "%s is not a CA and issued a certificate.",
		"Chứng thư có thể bị giả mạo.", "The certificate may be forged.")
	codeNoCertSign = fault.Define("certs-ca-key-usage", fault.Input,
		"Khóa của CA %s không được phép ký chứng thư.", "The key of the CA %s may not sign certificates.",
		"Báo cho nhà cung cấp dịch vụ chứng thực.", "Tell the CA.")
	codePathLen = fault.Define("certs-path-length", fault.Input,
		"CA %s không được phép có thêm CA cấp dưới.", "The CA %s may not have further CAs below it.",
		"Chứng thư CA cấp dưới có thể bị giả mạo.", "The CA below it may be forged.")
	codeCriticalExtension = fault.Define("certs-critical-extension", fault.Input,
		"%s có phần mở rộng bắt buộc mà hệ thống không hiểu: %s.", "%s has a critical extension that is not understood: %s.",
		"Báo cho nhà phát triển kèm chứng thư này.", "Report it to the developers with this certificate.")
	codeNameConstraint = fault.Define("certs-name-constraints", fault.Input,
		"Tên trong %s nằm ngoài phạm vi CA được phép cấp (%s).", "A name in %s is outside what its CA may certify (%s).",
		"Chứng thư được cấp sai phạm vi.", "The certificate was issued outside its CA's scope.")
	codePolicyConstraint = fault.Define("certs-policy-constraints", fault.Input,
		"CA %s đòi hỏi chính sách chứng thư mà đường dẫn này không đáp ứng.", "The CA %s requires a certificate policy that this path does not have.",
		"Báo cho nhà cung cấp dịch vụ chứng thực.", "Tell the CA.")
	codeKeyUsage = fault.Define("certs-key-usage", fault.Input,
		"Công dụng khóa của %s không cho phép: %s.", "The key usage of %s does not allow it: %s.",
		"Dùng chứng thư số được cấp để ký số.", "Use a certificate that was issued for this use.")
	codeExtKeyUsage = fault.Define("certs-extended-key-usage", fault.Input,
		"Công dụng mở rộng của %s không phù hợp: %s.", "The extended key usage of %s does not fit: %s.",
		"Dùng chứng thư số được cấp để ký số.", "Use a certificate that was issued for this use.")
	codeUnusualEKU = fault.Define("certs-extended-key-usage-unusual", fault.Input,
		"%s chỉ có công dụng mở rộng lạ: %s.", "%s has only unusual extended key usages: %s.", "", "")
	codeTSAUsage = fault.Define("certs-tsa-usage-not-critical", fault.Input,
		"Chứng thư cấp dấu thời gian %s không dành riêng cho việc này (RFC 3161 mục 2.3).",
		"The time-stamp certificate %s is not reserved for that use (RFC 3161 section 2.3).", "", "")
	codeLegacySHA1 = fault.Define("certs-sha1-legacy", fault.Input,
		"Chứng thư %s được CA cũ ký bằng SHA-1 (thuật toán cũ, chấp nhận vì CA được ghim).",
		"The certificate %s was signed with SHA-1 by an old CA (accepted because the CA is pinned as legacy).",
		"Nên ký gia hạn lưu trữ trước khi CA cũ hết hạn.", "Archive-protect the document before the old CA ends.")
)

// About revocation evidence.
var (
	codeRevocationUnchecked = fault.Define("certs-revocation-unchecked", fault.Outside,
		"Không kiểm tra tình trạng hủy bỏ của chứng thư số %s: không có CRL hoặc OCSP phù hợp.",
		"The revocation of the certificate %s was not checked: no suitable CRL or OCSP response.",
		"Cho phép tải CRL/OCSP hoặc cung cấp kèm tệp.", "Allow CRL/OCSP to be fetched, or supply them.")
	codeRevokedLater = fault.Define("certs-revoked-later", fault.Input,
		"%s bị thu hồi lúc %s, sau thời điểm được xét.", "%s was revoked on %s, after the time in question.", "", "")
	codeEvidenceBad = fault.Define("certs-evidence-unreadable", fault.Input,
		"Danh sách CTS bị thu hồi hoặc trả lời OCSP không đọc được: %s.", "A CRL or OCSP response cannot be read: %s.", "", "")
	codeEvidenceStale = fault.Define("certs-evidence-stale", fault.Outside,
		"Bằng chứng thu hồi cho %s đã cũ (hiệu lực đến %s).", "The revocation evidence for %s is stale (good until %s).",
		"Tải CRL hoặc OCSP mới.", "Fetch a new CRL or OCSP response.")
	codeEvidenceFuture = fault.Define("certs-evidence-future", fault.Input,
		"Bằng chứng thu hồi cho %s đề thời điểm trong tương lai (%s).", "The revocation evidence for %s is dated in the future (%s).",
		"Kiểm tra đồng hồ máy.", "Check the clock.")
	codeEvidenceLate = fault.Define("certs-evidence-after-expiry", fault.Input,
		"Bằng chứng thu hồi cho %s phát hành sau khi chứng thư hết hạn nên không còn chứng minh được.",
		"The revocation evidence for %s was issued after the certificate expired and proves nothing about it.", "", "")
	codeEvidenceWeak = fault.Define("certs-evidence-weak", fault.Input,
		"Bằng chứng thu hồi cho %s được ký bằng thuật toán yếu: %s.", "The revocation evidence for %s is signed with a weak algorithm: %s.", "", "")
	codeEvidenceLimit = fault.Define("certs-evidence-limit", fault.Input,
		"Bỏ qua bằng chứng thu hồi vượt quá giới hạn.", "Revocation evidence over the limit was left out.", "", "")
	codeOCSPStatusUnknown = fault.Define("certs-ocsp-unknown", fault.Outside,
		"Dịch vụ OCSP trả về kết quả UNKNOWN cho %s.", "The OCSP service answered UNKNOWN for %s.", "", "")
	codeOCSPNotFinal = fault.Define("certs-ocsp-no-answer", fault.Outside,
		"Dịch vụ OCSP không trả lời được (mã %d).", "The OCSP service gave no answer (status %d).", "", "")
	codeOCSPNoResponder = fault.Define("certs-ocsp-responder-missing", fault.Input,
		"Không có chứng thư của bên trả lời OCSP cho %s.", "The certificate of the OCSP responder for %s is missing.", "", "")
	codeOCSPUnauthorised = fault.Define("certs-ocsp-unauthorised", fault.Input,
		"Trả lời OCSP cho %s do %s ký, không được CA ủy quyền.", "The OCSP response for %s is signed by %s, whom the CA did not authorise.",
		"Có thể là bằng chứng giả; không dùng tệp này.", "The evidence may be made up; do not rely on this file.")
	codeOCSPForeign = fault.Define("certs-ocsp-foreign-responder", fault.Input,
		"Bỏ qua trả lời OCSP cho %s: %s là bên trả lời của CA khác.", "The OCSP response for %s is left out: %s answers for another CA.", "", "")
	codeOCSPForged = fault.Define("certs-ocsp-forged", fault.Input,
		"Chữ ký trên trả lời OCSP cho %s không đúng.", "The signature on the OCSP response for %s is wrong.",
		"Có thể là bằng chứng giả; không dùng tệp này.", "The evidence may be made up; do not rely on this file.")
	codeCRLForged = fault.Define("certs-crl-forged", fault.Input,
		"Danh sách CTS bị thu hồi không hợp lệ: chữ ký của %s không đúng.", "The CRL is invalid: the signature of %s is wrong.",
		"Có thể là bằng chứng giả; không dùng tệp này.", "The evidence may be made up; do not rely on this file.")
	codeCRLOtherKey = fault.Define("certs-crl-other-key", fault.Input,
		"Danh sách CTS bị thu hồi của %s được ký bằng khóa khác của CA.", "The CRL of %s is signed with another key of that CA.", "", "")
	codeCRLNoSign = fault.Define("certs-crl-key-usage", fault.Input,
		"Khóa của CA %s không được phép ký danh sách thu hồi.", "The key of the CA %s may not sign CRLs.", "", "")
	codeCRLDelta = fault.Define("certs-crl-delta", fault.Input,
		"Không dùng được CRL dạng delta của %s.", "A delta CRL of %s cannot be used.",
		"Cung cấp CRL đầy đủ.", "Supply the full CRL.")
	codeCRLPartial = fault.Define("certs-crl-partial", fault.Input,
		"CRL của %s chỉ có phạm vi một phần hoặc gián tiếp: %s.", "The CRL of %s is partial or indirect: %s.",
		"Cung cấp CRL đầy đủ.", "Supply the full CRL.")
)

// About the anchors that an operator configures.
var (
	codeAnchorsUnreadable = fault.Define("certs-anchors-unreadable", fault.Missing,
		"Không đọc được chứng thư tin cậy %s.", "The trust anchors %s cannot be read.",
		"Kiểm tra đường dẫn và quyền đọc.", "Check the path and its permissions.")
	codeAnchorsBad = fault.Define("certs-anchors-bad", fault.Input,
		"%s không chứa chứng thư X.509 dạng PEM hoặc DER.", "%s holds no X.509 certificate in PEM or DER.",
		"Chỉ để tệp .pem, .crt, .cer, .der hợp lệ trong thư mục tin cậy.", "Keep only valid .pem, .crt, .cer and .der files in the trust folder.")
	codeAnchorsLimit = fault.Define("certs-anchors-limit", fault.TooLarge,
		"Danh sách tin cậy %s vượt giới hạn (%s).", "The trust anchors %s are over the limit (%s).",
		"Bớt tệp trong thư mục tin cậy.", "Keep fewer or smaller files in the trust folder.")
)
