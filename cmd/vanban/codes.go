package main

import "vanban/internal/fault"

// The codes of the arguments. Files and folders have theirs in files and
// house; everything else that can go wrong is named by the room it goes wrong in.
var (
	codeUsage = fault.Define("cli-usage", fault.Input,
		"Lệnh gõ chưa đúng: %s", "The command line is not right: %s",
		"Xem cách dùng: vanban LỆNH --help", "See how it is used: vanban COMMAND --help")
	codeInterrupted = fault.Define("cli-interrupted", fault.Outside,
		"Đã dừng theo yêu cầu.", "Stopped on request.",
		"Không có tệp nào bị bỏ dở; chạy lại lệnh khi cần.", "No file was left half made; run the command again when needed.")
	codeRect = fault.Define("cli-rect", fault.Input,
		"Ô ký %q không đọc được.", "The rectangle %q cannot be read.",
		"Ghi bốn số x,y,rộng,cao theo milimét tính từ góc trên bên trái trang, ví dụ --rect 120,200,50,20", "Give four numbers x,y,width,height in millimetres from the top left of the page, for instance --rect 120,200,50,20")
)
