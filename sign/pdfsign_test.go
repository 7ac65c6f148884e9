package sign_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/digitorus/pdfsign/verify"

	"vanban/sign"
	"vanban/testdata"
)

// childFile names the file that TestPdfsignChild reads; it is set only in the
// child process.
const childFile = "VANBAN_PDFSIGN_FILE"

// opinion is what pdfsign's verifier says.
type opinion struct {
	Signers []struct {
		Name, Reason string
		Valid        bool
	}
	Error string
}

// TestPdfsignChild is not a test of its own: it is the process in which
// pdfsign, which a bad file can kill, reads one file.
func TestPdfsignChild(t *testing.T) {
	path := os.Getenv(childFile)
	if path == "" {
		return // a child of TestPdfsignVerifiesOurs has the name of a file
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var o opinion
	r, err := verify.VerifyFile(f)
	if err != nil {
		o.Error = err.Error()
	}
	if r != nil {
		for _, s := range r.Signers {
			o.Signers = append(o.Signers, struct {
				Name, Reason string
				Valid        bool
			}{s.Name, s.Reason, s.ValidSignature})
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(o); err != nil {
		t.Fatal(err)
	}
}

func pdfsignSays(t *testing.T, b []byte) opinion {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestPdfsignChild$")
	cmd.Env = append(os.Environ(), childFile+"="+path)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdfsign died: %v\n%s", err, out)
	}
	var o opinion
	if err := json.Unmarshal(out[bytes.IndexByte(out, '{'):bytes.LastIndexByte(out, '}')+1], &o); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return o
}

// TestPdfsignVerifiesOurs is a second opinion by a reader that shares nothing
// with ours.
func TestPdfsignVerifiesOurs(t *testing.T) {
	w := getWorld(t)
	d, err := testdata.Letter()
	if err != nil {
		t.Fatal(err)
	}
	signed, _ := do(t, d.PDF, w.key(t, "rsa2048"), leaderRequest(t, marks(t, d)))
	req := sealRequest(t, marks(t, d))
	req.Level, req.TSA = sign.BT, stamper{w: w}
	sealed, _ := do(t, signed, w.key(t, "p256"), req)
	o := pdfsignSays(t, sealed)
	if len(o.Signers) != 2 || !o.Signers[0].Valid || !o.Signers[1].Valid {
		t.Errorf("pdfsign says %+v", o)
	}
	bent := bytes.Clone(sealed)
	bent[1000] ^= 1
	for _, s := range pdfsignSays(t, bent).Signers {
		if s.Valid {
			t.Errorf("pdfsign calls a bent file valid: %+v", s)
		}
	}
}
