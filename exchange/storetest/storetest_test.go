package storetest_test

import (
	"testing"

	"vanban/exchange"
	"vanban/exchange/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, false, func(string) (exchange.Store, error) { return storetest.NewMemory(), nil })
}
