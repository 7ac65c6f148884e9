package demo

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"vanban/certs/certtest"
	"vanban/cmd/vanban/files"
	"vanban/cmd/vanban/house"
	"vanban/exchange/directory"
	"vanban/testdata"
)

// Make fills a new data folder: certificate authorities, keys, anchors,
// agencies, people, samples. The configuration is written last, so that a
// folder that was left half made is made again.
func Make(ctx context.Context, f house.Folder, now func() time.Time) error {
	if err := f.Create(); err != nil {
		return err
	}
	services, err := FreeAddress()
	if err != nil {
		return err
	}
	pki, err := certtest.New(certtest.Config{Now: now, BaseURL: "http://" + services, CAKey: "rsa2048"})
	if err != nil {
		return err
	}
	if err := house.WriteTrust(f, pki); err != nil {
		return err
	}
	cast, err := makeCast(ctx, f, pki, now())
	if err != nil {
		return err
	}
	// After the cast: the authorities answer only for what they know as issued.
	if err := pki.Save(f.PKI()); err != nil {
		return files.WriteError(f.PKI(), err)
	}
	if err := writeSamples(f); err != nil {
		return err
	}
	c := house.Config{Listen: house.DefaultListen, UploadLimitMiB: house.DefaultUploadLimitMiB,
		TimeStamp: house.TimeStamp{URL: "http://" + services + "/tsa", AllowPrivate: true},
		Demo:      house.Demo{Services: services}}
	if err := importCast(ctx, f, c, now, cast); err != nil {
		return err
	}
	return c.Save(f.ConfigFile())
}

// FreeAddress finds a port on loopback for the demo's own services. It stays
// the same for the life of the folder, because certificates name it.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", house.NoAddress.Wrap(err, "127.0.0.1:0", files.Reason(err))
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// makeCast issues certificates and tokens and describes the cast.
func makeCast(ctx context.Context, f house.Folder, pki *certtest.PKI, now time.Time) (directory.Directory, error) {
	var d directory.Directory
	from := now.Add(-24 * time.Hour)
	for _, o := range demoOffices {
		id, err := pki.Agency(o.subject(), certtest.Options{})
		if err != nil {
			return d, err
		}
		p12, password := f.AgencyKey(o.id)
		if err := house.WriteKey(p12, password, id); err != nil {
			return d, err
		}
		image, err := testdata.Seal(o.id)
		if err != nil {
			return d, err
		}
		name := "seal-" + o.id + ".png"
		if err := f.WritePicture(name, image); err != nil {
			return d, err
		}
		d.Agencies = append(d.Agencies, o.agency(from, bind(id, from), name))
		if err := ctx.Err(); err != nil {
			return d, err
		}
	}
	for _, m := range demoPeople {
		p, err := makeMember(f, pki, m, from)
		if err != nil {
			return d, err
		}
		d.People = append(d.People, p)
	}
	return d, nil
}

// makeMember gives one person a token and, if that person signs, a key and the
// picture of a signature.
func makeMember(f house.Folder, pki *certtest.PKI, m member, from time.Time) (directory.Person, error) {
	token := rand.Text()
	digest := sha256.Sum256([]byte(token))
	if err := files.WriteSecret(f.TokenFile(m.id), token+"\n"); err != nil {
		return directory.Person{}, err
	}
	if !m.signs {
		return m.person(from, hex.EncodeToString(digest[:]), "", nil), nil
	}
	id, err := pki.Leader(m.subject(demoOffices), certtest.Options{})
	if err != nil {
		return directory.Person{}, err
	}
	p12, password := f.PersonKey(m.id)
	if err := house.WriteKey(p12, password, id); err != nil {
		return directory.Person{}, err
	}
	image, err := testdata.Signature(m.id)
	if err != nil {
		return directory.Person{}, err
	}
	name := "signature-" + m.id + ".png"
	if err := f.WritePicture(name, image); err != nil {
		return directory.Person{}, err
	}
	return m.person(from, hex.EncodeToString(digest[:]), name, []directory.CertificateBinding{bind(id, from)}), nil
}

func bind(id *certtest.Identity, from time.Time) directory.CertificateBinding {
	digest := sha256.Sum256(id.Certificate.Raw)
	return directory.CertificateBinding{SHA256: hex.EncodeToString(digest[:]), From: from}
}

// importCast opens the house once to tell it who is who.
func importCast(ctx context.Context, f house.Folder, c house.Config, now func() time.Time, cast directory.Directory) error {
	c.Data, c.Demo.Services = string(f), ""
	h, err := house.Open(ctx, c, now, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer h.Close()
	return h.Service.Import(ctx, cast, os.DirFS(f.Pictures()))
}

// writeSamples puts the sample drafts where a person can find them, each with
// the JSON that goes with its upload.
func writeSamples(f house.Folder) error {
	for _, load := range []func() (testdata.Document, error){testdata.Letter, testdata.Decision} {
		doc, err := load()
		if err != nil {
			return err
		}
		draft, err := DraftOf(doc)
		if err != nil {
			return err
		}
		meta, err := json.MarshalIndent(draft, "", "  ")
		if err != nil {
			return err
		}
		for name, b := range map[string][]byte{doc.Name + ".pdf": doc.PDF, doc.Name + ".json": append(meta, '\n')} {
			path := filepath.Join(f.Samples(), name)
			if err := os.WriteFile(path, b, 0o644); err != nil {
				return files.WriteError(path, err)
			}
		}
	}
	return nil
}
