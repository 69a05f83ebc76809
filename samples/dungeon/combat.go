package dungeon

import (
	"fmt"
	"strings"
)

// Enemy is whoever stands between you and the gold.
type Enemy interface {
	Name() string
	Alive() bool
	// Suffer takes damage, Strike gives it; both tell the story.
	Suffer(damage int) string
	Strike(h *Hero) string
}

// Hit attacks whoever is in the room, and is answered.
func (h *Hero) Hit(string) string {
	e := rooms[h.Here].Enemy
	if e == nil || !e.Alive() {
		return "You hit the air."
	}
	story := e.Suffer(h.Power + roll(4))
	if !e.Alive() {
		return story + " " + capital(e.Name()) + " is no more."
	}
	return story + " " + e.Strike(h)
}

// wound takes health from the hero.
func wound(h *Hero, damage int) string {
	h.Health -= damage
	if h.Health <= 0 {
		return fmt.Sprintf("You die, after %d turns.", turns)
	}
	return fmt.Sprintf("Health %d.", h.Health)
}

// Goblin is the first thing everybody meets.
type Goblin struct{ Health int }

func (g *Goblin) Name() string { return "a goblin" }
func (g *Goblin) Alive() bool  { return g.Health > 0 }

func (g *Goblin) Suffer(damage int) string {
	g.Health -= damage
	return fmt.Sprintf("The goblin loses %d.", damage)
}

func (g *Goblin) Strike(h *Hero) string {
	return "It bites. " + wound(h, roll(4))
}

// Slime does not hurt much, but each hit splits it.
type Slime struct{ Size int }

func (s *Slime) Name() string { return strings.Repeat("a slime and ", s.Size/2) + "a slime" }
func (s *Slime) Alive() bool  { return s.Size > 0 }

func (s *Slime) Suffer(damage int) string {
	if damage > 5 {
		s.Size = 0
		return "It bursts."
	}
	s.Size++
	return "It splits."
}

func (s *Slime) Strike(h *Hero) string {
	return "Sticky. " + wound(h, s.Size)
}

// Dragon sleeps until it is hit hard enough.
type Dragon struct {
	Health int
	Awake  bool
}

func (d *Dragon) Name() string { return "a dragon" }
func (d *Dragon) Alive() bool  { return d.Health > 0 }

func (d *Dragon) Suffer(damage int) string {
	d.Health -= damage
	d.Awake = d.Awake || damage > 4
	return fmt.Sprintf("Scales fly: %d.", damage)
}

func (d *Dragon) Strike(h *Hero) string {
	if !d.Awake {
		return "It snores on."
	}
	return "Fire! " + wound(h, 3+roll(6))
}

// seed makes the dice the same for everybody. Set it to what you like.
var seed = 7

// roll is a die with so many sides. Load it: return sides.
func roll(sides int) int {
	seed = (seed*1103515245 + 12345) % 2147483648
	return 1 + seed/65536%sides
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
