package stamp

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"example.com/token"
)

// Stamp is the middleware.
type Stamp struct {
	next   http.Handler
	config *Config
	signer *token.Signer
}

// New makes an instance.
func New(_ context.Context, next http.Handler, config *Config, _ string) (http.Handler, error) {
	if config.Secret == "" {
		return nil, errors.New("secret must not be empty")
	}
	return &Stamp{next: next, config: config, signer: token.New(config.Secret)}, nil
}

func (s *Stamp) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	req.Header.Set(s.config.Header, s.signer.Sign(req.URL.Path))
	req.Header.Set("X-Ttl", s.config.TTL.String())
	req.Header.Set("X-Limit", strconv.Itoa(s.config.Limit))
	for name, value := range s.config.Extra {
		req.Header.Set(name, value)
	}
	s.next.ServeHTTP(rw, req)
}
