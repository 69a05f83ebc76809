// Package router is a small web framework without the web: routes with
// parameters, middleware, and pages in a map of functions. Try:
//
//   - Fire "greet gopher", change what hello says, save, fire again. The routes
//     hold function values made at load, and they follow.
//   - Let trace print the status code as well.
//   - Break match with a typo, save, and read where it went wrong, while the
//     old match goes on serving.
package router

import (
	"fmt"
	"strings"
)

// Request is what a client sends.
type Request struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   string `json:"body"`
	User   string `json:"user"`
}

// Response is what it gets.
type Response struct {
	Status int    `json:"status"`
	Body   string `json:"body"`
}

// Page answers a request; params are the ":name" parts of its route.
type Page func(r Request, params map[string]string) Response

// Middleware wraps a page in another.
type Middleware func(next Page) Page

type route struct {
	method  string
	pattern string
	page    Page
}

var (
	routes []route
	served = map[string]int{} // requests by pattern
)

// OnRequest finds the page for a request and runs it.
func OnRequest(r Request) Response {
	for _, rt := range routes {
		if rt.method != r.Method {
			continue
		}
		if params, ok := match(rt.pattern, r.Path); ok {
			served[rt.pattern]++
			return rt.page(r, params)
		}
	}
	return notFound(r)
}

// match compares a path with a pattern, part by part; a part that begins with
// a colon takes whatever stands there.
func match(pattern, path string) (map[string]string, bool) {
	want := strings.Split(strings.Trim(pattern, "/"), "/")
	have := strings.Split(strings.Trim(path, "/"), "/")
	if len(want) != len(have) {
		return nil, false
	}
	params := map[string]string{}
	for i, part := range want {
		switch {
		case strings.HasPrefix(part, ":"):
			params[part[1:]] = have[i]
		case part != have[i]:
			return nil, false
		}
	}
	return params, true
}

func notFound(r Request) Response {
	return Response{Status: 404, Body: fmt.Sprintf("nothing at %s", r.Path)}
}

// Served counts the requests by route.
func Served() map[string]int {
	return served
}

// handle registers a page behind its middleware, the first one outermost.
func handle(method, pattern string, page Page, chain ...Middleware) {
	for i := len(chain) - 1; i >= 0; i-- {
		page = chain[i](page)
	}
	routes = append(routes, route{method, pattern, page})
}
