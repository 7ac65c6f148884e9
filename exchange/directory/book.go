package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"time"

	"vanban/exchange/storage"
)

// The collections of the directory.
const (
	agencies     storage.Collection = "agencies"     // id -> Agency
	people       storage.Collection = "people"       // id -> Person
	codes        storage.Collection = "codes"        // agency code -> agency id
	tokens       storage.Collection = "tokens"       // hex SHA-256 -> person id
	certificates storage.Collection = "certificates" // hex SHA-256 -> owner
)

// owner says whose certificate it is: one of the two is set.
type owner struct {
	Person string `json:"person,omitempty"`
	Agency string `json:"agency,omitempty"`
}

// FindAgency reads one agency.
func FindAgency(tx storage.Tx, id string) (a Agency, found bool, err error) {
	return storage.Load[Agency](tx, agencies, id)
}

// FindPerson reads one person, with the token digest.
func FindPerson(tx storage.Tx, id string) (p Person, found bool, err error) {
	return storage.Load[Person](tx, people, id)
}

// AllAgencies lists the agencies of all times, sorted by id.
func AllAgencies(tx storage.Tx) (list []Agency, err error) {
	err = storage.Each(tx, agencies, "", func(_ string, a Agency) error { list = append(list, a); return nil })
	return list, err
}

// AllPeople lists the people of all times, sorted by id.
func AllPeople(tx storage.Tx) (list []Person, err error) {
	err = storage.Each(tx, people, "", func(_ string, p Person) error { list = append(list, p); return nil })
	return list, err
}

// FindToken finds who holds a log-in token, of any length. The token itself is
// never stored, and looking up its digest tells nothing about the others.
func FindToken(tx storage.Tx, token string) (p Person, found bool, err error) {
	sum := sha256.Sum256([]byte(token))
	id, err := tx.Get(tokens, hex.EncodeToString(sum[:]))
	if err != nil || id == nil {
		return p, false, err
	}
	return FindPerson(tx, string(id))
}

// FindCode finds the agency to which a code led at that time.
func FindCode(tx storage.Tx, code string, at time.Time) (a Agency, found bool, err error) {
	if !validCode(code) {
		return a, false, nil
	}
	id, err := tx.Get(codes, code)
	if err != nil || id == nil {
		return a, false, err
	}
	a, found, err = FindAgency(tx, string(id))
	return a, found && a.HasCode(code, at), err
}

// FindOwner finds whose certificate, by its hex SHA-256, it was at that time:
// a person's, an agency's, or nobody's, when both are zero.
func FindOwner(tx storage.Tx, sha256 string, at time.Time) (p Person, a Agency, err error) {
	o, found, err := storage.Load[owner](tx, certificates, sha256)
	if err != nil || !found {
		return p, a, err
	}
	if p, _, err = FindPerson(tx, o.Person); err != nil || !p.Owns(sha256, at) {
		p = Person{}
	}
	if err != nil {
		return p, a, err
	}
	if a, _, err = FindAgency(tx, o.Agency); err != nil || !a.Sealed(sha256, at) {
		a = Agency{}
	}
	return p, a, err
}

// Import merges d into what is stored, after checking all of it together, and
// writes the indexes anew for everybody who changes.
func Import(tx storage.Tx, d Directory) error {
	if err := d.distinct(); err != nil { // the maps below would hide it
		return err
	}
	oldAgencies, err := AllAgencies(tx)
	if err != nil {
		return err
	}
	oldPeople, err := AllPeople(tx)
	if err != nil {
		return err
	}
	allAgencies, allPeople := map[string]Agency{}, map[string]Person{}
	for _, a := range oldAgencies {
		allAgencies[a.ID] = a
	}
	for _, p := range oldPeople {
		allPeople[p.ID] = p
	}
	for _, a := range d.Agencies {
		if err := unindex(tx, allAgencies[a.ID], Person{}); err != nil {
			return err
		}
		allAgencies[a.ID] = a
	}
	for _, p := range d.People {
		if err := unindex(tx, Agency{}, allPeople[p.ID]); err != nil {
			return err
		}
		allPeople[p.ID] = p
	}
	merged := Directory{Agencies: slices.Collect(maps.Values(allAgencies)), People: slices.Collect(maps.Values(allPeople))}
	if err := merged.Validate(); err != nil {
		return err
	}
	for _, a := range d.Agencies {
		err = errors.Join(err, saveAgency(tx, a))
	}
	for _, p := range d.People {
		err = errors.Join(err, savePerson(tx, p))
	}
	return err
}

func unindex(tx storage.Tx, a Agency, p Person) error {
	for _, code := range a.Codes {
		if err := tx.Delete(codes, code.Code); err != nil {
			return err
		}
	}
	for _, b := range slices.Concat(a.Seals, p.Certificates) {
		if err := tx.Delete(certificates, b.SHA256); err != nil {
			return err
		}
	}
	return tx.Delete(tokens, p.TokenSHA256)
}

func saveAgency(tx storage.Tx, a Agency) error {
	for _, code := range a.Codes {
		if err := tx.Put(codes, code.Code, []byte(a.ID)); err != nil {
			return err
		}
	}
	for _, b := range a.Seals {
		if err := storage.Save(tx, certificates, b.SHA256, owner{Agency: a.ID}); err != nil {
			return err
		}
	}
	return storage.Save(tx, agencies, a.ID, a)
}

func savePerson(tx storage.Tx, p Person) error {
	for _, b := range p.Certificates {
		if err := storage.Save(tx, certificates, b.SHA256, owner{Person: p.ID}); err != nil {
			return err
		}
	}
	if p.TokenSHA256 != "" {
		if err := tx.Put(tokens, p.TokenSHA256, []byte(p.ID)); err != nil {
			return err
		}
	}
	return storage.Save(tx, people, p.ID, p)
}

// Check derives the indexes again and reports every entry that is missing or
// leads to nobody.
func Check(tx storage.Tx, problem func(format string, args ...any)) error {
	want := map[storage.Collection]map[string]string{codes: {}, tokens: {}, certificates: {}}
	list, err := AllAgencies(tx)
	if err != nil {
		return err
	}
	for _, a := range list {
		for _, c := range a.Codes {
			want[codes][c.Code] = a.ID
		}
		for _, b := range a.Seals {
			want[certificates][b.SHA256] = `{"agency":"` + a.ID + `"}`
		}
	}
	everybody, err := AllPeople(tx)
	if err != nil {
		return err
	}
	for _, p := range everybody {
		if p.TokenSHA256 != "" {
			want[tokens][p.TokenSHA256] = p.ID
		}
		for _, b := range p.Certificates {
			want[certificates][b.SHA256] = `{"person":"` + p.ID + `"}`
		}
	}
	for c, entries := range want {
		err := tx.Scan(c, storage.Range{}, func(key string, value []byte) (bool, error) {
			if entries[key] != string(value) {
				problem("%s %s leads to %s", c, key, value)
			}
			delete(entries, key)
			return false, nil
		})
		if err != nil {
			return err
		}
		for key, id := range entries {
			problem("%s %s of %s is not indexed", c, key, id)
		}
	}
	return nil
}
