package watch

import "testing"

func TestTemporary(t *testing.T) {
	for name, want := range map[string]bool{
		// Emacs
		".#a.go": true, "#a.go#": true, "a.go~": true, "a.go.~1~": true,
		"flycheck_a.go": true, "a_flymake.go": true,
		// Vim
		".a.go.swp": true, ".a.go.swo": true, ".a.go.svz": true, "4913": true, "5036": true,
		".a.go.un~": true, ".swp": true,
		// JetBrains, Kate, GLib
		"a.go___jb_tmp___": true, "a.go___jb_old___": true, "a.go___jb_bak___": true,
		".a.go.kate-swp": true, ".goutputstream-A1B2C3": true,
		// tools
		"sedAb12Cd": true, "a.go.3049683472": true, "a.go.tmp": true, "a.go.orig": true,
		"a.go.rej": true, "a.go.bak": true, ".nfs000012": true, ".fuse_hidden0001": true, "": true,
		// what a person may well have
		"a.go": false, "go.mod": false, "events.jsonl": false, "sed.go": false, "sedation": false,
		"a#.go": false, "4913.go": false, "tmp.go": false, "a.v1.go": false, "a.2": false,
		"jb_tmp.go": false, "backup.go": false, "swp.go": false, "12": false, ".env": false,
		"flymake.go": false, "flycheck.go": false, "über.go": false,
	} {
		if got := temporary(name); got != want {
			t.Errorf("temporary(%q) is %v", name, got)
		}
	}
}

func TestMatchGo(t *testing.T) {
	for path, want := range map[string]bool{
		"a.go": true, "x/y/a.go": true, "_d/.d/a.go": true, "test.go": true,
		"a_test.go": false, ".a.go": false, "_a.go": false, "x/_a.go": false, "a.gox": false, "go": false, ".go": false,
	} {
		if got := MatchGo(path); got != want {
			t.Errorf("MatchGo(%q) is %v", path, got)
		}
	}
}

func TestSkipHidden(t *testing.T) {
	for name, want := range map[string]bool{
		".git": true, "_old": true, "testdata": true, "vendor": true, "node_modules": true, "": true,
		"a": false, "a.b": false, "vendored": false, "testdata2": false, "x_y": false,
	} {
		if got := SkipHidden(name); got != want {
			t.Errorf("SkipHidden(%q) is %v", name, got)
		}
	}
}

func TestUnder(t *testing.T) {
	for _, test := range []struct {
		path, dir string
		want      bool
	}{
		{"a/b", "a", true}, {"a", "a", true}, {"ab", "a", false}, {"a", "a/b", false},
		{"a/b", ".", true}, {"..", ".", false}, {"../a", ".", false}, {"..a", ".", true}, {"/a", ".", false},
		{"/a", "/", true}, {"/a/b", "/a", true}, {"../a/b", "../a", true}, {"../a", "..", true},
	} {
		if got := under(test.path, test.dir); got != test.want {
			t.Errorf("under(%q, %q) is %v", test.path, test.dir, got)
		}
	}
}
