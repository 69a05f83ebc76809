package router

import (
	"fmt"
	"sort"
	"strings"
)

// notes is the database.
var notes = map[string]string{"welcome": "edit me while I run"}

// init registers the routes. A save does not run it again: change a page and it
// is live at once, add a route and reload the script.
func init() {
	handle("GET", "/", home, trace)
	handle("GET", "/hello/:name", hello, trace)
	handle("GET", "/notes/:id", readNote, trace)
	handle("PUT", "/notes/:id", writeNote, trace, members)
	handle("POST", "/calc/:op", calculate, trace)
}

func home(r Request, _ map[string]string) Response {
	var ids []string
	for id := range notes {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return Response{200, "notes: " + strings.Join(ids, ", ")}
}

func hello(r Request, params map[string]string) Response {
	return Response{200, "Hello, " + params["name"] + "!"}
}

func readNote(r Request, params map[string]string) Response {
	text, ok := notes[params["id"]]
	if !ok {
		return notFound(r)
	}
	return Response{200, text}
}

func writeNote(r Request, params map[string]string) Response {
	notes[params["id"]] = r.Body
	return Response{201, fmt.Sprintf("%s wrote %q", r.User, params["id"])}
}

// operations is a map of functions; add "max" to it.
var operations = map[string]func(a, b int) int{
	"add": func(a, b int) int { return a + b },
	"mul": func(a, b int) int { return a * b },
	"sub": func(a, b int) int { return a - b },
}

func calculate(r Request, params map[string]string) Response {
	op, ok := operations[params["op"]]
	if !ok {
		return Response{400, "no operation " + params["op"]}
	}
	var a, b int
	if _, err := fmt.Sscanf(r.Body, "%d %d", &a, &b); err != nil {
		return Response{400, "want two numbers: " + err.Error()}
	}
	return Response{200, fmt.Sprint(op(a, b))}
}

// trace prints each request. The closure it returns was made at load and stays
// what it was; what the closure calls is new after a save.
func trace(next Page) Page {
	return func(r Request, params map[string]string) Response {
		res := next(r, params)
		fmt.Println(line(r, res))
		return res
	}
}

func line(r Request, res Response) string {
	return fmt.Sprintf("%s %s", r.Method, r.Path)
}

// members lets only named users through.
func members(next Page) Page {
	return func(r Request, params map[string]string) Response {
		if !allowed(r) {
			return Response{403, "who are you?"}
		}
		return next(r, params)
	}
}

func allowed(r Request) bool {
	return r.User != ""
}
