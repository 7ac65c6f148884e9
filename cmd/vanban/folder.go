package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is a data folder. Everything that the server knows is in it: a copy
// of the database file and of the blobs that it names is a backup.
//
//	config.toml   how it runs (config.go)
//	vanban.db     documents, deliveries, registers, receipts, people, agencies
//	blobs/        the PDF files, named by their SHA-256, never changed
//	keys/         people/ID.p12 and agencies/ID.p12, each with ID.password; 0600
//	trust/        anchors: official-duty/ and public/
//	evidence/     CRLs that are at hand (*.crl), beside what is fetched
//
// The demo adds pki/ (its certificate authorities), tokens/ (log-ins),
// pictures/ (of seals and signatures, to import), samples/ and out/.
type folder string

func (f folder) path(elem ...string) string {
	return filepath.Join(append([]string{string(f)}, elem...)...)
}

func (f folder) config() string   { return f.path("config.toml") }
func (f folder) trust() string    { return f.path("trust") }
func (f folder) evidence() string { return f.path("evidence") }
func (f folder) pki() string      { return f.path("pki") }
func (f folder) out() string      { return f.path("out") }
func (f folder) samples() string  { return f.path("samples") }
func (f folder) pictures() string { return f.path("pictures") }

// personKey and agencyKey name a PKCS#12 file and its password file. Only the
// ids that exchange accepts (a-z, 0-9 and dashes) are asked for.
func (f folder) personKey(id string) (p12, password string) {
	return f.path("keys", "people", id+".p12"), f.path("keys", "people", id+".password")
}

func (f folder) agencyKey(id string) (p12, password string) {
	return f.path("keys", "agencies", id+".p12"), f.path("keys", "agencies", id+".password")
}

// tokenFile holds the log-in token of one person of the demo.
func (f folder) tokenFile(person string) string { return f.path("tokens", person) }

// exists says whether this is a data folder already.
func (f folder) exists() (bool, error) {
	_, err := os.Stat(f.config())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, codeOpen.Wrap(err, f.config(), reason(err))
	}
	return true, nil
}

// create makes the folders; those with secrets are for their owner only.
func (f folder) create() error {
	for _, dir := range []string{string(f), f.path("keys"), f.path("keys", "people"), f.path("keys", "agencies"), f.path("tokens"), f.pki()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return codeWrite.Wrap(err, dir, reason(err))
		}
	}
	for _, dir := range []string{f.trust(), f.evidence(), f.samples(), f.pictures(), f.out()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return codeWrite.Wrap(err, dir, reason(err))
		}
	}
	return nil
}

// writeSecret writes a file that only its owner may read.
func writeSecret(path, content string) error {
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return codeWrite.Wrap(err, path, reason(err))
	}
	return nil
}

// writePicture keeps the picture of a seal or a signature for the import.
func (f folder) writePicture(name string, png []byte) error {
	path := filepath.Join(f.pictures(), name)
	if err := os.WriteFile(path, png, 0o644); err != nil {
		return codeWrite.Wrap(err, path, reason(err))
	}
	return nil
}
