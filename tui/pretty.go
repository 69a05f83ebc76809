package tui

import "strings"

// prettyGo lays out a value written in one line of Go-like syntax so that no
// line is longer than w where it can be helped: what is between brackets goes
// on lines of its own, a level further in. A value that fits stays one line.
func prettyGo(s string, w int) []string {
	if width(s) <= w || strings.ContainsAny(s, "\n\r") {
		return []string{s}
	}
	var out []string
	prettyInto(&out, s, "", w)
	return out
}

// prettyInto appends the lines of s, which begin with indent.
func prettyInto(out *[]string, s, indent string, w int) {
	open, shut := outerBrackets(s)
	if width(indent)+width(s) <= w || open < 0 {
		*out = append(*out, indent+s)
		return
	}
	*out = append(*out, indent+s[:open+1])
	for _, part := range splitParts(s[open+1 : shut]) {
		prettyInto(out, part, indent+"  ", w)
	}
	*out = append(*out, indent+s[shut:])
}

// outerBrackets finds the braces, or else the parentheses, that hold the parts
// of a value and end it but for a comma; -1 where there are none.
func outerBrackets(s string) (open, shut int) {
	end := len(strings.TrimSuffix(s, ","))
	if end == 0 || s[end-1] != '}' && s[end-1] != ')' {
		return -1, -1
	}
	depth := 0
	open = -1
	for i := 0; i < end; i++ {
		switch s[i] {
		case '"', '`', '\'':
			i = quoteEnd(s, i)
		case '{', '(':
			if depth == 0 {
				open = i
			}
			depth++
		case '}', ')':
			depth--
		}
	}
	if depth != 0 || open+1 >= end-1 {
		return -1, -1
	}
	return open, end - 1
}

// quoteEnd gives the last byte of the quoted text that begins at s[i].
func quoteEnd(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch {
		case s[j] == '\\' && s[i] != '`':
			j++
		case s[j] == s[i]:
			return j
		}
	}
	return len(s) - 1
}

// splitParts cuts at the commas that are in no brackets; each part keeps its
// comma.
func splitParts(s string) []string {
	var parts []string
	depth, from := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"', '`', '\'':
			i = quoteEnd(s, i)
		case '{', '(', '[':
			depth++
		case '}', ')', ']':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, strings.TrimSpace(s[from:i+1]))
				from = i + 1
			}
		}
	}
	if rest := strings.TrimSpace(s[from:]); rest != "" {
		parts = append(parts, rest)
	}
	return parts
}
