package draw

import "vanban/internal/fault"

// The reasons for which something cannot be drawn. All of them are met before
// anything is written to a document.
var (
	GlyphMissing = fault.Define("draw-glyph-missing", fault.Input,
		"Phông chữ nhúng không có ký tự %q (U+%04X).",
		"The embedded font has no glyph for %q (U+%04X).",
		"Bỏ ký tự đó hoặc thay bằng chữ tiếng Việt thông thường rồi làm lại.",
		"Remove the character or replace it with ordinary Vietnamese text, then try again.")
	TextTooLong = fault.Define("draw-text-too-long", fault.Input,
		"Dòng chữ %q không vừa khung rộng %.1f mm.",
		"The line %q does not fit a box %.1f mm wide.",
		"Rút ngắn dòng chữ hoặc đặt khung rộng hơn.",
		"Shorten the line or make the box wider.")
	TextInvalid = fault.Define("draw-text-invalid", fault.Input,
		"Dòng chữ in lên trang không phải UTF-8 hợp lệ hoặc dài quá %d byte.",
		"The text to print is not valid UTF-8 or is longer than %d bytes.",
		"Nhập lại dòng chữ bằng bảng mã Unicode, ngắn gọn.",
		"Enter the text again, in Unicode and shorter.")
	ImageNotPNG = fault.Define("draw-image-not-png", fault.Input,
		"Ảnh chữ ký hoặc con dấu không phải tệp PNG.",
		"The signature or seal image is not a PNG file.",
		"Xuất ảnh dưới dạng PNG nền trong suốt (Nghị định 30/2020/NĐ-CP, Phụ lục I) rồi tải lên lại.",
		"Export the image as a PNG with a transparent background (Decree 30/2020, appendix I) and try again.")
	ImageDamaged = fault.Define("draw-image-damaged", fault.Input,
		"Tệp PNG bị hỏng, không giải mã được.",
		"The PNG file is damaged and cannot be decoded.",
		"Mở ảnh bằng phần mềm đồ họa, lưu lại thành PNG rồi tải lên lại.",
		"Open the image in a graphics program, save it as PNG again and retry.")
	ImageFileTooLarge = fault.Define("draw-image-file-too-large", fault.TooLarge,
		"Tệp ảnh lớn %d byte, quá giới hạn %d byte.",
		"The image file is %d bytes, over the limit of %d bytes.",
		"Giảm kích thước ảnh; 300 đến 600 điểm ảnh mỗi inch là đủ.",
		"Make the image smaller; 300 to 600 dots per inch are enough.")
	ImageTooLarge = fault.Define("draw-image-too-large", fault.TooLarge,
		"Ảnh %d × %d điểm ảnh quá lớn (mỗi cạnh tối đa %d).",
		"The image of %d × %d pixels is too large (at most %d a side).",
		"Giảm kích thước ảnh; 300 đến 600 điểm ảnh mỗi inch là đủ, loại 8 bit mỗi kênh.",
		"Make the image smaller; 300 to 600 dots per inch and 8 bits a channel are enough.")
	ImageNoAlpha = fault.Define("draw-image-no-alpha", fault.Input,
		"Ảnh PNG không có nền trong suốt.",
		"The PNG image has no transparent background.",
		"Xóa nền ảnh rồi lưu thành PNG có kênh trong suốt (alpha).",
		"Remove the background and save as PNG with an alpha channel.")
	ImageEmpty = fault.Define("draw-image-empty", fault.Input,
		"Ảnh PNG trong suốt hoàn toàn, không có gì để in.",
		"The PNG image is wholly transparent: there is nothing to print.",
		"Chọn đúng tệp ảnh chữ ký hoặc con dấu.",
		"Choose the right signature or seal image.")
	ImageTooOpaque = fault.Define("draw-image-too-opaque", fault.Input,
		"Ảnh có %d%% điểm ảnh không trong suốt (tối đa %d%%): nền chưa được xóa.",
		"%d%% of the image is opaque (at most %d%%): its background was not removed.",
		"Xóa nền ảnh để chỉ còn nét chữ ký hoặc nét dấu (LAY-01).",
		"Remove the background so that only the strokes of the signature or seal remain (LAY-01).")
)
