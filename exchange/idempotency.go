package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// request identifies one writing request: who, under which Idempotency-Key,
// and a digest of everything that was asked.
type request struct {
	key    string // person/key; "" when the client gave none
	digest string
}

// remembered is the answer to a request, written in the same transaction as
// what the request did.
type remembered struct {
	Digest string          `json:"digest"`
	Answer json.RawMessage `json:"answer"`
}

// newRequest digests the act and its arguments.
func newRequest(by Actor, cond If, act Act, args ...any) (request, error) {
	if len(cond.Key) > 200 || strings.ContainsFunc(cond.Key, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
		return request{}, codeKeyInvalid.New()
	}
	text, err := json.Marshal(append([]any{act}, args...))
	if err != nil {
		return request{}, fmt.Errorf("request of %s: %w", act, err)
	}
	sum := sha256.Sum256(text)
	r := request{digest: hex.EncodeToString(sum[:])}
	if cond.Key != "" {
		r.key = by.Person + "/" + cond.Key
	}
	return r, nil
}

// replay finds the answer that was given to the same request before.
func replay[T any](tx Tx, r request) (answer T, found bool, err error) {
	if r.key == "" {
		return answer, false, nil
	}
	old, found, err := load[remembered](tx, idempotency, r.key)
	if err != nil || !found {
		return answer, false, err
	}
	if old.Digest != r.digest {
		return answer, false, codeKeyReused.New()
	}
	return answer, true, json.Unmarshal(old.Answer, &answer)
}

// commit runs f in one durable transaction together with the memory of its
// answer. A request that was answered by somebody else in the meantime gets
// that answer and f is not run.
func commit[T any](ctx context.Context, s *Service, r request, f func(Tx) (T, error)) (T, error) {
	var answer T
	err := s.store.Update(ctx, func(tx Tx) error {
		old, found, err := replay[T](tx, r)
		if err != nil || found {
			answer = old
			return err
		}
		if answer, err = f(tx); err != nil || r.key == "" {
			return err
		}
		text, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		return save(tx, idempotency, r.key, remembered{Digest: r.digest, Answer: text})
	})
	if err != nil {
		var none T
		return none, err
	}
	return answer, nil
}

// names lists the things that a remembered answer is about.
func (r remembered) names() ([]string, error) {
	type thing struct {
		ID string `json:"id"`
	}
	var one thing
	if err := json.Unmarshal(r.Answer, &one); err == nil {
		return []string{one.ID}, nil
	}
	var many []thing
	err := json.Unmarshal(r.Answer, &many)
	ids := make([]string, len(many))
	for i, t := range many {
		ids[i] = t.ID
	}
	return ids, err
}
