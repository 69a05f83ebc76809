// Package token signs texts.
package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Signer signs with one key.
type Signer struct{ key []byte }

// New makes a signer.
func New(key string) *Signer { return &Signer{[]byte(key)} }

// Sign gives the beginning of a signature.
func (s *Signer) Sign(text string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))[:8]
}
