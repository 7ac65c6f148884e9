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
	"slices"

	"vanban/exchange/directory"
	"vanban/exchange/storage"
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
	err := s.store.Update(ctx, func(tx storage.Tx) error { return directory.Import(tx, d) })
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
	if *value = blob.SHA256; err == nil {
		s.keep(blob.SHA256, im)
	}
	return err
}

// image gives a stored picture. Decoding takes as long as signing, so some are
// kept, and one that many ask for at once is decoded once.
func (s *Service) image(ctx context.Context, digest, of string) (*draw.Image, error) {
	if digest == "" {
		return nil, codeNoImage.New(of)
	}
	release, err := s.locks.take(ctx, "image/"+digest)
	if err != nil {
		return nil, err
	}
	defer release()
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
	if im, err = draw.DecodePNG(png); err == nil {
		s.keep(digest, im)
	}
	return im, err
}

// keep remembers a picture; 64 of them have about a megabyte each at most.
func (s *Service) keep(digest string, im *draw.Image) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.images) >= 64 {
		clear(s.images)
	}
	s.images[digest] = im
}

// PersonByToken finds who holds a log-in token; exchange-token-unknown when
// nobody does who has a position today.
func (s *Service) PersonByToken(ctx context.Context, token string) (p directory.Person, err error) {
	if token == "" || len(token) > 500 {
		return p, codeToken.New()
	}
	at := s.now()
	err = s.store.View(ctx, func(tx storage.Tx) error {
		found := false
		if p, found, err = directory.FindToken(tx, token); err == nil && (!found || !p.Serves(at)) {
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
	err = s.store.View(ctx, func(tx storage.Tx) error {
		found := false
		if p, found, err = directory.FindPerson(tx, id); err == nil && !found {
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
	err = s.store.View(ctx, func(tx storage.Tx) error {
		list = nil
		if _, err := readable(tx, s, by, ActOut, agency); err != nil {
			return err
		}
		everybody, err := directory.AllPeople(tx)
		for _, p := range everybody {
			if p.TokenSHA256 = ""; p.WorksAt(agency, at) {
				list = append(list, p)
			}
		}
		return err
	})
	return list, err
}

// Agencies lists all agencies that exist now, sorted by id.
func (s *Service) Agencies(ctx context.Context) (list []directory.Agency, err error) {
	at := s.now()
	err = s.store.View(ctx, func(tx storage.Tx) error {
		list = nil
		all, err := directory.AllAgencies(tx)
		for _, a := range all {
			if a.Exists(at) {
				list = append(list, a)
			}
		}
		return err
	})
	return list, err
}

// Agency gives one agency.
func (s *Service) Agency(ctx context.Context, id string) (a directory.Agency, err error) {
	err = s.store.View(ctx, func(tx storage.Tx) error { a, err = agencyOf(tx, id); return err })
	return a, err
}

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
