package certs_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanban/certs"
	"vanban/internal/fault"
)

func pemOf(list ...*node) []byte {
	var out []byte
	for _, n := range list {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: n.cert.Raw})...)
	}
	return out
}

func pemBlock(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func put(t *testing.T, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadAnchors(t *testing.T) {
	a, b, c, d, e := grow(t, nil, "A", nil), grow(t, nil, "B", nil), grow(t, nil, "C", nil), grow(t, nil, "D", nil), grow(t, nil, "E", nil)
	dir := t.TempDir()
	put(t, dir, "official-duty/two.pem", append([]byte("# comment\n"), pemOf(a, b)...))
	put(t, dir, "public/legacy/c.der", c.cert.Raw)
	put(t, dir, "public-root.legacy.CER", d.cert.Raw)
	put(t, dir, "README.txt", []byte("not a certificate"))
	put(t, dir, ".hidden.pem", []byte("not a certificate either"))
	single := put(t, t.TempDir(), "anything", e.cert.Raw)
	anchors, err := certs.LoadAnchors(dir, single)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"A": "official-duty false two.pem", "B": "official-duty false two.pem", "C": "public true c.der",
		"D": "public true public-root.legacy.CER", "E": "other false anything",
	}
	for _, anchor := range anchors.List() {
		cn := anchor.Certificate.Subject.CommonName
		legacy := "false"
		if anchor.LegacySHA1 {
			legacy = "true"
		}
		if got := anchor.Domain.String() + " " + legacy + " " + filepath.Base(anchor.Source); got != want[cn] {
			t.Errorf("%s: %s, want %s", cn, got, want[cn])
		}
		delete(want, cn)
	}
	if len(want) > 0 || anchors.Empty() {
		t.Errorf("not loaded: %v", want)
	}
}

func TestLoadAnchorsRefuses(t *testing.T) {
	a := grow(t, nil, "A", nil)
	dir := t.TempDir()
	folder := func(name string, b []byte) string {
		path := put(t, dir, name, b)
		return filepath.Dir(path)
	}
	for _, row := range []struct{ name, path, code string }{
		{"absent", filepath.Join(dir, "none"), "certs-anchors-unreadable"},
		{"text", folder("text/a.pem", []byte("xin chào")), "certs-anchors-bad"},
		{"empty file", put(t, dir, "empty", nil), "certs-anchors-bad"},
		{"key instead", folder("key/a.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})), "certs-anchors-bad"},
		{"one good, one broken", folder("mixed/a.pem", append(pemOf(a), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}})...)), "certs-anchors-bad"},
		{"large", folder("large/a.pem", append(pemOf(a), bytes.Repeat([]byte("\n"), 1<<20)...)), "certs-anchors-limit"},
		{"deep", strings.TrimSuffix(folder("deep/1/2/3/4/5/a.pem", pemOf(a)), "/1/2/3/4/5"), "certs-anchors-limit"},
	} {
		t.Run(row.name, func(t *testing.T) {
			anchors, err := certs.LoadAnchors(row.path)
			var e *fault.Error
			if !errors.As(err, &e) || e.Code.ID() != row.code || anchors != nil {
				t.Fatalf("%v, want %s", err, row.code)
			}
			if text := e.Text(fault.Vi); strings.Contains(text, "%!") || strings.Contains(text, "%s") {
				t.Errorf("text %q", text)
			}
		})
	}
	if empty, err := certs.LoadAnchors(t.TempDir()); err != nil || !empty.Empty() {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestAnchorsSet(t *testing.T) {
	a := grow(t, nil, "A", nil)
	set := certs.NewAnchors()
	set.Add(a.cert, certs.Public, false)
	set.Add(a.cert, certs.OfficialDuty, true)
	if list := set.List(); len(list) != 1 || list[0].Domain != certs.OfficialDuty || !list[0].LegacySHA1 {
		t.Errorf("%+v", list)
	}
	set.List()[0].Domain = certs.Other
	if set.List()[0].Domain != certs.OfficialDuty {
		t.Error("List gives the set itself away")
	}
	var none *certs.Anchors
	if !none.Empty() || none.List() != nil {
		t.Error("the nil set is not empty")
	}
}

func TestDescribe(t *testing.T) {
	for cn, want := range map[string]string{
		"Nguyễn Thị Nghĩa":          "Nguyễn Thị Nghĩa",
		"a\u202eb\u2066c\x00d\ne":   "abc d e",
		strings.Repeat("ộ", 300):    strings.Repeat("ộ", 200) + "…",
		"\u200b\u200b ":             "",
		"line\u2028separator\u2029": "line separator",
	} {
		c := &x509.Certificate{}
		c.Subject.CommonName = cn
		if got := certs.Describe(c); got != want {
			t.Errorf("%q became %q", cn, got)
		}
	}
	if certs.Describe(nil) == "" {
		t.Error("no word for no certificate")
	}
}
