// Package interp turns the source of a script into live code and keeps it live
// while the source changes. It is the only place that drives the interpreter.
//
// # Vocabulary
//
//   - A [Source] is everything one script is made of at one moment, as text.
//   - A program is a source that was parsed and type-checked against the very
//     symbols the interpreter offers (check.go, importer*.go).
//   - A unit is one top-level declaration of a program. Its shape says how it
//     reads, its meaning also what the constants and types in it lead to
//     (unit.go, fingerprint.go).
//   - A plan says what goes from one program to the next: plain data, made
//     without touching the interpreter (plan.go).
//   - An emission is one compile unit for the interpreter: the whole program at
//     load, the changed units in a patch. It works on demand, so that whatever
//     emitted code mentions is there (emit.go, assemble.go). How declarations
//     are rewritten is the business of package lower.
//   - A generation numbers the emissions of one script; positions of the
//     interpreter carry it in the file name (position.go).
//   - The entry point of a function is where all calls of it come in, from code
//     compiled whenever. It goes on in the newest version (bodies.go). A version
//     is settled when calls make the frames that it needs (settle.go).
//   - A dynamic type is what a value in an interface says it is; there is one for
//     each type of the script's that gets into an interface (dynamic.go), with a
//     table of its methods that emitted code fills (emit_dynamic.go, retable.go).
//   - A box is a value in an interface together with its dynamic type. What the
//     interpreter represents exactly needs none (box.go).
//   - A wrapper is what compiled code gets of a box as one of its own interfaces
//     (wrap.go).
//   - A [Live] script is a program in a running interpreter.
//
// # From a save to live code
//
//	Source ── check ──► program ── makePlan ──► plan
//	             │                               │
//	        diagnostics                 reload? ─┴─ patch
//	       (nothing changes)                        │
//	                                lower, assemble, compile     (may still fail)
//	                                                │
//	                    gate shut: new versions live, initializers
//	                                                │
//	                                        gate open, report
//
// Most saves change few functions. Then the program is made from the one before:
// what changed is found by comparing texts, and only that and what mentions it
// is parsed and checked, in the scopes that are there (recheck*.go); the rest
// moves with the lines above it (place.go). What comes back for a save tells
// what is other than before (outcome.go, unitrun.go).
//
// Everything up to compile leaves the running script alone, and new code is
// always compiled under names that were never used, because the interpreter
// keeps the old meaning of a name, or breaks it, when it is declared again. A
// version of a function is a function of its own too; it becomes live by one
// write, and is garbage when the next one has replaced it and no call, closure
// or goroutine is in it any more.
//
// # Interfaces
//
// The interpreter's own interface values depend on where a value came from, and
// lose what it is. It has none: by the types that go/types knows, lowering
// writes out every conversion to an interface, every assertion and every call
// through one, and they go through functions of the host. Compiled code gets a
// box where it takes any; it prints and encodes itself as compiled Go would the
// value (box_print.go, box_json.go). What looks at values by reflection gets
// the value without its box; package lower has the list (boundary.go).
//
// What changes in more than its body is declared anew under another name, and
// what mentions it is compiled again (rebase.go). Values that package variables
// lead to are carried over to the new types before the new code is published
// (carry*.go), with the script's goroutines held meanwhile (hold.go).
//
// # Calls
//
// A call runs on a goroutine that it has to itself (call.go). It passes
// the gate, so that one that starts after a patch was reported runs only new
// code; calls that are still in flight after a short grace finish in the code
// they started in; which calls, goroutines and closures these are is read off
// stacks and values (oldcode.go, stacks.go, holders.go, node.go). Every loop and
// every function that calls others looks at one variable; while it is up, the
// goroutine asks whether it is to end (stop.go). What the script prints belongs
// to the call whose goroutine printed it (host_output.go). Panics on other
// goroutines are contained and told as a [Notice].
//
// A trial (trial.go) is a call that is made to see what it does. It runs while
// the gate is shut, between a checkpoint of all that package variables lead to
// and its restoring in place (checkpoint*.go). A script that is loaded to repeat
// something has a virtual time, and always a seed for its random numbers
// (repeat*.go, clock*.go); chance.go tells what cannot be repeated all the same.
//
// # Locks
//
// Live.mu serialises everything that compiles and guards the program and its
// names. Live.tables guards what running scripts register and look up, and is
// never held while the script runs. gate and stopper have locks of their own.
// None of these is held while a hook of [Options] is called.
package interp
