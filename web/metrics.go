package web

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// metrics counts requests. Labels come only from the route table and from
// fixed lists, so a stranger cannot make the table grow. Safe for concurrent
// use.
type metrics struct {
	began time.Time

	mu       sync.Mutex
	requests map[requestKey]*requestCount // guarded by mu
	verdicts map[string]int               // by indication, guarded by mu
	limited  int                          // requests refused by a rate limit, guarded by mu
	running  int                          // requests being answered, guarded by mu
}

type requestKey struct {
	route, method string
	status        int // rounded to hundreds
}

type requestCount struct {
	count   int
	seconds float64
}

func newMetrics(now time.Time) *metrics {
	return &metrics{began: now, requests: map[requestKey]*requestCount{}, verdicts: map[string]int{}}
}

func (m *metrics) start() {
	m.mu.Lock()
	m.running++
	m.mu.Unlock()
}

func (m *metrics) finish(route, method string, status int, took time.Duration) {
	if method != http.MethodGet && method != http.MethodHead && method != http.MethodPost {
		method = "other" // a client may invent methods
	}
	key := requestKey{route, method, status / 100}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running--
	if status == http.StatusTooManyRequests {
		m.limited++
	}
	count := m.requests[key]
	if count == nil {
		count = &requestCount{}
		m.requests[key] = count
	}
	count.count++
	count.seconds += took.Seconds()
}

func (m *metrics) verdict(indication string) {
	m.mu.Lock()
	m.verdicts[indication]++
	m.mu.Unlock()
}

// write prints the text exposition format of Prometheus 0.0.4.
func (m *metrics) write(w io.Writer, version string, sessions int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fmt.Fprintf(w, "# TYPE vanban_build_info gauge\nvanban_build_info{version=%q} 1\n", version)
	fmt.Fprintf(w, "# TYPE vanban_start_time_seconds gauge\nvanban_start_time_seconds %d\n", m.began.Unix())
	fmt.Fprintf(w, "# TYPE vanban_sessions gauge\nvanban_sessions %d\n", sessions)
	fmt.Fprintf(w, "# TYPE vanban_http_requests_running gauge\nvanban_http_requests_running %d\n", m.running)
	fmt.Fprintf(w, "# TYPE vanban_http_rate_limited_total counter\nvanban_http_rate_limited_total %d\n", m.limited)
	keys := make([]requestKey, 0, len(m.requests))
	for key := range m.requests {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b requestKey) int {
		return cmp.Compare(a.route+" "+a.method+" "+fmt.Sprint(a.status), b.route+" "+b.method+" "+fmt.Sprint(b.status))
	})
	fmt.Fprintln(w, "# TYPE vanban_http_requests_total counter")
	for _, k := range keys {
		fmt.Fprintf(w, "vanban_http_requests_total{route=%q,method=%q,status=\"%dxx\"} %d\n", k.route, k.method, k.status, m.requests[k].count)
	}
	fmt.Fprintln(w, "# TYPE vanban_http_request_seconds_total counter")
	for _, k := range keys {
		fmt.Fprintf(w, "vanban_http_request_seconds_total{route=%q,method=%q,status=\"%dxx\"} %.6f\n", k.route, k.method, k.status, m.requests[k].seconds)
	}
	fmt.Fprintln(w, "# TYPE vanban_verdicts_total counter")
	for _, indication := range []string{"TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"} {
		fmt.Fprintf(w, "vanban_verdicts_total{indication=%q} %d\n", indication, m.verdicts[indication])
	}
}
