package watch

import (
	"path/filepath"
	"strings"
)

// MatchGo reports whether path names a Go source file that a build would
// consider: *.go, no test, and not hidden by a leading dot or underscore.
func MatchGo(path string) bool {
	name := filepath.Base(path)
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") &&
		name[0] != '.' && name[0] != '_'
}

// SkipHidden reports whether a directory of this name is left out by default:
// names that start with a dot or an underscore, testdata, vendor, and
// node_modules, which can use up all watches a system has.
func SkipHidden(name string) bool {
	switch name {
	case "", "testdata", "vendor", "node_modules":
		return true
	}
	return name[0] == '.' || name[0] == '_'
}

// temporary reports whether name is one that editors and tools give to files
// that exist only around a save. Several of them end in .go, and one of them
// (Emacs' lock) is a link that leads nowhere, so no Match may let them in.
func temporary(name string) bool {
	switch {
	case name == "":
		return true
	case strings.HasPrefix(name, ".#"), // Emacs lock
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#"), // Emacs auto-save
		strings.HasSuffix(name, "~"),                                 // backups of Vim, Emacs, Kate, gedit; Vim undo
		strings.HasPrefix(name, ".goutputstream-"),                   // GLib
		strings.HasPrefix(name, ".nfs"),                              // open file removed on NFS
		strings.HasPrefix(name, ".fuse_hidden"),                      // the same on FUSE
		strings.HasPrefix(name, "flycheck_"),                         // Emacs Flycheck's copy
		strings.HasSuffix(name, "_flymake.go"),                       // Emacs Flymake's copy
		strings.HasSuffix(name, ".kate-swp"):                         // Kate
		return true
	case strings.Contains(name, "___jb_"): // JetBrains: ___jb_tmp___, ___jb_old___, ___jb_bak___
		return true
	case vimSwap(name), vimProbe(name), sedTemp(name), gofmtBackup(name):
		return true
	}
	switch filepath.Ext(name) {
	case ".tmp", ".TMP", ".temp", ".bak", ".orig", ".rej":
		return true
	}
	return false
}

// vimSwap reports names like .a.go.swp, .a.go.swo, .a.go.svz.
func vimSwap(name string) bool {
	ext := filepath.Ext(name)
	return name[0] == '.' && len(ext) == 4 && ext[1] == 's' &&
		(ext[2] == 'w' || ext[2] == 'v') && 'a' <= ext[3] && ext[3] <= 'z'
}

// vimProbe reports the number Vim creates to see whether it may write to a
// directory: 4913, and every 123 above it while that name is taken.
func vimProbe(name string) bool { return len(name) >= 4 && allOf(name, isDigit) }

// sedTemp reports what sed -i writes before it renames: sed and six letters or
// digits.
func sedTemp(name string) bool {
	rest, ok := strings.CutPrefix(name, "sed")
	return ok && len(rest) == 6 && allOf(rest, isAlnum)
}

// gofmtBackup reports what gofmt -w keeps while it writes in place: a.go.12345.
func gofmtBackup(name string) bool {
	ext := filepath.Ext(name)
	return len(ext) > 1 && allOf(ext[1:], isDigit) &&
		filepath.Ext(strings.TrimSuffix(name, ext)) == ".go"
}

func allOf(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlnum(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
