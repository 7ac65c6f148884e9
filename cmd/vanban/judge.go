package main

import (
	"context"
	"crypto/x509"
	"io"
	"time"

	"github.com/pelletier/go-toml/v2"

	"bytes"

	"vanban/certs"
	"vanban/certs/online"
	"vanban/verify"
)

// fetchTime bounds everything that one file may make us fetch.
const fetchTime = 5 * time.Second

// judge is verify.File with what the command line or the data folder says
// about trust.
type judge struct {
	anchors  *certs.Anchors
	policy   certs.Policy
	evidence certs.Evidence
	at       func() time.Time
	fetch    *online.Fetcher // nil: stay offline
}

// file gives the verdict on one PDF. Evidence is fetched only for chains that
// end in one of the anchors: the addresses in any other certificate were
// written by nobody whom the operator trusts.
func (j judge) file(ctx context.Context, r io.ReaderAt, size int64) (*verify.Report, error) {
	options := verify.Options{Anchors: j.anchors, Policy: j.policy, Evidence: j.evidence, At: j.at()}
	report, err := verify.File(ctx, r, size, options)
	if err != nil || j.fetch == nil {
		return report, err
	}
	more := j.fetchFor(ctx, report)
	if len(more.Certificates)+len(more.CRLs)+len(more.OCSPs) == 0 {
		return report, nil
	}
	options.Evidence.Add(more)
	return verify.File(ctx, r, size, options)
}

// fetchFor collects what the trusted chains of a report point to. What cannot
// be fetched stays unknown, and the report says so.
func (j judge) fetchFor(ctx context.Context, report *verify.Report) certs.Evidence {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	var all certs.Evidence
	asked := map[string]bool{}
	for _, s := range report.Signatures {
		if !j.anchored(s.Chain) || asked[string(s.Chain[0].Raw)] || ctx.Err() != nil {
			continue
		}
		asked[string(s.Chain[0].Raw)] = true
		got, _ := j.fetch.Fetch(ctx, s.Chain)
		all.Add(got)
	}
	return all
}

func (j judge) anchored(chain []*x509.Certificate) bool {
	if len(chain) == 0 {
		return false
	}
	last := chain[len(chain)-1]
	for _, a := range j.anchors.List() {
		if a.Certificate.Equal(last) {
			return true
		}
	}
	return false
}

// policyFile is the file of verify --policy. Absent keys keep the defaults.
type policyFile struct {
	MinRSABits        int  `toml:"min_rsa_bits"`       // 0: 2048
	MinECBits         int  `toml:"min_ec_bits"`        // 0: 256
	LegacySHA1        bool `toml:"legacy_sha1"`        // accept SHA-1 below anchors pinned as legacy
	RequireRevocation bool `toml:"require_revocation"` // no fresh evidence: INDETERMINATE
}

// loadPolicy reads a policy file; an empty path is the default policy.
func loadPolicy(path string) (certs.Policy, error) {
	policy := certs.DefaultPolicy()
	if path == "" {
		return policy, nil
	}
	b, err := readSmall(path, maxConfigBytes)
	if err != nil {
		return policy, err
	}
	f := policyFile{LegacySHA1: policy.LegacySHA1, RequireRevocation: policy.RequireRevocation}
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&f); err != nil {
		return policy, codeConfig.Wrap(err, path, configReason(err))
	}
	if f.MinRSABits != 0 {
		policy.MinRSABits = f.MinRSABits
	}
	if f.MinECBits != 0 {
		policy.MinECBits = f.MinECBits
	}
	policy.LegacySHA1, policy.RequireRevocation = f.LegacySHA1, f.RequireRevocation
	return policy, nil
}
