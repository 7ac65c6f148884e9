package house

import "vanban/internal/fault"

// What can be wrong with a data folder and with what an operator puts into it.
var (
	codeCertificateFile = fault.Define("cli-certificate-file", fault.Input,
		"Tệp %s không chứa chứng thư số hoặc danh sách thu hồi đọc được.", "The file %s holds no certificate or revocation list that can be read.",
		"Dùng tệp PEM hoặc DER.", "Use a PEM or DER file.")
	codeConfig = fault.Define("cli-config", fault.Input,
		"Tệp cấu hình %s sai: %s", "The configuration file %s is wrong: %s",
		"Sửa tệp cấu hình; mỗi khóa được giải thích trong README.", "Correct the file; README explains every key.")
	// NoFolder: this is not a data folder.
	NoFolder = fault.Define("cli-data-folder", fault.Missing,
		"%s không phải thư mục dữ liệu của vanban.", "%s is not a data folder of vanban.",
		"Tạo thư mục thử bằng: vanban demo --dir D", "Make one to try with: vanban demo --dir D")
	// NoAddress: the address is not free.
	NoAddress = fault.Define("cli-listen", fault.Outside,
		"Không mở được địa chỉ %s: %s", "Cannot listen on %s: %s",
		"Chọn cổng khác bằng --listen, hoặc dừng chương trình đang giữ cổng này.", "Choose another port with --listen, or stop the program that holds it.")
)
