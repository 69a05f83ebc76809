package interp

import (
	crypto "crypto/rand"
	"io"
	"math/big"
	"math/rand/v2"
	"reflect"
	"sync"
)

// diceReader takes the place of crypto/rand.Reader in a script that is
// repeated: nobody keeps secrets with its numbers.
type diceReader struct {
	mu      sync.Mutex
	numbers *rand.ChaCha8
}

func (r *diceReader) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.numbers.Read(b)
}

// cryptoSymbols are the functions of package crypto/rand on numbers that follow
// from the dice.
func (d *dice) cryptoSymbols() symbolMap {
	own := &diceReader{numbers: rand.NewChaCha8(d.key())}
	reader := io.Reader(own)
	return symbolMap{
		"Read":   reflect.ValueOf(own.Read),
		"Reader": reflect.ValueOf(&reader).Elem(),
		// That of the package takes a byte more at times, so that nobody relies
		// on what it makes of given bytes.
		"Int": reflect.ValueOf(func(from io.Reader, below *big.Int) (*big.Int, error) {
			if from != reader || below.Sign() <= 0 {
				return crypto.Int(from, below)
			}
			b := make([]byte, len(below.Bytes())+8)
			own.Read(b)
			return new(big.Int).Mod(new(big.Int).SetBytes(b), below), nil
		}),
	}
}

// key is what numbers of another kind follow from. The dice stay where they are.
func (d *dice) key() (key [32]byte) {
	pcg := d.state()
	for i := range key {
		key[i] = byte(pcg.Uint64() >> 32)
	}
	return key
}
