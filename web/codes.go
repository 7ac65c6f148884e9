package web

import (
	"net/http"

	"vanban/internal/fault"
)

// The codes that the front desk itself raises. Everything else that a client
// can be told comes from the rooms below, with a code of theirs.
var (
	codeNoSuchPage = fault.Define("web-not-found", fault.Missing,
		"Không có trang hoặc địa chỉ này.", "There is no such page or address.",
		"Kiểm tra lại đường dẫn, hoặc bắt đầu từ trang Văn bản đến.", "Check the address, or start from the incoming documents.")
	codeMethod = fault.Define("web-method-not-allowed", fault.Input,
		"Địa chỉ này không nhận phương thức %s.", "This address does not take the method %s.",
		"Xem các phương thức được phép ở tiêu đề Allow và trong /api/v1/openapi.json.", "The Allow header and /api/v1/openapi.json list the methods that it takes.")
	codeLoginNeeded = fault.Define("web-login-needed", fault.Unauthenticated,
		"Cần đăng nhập để làm việc này.", "You must log in to do this.",
		"Đăng nhập bằng mã được cấp; qua API thì gửi tiêu đề Authorization: Bearer.", "Log in with the token you were given; over the API send an Authorization: Bearer header.")
	codeTokenWrong = fault.Define("web-token-wrong", fault.Unauthenticated,
		"Mã đăng nhập không đúng hoặc không còn hiệu lực.", "The log-in token is wrong or no longer valid.",
		"Kiểm tra đã chép đủ mã; nếu vẫn không được, xin người quản trị cấp mã mới.", "Check that the whole token was copied; if it still fails, ask the administrator for a new one.")
	codeCrossOrigin = fault.Define("web-cross-origin", fault.Denied,
		"Yêu cầu được gửi từ một trang khác nên bị từ chối.", "The request came from another site and was refused.",
		"Mở lại trang của hệ thống này và thực hiện từ đó.", "Open the page of this system and act from there.")
	codeTooMany = fault.Define("web-too-many-requests", fault.Busy,
		"Quá nhiều yêu cầu từ địa chỉ của bạn.", "Too many requests from your address.",
		"Chờ một phút rồi thử lại.", "Wait a minute and try again.")
	codeTooLarge = fault.Define("web-upload-too-large", fault.TooLarge,
		"Tệp vượt quá giới hạn %d MB.", "The file is over the limit of %d MB.",
		"Giảm dung lượng tệp (quét với độ phân giải thấp hơn, tách phụ lục), hoặc nhờ người vận hành nâng giới hạn.", "Make the file smaller (scan at a lower resolution, split the appendix), or ask the operator to raise the limit.")
	codeBodyTooLarge = fault.Define("web-body-too-large", fault.TooLarge,
		"Phần nội dung kèm yêu cầu quá lớn.", "The body of the request is too large.",
		"Chỉ gửi các trường được nêu trong /api/v1/openapi.json.", "Send only the fields that /api/v1/openapi.json names.")
	codeBodyBad = fault.Define("web-body-unreadable", fault.Input,
		"Không đọc được nội dung yêu cầu.", "The body of the request cannot be read.",
		"Gửi lại; nếu dùng API, đối chiếu với /api/v1/openapi.json.", "Send it again; over the API compare it with /api/v1/openapi.json.")
	codeBodyCut = fault.Define("web-body-cut-short", fault.Input,
		"Kết nối bị ngắt trước khi nhận hết dữ liệu.", "The connection ended before all of the data had arrived.",
		"Kiểm tra đường truyền và gửi lại; chưa có gì được lưu.", "Check the line and send it again; nothing was stored.")
	codeMediaType = fault.Define("web-media-type", fault.Input,
		"Kiểu nội dung %q không được nhận ở đây.", "The content type %q is not accepted here.",
		"Dùng kiểu nội dung ghi trong /api/v1/openapi.json.", "Use a content type that /api/v1/openapi.json names.")
	codeFileMissing = fault.Define("web-file-missing", fault.Input,
		"Chưa chọn tệp PDF.", "No PDF file was chosen.",
		"Chọn một tệp PDF rồi gửi lại.", "Choose a PDF file and send again.")
	codePartOrder = fault.Define("web-part-order", fault.Input,
		"Các trường phải đứng trước tệp trong yêu cầu nhiều phần.", "The fields must come before the file in a multipart request.",
		"Đặt phần \"meta\" trước phần \"file\".", "Put the part \"meta\" before the part \"file\".")
	codeKeyMissing = fault.Define("web-idempotency-key-missing", fault.Input,
		"Thiếu tiêu đề Idempotency-Key.", "The Idempotency-Key header is missing.",
		"Gửi một khóa mới cho mỗi việc (ví dụ một UUID) và dùng lại chính khóa đó khi thử lại.", "Send a fresh key for each act (a UUID for instance) and the same key again on a retry.")
	codeKeyBad = fault.Define("web-idempotency-key-bad", fault.Input,
		"Idempotency-Key phải dài 1 đến 200 ký tự ASCII in được.", "An Idempotency-Key must be 1 to 200 printable ASCII characters.",
		"Dùng một UUID.", "Use a UUID.")
	codeMarksBad = fault.Define("web-marks-unreadable", fault.Input,
		"Không đọc được vị trí chữ ký và con dấu (JSON).", "The positions of signature and seal (JSON) cannot be read.",
		"Để trống để dùng vị trí theo quy định, hoặc sửa JSON theo ví dụ.", "Leave it empty for the positions of the decree, or correct the JSON after the example.")
	codeNoReceiver = fault.Define("web-no-receiver", fault.Input,
		"Chưa chọn cơ quan nhận nào.", "No receiving agency was chosen.",
		"Đánh dấu ít nhất một cơ quan rồi gửi lại.", "Tick at least one agency and send again.")
	codeParameter = fault.Define("web-parameter-bad", fault.Input,
		"Tham số %q không hợp lệ.", "The parameter %q is not valid.",
		"Xem các giá trị được phép trong /api/v1/openapi.json.", "/api/v1/openapi.json names the values that are allowed.")
	codeBusy = fault.Define("web-checks-busy", fault.Busy,
		"Đang có quá nhiều tệp được kiểm tra cùng lúc.", "Too many files are being checked at the same time.",
		"Thử lại sau vài giây.", "Try again in a few seconds.")
	codeGone = fault.Define("web-slow-client", fault.Busy,
		"Yêu cầu quá thời hạn.", "The request ran out of time.",
		"Thử lại; nếu lặp lại, báo người vận hành kèm mã yêu cầu.", "Try again; if it happens again, tell the operator and quote the request id.")
)

// statusOfCode holds the few codes whose status is finer than their kind.
var statusOfCode = map[*fault.Code]int{
	codeMethod:     http.StatusMethodNotAllowed,
	codeMediaType:  http.StatusUnsupportedMediaType,
	codeTooMany:    http.StatusTooManyRequests,
	codeBodyBad:    http.StatusBadRequest,
	codeBodyCut:    http.StatusBadRequest,
	codePartOrder:  http.StatusBadRequest,
	codeKeyBad:     http.StatusBadRequest,
	codeKeyMissing: http.StatusBadRequest,
}

// statusOf is the one place where a reason becomes an HTTP status.
func statusOf(code *fault.Code) int {
	if status, ok := statusOfCode[code]; ok {
		return status
	}
	switch code.Kind() {
	case fault.Input:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Denied:
		return http.StatusForbidden
	case fault.Missing:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Stale:
		return http.StatusPreconditionFailed
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Busy:
		return http.StatusServiceUnavailable
	case fault.Outside:
		return http.StatusBadGateway
	default:
		return http.StatusInternalServerError
	}
}
