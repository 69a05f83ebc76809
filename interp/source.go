package interp

import (
	"maps"
	"time"
)

// File is one source file as text. Name is the path by which it is shown in
// diagnostics and traces; it need not exist on disk.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Source is everything one script is made of at one moment. It is plain text:
// interp reads no files. Files are sorted by name, all of one package.
// Imports are the packages of the script's own module (or vendored ones) that
// it uses, directly or not, each after those it imports itself.
type Source struct {
	Name string `json:"name"`
	// GoVersion is the language version that the sources are written in, as a
	// go.mod has it ("1.22"); empty for the version this program is built with.
	GoVersion string          `json:"goVersion,omitempty"`
	Files     []File          `json:"files"`
	Imports   []SourcePackage `json:"imports,omitempty"`
}

// SourcePackage is an imported package that comes as source.
type SourcePackage struct {
	Path  string `json:"path"` // import path
	Files []File `json:"files"`
}

// UnitVersion is what is remembered of a unit across reloads and restarts:
// equal fingerprints mean equal meaning, so the version stays.
type UnitVersion struct {
	Fingerprint string `json:"fingerprint"`
	Version     int    `json:"version"`
}

// Baseline maps unit keys to the versions a fresh load continues from. Units
// it does not name start at version 1.
type Baseline map[string]UnitVersion

// Update takes over what an outcome tells of versions.
func (b Baseline) Update(versions Baseline, gone []string) {
	maps.Copy(b, versions)
	for _, key := range gone {
		delete(b, key)
	}
}

// Outcome is what Load and Apply return beside an error.
type Outcome struct {
	Report Report `json:"report"`
	// NeedsReload is set by Apply when the edit cannot be patched soundly:
	// nothing was changed, Report.Reasons says why, and Report.Units and
	// Report.Vars say what a reload of this source would change and start over.
	NeedsReload bool `json:"needsReload,omitempty"`
	// Units tells the units of the script as it is now (after a refusal: as it
	// was before), by the list of the outcome before; after a load it is whole.
	Units []UnitRun `json:"units"`
	// Versions are those that are new or other than they were in the outcome
	// before, after a load all; Gone are the keys of units that have none now.
	Versions Baseline `json:"versions"`
	Gone     []string `json:"gone,omitempty"`
}

// CallRequest asks for one call of a handler. Data is JSON, empty for no data.
// Timeout 0 means none.
type CallRequest struct {
	ID       int64         `json:"id"` // chosen by the caller, to stop this very call
	Function string        `json:"function"`
	Data     []byte        `json:"data,omitempty"`
	Timeout  time.Duration `json:"timeout,omitempty"`
	At       time.Time     `json:"at,omitzero"` // what the time is, for a script whose time is virtual
}

// Notice is something a live script does of its own accord, outside any reply.
type Notice struct {
	// Output outside a call: Stream is "stdout" or "stderr", Text what was written.
	Stream string `json:"stream,omitempty"`
	Text   string `json:"text,omitempty"`
	// Panic in a goroutine or timer of the script; it was contained and the
	// script goes on. Nil otherwise.
	Panic *CallError `json:"panic,omitempty"`
}
