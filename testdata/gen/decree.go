package main

import "vanban/internal/pdf/draw"

// place is the địa danh of the issuing agency.
const place = "Hà Tĩnh"

// head sets boxes 1 and 2 of ND30 PL I II: national title and motto on the
// right, superior and issuing body on the left. Below it stand box 3, whose
// baseline it gives, and box 4.
func (p *paper) head() (numberLine float64) {
	s := p.last()
	s.text(bold, 12, rightColumn, 25, draw.Center, black, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
	motto := s.text(bold, 13, rightColumn, 30.4, draw.Center, black, "Độc lập - Tự do - Hạnh phúc")
	s.rule(rightColumn-motto/2, 32, motto)

	s.text(regular, 12, leftColumn, 25, draw.Center, black, "UBND TỈNH HÀ TĨNH")
	body := s.text(bold, 12, leftColumn, 30.4, draw.Center, black, "SỞ NỘI VỤ (MẪU THỬ)")
	s.rule(leftColumn-body/4, 32.4, body/2)
	return 41
}

// dateLine leaves box 4 free: the whole line is printed when the document is
// issued. The mark is as wide as the longest date.
func (p *paper) dateLine(y float64) {
	w := width(regular, 14, place+", ngày 28 tháng 12 năm 2026") + 2
	p.lineMark("date-line", 14, rightColumn-w/2, y, w)
}

// dateBlanks prints box 4 with blanks for day and month.
func (p *paper) dateBlanks(y float64) {
	const blank = 9.0
	parts := []string{place + ", ngày", " tháng", " năm 2026"}
	total := 2 * blank
	for _, t := range parts {
		total += width(italic, 14, t)
	}
	x := rightColumn - total/2
	for i, t := range parts {
		x += p.last().text(italic, 14, x, y, draw.Left, black, t)
		if i < 2 {
			p.lineMark([]string{"day", "month"}[i], 14, x+0.8, y, blank-0.8)
			x += blank
		}
	}
}

// numberBlank prints box 3 with a blank of four digits between "Số:" and the
// symbol.
func (p *paper) numberBlank(y float64, symbol string) {
	const before = "Số:"
	blank := width(regular, 13, "0000") + 1.5
	x := leftColumn - (width(regular, 13, before+symbol)+blank)/2
	x += p.last().text(regular, 13, x, y, draw.Left, black, before)
	p.lineMark("number", 13, x+1, y, blank-1)
	p.last().text(regular, 13, x+blank, y, draw.Left, black, symbol)
}

// numberLine leaves box 3 free for the whole line.
func (p *paper) numberLine(y float64) {
	const w = 62
	p.lineMark("number-line", 13, leftColumn-w/2, y, w)
}

// end sets boxes 7 and 9b: title and name of the signer, with the places of
// the signature picture and the seal between them, and the receivers.
func (p *paper) end(title, name string, receivers ...string) {
	// The block is not torn apart: title, 34 mm and name stay on one sheet.
	const room = 34.0
	p.y += 3
	if p.y+room > bottomEdge {
		p.turn(len(p.sheets) + 1)
	}
	s, top := p.last(), p.y
	s.text(bold, 14, rightColumn, top, draw.Center, black, title)
	s.text(bold, 14, rightColumn, top+room, draw.Center, black, name)

	// The picture is centred between the lines, the seal covers its left third
	// at equal height (LAY-01 to LAY-03).
	const w, h, diameter = 44.0, 18.0, 36.0
	x, middle := rightColumn-w/2, top+room/2-1.5
	p.mark("signature", x, middle-h/2, w, h)
	p.mark("seal", x+w/3-diameter, middle-diameter/2, diameter, diameter)

	s.text(slanted, 12, leftEdge, top, draw.Left, black, "Nơi nhận:")
	for i, r := range receivers {
		s.text(regular, 11, leftEdge, top+leading(11.5)*float64(i+1), draw.Left, black, r)
	}
	p.y = top + room + leading(14)
}

// letter is a công văn of one page. With blanks, day and month are filled in
// and the year is printed; otherwise the date line is printed whole.
func letter(blanks bool) *paper {
	p := newPaper("V/v thử nghiệm ký số và gửi, nhận văn bản điện tử (văn bản mẫu)")
	y := p.head()
	p.numberBlank(y, "/SNV-VP")
	if blanks {
		p.dateBlanks(y)
	} else {
		p.dateLine(y)
	}
	p.y = y + 7
	p.center(regular, 12, leftColumn, "V/v thử nghiệm ký số và gửi,", "nhận văn bản điện tử")

	p.y = 68
	p.addressees("Ủy ban nhân dân tỉnh Vĩnh Long;", "Ủy ban nhân dân xã Nghĩa Hành;", "Sở Tài chính tỉnh Hà Tĩnh.")
	for _, t := range []string{
		"Để chuẩn bị đưa phần mềm ký số vào sử dụng, Sở Nội vụ tỉnh Hà Tĩnh lập văn bản mẫu này và đề nghị các cơ quan có tên ở trên cùng chạy thử toàn bộ các bước: ký, lấy số, ghi ngày, đóng dấu, gửi, nhận và kiểm tra văn bản điện tử.",
		"Khi văn bản đến, văn thư của cơ quan nhận kiểm tra chữ ký số của người có thẩm quyền và chữ ký số của cơ quan ban hành. Nếu cả hai đều hợp lệ và nội dung còn nguyên vẹn thì tiếp nhận; nếu không thì trả lại và nêu rõ lý do. Biên nhận đã ký được giữ lại để đối chiếu sau này.",
		"Những chữ hay bị phần mềm làm hỏng có mặt ở đây để dễ nhận ra: ế, ộ, ữ, ĩ; tỉnh Vĩnh Long, xã Nghĩa Hành; những lễ kỷ niệm; lệ phí 1.250.000 ₫.",
		"Cơ quan, người ký và con dấu trong văn bản này chỉ là giả định, dùng để kiểm thử./.",
	} {
		p.paragraph(span{regular, t})
	}
	p.end("GIÁM ĐỐC", "Nguyễn Thị Nghĩa", "- Như trên;", "- Lãnh đạo Sở (để biết);", "- Lưu: VT, VP.")
	return p
}

// addressees sets box 9a with one receiver a line.
func (p *paper) addressees(names ...string) {
	const x = 70.0
	w := p.last().text(regular, bodySize, x, p.y, draw.Left, black, "Kính gửi:")
	for _, n := range names {
		p.last().text(regular, bodySize, x+w+2, p.y, draw.Left, black, "- "+n)
		p.y += leading(bodySize)
	}
	p.y += 5
}
