package online

import "vanban/internal/fault"

var (
	codeBadURL = fault.Define("online-bad-url", fault.Input,
		"Địa chỉ %s không phải http hoặc https hợp lệ.", "%s is not a plain http or https address.",
		"Địa chỉ lấy từ chứng thư số; bỏ qua.", "The address comes from a certificate and is ignored.")
	codeRefused = fault.Define("online-refused", fault.Denied,
		"Không kết nối tới %s: địa chỉ nội bộ hoặc cổng không được phép.", "No connection to %s: an internal address or a port that is not allowed.",
		"Người vận hành có thể cho phép máy chủ này trong cấu hình.", "The operator may allow this host in the configuration.")
	codeUnreachable = fault.Define("online-unreachable", fault.Outside,
		"%s không trả lời (%s).", "%s did not answer (%s).",
		"Kiểm tra kết nối mạng và thử lại.", "Check the network and try again.")
	codeTooLarge = fault.Define("online-too-large", fault.Outside,
		"Trả lời của %s vượt quá %d KiB.", "The reply of %s is over %d KiB.", "", "")
	codeBadReply = fault.Define("online-bad-reply", fault.Outside,
		"Trả lời của %s không đọc được.", "The reply of %s cannot be read.",
		"Báo cho nhà cung cấp dịch vụ.", "Tell the provider of the service.")
	codeNoTSA = fault.Define("online-no-tsa", fault.Input,
		"Chưa khai báo dịch vụ cấp dấu thời gian.", "No time-stamp authority is configured.",
		"Khai báo bằng --tsa.", "Name one with --tsa.")
	codeTSA = fault.Define("online-tsa-failed", fault.Outside,
		"Không lấy được dấu thời gian từ %s.", "No time-stamp could be had from %s.",
		"Kiểm tra địa chỉ TSA và kết nối mạng.", "Check the address of the TSA and the network.")
	codeTSADenied = fault.Define("online-tsa-denied", fault.Outside,
		"%s từ chối cấp dấu thời gian.", "%s refused to give a time-stamp.", "", "")
	codeTSAWrong = fault.Define("online-tsa-wrong", fault.Outside,
		"Dấu thời gian không hợp lệ từ %s: %s.", "An invalid time-stamp from %s: %s.",
		"Không dùng dịch vụ này.", "Do not use this service.")
	codeTSAUntrusted = fault.Define("online-tsa-untrusted", fault.Outside,
		"Chứng thư số của dịch vụ cấp dấu thời gian %s không tin cậy: %s", "The certificate of the time-stamp authority %s is not trusted: %s",
		"Thêm CA của dịch vụ vào danh sách tin cậy.", "Add the authority's CA to the trust list.")
)
