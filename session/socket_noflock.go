//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package session

import "os"

// tryLock always succeeds here: whether a session lives is told by whether its
// socket answers.
func tryLock(*os.File) (bool, error) { return true, nil }

// private trusts the rights of the directory it is in.
func private(os.FileInfo) bool { return true }
