// Package vanban_test holds the tests that keep the house in order: which room
// may import which, which third-party module lives where, who may reach the
// network, and that every package says what it is for.
//
// The tables below are a statement of policy. A new package fails until it has
// a line here; do not widen a line only to make a build pass.
package vanban_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the module path in go.mod.
const module = "vanban"

// room is one package and what it was decided that it may import.
type room struct {
	dir   string // relative to the module
	may   string // packages of this module that its code may import, by folder
	tests string // more that only its tests may import
	why   string
}

// rooms is the floor plan. Imports go down only:
// cmd -> web -> exchange -> {sign, verify} -> certs -> {internal/cms, internal/pdf}.
// Siblings never import each other. A driver imports the room that owns its
// interface and what lies below; only cmd and tests know which drivers exist.
// internal/fault and internal/tooltest are the two tools of everybody and are
// allowed everywhere without being listed (tooltest in tests only).
var rooms = []room{
	{"internal/fault", "", "", "words for what went wrong; below everything"},
	{"internal/tooltest", "", "", "finds outside tools for tests; below everything"},
	{"internal/pdf", "internal/pdf/syntax", "", "objects and revisions; knows no signatures"},
	{"internal/pdf/syntax", "", "", "objects and tokens; knows no files"},
	{"internal/pdf/content", "internal/pdf", "", "measures where a page shows something; draws nothing"},
	{"internal/pdf/draw", "internal/pdf", "", "draws with pdf objects; knows no pages"},
	{"internal/cms/ber", "", "", "the tolerant reader of BER under the strict rest"},
	{"internal/cms", "internal/cms/ber", "certs/certtest", "SignedData; knows neither PDF nor trust"},
	{"certs/revocation", "", "certs/certtest", "reads CRLs and OCSP responses; knows no policy"},
	{"certs/names", "", "", "name constraints; knows no paths"},
	{"certs", "certs/revocation certs/names internal/cms", "certs/certtest", "judges certificates from evidence given as data; never dials"},
	{"certs/online", "certs internal/cms", "certs/certtest", "driver: the only library that dials"},
	{"certs/certtest", "certs internal/cms", "sign/softkey certs/online", "PKIs and their servers for demo and tests"},
	{"sign", "certs internal/cms internal/pdf internal/pdf/draw",
		"certs/certtest sign/softkey verify testdata", "signs; the only writer of signatures into PDFs"},
	{"sign/softkey", "sign certs internal/cms", "certs/certtest", "driver: keys in PKCS#12 files"},
	{"verify/changes", "internal/pdf internal/pdf/content", "", "two states of a file compared; knows no certificates"},
	{"verify", "certs internal/cms internal/pdf verify/changes", "certs/certtest sign sign/softkey internal/pdf/draw testdata",
		"judges signatures; never signs, so it cannot share a signing mistake"},
	{"exchange/storage", "", "", "the contract between the exchange and its stores"},
	{"exchange/directory", "exchange/notation exchange/storage", "exchange/storetest", "who is who and when, and its tables"},
	{"exchange/layout", "", "", "where marks go on a page; pure geometry"},
	{"exchange/notation", "", "", "numbers and symbols as the decree writes them"},
	{"exchange/receipt", "certs internal/cms", "certs/certtest", "evidence that verifies offline, without the hub"},
	{"exchange", "exchange/directory exchange/layout exchange/notation exchange/receipt exchange/storage sign verify certs internal/cms internal/pdf internal/pdf/draw",
		"certs/certtest sign/softkey exchange/boltstore exchange/storetest testdata", "the office and the hub"},
	{"exchange/boltstore", "exchange/storage", "exchange/storetest", "driver: one bbolt file and a folder of blobs"},
	{"exchange/storetest", "exchange/storage", "", "one conformance suite for every store, and a store in memory"},
	{"web/words", "", "", "the two languages of the pages"},
	{"web/visitors", "", "", "sessions and rate limits; knows no documents"},
	{"web/pages", "web/words exchange exchange/directory exchange/layout exchange/notation verify certs",
		"certs/certtest exchange/storetest testdata", "templates and what they show; decides nothing"},
	{"web", "web/words web/visitors web/pages exchange exchange/directory exchange/layout exchange/notation exchange/receipt verify certs",
		"certs/certtest sign sign/softkey exchange/boltstore exchange/storetest testdata",
		"the front desk; all it does for people goes through exchange"},
	{"testdata", "", "", "the demonstration letter and its pictures; data, no logic"},
	{"testdata/gen", "internal/pdf internal/pdf/draw exchange/layout", "", "makes what is in testdata"},
	{"cmd/vanban/files", "", "", "inputs bounded, outputs whole or not at all"},
	{"cmd/vanban/terminal", "verify", "", "what a person sees of a command; decides nothing"},
	{"cmd/vanban/paper", "internal/pdf internal/pdf/draw", "", "lines of text on A4; knows no verdicts"},
	{"cmd/vanban/house", "cmd/vanban/files web exchange exchange/receipt exchange/boltstore sign sign/softkey verify certs certs/online certs/certtest",
		"", "a data folder with everything wired: the room that knows every driver"},
	{"cmd/vanban/demo", "cmd/vanban/files cmd/vanban/terminal cmd/vanban/house exchange exchange/directory exchange/layout verify certs/certtest testdata",
		"cmd/vanban/badpdf internal/pdf", "the cast and the main job over HTTP; a client like any other"},
	{"cmd/vanban/badpdf", "", "", "files for tests that no honest program writes"},
	{"cmd/vanban",
		"cmd/vanban/files cmd/vanban/terminal cmd/vanban/paper cmd/vanban/house cmd/vanban/demo exchange/receipt sign sign/softkey verify certs certs/certtest internal/pdf/draw",
		"cmd/vanban/badpdf exchange testdata", "the program: flags and one function for each command"},
}

// home says where a third-party module lives. A module in a second room is a
// second way of doing the same thing.
type home struct {
	module string // import path prefix
	code   string // packages whose code may import it
	tests  string // more packages whose tests may
	why    string
}

var homes = []home{
	{"github.com/labstack/echo/v4", "web", "", "HTTP routing, and nothing else of ours may look like Echo"},
	{"go.etcd.io/bbolt", "exchange/boltstore", "", "the default store"},
	{"go.mozilla.org/pkcs7", "internal/cms", "exchange sign verify", "second CMS reader for the self-check after signing"},
	{"github.com/cloudflare/circl", "internal/cms", "", "Ed448 in signatures that others made"},
	{"golang.org/x/crypto", "certs certs/revocation certs/names internal/cms certs/certtest certs/online", "", "OCSP, ASN.1; SHA-3 is in the standard library"},
	{"software.sslmate.com/src/go-pkcs12", "sign/softkey certs/certtest", "", "PKCS#12 with modern and old encryption"},
	{"github.com/go-fonts/liberation", "internal/pdf/draw", "", "the font that is embedded: full Vietnamese, free licence"},
	{"golang.org/x/image", "internal/pdf/draw testdata/gen", "", "reads TrueType tables; draws the sample seals"},
	{"golang.org/x/text", "internal/pdf/draw exchange exchange/directory exchange/notation exchange/receipt", "", "NFC before drawing and before comparing names"},
	{"github.com/oklog/ulid/v2", "exchange", "", "identifiers that sort by time"},
	{"golang.org/x/time", "web/visitors", "", "rate limits at the front desk"},
	{"github.com/getkin/kin-openapi", "", "web", "every request and response is checked against the API description"},
	{"github.com/spf13/cobra", "cmd/vanban", "", "command line"},
	{"github.com/spf13/pflag", "cmd/vanban", "", "comes with cobra"},
	{"github.com/pelletier/go-toml/v2", "cmd/vanban/house", "", "config.toml, unknown keys refused"},
	{"github.com/schollz/progressbar/v3", "cmd/vanban/terminal", "", "progress on a terminal"},
	{"github.com/mattn/go-isatty", "cmd/vanban/terminal", "", "is it a terminal?"},
	{"github.com/rogpeppe/go-internal", "", "cmd/vanban", "testscript: the command line tested as people type it"},
	{"github.com/digitorus/pdfsign", "", "sign verify", "second opinion and the baseline of the benchmarks; never sees untrusted input"},
}

// mayDial lists the packages whose code may import the network and start
// processes. Everybody else gets data handed in: certificates name URLs, and
// an attacker writes certificates.
var mayDial = map[string]string{
	"cmd/vanban": "starts the server and the demo",

	"cmd/vanban/house": "starts and stops the server",
	"cmd/vanban/demo":  "speaks the HTTP API and asks pdfsig and qpdf",
	"web":              "answers HTTP",
	"certs/online":     "fetches evidence and time-stamps under an egress policy",
	"certs/certtest":   "CRL, OCSP and time-stamp servers of the demo, on loopback",
}

// dialling is what mayDial is about; net/url and net/netip only parse.
var dialling = []string{"net", "net/http", "net/http/httptest", "net/rpc", "net/smtp", "net/textproto", "crypto/tls", "os/exec", "plugin"}

// source is one parsed Go file.
type source struct {
	dir  string // package folder relative to the module, with slashes
	file string
	test bool
	ast  *ast.File
}

func TestImportsFollowTheFloorPlan(t *testing.T) {
	plan := map[string]room{}
	for _, r := range rooms {
		plan[r.dir] = r
	}
	seen := map[string]bool{}
	for _, src := range sources(t) {
		seen[src.dir] = true
		r, listed := plan[src.dir]
		if !listed {
			t.Errorf("%s: package %s has no line in the floor plan of arch_test.go", src.file, src.dir)
			continue
		}
		for _, imp := range src.imports() {
			target, ours := strings.CutPrefix(imp, module+"/")
			if !ours || allowed(r, target, src.test) {
				continue
			}
			t.Errorf("%s: %s may not import %s (%s)", src.file, r.dir, target, r.why)
		}
	}
	for _, r := range rooms {
		if !seen[r.dir] {
			t.Errorf("arch_test.go lists %s, which does not exist", r.dir)
		}
	}
}

func allowed(r room, target string, test bool) bool {
	if target == r.dir || target == "internal/fault" {
		return true
	}
	if slices.Contains(strings.Fields(r.may), target) {
		return true
	}
	return test && (target == "internal/tooltest" || slices.Contains(strings.Fields(r.tests), target))
}

func TestEveryModuleStaysAtHome(t *testing.T) {
	for _, src := range sources(t) {
		for _, imp := range src.imports() {
			if !thirdParty(imp) {
				continue
			}
			i := slices.IndexFunc(homes, func(h home) bool { return imp == h.module || strings.HasPrefix(imp, h.module+"/") })
			if i < 0 {
				t.Errorf("%s: %s has no home in arch_test.go", src.file, imp)
				continue
			}
			h := homes[i]
			at := slices.Contains(strings.Fields(h.code), src.dir) ||
				src.test && slices.Contains(strings.Fields(h.tests), src.dir)
			if !at {
				t.Errorf("%s: %s lives in %q (tests also in %q), not in %s: %s", src.file, h.module, h.code, h.tests, src.dir, h.why)
			}
		}
	}
}

// thirdParty tells module imports from the standard library, whose first
// element has no dot.
func thirdParty(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return first != module && strings.Contains(first, ".")
}

func TestOnlyTheListedRoomsReachOut(t *testing.T) {
	for _, src := range sources(t) {
		if src.test || mayDial[src.dir] != "" || src.dir == "internal/tooltest" {
			continue
		}
		for _, imp := range src.imports() {
			if slices.Contains(dialling, imp) {
				t.Errorf("%s: %s may not import %s; hand the data in instead", src.file, src.dir, imp)
			}
		}
	}
}

// Libraries return errors and take a logger; they never end the process or
// write to a logger that nobody gave them.
func TestLibrariesNeitherExitNorLogGlobally(t *testing.T) {
	for _, src := range sources(t) {
		if src.test || src.ast.Name.Name == "main" {
			continue
		}
		if slices.Contains(src.imports(), "log") {
			t.Errorf("%s: a library may not import log; take a *slog.Logger", src.file)
		}
		ast.Inspect(src.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "os" && sel.Sel.Name == "Exit" {
					t.Errorf("%s: a library may not call os.Exit", src.file)
				}
			}
			return true
		})
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	documented := map[string]bool{}
	for _, src := range sources(t) {
		if src.test {
			continue
		}
		if src.ast.Doc != nil && len(strings.Fields(src.ast.Doc.Text())) >= 8 {
			documented[src.dir] = true
		} else if !documented[src.dir] {
			documented[src.dir] = false
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no file has a package comment of at least one sentence", dir)
		}
	}
}

func (s source) imports() []string {
	var out []string
	for _, imp := range s.ast.Imports {
		if p, err := strconv.Unquote(imp.Path.Value); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// sources parses every Go file of the module once per test. Folders that the
// go command ignores are ignored here too, except the package testdata at the
// root, which is ours.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		base := path.Base(name)
		if d.IsDir() {
			hidden := name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_"))
			if hidden || base == "testdata" && name != "testdata" || name == "bin" {
				return fs.SkipDir
			}
			return nil
		}
		dir := path.Dir(name)
		if !strings.HasSuffix(base, ".go") || dir == "." {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		out = append(out, source{dir: dir, file: name, test: strings.HasSuffix(base, "_test.go"), ast: parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
