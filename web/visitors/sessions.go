// Package visitors is what the front desk remembers about who comes: sessions of
// browsers, and how much each address has asked for lately. All of it is in
// memory and bounded, so that strangers can make us forget but not grow.
package visitors

import (
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// Life is how long a log-in lasts at most; it ends earlier when nothing comes
// from it for sessionIdle. A session lives in memory only: a restart logs
// everyone out, and no session secret is ever on disk.
const (
	sessionIdle    = 2 * time.Hour
	Life           = 12 * time.Hour
	sessionEntries = 10000
	flashesKept    = 8
)

// flash is a message for the page that a successful form redirects to.
type flash struct{ id, text string }

// session is one log-in of one person. Its fields are guarded by Sessions.mu.
type session struct {
	// token is kept so that every request authenticates anew: a token that is
	// withdrawn ends the log-ins made with it. It is in memory only.
	token   string
	began   time.Time
	used    time.Time
	flashes []flash
}

// Sessions keeps the log-ins of browsers. The cookie holds a random secret and
// the table only its SHA-256, so that finding an entry takes no comparison of
// secrets. Safe for concurrent use.
type Sessions struct {
	clock func() time.Time

	mu    sync.Mutex
	table map[[sha256.Size]byte]*session // guarded by mu
}

func NewSessions(clock func() time.Time) *Sessions {
	return &Sessions{clock: clock, table: make(map[[sha256.Size]byte]*session)}
}

// Open starts a session and returns the secret for the cookie; "" when the
// table is full.
func (s *Sessions) Open(token string) string {
	secret := rand.Text()
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.table) >= sessionEntries {
		s.sweep(now)
	}
	if len(s.table) >= sessionEntries {
		return ""
	}
	s.table[sha256.Sum256([]byte(secret))] = &session{token: token, began: now, used: now}
	return secret
}

// Token gives the log-in token behind the secret; "" when it is over.
func (s *Sessions) Token(secret string) string {
	now, key := s.clock(), sha256.Sum256([]byte(secret))
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.table[key]
	if found == nil {
		return ""
	}
	if found.over(now) {
		delete(s.table, key)
		return ""
	}
	found.used = now
	return found.token
}

func (s *session) over(now time.Time) bool {
	return now.Sub(s.used) > sessionIdle || now.Sub(s.began) > Life
}

// Close ends a session; the secret of one that is over is ignored.
func (s *Sessions) Close(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.table, sha256.Sum256([]byte(secret)))
}

// Leave keeps a message for the next page and returns its id for the address.
func (s *Sessions) Leave(secret, text string) string {
	id := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.table[sha256.Sum256([]byte(secret))]
	if found == nil {
		return ""
	}
	found.flashes = append(found.flashes, flash{id: id, text: text})
	if len(found.flashes) > flashesKept {
		found.flashes = found.flashes[1:]
	}
	return id
}

// Take returns the message once and forgets it.
func (s *Sessions) Take(secret, id string) string {
	if id == "" {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.table[sha256.Sum256([]byte(secret))]
	if found == nil {
		return ""
	}
	for i, f := range found.flashes {
		if f.id == id {
			found.flashes = append(found.flashes[:i], found.flashes[i+1:]...)
			return f.text
		}
	}
	return ""
}

// Count is the number of Sessions in the table, for /metrics.
func (s *Sessions) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.table)
}

// sweep forgets what is over; the caller holds mu.
func (s *Sessions) sweep(now time.Time) {
	for key, found := range s.table {
		if found.over(now) {
			delete(s.table, key)
		}
	}
}
