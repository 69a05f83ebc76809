//go:build !linux

package watch

import (
	"io/fs"
	"os"
	"time"
)

// writerOf would tell whether some process has f open for writing.
func writerOf(*os.File) writer { return writerUnknown }

// pause sleeps for d.
func pause(d time.Duration) { time.Sleep(d) }

// identity would tell one file of the same name, size and times from another.
func identity(fs.FileInfo) (inode uint64, changed int64) { return 0, 0 }

// remote would report whether changes below dir may give no events.
func remote(string) bool { return false }
