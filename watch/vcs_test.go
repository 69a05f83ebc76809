package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestRepoAbove(t *testing.T) {
	dir := t.TempDir()
	in := func(path string) string { return filepath.Join(dir, path) }
	write(t, in("git/.git/HEAD"), "")
	write(t, in("git/deep/er/a.go"), "")
	write(t, in("hg/.hg/dirstate"), "")
	write(t, in("abs/.git"), "gitdir: "+in("elsewhere")+"\n")
	write(t, in("rel/.git"), "gitdir: ../git/.git/worktrees/rel\n")
	write(t, in("git/bad/.git"), "what is this\n")
	for path, want := range map[string]repo{
		"git":         {in("git/.git/index.lock"), in("git/.git/index")},
		"git/deep/er": {in("git/.git/index.lock"), in("git/.git/index")},
		"git/bad":     {in("git/.git/index.lock"), in("git/.git/index")},
		"hg":          {in("hg/.hg/wlock"), in("hg/.hg/dirstate")},
		"abs":         {in("elsewhere/index.lock"), in("elsewhere/index")},
		"rel":         {in("git/.git/worktrees/rel/index.lock"), in("git/.git/worktrees/rel/index")},
	} {
		if got, ok := repoAbove(in(path)); !ok || got != want {
			t.Errorf("%s: %v %v", path, got, ok)
		}
	}
}

func TestLockedEnded(t *testing.T) {
	dir := t.TempDir()
	r := repo{filepath.Join(dir, "lock"), filepath.Join(dir, "index")}
	repos := []repo{{filepath.Join(dir, "none"), filepath.Join(dir, "none")}, r}
	now := time.Now()
	aged := func(path string, age time.Duration) {
		write(t, path, "")
		if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if locked(repos, now) || ended(repos, now) {
		t.Error("locked or ended without a lock and an index")
	}
	for _, test := range []struct {
		age, calm time.Duration // of the lock, of the files
		want      bool
	}{
		{0, time.Hour, true},
		{lockFresh + time.Second, time.Hour, false},
		{lockFresh + time.Second, -time.Hour, true}, // a file changes still
		{lockActive + time.Second, -time.Hour, false},
	} {
		aged(r.lock, test.age)
		if got := locked(repos, now.Add(-test.calm)); got != test.want {
			t.Errorf("lock of age %v, files calm for %v: locked is %v", test.age, test.calm, got)
		}
	}
	aged(r.index, time.Minute)
	if ended(repos, now) || !ended(repos, now.Add(-2*time.Minute)) {
		t.Error("an index written a minute ago ended a command of now, or not one of two minutes ago")
	}
}
