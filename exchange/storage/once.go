package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"vanban/internal/fault"
)

var (
	codeKeyInvalid = fault.Define("exchange-idempotency-key-invalid", fault.Input,
		"Idempotency-Key phải có từ 1 đến 200 ký tự ASCII in được.", "An Idempotency-Key has 1 to 200 printable ASCII characters.",
		"Dùng một UUID.", "Use a UUID.")
	codeKeyReused = fault.Define("exchange-idempotency-reused", fault.Conflict,
		"Idempotency-Key này đã dùng cho một yêu cầu khác.", "This Idempotency-Key was used for another request.",
		"Dùng khóa mới cho mỗi yêu cầu mới.", "Use a new key for each new request.")
)

// idempotency holds person/key -> remembered.
const idempotency Collection = "idempotency"

// Request identifies one writing request: who, under which Idempotency-Key,
// and a digest of everything that was asked.
type Request struct {
	key    string // person/key; "" when the client gave none
	digest string
}

// remembered is the answer to a request, written in the same transaction as
// what the request did.
type remembered struct {
	Digest string          `json:"digest"`
	Answer json.RawMessage `json:"answer"`
}

// NewRequest digests what was asked. Keys of different people are different
// keys; the empty key remembers nothing.
func NewRequest(person, key string, asked ...any) (Request, error) {
	if len(key) > 200 || strings.ContainsFunc(key, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
		return Request{}, codeKeyInvalid.New()
	}
	text, err := json.Marshal(asked)
	if err != nil {
		return Request{}, fmt.Errorf("digest of a request: %w", err)
	}
	sum := sha256.Sum256(text)
	r := Request{digest: hex.EncodeToString(sum[:])}
	if key != "" {
		r.key = person + "/" + key
	}
	return r, nil
}

// Replay finds the answer that was given to the same request before. The key
// of another request is an error.
func Replay[T any](tx Tx, r Request) (answer T, found bool, err error) {
	if r.key == "" {
		return answer, false, nil
	}
	old, found, err := Load[remembered](tx, idempotency, r.key)
	if err != nil || !found {
		return answer, false, err
	}
	if old.Digest != r.digest {
		return answer, false, codeKeyReused.New()
	}
	return answer, true, json.Unmarshal(old.Answer, &answer)
}

// Once runs f in one durable transaction together with the memory of its
// answer. A request that was answered by somebody else in the meantime gets
// that answer and f is not run.
func Once[T any](ctx context.Context, s Store, r Request, f func(Tx) (T, error)) (T, error) {
	var answer T
	err := s.Update(ctx, func(tx Tx) error {
		old, found, err := Replay[T](tx, r)
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
		return Save(tx, idempotency, r.key, remembered{Digest: r.digest, Answer: text})
	})
	if err != nil {
		var none T
		return none, err
	}
	return answer, nil
}

// Answered calls f for every remembered answer with the identifiers ("id") of
// the things that it is about; none when it cannot be read.
func Answered(tx Tx, f func(key string, ids []string) error) error {
	type thing struct {
		ID string `json:"id"`
	}
	return Each(tx, idempotency, "", func(key string, r remembered) error {
		var one thing
		if err := json.Unmarshal(r.Answer, &one); err == nil {
			return f(key, []string{one.ID})
		}
		var many []thing
		if err := json.Unmarshal(r.Answer, &many); err != nil {
			return f(key, nil)
		}
		ids := make([]string, len(many))
		for i, t := range many {
			ids[i] = t.ID
		}
		return f(key, ids)
	})
}
