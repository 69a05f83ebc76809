// Package blockpath is a middleware in a single file.
package blockpath

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
)

// Config is the configuration of the plugin.
type Config struct {
	Regex []string `json:"regex,omitempty"`
}

// CreateConfig makes the default configuration.
func CreateConfig() *Config { return &Config{} }

type blockPath struct {
	next    http.Handler
	name    string
	regexps []*regexp.Regexp
}

// New makes an instance.
func New(ctx context.Context, next http.Handler, config *Config, name string) (http.Handler, error) {
	regexps := make([]*regexp.Regexp, len(config.Regex))
	for i, text := range config.Regex {
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("error compiling regex %q: %w", text, err)
		}
		regexps[i] = re
	}
	return &blockPath{next: next, name: name, regexps: regexps}, nil
}

func (b *blockPath) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	for _, re := range b.regexps {
		if re.MatchString(req.URL.EscapedPath()) {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
	}
	b.next.ServeHTTP(rw, req)
}
