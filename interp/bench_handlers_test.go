package interp

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// What BenchmarkHTTP serves. It is compiled into the benchmark, and read as text
// for the interpreter: some work of the standard library's, and a loop of its own.

func Sum(w http.ResponseWriter, r *http.Request) {
	var list []int
	if err := json.NewDecoder(r.Body).Decode(&list); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	total := 0
	for _, n := range list {
		total += weight(n)
	}
	fmt.Fprintln(w, total)
}

//go:noinline
func weight(n int) int {
	if n%2 == 0 {
		return n
	}
	return -n
}
