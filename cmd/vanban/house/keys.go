package house

import (
	"context"
	"os"
	"regexp"
	"sync"

	"vanban/internal/fault"
	"vanban/sign"
	"vanban/sign/softkey"
)

var codeNoKey = fault.Define("cli-key-missing", fault.Conflict,
	"Máy chủ không có khóa ký của %s.", "The server holds no signing key of %s.",
	"Người vận hành đặt tệp .p12 và .password vào thư mục keys/.", "The operator puts the .p12 and .password files into keys/.")

// Keyring finds the keys of people and agencies in the data folder. Opening a
// PKCS#12 file is slow on purpose (it stretches the password), so each is
// opened once. It may be used from many goroutines.
type Keyring struct {
	folder Folder

	mu   sync.Mutex
	open map[string]sign.Key // by path of the .p12 file
}

func newKeyring(f Folder) *Keyring { return &Keyring{folder: f, open: map[string]sign.Key{}} }

// safeID is what may become part of a file name.
var safeID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// Person gives the signing key of one person.
func (k *Keyring) Person(_ context.Context, id string) (sign.Key, error) {
	p12, password := k.folder.PersonKey(id)
	return k.find(id, p12, password)
}

// Agency gives the sealing key of one agency.
func (k *Keyring) Agency(_ context.Context, id string) (sign.Key, error) {
	p12, password := k.folder.AgencyKey(id)
	return k.find(id, p12, password)
}

func (k *Keyring) find(id, p12, password string) (sign.Key, error) {
	if !safeID.MatchString(id) {
		return nil, codeNoKey.New(id)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if key := k.open[p12]; key != nil {
		return key, nil
	}
	if _, err := os.Stat(p12); err != nil {
		return nil, codeNoKey.Wrap(err, id)
	}
	key, err := softkey.Open(p12, password)
	if err != nil {
		return nil, err
	}
	k.open[p12] = key
	return key, nil
}
