package exchange

import (
	"context"
	"sync"
)

// locks is one lock per name, for work that must not happen twice at a time:
// a document is signed, a series gives a number, an agency answers. They only
// save work and keep the order; what makes it right is the check inside the
// committing transaction.
type locks struct {
	mu   sync.Mutex
	held map[string]*lock
}

// lock exists while somebody holds it or waits for it.
type lock struct {
	turn  chan struct{} // holds one token while free
	users int           // guarded by locks.mu
}

// take waits for the named lock, or until ctx ends. release must be called once.
func (l *locks) take(ctx context.Context, name string) (release func(), err error) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]*lock{}
	}
	k := l.held[name]
	if k == nil {
		k = &lock{turn: make(chan struct{}, 1)}
		k.turn <- struct{}{}
		l.held[name] = k
	}
	k.users++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if k.users--; k.users == 0 {
			delete(l.held, name)
		}
	}
	select {
	case <-k.turn:
		return func() { k.turn <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
