package pdf

import (
	"strings"

	"vanban/internal/fault"
)

// What can be wrong with a PDF, in the words of the person who sent it.
var (
	NotPDF = fault.Define("pdf-not-a-pdf", fault.Input,
		"Đây không phải tệp PDF.", "This is not a PDF file.",
		"Chọn đúng tệp PDF; tệp Word hoặc ảnh phải chuyển sang PDF trước.", "Choose a PDF; convert Word files or pictures to PDF first.")
	Empty = fault.Define("pdf-empty", fault.Input,
		"Tệp rỗng.", "The file is empty.",
		"Tải lại hoặc xuất lại tệp từ nơi soạn thảo.", "Download or export the file again.")
	Truncated = fault.Define("pdf-truncated", fault.Input,
		"Tệp PDF bị cụt: thiếu phần cuối.", "The PDF is cut off: its end is missing.",
		"Lấy lại bản đầy đủ từ người gửi.", "Get the complete file from the sender again.")
	Damaged = fault.Define("pdf-damaged", fault.Input,
		"Cấu trúc tệp PDF bị hỏng: %s.", "The structure of the PDF is damaged: %s.",
		"Mở và lưu lại tệp bằng phần mềm đã tạo ra nó, rồi thử lại.", "Open and save the file again with the program that made it, then retry.")
	Encrypted = fault.Define("pdf-encrypted", fault.Input,
		"Tài liệu PDF đã được mã hóa.", "The PDF is encrypted.",
		"Người tạo tệp bỏ mật khẩu và hạn chế quyền, rồi gửi lại.", "The author removes the password and the restrictions and sends it again.")
	LeadingJunk = fault.Define("pdf-leading-junk", fault.Input,
		"Có dữ liệu lạ trước phần đầu tệp PDF.", "There is foreign data before the start of the PDF.",
		"Mở và lưu lại tệp bằng phần mềm PDF, rồi thử lại.", "Open and save the file again with a PDF program, then retry.")
	TooCostly = fault.Define("pdf-too-costly", fault.Input,
		"Tệp PDF vượt giới hạn xử lý: %s.", "The PDF exceeds a processing limit: %s.",
		"Tệp có thể được tạo để tấn công hệ thống; xin bản khác từ người gửi.", "The file may be made to attack the system; ask the sender for another copy.")
	NoSuchPage = fault.Define("pdf-no-such-page", fault.Input,
		"Tài liệu không có trang %d.", "The document has no page %d.",
		"Chọn số trang trong phạm vi của tài liệu.", "Choose a page number that the document has.")
)

// Reason says what exactly is damaged. The words of this package are English,
// as they stand in logs; In gives the Vietnamese ones where a person needs
// more than the sentence around them.
type Reason string

var reasons = strings.NewReplacer(
	"there is no startxref", "thiếu phần chỉ mục ở cuối tệp",
	"startxref points outside the file", "chỉ mục trỏ ra ngoài tệp",
	"startxref does not point at a cross-reference section", "chỉ mục trỏ sai chỗ",
	"the cross-reference sections form a circle", "các phần chỉ mục nối vòng",
	"the page tree is circular or shares a node", "cây trang nối vòng hoặc dùng chung nút",
	"the page tree is too deep or too large", "cây trang quá sâu hoặc quá lớn",
	"a page is not an indirect object", "một trang không phải đối tượng riêng",
	"a page is missing", "thiếu một trang",
	"there are too many pages", "có quá nhiều trang",
	"an object is nested too deeply", "lồng nhau quá sâu",
	"an object holds too many values", "chứa quá nhiều giá trị",
	"the file ends inside an object", "tệp kết thúc giữa chừng",
	"references go in circles", "các tham chiếu nối vòng",
	"is not where the file says", "không nằm ở chỗ mà tệp chỉ",
	"is not in its object stream", "không có trong luồng chứa nó",
	"there is no catalog", "thiếu đối tượng gốc",
	"no catalog was found", "thiếu đối tượng gốc",
	"the catalog is not an indirect object", "đối tượng gốc không đúng dạng",
	"a stream has a wrong length", "luồng dữ liệu khai sai độ dài",
	"a stream does not end", "một luồng dữ liệu không kết thúc",
	"a stream cannot be decoded", "không giải nén được một luồng dữ liệu",
	"decompressed size", "dung lượng sau giải nén",
	"cross-reference entries", "số mục trong chỉ mục",
	"changed objects", "số đối tượng thay đổi",
	"bytes to compare", "số byte phải so sánh",
	"objects", "số đối tượng",
	"object ", "đối tượng ",
)

// In implements fault.Phrase.
func (r Reason) In(l fault.Lang) string {
	if l == fault.En {
		return string(r)
	}
	return reasons.Replace(string(r))
}
