package interp

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// operands makes what a script prints operands of a printing function.
func operands(a []any) []any {
	for _, x := range a {
		if _, ok := x.(box); ok {
			return each(a, top)
		}
	}
	return a
}

// formatted does it for a function with a format. The verbs %T and %p, which no
// operand has a say in, are given the text of a box instead.
func formatted(format string, a []any) (string, []any) {
	ops := operands(a)
	if len(ops) == 0 || &ops[0] == &a[0] || !strings.ContainsAny(format, "Tp") {
		return format, ops
	}
	return spellVerbs(format, ops)
}

// spellVerbs writes out which operand each verb takes, and gives %T and %p of a
// box operands of their own, behind the others.
func spellVerbs(format string, a []any) (string, []any) {
	var b strings.Builder
	out, arg := a, 0
	for i := 0; i < len(format); {
		start := i
		if format[i] != '%' {
			for i < len(format) && format[i] != '%' {
				i++
			}
			b.WriteString(format[start:i])
			continue
		}
		b.WriteByte('%')
		i++
		for i < len(format) && strings.IndexByte("#0+- ", format[i]) >= 0 {
			b.WriteByte(format[i])
			i++
		}
		number := func() { // of a width or precision
			i, arg = index(format, i, arg)
			if i < len(format) && format[i] == '*' {
				fmt.Fprintf(&b, "[%d]*", arg+1)
				arg++
				i++
				return
			}
			for i < len(format) && format[i] >= '0' && format[i] <= '9' {
				b.WriteByte(format[i])
				i++
			}
		}
		number()
		if i < len(format) && format[i] == '.' {
			b.WriteByte('.')
			i++
			number()
		}
		i, arg = index(format, i, arg)
		if i >= len(format) {
			break
		}
		verb, size := utf8.DecodeRuneInString(format[i:])
		i += size
		if verb == '%' {
			b.WriteByte('%')
			continue
		}
		at := arg
		arg++
		if at >= 0 && at < len(a) && (verb == 'T' || verb == 'p') {
			if w, ok := a[at].(wrapped); ok {
				x := w.unwrapped()
				out = append(out[:len(out):len(out)], any(goTypeName(x.t.goType())))
				verb = 's'
				if x := a[at].(wrapped).unwrapped(); format[i-size] == 'p' {
					out[len(out)-1], verb = x.v, 'p'
				}
				at = len(out) - 1
			}
		}
		fmt.Fprintf(&b, "[%d]%c", at+1, verb)
	}
	return b.String(), out
}

// index reads an explicit operand index such as [2].
func index(format string, i, arg int) (int, int) {
	if i >= len(format) || format[i] != '[' {
		return i, arg
	}
	end := strings.IndexByte(format[i:], ']')
	if end < 0 {
		return i, arg
	}
	n, err := strconv.Atoi(format[i+1 : i+end])
	if err != nil {
		return i, arg
	}
	return i + end + 1, n - 1
}
