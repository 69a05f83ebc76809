// Package routes is what the web sample serves: /hello is Hello, and so on.
package routes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"

	"web/site"
)

var visits atomic.Int64

// Hello greets whoever the query names.
func Hello(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	if name == "" {
		name = "you"
	}
	fmt.Fprintf(w, "hello %s, number %d at %s\n", name, visits.Add(1), site.Name)
}

// Sum adds the numbers of a JSON list.
func Sum(w http.ResponseWriter, r *http.Request) {
	var list []int
	if err := json.NewDecoder(r.Body).Decode(&list); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	total := 0
	for _, n := range list {
		total += n
	}
	fmt.Fprintln(w, total)
}
