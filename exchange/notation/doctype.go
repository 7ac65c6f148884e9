package notation

// Type is a kind of document with its code (NUM-12, ND30 appendix III).
type Type struct {
	Code string // "QĐ"; "CV" for a công văn, which prints no code
	Name string // "quyết định"
}

// OfficialLetter (công văn) is the one type without a printed code: the second
// group of its symbol is the unit or field that drafted it (NUM-07). "CV" is
// the usual shorthand for it in registers.
const OfficialLetter = "CV"

// types is ND30 appendix III: 27 named types and the 3 forms of copy. Case
// matters: QyĐ, CTr, TTr, TrS.
var types = []Type{
	{OfficialLetter, "công văn"},
	{"NQ", "nghị quyết"}, {"QĐ", "quyết định"}, {"CT", "chỉ thị"}, {"QC", "quy chế"}, {"QyĐ", "quy định"},
	{"TC", "thông cáo"}, {"TB", "thông báo"}, {"HD", "hướng dẫn"}, {"CTr", "chương trình"}, {"KH", "kế hoạch"},
	{"PA", "phương án"}, {"ĐA", "đề án"}, {"DA", "dự án"}, {"BC", "báo cáo"}, {"BB", "biên bản"},
	{"TTr", "tờ trình"}, {"HĐ", "hợp đồng"}, {"CĐ", "công điện"}, {"BGN", "bản ghi nhớ"}, {"BTT", "bản thỏa thuận"},
	{"GUQ", "giấy ủy quyền"}, {"GM", "giấy mời"}, {"GGT", "giấy giới thiệu"}, {"GNP", "giấy nghỉ phép"},
	{"PG", "phiếu gửi"}, {"PC", "phiếu chuyển"}, {"PB", "phiếu báo"},
	{"SY", "sao y"}, {"TrS", "trích sao"}, {"SL", "sao lục"},
}

// Types lists the types, official letter first, copies last.
func Types() []Type { return append([]Type(nil), types...) }

// TypeByCode finds a type by its exact code.
func TypeByCode(code string) (Type, bool) {
	for _, t := range types {
		if t.Code == code {
			return t, true
		}
	}
	return Type{}, false
}
