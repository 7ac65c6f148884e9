package visitors

import (
	"fmt"
	"testing"
	"time"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func newClock() *clock                { return &clock{time.Date(2026, 3, 5, 3, 0, 0, 0, time.UTC)} }
func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }
func address(i int) string            { return fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255) }
func drain(l *Limiter, from string) int {
	n := 0
	for l.Allow(from) {
		n++
	}
	return n
}

func TestLimiter(t *testing.T) {
	c := newClock()
	l := NewLimiter(6, c.now)
	if got := drain(l, "192.0.2.1"); got != 6 {
		t.Errorf("%d at once, want 6", got)
	}
	if l.Spent("192.0.2.2") || !l.Spent("192.0.2.1") {
		t.Error("spent is who has nothing left")
	}
	if got := drain(l, "192.0.2.2"); got != 6 {
		t.Errorf("another address: %d, want 6", got)
	}
	c.pass(20 * time.Second)
	if got := drain(l, "192.0.2.1"); got != 2 {
		t.Errorf("after 20 s: %d, want 2", got)
	}
}

// One subscriber of IPv6 has a whole /64 and must not have a bucket for each
// address in it; a mapped IPv4 address is the IPv4 address.
func TestAddressKey(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::9": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "unknown", "x": "unknown",
	} {
		if got := addressKey(remote); got != want {
			t.Errorf("%q: %q, want %q", remote, got, want)
		}
	}
}

func TestLimiterStaysSmall(t *testing.T) {
	c := newClock()
	l := NewLimiter(1, c.now)
	for i := range 5 * limiterEntries {
		c.pass(time.Millisecond)
		l.Allow(address(i))
		if len(l.buckets) > limiterEntries {
			t.Fatalf("%d buckets", len(l.buckets))
		}
	}
	if l.Allow(address(5*limiterEntries - 1)) {
		t.Error("the newest address was forgotten")
	}
	// Even when all of them came at the same moment.
	l = NewLimiter(1, c.now)
	for i := range 2 * limiterEntries {
		l.Allow(address(i))
	}
	if len(l.buckets) > limiterEntries {
		t.Errorf("%d buckets", len(l.buckets))
	}
}

func TestSlots(t *testing.T) {
	s := NewSlots(3, 2)
	one, ok1 := s.Take("192.0.2.1")
	_, ok2 := s.Take("192.0.2.1")
	_, ok3 := s.Take("192.0.2.1")
	if !ok1 || !ok2 || ok3 {
		t.Errorf("one address got %v %v %v, want two slots", ok1, ok2, ok3)
	}
	if _, ok := s.Take("192.0.2.2"); !ok {
		t.Error("another address got none")
	}
	if _, ok := s.Take("192.0.2.3"); ok {
		t.Error("more slots than there are")
	}
	one()
	if _, ok := s.Take("192.0.2.3"); !ok {
		t.Error("a released slot was not given again")
	}
	if len(s.held) != 3 {
		t.Errorf("%d addresses are held", len(s.held))
	}
}

func TestSessions(t *testing.T) {
	c := newClock()
	s := NewSessions(c.now)
	secret := s.Open("token")
	if len(secret) < 20 || s.Token(secret) != "token" || s.Token("guess") != "" || s.Token("") != "" {
		t.Error("a session does not open with its secret, or opens with another")
	}
	c.pass(sessionIdle - time.Minute)
	if s.Token(secret) != "token" {
		t.Error("over too early")
	}
	c.pass(sessionIdle + time.Minute)
	if s.Token(secret) != "" || s.Count() != 0 {
		t.Error("idle for too long and still there")
	}
	secret = s.Open("token")
	for range int(Life/sessionIdle)*2 + 1 {
		c.pass(sessionIdle / 2)
		s.Token(secret)
	}
	if s.Token(secret) != "" {
		t.Error("kept alive beyond its life")
	}
	secret = s.Open("token")
	s.Close(secret)
	if s.Token(secret) != "" {
		t.Error("closed and still open")
	}
}

func TestSessionsStayFew(t *testing.T) {
	c := newClock()
	s := NewSessions(c.now)
	for range sessionEntries {
		s.Open("token")
	}
	if s.Open("token") != "" {
		t.Error("more sessions than the table holds")
	}
	c.pass(sessionIdle + time.Minute)
	if s.Open("token") == "" || s.Count() != 1 {
		t.Errorf("old sessions keep new ones out: %d", s.Count())
	}
}

func TestMessages(t *testing.T) {
	s := NewSessions(newClock().now)
	secret, other := s.Open("a"), s.Open("b")
	id := s.Leave(secret, "done")
	if s.Take(other, id) != "" || s.Take(secret, "") != "" || s.Take("none", id) != "" {
		t.Error("a message for somebody else was shown")
	}
	if s.Take(secret, id) != "done" || s.Take(secret, id) != "" {
		t.Error("a message is shown once")
	}
	if s.Leave("none", "x") != "" {
		t.Error("a message for nobody was kept")
	}
	first := s.Leave(secret, "first")
	for range flashesKept {
		s.Leave(secret, "more")
	}
	if s.Take(secret, first) != "" {
		t.Error("messages pile up")
	}
}
