//go:build never

package never

import (
	_ "github.com/cloudflare/circl/sign/ed448"
	_ "github.com/digitorus/pdfsign/sign"
	_ "github.com/go-fonts/liberation/liberationserifregular"
	_ "github.com/labstack/echo/v4"
	_ "github.com/oklog/ulid/v2"
	_ "github.com/pelletier/go-toml/v2"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/schollz/progressbar/v3"
	_ "github.com/mattn/go-isatty"
	_ "github.com/spf13/cobra"
	_ "github.com/getkin/kin-openapi/openapi3"
	_ "go.etcd.io/bbolt"
	_ "go.mozilla.org/pkcs7"
	_ "golang.org/x/crypto/ocsp"
	_ "golang.org/x/image/font/sfnt"
	_ "golang.org/x/text/unicode/norm"
	_ "golang.org/x/time/rate"
	_ "software.sslmate.com/src/go-pkcs12"
	_ "honnef.co/go/tools/staticcheck"
)
