package main

import "vanban/internal/pdf/draw"

const regulation = "Quy chế thử nghiệm ký số, gửi, nhận văn bản điện tử"

// decision is a quyết định of two pages and an appendix, signed on page 2.
func decision() *paper {
	p := newPaper("Quyết định ban hành " + regulation + " (văn bản mẫu)")
	y := p.head()
	p.numberLine(y)
	p.dateLine(y)

	p.y = 56
	p.center(bold, 14, pageWidth/2+6, "QUYẾT ĐỊNH", "Ban hành Quy chế thử nghiệm ký số,", "gửi, nhận văn bản điện tử")
	p.last().rule(pageWidth/2+6-20, p.y-3.5, 40)
	p.y += 6
	p.center(bold, 14, pageWidth/2+6, "GIÁM ĐỐC SỞ NỘI VỤ")
	p.y += 3
	for _, t := range []string{
		"Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư;",
		"Căn cứ Nghị định số 68/2024/NĐ-CP ngày 25 tháng 6 năm 2024 của Chính phủ quy định về chữ ký số chuyên dùng công vụ;",
		"Theo đề nghị của Chánh Văn phòng Sở.",
	} {
		p.paragraph(span{italic, t})
	}
	p.y += 2
	p.center(bold, 14, pageWidth/2+6, "QUYẾT ĐỊNH:")
	p.y += 3
	articles := []string{
		"Ban hành kèm theo Quyết định này " + regulation + " giữa Sở Nội vụ tỉnh Hà Tĩnh và các cơ quan tham gia thử nghiệm.",
		"Quy chế áp dụng cho người có thẩm quyền ký, văn thư và người được giao xử lý văn bản của các cơ quan có tên trong Phụ lục. Tài khoản, khóa ký và chứng thư số dùng khi thử nghiệm không được dùng cho công việc thật.",
		"Mỗi văn bản điện tử đi qua các bước theo đúng thứ tự: người có thẩm quyền ký; văn thư kiểm tra chữ ký, lấy số, ghi ngày, đóng dấu trong cùng một lần; gửi đến từng nơi nhận; nơi nhận kiểm tra rồi tiếp nhận hoặc trả lại kèm lý do.",
		"Cơ quan nhận ký số lên biên nhận ngay khi tiếp nhận. Biên nhận ghi mã văn bản, giá trị băm của tệp, thời điểm theo giờ Việt Nam và kết quả kiểm tra từng chữ ký; bên gửi lưu biên nhận cùng với văn bản.",
		"Văn phòng Sở theo dõi việc thử nghiệm, ghi lại những chỗ chữ Việt bị sai dấu (như ế, ộ, ữ, ĩ), con dấu không đúng kích thước hoặc đặt lệch, và báo cáo Giám đốc Sở khi kết thúc mỗi đợt.",
		"Văn bản mật, văn bản có dữ liệu cá nhân thật và văn bản đang trong quá trình giải quyết không được đưa vào thử nghiệm. Người phát hiện văn bản như vậy trong hệ thống báo ngay cho Văn phòng Sở để gỡ bỏ.",
		"Việc thử nghiệm kết thúc khi cả ba tình huống sau đều chạy đúng trên máy của từng cơ quan: văn bản hợp lệ được tiếp nhận; văn bản bị sửa dù chỉ một ký tự được cảnh báo; văn bản gửi trùng không được vào sổ hai lần. Kết quả được lập thành biên bản, có chữ ký của văn thư hai bên.",
		"Quyết định này có hiệu lực kể từ ngày ký và chỉ dùng để kiểm thử phần mềm.",
		"Chánh Văn phòng Sở, thủ trưởng các cơ quan tham gia thử nghiệm và cá nhân có liên quan chịu trách nhiệm thi hành Quyết định này./.",
	}
	for i, t := range articles {
		p.paragraph(span{bold, "Điều " + string(rune('1'+i)) + "."}, span{regular, t})
	}
	p.end("GIÁM ĐỐC", "Nguyễn Thị Nghĩa", "- Như Điều 9;", "- Ủy ban nhân dân tỉnh (để báo cáo);",
		"- Các cơ quan trong Phụ lục;", "- Lưu: VT, VP.")
	p.appendix()
	return p
}

// appendix is one more page. Its reference to the decision keeps the blanks
// for number and date (LAY-07), and it has page numbers of its own.
func (p *paper) appendix() {
	p.turn(0)
	mid := float64(leftEdge+rightEdge) / 2
	p.center(bold, 14, mid, "PHỤ LỤC", "DANH SÁCH CƠ QUAN THAM GIA THỬ NGHIỆM")
	p.center(italic, 14, mid, "(Kèm theo Quyết định số          /QĐ-SNV ngày       tháng       năm           ",
		"của Giám đốc Sở Nội vụ tỉnh Hà Tĩnh)")
	p.last().rule(mid-20, p.y-3, 40)
	p.y += 8
	p.table([]float64{14, 92, 56}, [][]string{
		{"TT", "Cơ quan", "Ký hiệu"},
		{"1", "Sở Nội vụ tỉnh Hà Tĩnh (mẫu thử)", "SNV"},
		{"2", "Ủy ban nhân dân tỉnh Vĩnh Long (mẫu thử)", "UBND"},
		{"3", "Ủy ban nhân dân xã Nghĩa Hành (mẫu thử)", "UBND"},
		{"4", "Sở Tài chính tỉnh Hà Tĩnh (mẫu thử)", "STC"},
	})
}

// table sets a table with rules, its first row bold; widths in mm.
func (p *paper) table(widths []float64, rows [][]string) {
	const height = 9.0
	s, top := p.last(), p.y
	for i, row := range rows {
		x, font := float64(leftEdge), regular
		if i == 0 {
			font = bold
		}
		base := top + height*float64(i) + 6
		for j, cell := range row {
			if j == 1 && i > 0 {
				s.text(font, 13, x+2, base, draw.Left, black, cell)
			} else {
				s.text(font, 13, x+widths[j]/2, base, draw.Center, black, cell)
			}
			x += widths[j]
		}
	}
	total := 0.0
	for _, w := range widths {
		total += w
	}
	bottom := top + height*float64(len(rows))
	for y := top; y < bottom+height/2; y += height {
		s.rule(leftEdge, y, total)
	}
	x := float64(leftEdge)
	for _, w := range append([]float64{0}, widths...) {
		x += w
		s.canvas.Line(x*draw.MM, (pageHeight-top)*draw.MM, x*draw.MM, (pageHeight-bottom)*draw.MM, 0.6, black)
	}
	p.y = bottom
}
