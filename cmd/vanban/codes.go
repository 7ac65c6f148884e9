package main

import "vanban/internal/fault"

// The codes of the program itself: arguments, files and folders. Everything
// else that can go wrong is named by the room it goes wrong in.
var (
	codeUsage = fault.Define("cli-usage", fault.Input,
		"Lệnh gõ chưa đúng: %s", "The command line is not right: %s",
		"Xem cách dùng: vanban LỆNH --help", "See how it is used: vanban COMMAND --help")
	codeNoFile = fault.Define("cli-file-missing", fault.Missing,
		"Không có tệp %s.", "There is no file %s.",
		"Kiểm tra lại đường dẫn.", "Check the path.")
	codeOpen = fault.Define("cli-file-open", fault.Missing,
		"Không mở được tệp %s: %s", "Cannot open the file %s: %s",
		"Kiểm tra lại đường dẫn và quyền đọc tệp.", "Check the path and that you may read the file.")
	codeWrite = fault.Define("cli-file-write", fault.Outside,
		"Không ghi được tệp %s: %s", "Cannot write the file %s: %s",
		"Kiểm tra thư mục, quyền ghi và dung lượng đĩa; chưa có tệp nào được tạo.", "Check the folder, the right to write and the free space; no file was made.")
	codeSameFile = fault.Define("cli-output-is-input", fault.Input,
		"Tệp kết quả %s trùng với tệp đầu vào hoặc tệp kết quả khác.", "The output file %s is also an input or another output.",
		"Chọn tên khác bằng -o hoặc thư mục khác bằng --out-dir.", "Choose another name with -o or another folder with --out-dir.")
	codeRect = fault.Define("cli-rect", fault.Input,
		"Ô ký %q không đọc được.", "The rectangle %q cannot be read.",
		"Ghi bốn số x,y,rộng,cao theo milimét tính từ góc trên bên trái trang, ví dụ --rect 120,200,50,20", "Give four numbers x,y,width,height in millimetres from the top left of the page, for instance --rect 120,200,50,20")
	codeTooMany = fault.Define("cli-too-large", fault.TooLarge,
		"Tệp %s lớn quá giới hạn %d byte.", "The file %s is larger than the limit of %d bytes.",
		"Kiểm tra xem có chọn nhầm tệp không.", "Check that this is the file you mean.")
	codeCertificateFile = fault.Define("cli-certificate-file", fault.Input,
		"Tệp %s không chứa chứng thư số hoặc danh sách thu hồi đọc được.", "The file %s holds no certificate or revocation list that can be read.",
		"Dùng tệp PEM hoặc DER.", "Use a PEM or DER file.")
	codeConfig = fault.Define("cli-config", fault.Input,
		"Tệp cấu hình %s sai: %s", "The configuration file %s is wrong: %s",
		"Sửa tệp cấu hình; mỗi khóa được giải thích trong README.", "Correct the file; README explains every key.")
	codeFolder = fault.Define("cli-data-folder", fault.Missing,
		"%s không phải thư mục dữ liệu của vanban.", "%s is not a data folder of vanban.",
		"Tạo thư mục thử bằng: vanban demo --dir D", "Make one to try with: vanban demo --dir D")
	codeListen = fault.Define("cli-listen", fault.Outside,
		"Không mở được địa chỉ %s: %s", "Cannot listen on %s: %s",
		"Chọn cổng khác bằng --listen, hoặc dừng chương trình đang giữ cổng này.", "Choose another port with --listen, or stop the program that holds it.")
)
