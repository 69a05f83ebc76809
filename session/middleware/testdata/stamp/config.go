// Package stamp is a middleware of several files with a vendored dependency.
package stamp

import "time"

// Config is the configuration of the plugin.
type Config struct {
	Header string            `json:"header,omitempty"`
	Secret string            `json:"secret,omitempty"`
	TTL    time.Duration     `json:"ttl,omitempty"`
	Extra  map[string]string `json:"extra,omitempty"`
	Limit  int               `json:"limit,omitempty"`
}

// CreateConfig makes the default configuration.
func CreateConfig() *Config { return &Config{Header: "X-Token", Limit: 7} }
