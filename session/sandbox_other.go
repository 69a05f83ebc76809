//go:build !linux || (!amd64 && !arm64)

package session

import (
	"errors"
	"runtime"
)

// HasSandbox tells whether scripts can be put into a sandbox on this system.
const HasSandbox = false

// enterSandbox fails: there is no sandbox on this system.
func enterSandbox() error {
	return errors.New("sandbox: there is none on " + runtime.GOOS + "/" + runtime.GOARCH)
}
