package dungeon

import (
	"sort"
	"strings"
)

// Room is a place with ways out, things to take and perhaps somebody in it.
type Room struct {
	Text  string
	Exits map[string]string
	Items []string
	Enemy Enemy
}

var rooms = map[string]*Room{
	"gate": {
		Text:  "The gate. Behind you it is day.",
		Exits: map[string]string{"north": "hall"},
		Items: []string{"bread"},
	},
	"hall": {
		Text:  "A hall with a long table. Somebody eats here.",
		Exits: map[string]string{"south": "gate", "east": "well", "north": "vault"},
		Enemy: &Goblin{Health: 7},
	},
	"well": {
		Text:  "A well. Something green looks up.",
		Exits: map[string]string{"west": "hall"},
		Items: []string{"sword", "potion"},
		Enemy: &Slime{Size: 2},
	},
	"vault": {
		Text:  "The vault. It is warmer than it should be.",
		Exits: map[string]string{"south": "hall"},
		Items: []string{"gold"},
		Enemy: &Dragon{Health: 25},
	},
}

// describe tells what the hero sees. Make it more poetic.
func describe(r *Room) string {
	var b strings.Builder
	b.WriteString(r.Text)
	if r.Enemy != nil && r.Enemy.Alive() {
		b.WriteString(" Here is " + r.Enemy.Name() + ".")
	}
	if len(r.Items) > 0 {
		b.WriteString(" You see " + strings.Join(r.Items, ", ") + ".")
	}
	b.WriteString(" Ways: " + strings.Join(exits(r), ", ") + ".")
	return b.String()
}

func exits(r *Room) []string {
	var ways []string
	for way := range r.Exits {
		ways = append(ways, way)
	}
	sort.Strings(ways)
	return ways
}
