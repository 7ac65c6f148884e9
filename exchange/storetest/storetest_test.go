package storetest_test

import (
	"testing"

	"vanban/exchange/storage"
	"vanban/exchange/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, false, func(string) (storage.Store, error) { return storetest.NewMemory(), nil })
}
