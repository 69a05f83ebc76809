// Package generics is the generic part of the standard library as source, for
// scripts to instantiate: compiled code has no instances for a script's types.
//
// The packages below src are written for the interpreter, short and plain, and
// keep to what the documentation of the standard library says. They are
// ordinary Go packages all the same, which tests compare with the originals. A
// source that imports the package it stands for means its compiled part.
package generics

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed src
var files embed.FS

// File is one source file.
type File struct{ Name, Text string }

// sources are the packages by import path.
var sources = sync.OnceValue(func() map[string][]File {
	out := map[string][]File{}
	var walk func(dir string)
	walk = func(dir string) {
		list, _ := files.ReadDir(dir)
		for _, e := range list {
			name := path.Join(dir, e.Name())
			if e.IsDir() {
				walk(name)
				continue
			}
			text, _ := files.ReadFile(name)
			pkg := strings.TrimPrefix(dir, "src/")
			out[pkg] = append(out[pkg], File{path.Join(pkg, e.Name()), string(text)})
		}
	}
	walk("src")
	return out
})

// Has tells whether a package has a generic part.
func Has(importPath string) bool { return sources()[importPath] != nil }

// Files gives the source files of a package's generic part.
func Files(importPath string) []File { return sources()[importPath] }

// Paths lists the packages with a generic part.
func Paths() []string {
	var out []string
	for p := range sources() {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}
