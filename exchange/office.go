package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"

	"vanban/exchange/directory"
	"vanban/internal/pdf/draw"
)

// Import inserts or replaces agencies and people after checking all of them
// together with those that are there; doing it again changes nothing. Image
// values that are not a digest are names of PNG files in files (which may be
// nil when there are none).
func (s *Service) Import(ctx context.Context, d directory.Directory, files fs.FS) error {
	d = directory.Directory{Agencies: slices.Clone(d.Agencies), People: slices.Clone(d.People)}
	for i := range d.Agencies {
		if err := s.importImage(ctx, &d.Agencies[i].SealImage, files, d.Agencies[i].Name, false); err != nil {
			return err
		}
	}
	for i := range d.People {
		if err := s.importImage(ctx, &d.People[i].SignatureImage, files, d.People[i].Name, true); err != nil {
			return err
		}
	}
	err := s.store.Update(ctx, func(tx Tx) error { return importAll(tx, d) })
	if err == nil {
		s.log.InfoContext(ctx, "directory imported", "agencies", len(d.Agencies), "people", len(d.People))
	}
	return err
}

// importImage replaces a file name by the digest of the stored picture.
func (s *Service) importImage(ctx context.Context, value *string, files fs.FS, of string, signature bool) error {
	if *value == "" {
		return nil
	}
	if directory.IsDigest(*value) {
		_, err := s.image(ctx, *value, of)
		return err
	}
	if files == nil {
		return codeImage.New(clip(*value), of)
	}
	f, err := files.Open(*value)
	if err != nil {
		return codeImage.Wrap(err, clip(*value), of)
	}
	defer f.Close()
	png, err := io.ReadAll(io.LimitReader(f, draw.MaxImageBytes+1))
	if err != nil {
		return codeImage.Wrap(err, clip(*value), of)
	}
	im, err := draw.DecodePNG(png)
	if err != nil {
		return err
	}
	if share := im.OpaqueShare(); signature && share > draw.MaxOpaqueShare { // LAY-01
		return draw.ImageTooOpaque.New(int(share*100), int(draw.MaxOpaqueShare*100))
	}
	w, err := s.store.Blobs().New(ctx, draw.MaxImageBytes)
	if err != nil {
		return err
	}
	defer w.Discard()
	if _, err := io.Copy(w, bytes.NewReader(png)); err != nil {
		return err
	}
	blob, err := w.Commit()
	*value = blob.SHA256
	return err
}

// image gives a stored picture; decoding is slow, so some are kept.
func (s *Service) image(ctx context.Context, digest, of string) (*draw.Image, error) {
	if digest == "" {
		return nil, codeNoImage.New(of)
	}
	s.mu.Lock()
	im := s.images[digest]
	s.mu.Unlock()
	if im != nil {
		return im, nil
	}
	r, err := s.store.Blobs().Open(ctx, digest)
	if err != nil {
		return nil, codeNoImage.Wrap(err, of)
	}
	defer r.Close()
	png, err := io.ReadAll(io.NewSectionReader(r, 0, min(r.Size(), draw.MaxImageBytes+1)))
	if err != nil {
		return nil, fmt.Errorf("reading a picture: %w", err)
	}
	if im, err = draw.DecodePNG(png); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.images) >= 64 { // about a megabyte each
		clear(s.images)
	}
	s.images[digest] = im
	return im, nil
}

// importAll merges the directory into the store and writes the indexes anew
// for everybody who changes.
func importAll(tx Tx, d directory.Directory) error {
	if err := d.Distinct(); err != nil { // the maps below would hide it
		return err
	}
	allAgencies, allPeople := map[string]directory.Agency{}, map[string]directory.Person{}
	if err := each(tx, agencies, "", func(id string, a directory.Agency) error { allAgencies[id] = a; return nil }); err != nil {
		return err
	}
	if err := each(tx, people, "", func(id string, p directory.Person) error { allPeople[id] = p; return nil }); err != nil {
		return err
	}
	for _, a := range d.Agencies {
		if err := unindex(tx, allAgencies[a.ID], directory.Person{}); err != nil {
			return err
		}
		allAgencies[a.ID] = a
	}
	for _, p := range d.People {
		if err := unindex(tx, directory.Agency{}, allPeople[p.ID]); err != nil {
			return err
		}
		allPeople[p.ID] = p
	}
	merged := directory.Directory{
		Agencies: slices.Collect(maps.Values(allAgencies)),
		People:   slices.Collect(maps.Values(allPeople)),
	}
	if err := merged.Validate(); err != nil {
		return err
	}
	for _, a := range d.Agencies {
		if err := saveAgency(tx, a); err != nil {
			return err
		}
	}
	for _, p := range d.People {
		if err := savePerson(tx, p); err != nil {
			return err
		}
	}
	return nil
}

func unindex(tx Tx, a directory.Agency, p directory.Person) error {
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
	if p.TokenSHA256 != "" {
		return tx.Delete(tokens, p.TokenSHA256)
	}
	return nil
}

func saveAgency(tx Tx, a directory.Agency) error {
	for _, code := range a.Codes {
		if err := tx.Put(codes, code.Code, []byte(a.ID)); err != nil {
			return err
		}
	}
	for _, b := range a.Seals {
		if err := save(tx, certificates, b.SHA256, owner{Agency: a.ID}); err != nil {
			return err
		}
	}
	return save(tx, agencies, a.ID, a)
}

func savePerson(tx Tx, p directory.Person) error {
	for _, b := range p.Certificates {
		if err := save(tx, certificates, b.SHA256, owner{Person: p.ID}); err != nil {
			return err
		}
	}
	if p.TokenSHA256 != "" {
		if err := tx.Put(tokens, p.TokenSHA256, []byte(p.ID)); err != nil {
			return err
		}
	}
	return save(tx, people, p.ID, p)
}

// PersonByToken finds who holds a log-in token; exchange-token-unknown when
// nobody does who has a position today. The token itself is never stored, and
// the digest of a guess says nothing about the others.
func (s *Service) PersonByToken(ctx context.Context, token string) (p directory.Person, err error) {
	if token == "" || len(token) > 500 {
		return p, codeToken.New()
	}
	sum := sha256.Sum256([]byte(token))
	at := s.now()
	err = s.store.View(ctx, func(tx Tx) error {
		id, err := tx.Get(tokens, hex.EncodeToString(sum[:]))
		if err != nil {
			return err
		}
		p, err = who(tx, Actor{Person: string(id)})
		if err == nil && !p.Serves(at) {
			err = codeToken.New()
		}
		return err
	})
	if err != nil {
		return directory.Person{}, err
	}
	p.TokenSHA256 = ""
	return p, nil
}

// Person gives one person, without the token digest.
func (s *Service) Person(ctx context.Context, id string) (p directory.Person, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		found := false
		if p, found, err = load[directory.Person](tx, people, id); err == nil && !found {
			err = codeNoPerson.New(clip(id))
		}
		return err
	})
	p.TokenSHA256 = ""
	return p, err
}

// People lists who has a position in an agency today, for its own staff,
// sorted by id and without token digests.
func (s *Service) People(ctx context.Context, by Actor, agency string) (list []directory.Person, err error) {
	at := s.now()
	err = s.store.View(ctx, func(tx Tx) error {
		list = nil
		if _, err := readable(tx, s, by, ActOut, agency); err != nil {
			return err
		}
		return each(tx, people, "", func(_ string, p directory.Person) error {
			if p.TokenSHA256 = ""; p.WorksAt(agency, at) {
				list = append(list, p)
			}
			return nil
		})
	})
	return list, err
}

// Agencies lists all agencies that exist now, sorted by id.
func (s *Service) Agencies(ctx context.Context) (list []directory.Agency, err error) {
	at := s.now()
	err = s.store.View(ctx, func(tx Tx) error {
		list = nil
		return each(tx, agencies, "", func(_ string, a directory.Agency) error {
			if a.Exists(at) {
				list = append(list, a)
			}
			return nil
		})
	})
	return list, err
}

// Agency gives one agency.
func (s *Service) Agency(ctx context.Context, id string) (a directory.Agency, err error) {
	err = s.store.View(ctx, func(tx Tx) error { a, err = agencyOf(tx, id); return err })
	return a, err
}

// ownerOf finds whose certificate it was at that time; zero when nobody's.
func ownerOf(tx Tx, c *x509.Certificate, at time.Time) (p directory.Person, a directory.Agency, err error) {
	if c == nil {
		return p, a, nil
	}
	digest := fingerprint(c)
	o, found, err := load[owner](tx, certificates, digest)
	if err != nil || !found {
		return p, a, err
	}
	if o.Person != "" {
		if p, err = who(tx, Actor{Person: o.Person}); err != nil || !p.Owns(digest, at) {
			return directory.Person{}, a, err
		}
		return p, a, nil
	}
	if a, err = agencyOf(tx, o.Agency); err != nil || !a.Sealed(digest, at) {
		return p, directory.Agency{}, err
	}
	return p, a, nil
}

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
