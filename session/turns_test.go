package session

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// One that has had its turn for long does not keep others waiting, and gives no
// turn back that it does not have.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := make(turns, 2)
		ctx := context.Background()
		first, second := turns.take(ctx), turns.take(ctx)
		ended, cancel := context.WithCancel(ctx)
		cancel()
		turns.take(ended)() // it waits no longer than its context
		if len(turns) != 2 {
			t.Fatalf("%d have a turn", len(turns))
		}
		second()
		third := turns.take(ctx)
		began := time.Now()
		fourth := turns.take(ctx) // when the first one's turn is over
		if waited := time.Since(began); waited != longTurn {
			t.Errorf("waited %v", waited)
		}
		first()
		if n := len(turns); n > 2 || n == 0 {
			t.Errorf("%d have a turn", n)
		}
		third()
		fourth()
		if len(turns) != 0 {
			t.Errorf("%d have a turn", len(turns))
		}
	})
}
