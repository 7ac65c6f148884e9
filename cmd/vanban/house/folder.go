package house

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"vanban/cmd/vanban/files"
)

// Folder is a data folder. Everything that the server knows is in it: a copy
// taken while the server is stopped, or a snapshot, is a backup.
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
type Folder string

// Path names something in the folder.
func (f Folder) Path(elem ...string) string {
	return filepath.Join(append([]string{string(f)}, elem...)...)
}

// ConfigFile is the configuration.
func (f Folder) ConfigFile() string { return f.Path("config.toml") }

// Trust holds the anchors.
func (f Folder) Trust() string { return f.Path("trust") }

// Evidence holds the CRLs at hand.
func (f Folder) Evidence() string { return f.Path("evidence") }

// PKI holds the demo's certificate authorities.
func (f Folder) PKI() string { return f.Path("pki") }

// Out holds what demo --once leaves.
func (f Folder) Out() string { return f.Path("out") }

// Samples holds the drafts to try with.
func (f Folder) Samples() string { return f.Path("samples") }

// Pictures holds the seals and signatures of the demo, to import.
func (f Folder) Pictures() string { return f.Path("pictures") }

// PersonKey names a person's PKCS#12 file and its password file. Only the ids
// that exchange accepts (a-z, 0-9 and dashes) are asked for.
func (f Folder) PersonKey(id string) (p12, password string) {
	return f.Path("keys", "people", id+".p12"), f.Path("keys", "people", id+".password")
}

// AgencyKey is PersonKey for the seal of an agency.
func (f Folder) AgencyKey(id string) (p12, password string) {
	return f.Path("keys", "agencies", id+".p12"), f.Path("keys", "agencies", id+".password")
}

// TokenFile holds the log-in token of one person of the demo.
func (f Folder) TokenFile(person string) string { return f.Path("tokens", person) }

// Exists says whether this is a data folder already.
func (f Folder) Exists() (bool, error) {
	_, err := os.Stat(f.ConfigFile())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, files.OpenError(f.ConfigFile(), err)
	}
	return true, nil
}

// Create makes the folders; those with secrets are for their owner only.
func (f Folder) Create() error {
	for _, dir := range []string{string(f), f.Path("keys"), f.Path("keys", "people"), f.Path("keys", "agencies"), f.Path("tokens"), f.PKI()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return files.WriteError(dir, err)
		}
	}
	for _, dir := range []string{f.Trust(), f.Evidence(), f.Samples(), f.Pictures(), f.Out()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return files.WriteError(dir, err)
		}
	}
	return nil
}

// WritePicture keeps the picture of a seal or a signature for the import.
func (f Folder) WritePicture(name string, png []byte) error {
	path := filepath.Join(f.Pictures(), name)
	if err := os.WriteFile(path, png, 0o644); err != nil {
		return files.WriteError(path, err)
	}
	return nil
}
