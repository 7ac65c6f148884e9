package files

import "vanban/internal/fault"

// What can be wrong with a file that the command line names.
var (
	// Missing: there is no such file.
	Missing = fault.Define("cli-file-missing", fault.Missing,
		"Không có tệp %s.", "There is no file %s.",
		"Kiểm tra lại đường dẫn.", "Check the path.")
	// Unreadable: it is there and cannot be read.
	Unreadable = fault.Define("cli-file-open", fault.Missing,
		"Không mở được tệp %s: %s", "Cannot open the file %s: %s",
		"Kiểm tra lại đường dẫn và quyền đọc tệp.", "Check the path and that you may read the file.")
	// Unwritable: an output could not be made; nothing of it is left.
	Unwritable = fault.Define("cli-file-write", fault.Outside,
		"Không ghi được tệp %s: %s", "Cannot write the file %s: %s",
		"Kiểm tra thư mục, quyền ghi và dung lượng đĩa; chưa có tệp nào được tạo.", "Check the folder, the right to write and the free space; no file was made.")
	// TooLarge: a small file is not small.
	TooLarge = fault.Define("cli-too-large", fault.TooLarge,
		"Tệp %s lớn quá giới hạn %d byte.", "The file %s is larger than the limit of %d bytes.",
		"Kiểm tra xem có chọn nhầm tệp không.", "Check that this is the file you mean.")
	// SameFile: an output would overwrite an input or another output.
	SameFile = fault.Define("cli-output-is-input", fault.Input,
		"Tệp kết quả %s trùng với tệp đầu vào hoặc tệp kết quả khác.", "The output file %s is also an input or another output.",
		"Chọn tên khác bằng -o hoặc thư mục khác bằng --out-dir.", "Choose another name with -o or another folder with --out-dir.")
)
