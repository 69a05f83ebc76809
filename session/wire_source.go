package session

import (
	"fmt"

	"hotloop/interp"
)

// A save of one function in a script of ten thousand must not carry megabytes
// to the child. Both ends remember the texts that went over the wire last, and
// a source is sent as what differs from them: of each file the length of the
// common beginning and end, and the bytes between. The bytes travel in the
// frame's blob, because a cut may fall inside a character and JSON would
// repair it.

type sourceDelta struct {
	Name    string         `json:"name"`
	Go      string         `json:"go,omitempty"` // language version
	Files   []fileDelta    `json:"files"`
	Imports []packageDelta `json:"imports,omitempty"`
}

type packageDelta struct {
	Path  string      `json:"path"`
	Files []fileDelta `json:"files"`
}

// fileDelta makes a file's text of the text it had before: Prefix bytes of its
// beginning, the next Len bytes of the blob, Suffix bytes of its end. A file
// that is new has neither prefix nor suffix.
type fileDelta struct {
	Name   string `json:"name"`
	Prefix int    `json:"prefix,omitempty"`
	Len    int    `json:"len,omitempty"`
	Suffix int    `json:"suffix,omitempty"`
}

// fileKey tells files of different packages apart; the script's own have no path.
type fileKey struct{ path, name string }

// sourceTexts is what one end of the wire remembers. Its owner calls encode or
// decode once per frame, in the order of the frames.
type sourceTexts map[fileKey]string

// encode gives the delta from what was sent last to src, and remembers src.
func (t *sourceTexts) encode(src interp.Source) (sourceDelta, []byte) {
	next := make(sourceTexts, len(src.Files))
	var blob []byte
	files := func(path string, files []interp.File) []fileDelta {
		deltas := make([]fileDelta, len(files))
		for i, f := range files {
			key := fileKey{path, f.Name}
			next[key] = f.Text
			prefix, suffix := interp.CommonEnds((*t)[key], f.Text)
			middle := f.Text[prefix : len(f.Text)-suffix]
			blob = append(blob, middle...)
			deltas[i] = fileDelta{Name: f.Name, Prefix: prefix, Len: len(middle), Suffix: suffix}
		}
		return deltas
	}
	delta := sourceDelta{Name: src.Name, Go: src.GoVersion, Files: files("", src.Files)}
	for _, pkg := range src.Imports {
		delta.Imports = append(delta.Imports, packageDelta{Path: pkg.Path, Files: files(pkg.Path, pkg.Files)})
	}
	*t = next
	return delta, blob
}

// decode gives the source of a delta and remembers it.
func (t *sourceTexts) decode(delta sourceDelta, blob []byte) (interp.Source, error) {
	next := make(sourceTexts, len(delta.Files))
	files := func(path string, deltas []fileDelta) ([]interp.File, error) {
		files := make([]interp.File, len(deltas))
		for i, d := range deltas {
			key := fileKey{path, d.Name}
			before := (*t)[key]
			if d.Prefix < 0 || d.Suffix < 0 || d.Prefix > len(before)-d.Suffix || d.Len < 0 || d.Len > len(blob) {
				return nil, fmt.Errorf("wire: source of %s does not fit the text before it", d.Name)
			}
			text := before
			if d.Prefix+d.Suffix != len(before) || d.Len > 0 {
				text = before[:d.Prefix] + string(blob[:d.Len]) + before[len(before)-d.Suffix:]
			}
			blob = blob[d.Len:]
			next[key] = text
			files[i] = interp.File{Name: d.Name, Text: text}
		}
		return files, nil
	}
	src := interp.Source{Name: delta.Name, GoVersion: delta.Go}
	var err error
	if src.Files, err = files("", delta.Files); err != nil {
		return interp.Source{}, err
	}
	for _, pkg := range delta.Imports {
		p := interp.SourcePackage{Path: pkg.Path}
		if p.Files, err = files(pkg.Path, pkg.Files); err != nil {
			return interp.Source{}, err
		}
		src.Imports = append(src.Imports, p)
	}
	*t = next
	return src, nil
}
