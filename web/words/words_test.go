package words

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"vanban/internal/fault"
)

// same lists messages that are alike in both languages on purpose.
var same = map[string]bool{"Time": true, "Stamp": true, "Date": true, "Capital": true,
	"DocumentState": true, "DeliveryState": true, "StageName": true} // unknown states are shown as they are

// Every message speaks in both languages, fills its arguments and is not the
// same sentence twice.
func TestEveryMessageSpeaksBothLanguages(t *testing.T) {
	vi, en := reflect.ValueOf(In(fault.Vi)), reflect.ValueOf(In(fault.En))
	if vi.NumMethod() < 100 {
		t.Fatalf("only %d messages", vi.NumMethod())
	}
	for i := range vi.NumMethod() {
		name := vi.Type().Method(i).Name
		inVi, inEn := call(t, vi.Method(i)), call(t, en.Method(i))
		if inVi == "" || inEn == "" {
			t.Errorf("%s is empty: %q, %q", name, inVi, inEn)
		}
		if strings.Contains(inVi+inEn, "%!") {
			t.Errorf("%s does not fit its arguments: %q, %q", name, inVi, inEn)
		}
		if inVi == inEn && !same[name] {
			t.Errorf("%s is %q in both languages", name, inVi)
		}
	}
}

// call gives a message with plausible arguments.
func call(t *testing.T, m reflect.Value) string {
	t.Helper()
	var args []reflect.Value
	for i := range m.Type().NumIn() {
		switch in := m.Type().In(i); in {
		case reflect.TypeFor[time.Time]():
			args = append(args, reflect.ValueOf(time.Unix(1, 0)))
		case reflect.TypeFor[string]():
			args = append(args, reflect.ValueOf("CV"))
		default:
			args = append(args, reflect.ValueOf(1_234_567).Convert(in))
		}
	}
	return m.Call(args)[0].String()
}

func TestStatesHaveWords(t *testing.T) {
	w := In(fault.Vi)
	for _, state := range []string{"draft", "approved", "issued", "sent"} {
		if w.DocumentState(state) == state || w.StageName(state) == state {
			t.Errorf("document state %s has no word", state)
		}
	}
	for _, state := range []string{"submitted", "available", "accepted", "refused"} {
		if w.DeliveryState(state) == state {
			t.Errorf("delivery state %s has no word", state)
		}
	}
	for kind := fault.Input; kind <= fault.Internal; kind++ {
		if w.Who(kind) == "" || In(fault.En).Who(kind) == w.Who(kind) {
			t.Errorf("nobody acts on kind %d", kind)
		}
	}
}

func TestPlural(t *testing.T) {
	vi, en := In(fault.Vi), In(fault.En)
	for _, c := range []struct{ got, want string }{
		{en.DoneSend(1), "Sent to 1 agency."}, {en.DoneSend(3), "Sent to 3 agencies."},
		{vi.DoneSend(1), "Đã gửi đến 1 cơ quan."}, {vi.DoneSend(3), "Đã gửi đến 3 cơ quan."},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// Times are those of Vietnam whatever the zone they come in: half past five
// in the afternoon of 31 December in London is the new year there.
func TestTimesAreVietnamese(t *testing.T) {
	w := In(fault.Vi)
	at := time.Date(2025, 12, 31, 17, 30, 0, 0, time.UTC)
	if got := w.Time(at); got != "01/01/2026 00:30" {
		t.Errorf("Time: %s", got)
	}
	if got := w.Stamp(at); got != "2026-01-01T00:30:00+07:00" {
		t.Errorf("Stamp: %s", got)
	}
	if w.Time(time.Time{}) != "" || w.Stamp(time.Time{}) != "" {
		t.Error("the zero time must not be shown")
	}
	if got := w.Date("2026-01-05"); got != "05/01/2026" {
		t.Errorf("Date: %s", got)
	}
	if got := w.Date("soon"); got != "soon" {
		t.Errorf("Date of nonsense: %s", got)
	}
}

func TestSize(t *testing.T) {
	vi, en := In(fault.Vi), In(fault.En)
	for bytes, want := range map[int64][2]string{0: {"0 B", "0 B"}, 999: {"999 B", "999 B"}, 1000: {"1 kB", "1 kB"}, 84_123: {"84 kB", "84 kB"},
		1_264_900: {"1,3 MB", "1.3 MB"}, 64 << 20: {"67,1 MB", "67.1 MB"}} {
		if vi.Size(bytes) != want[0] || en.Size(bytes) != want[1] {
			t.Errorf("%d: %s, %s", bytes, vi.Size(bytes), en.Size(bytes))
		}
	}
}

func TestType(t *testing.T) {
	for _, c := range []struct {
		lang             fault.Lang
		code, name, want string
	}{
		{fault.Vi, "QĐ", "quyết định", "Quyết định"}, {fault.En, "QĐ", "quyết định", "Decision"},
		{fault.Vi, "ĐA", "đề án", "Đề án"}, {fault.En, "X", "", "X"}, {fault.Vi, "", "", ""},
	} {
		if got := In(c.lang).Type(c.code, c.name); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.lang, c.code, got, c.want)
		}
	}
}
