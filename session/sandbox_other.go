//go:build !linux || (!amd64 && !arm64)

package session

import (
	"errors"
	"runtime"
)

// enterSandbox fails: there is no sandbox on this system.
func enterSandbox() error {
	return errors.New("sandbox: there is none on " + runtime.GOOS + "/" + runtime.GOARCH)
}
