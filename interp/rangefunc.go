package interp

// shiftCount is the count of a shift whose operand is signed.
func shiftCount(n int) uint {
	if n < 0 {
		panic(runtimeError("runtime error: negative shift amount"))
	}
	return uint(n)
}

// rangeMisuse is what Go panics with when a function that a loop ranges over
// does not keep to the rules, by the state that the loop is in.
var rangeMisuse = [...]runtimeError{
	0: "runtime error: range function continued iteration after function for loop body returned false",
	2: "runtime error: range function continued iteration after loop body panic",
	3: "runtime error: range function continued iteration after whole loop exit",
	4: "runtime error: range function recovered a loop body panic and did not resume panicking",
}
