package middleware

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseRequest(t *testing.T) {
	r, err := ParseRequest(`POST /a?b=c -H 'Accept: text/plain' -H X-A:1 {"name": "it's"}`)
	want := Request{"POST", "/a?b=c", map[string]string{"Accept": "text/plain", "X-A": "1"}, `{"name": "it's"}`}
	if err != nil || !reflect.DeepEqual(r, want) {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := ParseRequest("/a"); err != nil || r.Method != "GET" {
		t.Errorf("%+v, %v", r, err)
	}
	for _, bad := range []string{"", "get /a", "GET", "GET a", "/a -H nothing", "/a -H 'X Y: 1'", "/%zz"} {
		if _, err := ParseRequest(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestListenIsLocal(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "example.com:80", "nonsense"} {
		if l, err := listen(t.Context(), addr); err == nil {
			l.Close()
			t.Errorf("%s was taken", addr)
		}
	}
}

func TestCompose(t *testing.T) {
	p := serve(t, "blockpath")
	var out strings.Builder
	if err := p.host.Compose(t.Context(), strings.NewReader("/admin\n\nnonsense\nPUT /x -H 'X-A: 2' body\n.\n"), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"status   403 Forbidden", "did not pass the request on", "neither a method nor a path", "status   200 OK", "PUT /x", "X-A: 2"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if n := strings.Count(out.String(), "PUT /x"); n != 2 {
		t.Errorf("a dot sent the request %d times", n-1)
	}
}

func TestAssign(t *testing.T) {
	type inner struct{ Name string }
	type config struct {
		Count   int
		Limit   uint8 `json:"max,omitempty"`
		Rate    float64
		On      bool
		Wait    time.Duration
		List    []string
		By      map[string]int
		Inner   *inner
		Any     any
		private int
	}
	c := config{Count: 1, Limit: 9}
	if err := assign(reflect.ValueOf(&c), map[string]any{
		"count": "7", "MAX": 3, "rate": 1, "on": "true", "wait": "2s", "list": "one",
		"by": map[string]any{"a": 1}, "inner": map[string]any{"name": "n"}, "any": []any{1},
	}, "testData"); err != nil {
		t.Fatal(err)
	}
	want := config{7, 3, 1, true, 2 * time.Second, []string{"one"}, map[string]int{"a": 1}, &inner{"n"}, []any{1}, 0}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("%+v, want %+v", c, want)
	}
	for _, bad := range []map[string]any{{"kount": 1}, {"count": "x"}, {"max": 300}, {"by": 1}, {"inner": 1}, {"private": 1}, {"count": []any{1}}} {
		if err := assign(reflect.ValueOf(&c), bad, "testData"); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}
