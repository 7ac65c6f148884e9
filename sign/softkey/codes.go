package softkey

import "vanban/internal/fault"

var (
	codeFile = fault.Define("softkey-file", fault.Missing,
		"Không đọc được tệp khóa %s.", "The key file %s cannot be read.",
		"Kiểm tra đường dẫn và quyền đọc.", "Check the path and its permissions.")
	codePasswordFile = fault.Define("softkey-password-file", fault.Missing,
		"Không đọc được tệp mật khẩu %s.", "The password file %s cannot be read.",
		"Ghi mật khẩu vào một tệp chỉ chủ sở hữu đọc được (0600).", "Write the password into a file that only its owner can read (0600).")
	codeTooLarge = fault.Define("softkey-too-large", fault.TooLarge,
		"%s quá lớn, không phải tệp khóa hoặc mật khẩu.", "%s is too large to be a key or a password.",
		"Kiểm tra lại đường dẫn tệp.", "Check the path.")
	codeWrongPassword = fault.Define("softkey-wrong-password", fault.Denied,
		"Sai mật khẩu của tệp khóa %s.", "The password of the key file %s is wrong.",
		"Kiểm tra tệp mật khẩu (chỉ một dòng).", "Check the password file (one line only).")
	codeFormat = fault.Define("softkey-format", fault.Input,
		"%s không phải tệp PKCS#12 đọc được.", "%s is not a PKCS#12 file that can be read.",
		"Xuất lại tệp .p12 từ phần mềm quản lý chứng thư.", "Export the .p12 file again.")
	codeNoKey = fault.Define("softkey-no-key", fault.Input,
		"%s không có khóa bí mật hoặc chứng thư số.", "%s has no private key or no certificate.",
		"Khi xuất tệp .p12, chọn kèm khóa bí mật.", "Export the .p12 file with its private key.")
	codeSeveralKeys = fault.Define("softkey-several-keys", fault.Input,
		"%s có nhiều khóa bí mật.", "%s has more than one private key.",
		"Xuất riêng từng khóa vào một tệp .p12.", "Export each key into a .p12 file of its own.")
	codeMismatch = fault.Define("softkey-key-mismatch", fault.Input,
		"Khóa bí mật trong %s không khớp với chứng thư số nào.", "The private key in %s belongs to none of its certificates.",
		"Xuất lại tệp .p12 với đúng chứng thư số.", "Export the .p12 file again with the right certificate.")
	codeKeyType = fault.Define("softkey-key-type", fault.Input,
		"Loại khóa trong %s không được hỗ trợ.", "The kind of key in %s is not supported.",
		"Dùng RSA, ECDSA (P-256, P-384, P-521) hoặc Ed25519.", "Use RSA, ECDSA (P-256, P-384, P-521) or Ed25519.")
	codePermissions = fault.Define("softkey-permissions", fault.Input,
		"Người dùng khác trên máy đọc được %s.", "Other users of this machine can read %s.",
		"chmod 600 tệp này.", "chmod 600 the file.")
	codeDigest = fault.Define("softkey-digest", fault.Internal,
		"Giá trị băm đưa vào ký không hợp lệ.", "The digest to sign is not acceptable.",
		"Chỉ ký SHA-256 trở lên.", "Only SHA-256 and stronger are signed.")
	codeSigning = fault.Define("softkey-signing", fault.Internal,
		"Ký số không thành công.", "Signing did not succeed.",
		"Khóa có thể quá ngắn cho thuật toán băm này.", "The key may be too short for this digest.")
)
