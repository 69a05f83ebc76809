package session

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"github.com/muesli/cancelreader"
)

// maxTyped is how long a line of input may be.
const maxTyped = 1 << 20

// ReadLines gives the lines of in, one after the other, until in or ctx ends or
// the function returns false. A read of a terminal, a pipe or a socket that
// waits is broken off when ctx ends, and takes nothing away from who reads next.
func ReadLines(ctx context.Context, in io.Reader, line func(string) bool) error {
	if f, ok := in.(*os.File); ok && waits(f) {
		// Where the system cannot break off a read the file is read as it is.
		if r, err := cancelreader.NewReader(f); err == nil {
			defer r.Close()
			stop := context.AfterFunc(ctx, func() { r.Cancel() })
			defer stop()
			in = r
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxTyped)
	for ctx.Err() == nil && lines.Scan() {
		if ctx.Err() != nil || !line(lines.Text()) {
			return nil
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, cancelreader.ErrCanceled) {
		return err
	}
	return nil
}

// waits says whether a read of a file may have to wait. Those that never do
// cannot be waited for either.
func waits(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}
