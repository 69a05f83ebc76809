package interp

import (
	"bufio"
	"cmp"
	"io"
	"io/fs"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Compiled code asks what it got for more than it asked for: io.Copy for
// WriteTo, http.NewRequest for Close, fs.ReadDir for ReadDir. So a box is wrapped
// in what has the most of its methods, among the wrappers of packages where that
// is done, and those here, which have methods that go together in no interface
// of the standard library.

// wrapperKey is what the choice of a wrapper depends on.
type wrapperKey struct {
	methods *methodTable
	it      reflect.Type
}

// wrapperFor chooses the wrapper of a box as an interface.
func (d *dynTypes) wrapperFor(b box, it reflect.Type) reflect.Type {
	key := wrapperKey{b.t.methods.Load(), it}
	if wt, ok := d.chosen.Load(key); ok {
		return wt.(reflect.Type)
	}
	best := d.wrapperType(it)
	for _, wt := range richWrappers() {
		if len(wrapperFuncs(wt)) > len(wrapperFuncs(best)) && reflect.PointerTo(wt).Implements(it) && b.fills(wt) {
			best = wt
		}
	}
	wrapperPointers.Store(reflect.PointerTo(best), true)
	d.chosen.Store(key, best)
	return best
}

// fills tells whether a box has all methods of a wrapper.
func (b box) fills(wt reflect.Type) bool {
	for _, f := range wrapperFuncs(wt) {
		fn, ok := b.t.method(strings.TrimPrefix(f.Name, "W"))
		if !ok || withoutFirst(fn.Type()) != f.Type {
			return false
		}
	}
	return true
}

// wrapperFuncs are the fields of a wrapper for its methods.
func wrapperFuncs(wt reflect.Type) (list []reflect.StructField) {
	for _, f := range reflect.VisibleFields(wt) {
		if f.Type.Kind() == reflect.Func && f.Name[0] == 'W' {
			list = append(list, f)
		}
	}
	return list
}

// richWrappers are the wrappers to choose among, those with most methods last.
var richWrappers = sync.OnceValue(func() []reflect.Type {
	var list []reflect.Type
	for _, path := range []string{"io", "io/fs", "mime/multipart", "net", "net/http"} {
		syms, _, _ := symbols().symbolsOf(path)
		for _, name := range sortedKeys(syms) {
			if v := syms[name]; name[0] == '_' && v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct {
				list = append(list, v.Type().Elem())
			}
		}
	}
	list = append(list,
		reflect.TypeFor[readerTo](), reflect.TypeFor[readerToCloser](), reflect.TypeFor[byteReader](),
		reflect.TypeFor[stringWriter](), reflect.TypeFor[writerFrom](), reflect.TypeFor[stringWriteCloser](), reflect.TypeFor[buffer](),
		reflect.TypeFor[flushing](), reflect.TypeFor[unwrapping](), reflect.TypeFor[flushingUnwrapping](), reflect.TypeFor[hijacking](),
		reflect.TypeFor[readingDirs](), reflect.TypeFor[readingDirsStat](), reflect.TypeFor[readingAll]())
	slices.SortStableFunc(list, func(a, b reflect.Type) int { return cmp.Compare(len(wrapperFuncs(a)), len(wrapperFuncs(b))) })
	return list
})

type (
	readerTo struct {
		IValue any
		DoRead
		DoWriteTo
	}
	readerToCloser struct {
		IValue any
		DoRead
		DoWriteTo
		DoClose
	}
	byteReader struct {
		IValue any
		DoRead
		DoReadByte
	}
	stringWriter struct {
		IValue any
		DoWrite
		DoWriteString
	}
	writerFrom struct {
		IValue any
		DoWrite
		DoReadFrom
	}
	stringWriteCloser struct {
		IValue any
		DoWrite
		DoWriteString
		DoClose
	}
	buffer struct { // what embeds a bytes.Buffer
		IValue any
		DoRead
		DoReadByte
		DoWrite
		DoWriteString
		DoReadFrom
		DoWriteTo
	}
	flushing struct {
		IValue any
		DoRespond
		DoFlush
	}
	unwrapping struct {
		IValue any
		DoRespond
		DoUnwrap
	}
	flushingUnwrapping struct {
		IValue any
		DoRespond
		DoFlush
		DoUnwrap
	}
	hijacking struct {
		IValue any
		DoRespond
		DoFlush
		DoHijack
	}
	readingDirs struct {
		IValue any
		DoOpen
		DoReadDir
		DoReadFile
	}
	readingDirsStat struct {
		IValue any
		DoOpen
		DoReadDir
		DoStat
	}
	readingAll struct {
		IValue any
		DoOpen
		DoReadDir
		DoReadFile
		DoStat
	}
)

// The methods of which these are made.
type (
	DoRead    struct{ WRead func([]byte) (int, error) }
	DoWriteTo struct {
		WWriteTo func(io.Writer) (int64, error)
	}
	DoClose       struct{ WClose func() error }
	DoReadByte    struct{ WReadByte func() (byte, error) }
	DoWrite       struct{ WWrite func([]byte) (int, error) }
	DoWriteString struct{ WWriteString func(string) (int, error) }
	DoReadFrom    struct {
		WReadFrom func(io.Reader) (int64, error)
	}
	DoRespond struct {
		WHeader      func() http.Header
		WWrite       func([]byte) (int, error)
		WWriteHeader func(int)
	}
	DoFlush  struct{ WFlush func() }
	DoUnwrap struct{ WUnwrap func() http.ResponseWriter }
	DoHijack struct {
		WHijack func() (net.Conn, *bufio.ReadWriter, error)
	}
	DoOpen    struct{ WOpen func(string) (fs.File, error) }
	DoReadDir struct {
		WReadDir func(string) ([]fs.DirEntry, error)
	}
	DoReadFile struct{ WReadFile func(string) ([]byte, error) }
	DoStat     struct {
		WStat func(string) (fs.FileInfo, error)
	}
)

func (w DoRead) Read(p []byte) (int, error)                     { return w.WRead(p) }
func (w DoWriteTo) WriteTo(to io.Writer) (int64, error)         { return w.WWriteTo(to) }
func (w DoClose) Close() error                                  { return w.WClose() }
func (w DoReadByte) ReadByte() (byte, error)                    { return w.WReadByte() }
func (w DoWrite) Write(p []byte) (int, error)                   { return w.WWrite(p) }
func (w DoWriteString) WriteString(s string) (int, error)       { return w.WWriteString(s) }
func (w DoReadFrom) ReadFrom(r io.Reader) (int64, error)        { return w.WReadFrom(r) }
func (w DoRespond) Header() http.Header                         { return w.WHeader() }
func (w DoRespond) Write(p []byte) (int, error)                 { return w.WWrite(p) }
func (w DoRespond) WriteHeader(code int)                        { w.WWriteHeader(code) }
func (w DoFlush) Flush()                                        { w.WFlush() }
func (w DoUnwrap) Unwrap() http.ResponseWriter                  { return w.WUnwrap() }
func (w DoHijack) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.WHijack() }
func (w DoOpen) Open(name string) (fs.File, error)              { return w.WOpen(name) }
func (w DoReadDir) ReadDir(name string) ([]fs.DirEntry, error)  { return w.WReadDir(name) }
func (w DoReadFile) ReadFile(name string) ([]byte, error)       { return w.WReadFile(name) }
func (w DoStat) Stat(name string) (fs.FileInfo, error)          { return w.WStat(name) }
