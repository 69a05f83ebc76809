package interp

import (
	"go/token"
	"go/version"
)

// version is the language version that a package is checked as.
func (p *program) version(pk *pkg) string {
	if pk.std || p.src.GoVersion == "" {
		return ""
	}
	return "go" + p.src.GoVersion
}

// sharedLoops finds out which files are of a language in which the variables of
// a loop belong to all of its iterations; nil when none is.
func (p *program) sharedLoops() func(token.Pos) bool {
	type span struct{ from, to token.Pos }
	var old []span
	for f, v := range p.info.FileVersions {
		if v != "" && version.Compare(v, "go1.22") < 0 {
			old = append(old, span{f.FileStart, f.FileEnd})
		}
	}
	if old == nil {
		return nil
	}
	return func(pos token.Pos) bool {
		for _, s := range old {
			if s.from <= pos && pos <= s.to {
				return true
			}
		}
		return false
	}
}
