package visitors

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiterEntries bounds the memory that strangers can make us keep.
const limiterEntries = 4096

// Limiter hands each remote address its own token bucket. It is safe for
// concurrent use. When the table is full the bucket that was used longest ago
// is forgotten: a flood from many addresses can make us forgetful, never large.
type Limiter struct {
	rate  rate.Limit
	burst int
	clock func() time.Time

	mu      sync.Mutex
	buckets map[string]*bucket // guarded by mu
}

type bucket struct {
	tokens *rate.Limiter
	used   time.Time
}

// NewLimiter allows perMinute requests a minute and address, as many at once.
func NewLimiter(perMinute int, clock func() time.Time) *Limiter {
	return &Limiter{
		rate: rate.Limit(float64(perMinute) / 60), burst: perMinute, clock: clock,
		buckets: make(map[string]*bucket),
	}
}

// Allow takes one token from the bucket of the address.
func (l *Limiter) Allow(remote string) bool {
	now, key := l.clock(), addressKey(remote)
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= limiterEntries {
			l.forgetOldest()
		}
		b = &bucket{tokens: rate.NewLimiter(l.rate, l.burst)}
		l.buckets[key] = b
	}
	b.used = now
	return b.tokens.AllowN(now, 1)
}

// Spent says whether nothing is left for the address, and takes nothing.
func (l *Limiter) Spent(remote string) bool {
	now, key := l.clock(), addressKey(remote)
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	return b != nil && b.tokens.TokensAt(now) < 1
}

// forgetOldest makes room for a quarter of the table at once, so that a flood
// does not pay for a scan of the table on every request.
func (l *Limiter) forgetOldest() {
	var newest, oldest time.Time
	for _, b := range l.buckets {
		if oldest.IsZero() || b.used.Before(oldest) {
			oldest = b.used
		}
		if b.used.After(newest) {
			newest = b.used
		}
	}
	cut := oldest.Add(newest.Sub(oldest) / 4)
	for key, b := range l.buckets {
		if !b.used.After(cut) {
			delete(l.buckets, key)
		}
	}
}

// addressKey is the address for IPv4 and the /64 network for IPv6, because one
// subscriber of IPv6 owns a whole /64.
func addressKey(remote string) string {
	addr, err := netip.ParseAddr(remote)
	if err != nil {
		return "unknown"
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

// Slots bounds how many checks run at one time, in all and for one address, so
// that a few slow uploads cannot keep everybody out. Safe for concurrent use.
type Slots struct {
	all, each int

	mu    sync.Mutex
	total int            // guarded by mu
	held  map[string]int // by address, guarded by mu; never more than all entries
}

func NewSlots(all, each int) *Slots {
	return &Slots{all: all, each: each, held: map[string]int{}}
}

// Take gets a slot; the caller gives it back with release.
func (s *Slots) Take(remote string) (release func(), ok bool) {
	key := addressKey(remote)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total >= s.all || s.held[key] >= s.each {
		return nil, false
	}
	s.total++
	s.held[key]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.total--
		if s.held[key]--; s.held[key] == 0 {
			delete(s.held, key)
		}
	}, true
}
