// Package lower turns type-checked Go into the plain subset of Go that the
// interpreter runs right, and gives every function a shape that lets it be
// replaced while it is in use.
//
// It works on syntax trees: in goes a declaration with its type information,
// out comes a new tree that mentions emitted names. The input is never changed,
// so that one declaration can be lowered many times (once per type argument
// list, once per version). There is no second type check: each rule looks only
// at the original, typed node and builds its result from the lowered children.
//
// # Vocabulary
//
//   - A unit's emitted name is what the interpreter knows it by. [Names] hands
//     them out; whoever drives this package decides when a name is new.
//   - A hot function is one that can be replaced: each is. See [Hot].
//   - A method becomes a hot function with the receiver as first parameter; the
//     interpreter never hears of methods. Calls whose target is known go to the
//     function directly, others through a dispatcher, which looks the method up
//     in the table of the value's dynamic type. What stands in the table is an
//     entry, see [Lowerer.Entry].
//   - To adapt a value is to convert it to the interface type that it is
//     assigned to (iface.go).
//   - A generic function or type is emitted once per list of type arguments.
//   - Constants are folded to literals, so that no constant is ever emitted.
//   - Imported source packages live in the same name space as the script
//     itself, under names of their own.
//
// # Order of the rules
//
// One walk applies all rules, outermost node first. Where several touch one
// node they apply in this order:
//
//  1. constants become literals (const.go), types are written anew (types.go,
//     subst.go, localtype.go), types declared inside functions leave them;
//  2. calls and builtins (call.go, builtin.go), method selection (selector.go),
//     shifts (shift.go), literals and closures (composite.go, closure.go), other
//     expressions (expr.go);
//  3. conversions to interfaces and what is done with these (iface.go,
//     compare.go, assertion.go, dispatch.go, boundary.go, lost.go): wherever a
//     value goes to something of another type, so last of what happens to an
//     expression;
//  4. statements (stmt.go, declare.go): assignments in Go's order of evaluation
//     (assign.go, place.go, several.go, results.go), loops (loops.go,
//     rangeother.go, rangestring.go, rangefunc.go, rangesorted.go) with their
//     variables (capture.go), switches (switch.go), what may wait (wait.go,
//     select.go), go and defer (godefer.go, defers.go);
//  5. the function around them (funcs.go).
//
// Each file says what the interpreter does by itself that makes the rule
// necessary.
//
// # Positions
//
// Every node gets a position in the emitted file that stands for the same line
// and column of the source, by [Lowerer.Map]. Nodes that no person wrote (shells,
// entries of method tables) get [Lowerer.Hidden], so that a trace can leave
// their frames out.
package lower
