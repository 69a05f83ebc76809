package interp

import "strings"

// nearestName returns the candidate that was probably meant by a misspelt
// name, "" when none is close. Differences of case count least; more than a
// third of the name different is another name.
func nearestName(want string, candidates []string) string {
	limit := max(1, len(want)/3)
	if len(want) < 3 {
		limit = 0 // any short name is close to any other
	}
	best, bestCost := "", limit+1
	lower := strings.ToLower(want)
	for _, c := range candidates {
		if c == want || c == "" || c == "_" {
			continue
		}
		cost := editDistance(lower, strings.ToLower(c), bestCost)
		if cost < bestCost || cost == bestCost && best != "" && c < best {
			best, bestCost = c, cost
		}
	}
	return best
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b. It gives up, with limit+1, once it is sure
// that the count is above limit.
func editDistance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		low := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
			low = min(low, cur[j])
		}
		if low > limit {
			return limit + 1
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
