package interp

import (
	"errors"
	"flag"
	"fmt"
	"reflect"
)

// initFlags gives the script a command line of its own, with no arguments.
func (h *host) initFlags() {
	h.commandLine = flag.NewFlagSet(h.name, flag.ContinueOnError)
	h.commandLine.SetOutput(h.stderr())
	h.usage = func() {
		fmt.Fprintf(h.commandLine.Output(), "Usage of %s:\n", h.name)
		h.commandLine.PrintDefaults()
	}
	h.commandLine.Usage = func() { h.usage() }
}

// flagSymbols makes the top-level functions of package flag act on the
// script's flag.CommandLine; the standard ones would parse, and exit for, the
// arguments of the process.
func (h *host) flagSymbols(syms symbolMap) symbolMap {
	out := forwarded(syms, reflect.TypeFor[*flag.FlagSet](), func() reflect.Value { return reflect.ValueOf(h.commandLine) })
	out["CommandLine"] = reflect.ValueOf(&h.commandLine).Elem()
	out["Usage"] = reflect.ValueOf(&h.usage).Elem()
	out["Parse"] = reflect.ValueOf(func() {
		err := h.commandLine.Parse(h.osArgs[min(1, len(h.osArgs)):])
		switch {
		case errors.Is(err, flag.ErrHelp):
			h.exitScript(0)
		case err != nil:
			h.exitScript(2)
		}
	})
	return out
}
