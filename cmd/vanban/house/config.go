package house

import (
	"bytes"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"vanban/cmd/vanban/files"
)

// maxConfigBytes bounds config.toml; a real one has a few lines.
const maxConfigBytes = 1 << 20

// Config is config.toml in the data folder. Every key may be absent; unknown
// keys are refused, because a misspelt one would silently not protect. Secrets
// are never in it: keys and their passwords are files under keys/.
type Config struct {
	// Listen is the address that answers HTTP. Empty: 127.0.0.1:8080, that is
	// nobody but this machine; put a TLS proxy before it for anybody else.
	Listen string `toml:"listen"`
	// BehindTLS says that a proxy in front ends TLS, so that browsers are told to
	// send the session cookie over HTTPS only. False: plain HTTP, for this machine.
	BehindTLS bool `toml:"behind_tls"`
	// Data is the data folder. Empty: the folder that holds the file itself.
	Data string `toml:"data"`
	// UploadLimitMiB is the largest PDF that is taken, in MiB. 0: 64.
	UploadLimitMiB int64 `toml:"upload_limit_mib"`
	// TimeStamp says who proves the time of signatures.
	TimeStamp TimeStamp `toml:"timestamp"`
	// Trust says which certificates are believed; the anchors are in trust/.
	Trust Trust `toml:"trust"`
	// Version is what pages and metrics show; the program sets it.
	Version string `toml:"-"`
	// Demo is for folders that vanban demo made.
	Demo Demo `toml:"demo"`
}

// Demo is the part of a Config for demo folders.
type Demo struct {
	// Services is the address on which the demo's own certificate authorities
	// (pki/) answer CRL, OCSP and time-stamp requests. Empty: there are none, as
	// in every real installation.
	Services string `toml:"services"`
}

// TimeStamp is the part of a Config about time-stamps.
type TimeStamp struct {
	// URL of an RFC 3161 authority. Empty: signatures are PAdES B-B.
	URL string `toml:"url"`
	// AllowPrivate lets the URL name an address of a private network or of this
	// machine, for an authority of one's own. False: such an address is refused.
	AllowPrivate bool `toml:"allow_private"`
}

// Trust is the part of a Config about certificates.
type Trust struct {
	// LegacySHA1 accepts, with a warning, SHA-1 certificate signatures below
	// the anchors in trust/official-duty and trust/public. The older national
	// certificates have them. False: refused.
	LegacySHA1 bool `toml:"legacy_sha1"`
	// OptionalRevocation lets a signature pass although no fresh evidence says
	// that its certificate was not revoked. False: such a signature stays
	// INDETERMINATE, and an act that needs it is refused.
	OptionalRevocation bool `toml:"optional_revocation"`
}

// The defaults.
const (
	DefaultListen         = "127.0.0.1:8080"
	DefaultUploadLimitMiB = 64
	maxUploadLimitMiB     = 1 << 14 // 16 GiB: above it a size is a typing error
)

// LoadConfig reads a configuration file and fills in the defaults.
func LoadConfig(path string) (Config, error) {
	b, err := files.ReadSmall(path, maxConfigBytes)
	if err != nil {
		return Config{}, err
	}
	c, err := ParseConfig(b)
	if err != nil {
		return Config{}, codeConfig.Wrap(err, path, configReason(err))
	}
	if c.Data == "" {
		c.Data = filepath.Dir(path)
	} else if !filepath.IsAbs(c.Data) {
		c.Data = filepath.Join(filepath.Dir(path), c.Data)
	}
	return c, nil
}

// ParseConfig reads TOML, refuses unknown keys and checks every value.
func ParseConfig(b []byte) (Config, error) {
	var c Config
	d := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, err
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.UploadLimitMiB == 0 {
		c.UploadLimitMiB = DefaultUploadLimitMiB
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return Config{}, errors.New("listen: " + err.Error())
	}
	if _, _, err := net.SplitHostPort(c.Demo.Services); c.Demo.Services != "" && err != nil {
		return Config{}, errors.New("demo.services: " + err.Error())
	}
	if c.UploadLimitMiB < 1 || c.UploadLimitMiB > maxUploadLimitMiB {
		return Config{}, errors.New("upload_limit_mib: 1 to 16384")
	}
	if c.TimeStamp.URL != "" {
		u, err := url.Parse(c.TimeStamp.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return Config{}, errors.New("timestamp.url: not an http or https address")
		}
	}
	return c, nil
}

// configReason names the line and the key that a person has to correct.
func configReason(err error) string {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		return "unknown key " + strings.Join(strict.Errors[0].Key(), ".")
	}
	return strings.SplitN(err.Error(), "\n", 2)[0]
}

// Save writes a configuration, secrets being elsewhere, readable by its owner.
func (c Config) Save(path string) error {
	b, err := toml.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}
