// Package dungeon is a text adventure in four files. Every command is one
// event, Do, with the words you would type. Try:
//
//   - Fire "go north" and "hit" until you are nearly dead. Then make heal in
//     player.go more generous, save, and go on from where you are.
//   - Lose a fight? Change Goblin.Strike in combat.go and hit again: the goblin
//     in the room is the same one, with the new method.
//   - Write a verb: a method on Hero and a line in the map of init. The map is
//     filled at load, so reload the script after that one.
package dungeon

import (
	"fmt"
	"sort"
	"strings"
)

var (
	hero  = &Hero{Name: "you", Health: 20, Power: 3, Here: "gate"}
	turns int

	// verbs holds method values of the one hero, bound at load.
	verbs map[string]func(object string) string
)

func init() {
	verbs = map[string]func(string) string{
		"go":   hero.Go,
		"hit":  hero.Hit,
		"take": hero.Take,
		"use":  hero.Use,
		"look": hero.Look,
	}
}

// Do takes one command, a verb and perhaps an object.
func Do(command string) string {
	words := strings.Fields(strings.ToLower(command))
	if len(words) == 0 {
		return "The dungeon waits."
	}
	if hero.Health <= 0 {
		return "You are dead. Wake brings you back."
	}
	verb, ok := verbs[words[0]]
	if !ok {
		return fmt.Sprintf("You cannot %s. You can %s.", words[0], known())
	}
	turns++
	return verb(strings.Join(words[1:], " "))
}

// Wake puts the hero back to the gate; the dungeon stays as it is.
func Wake() string {
	hero.Health = 20
	hero.Here = "gate"
	return hero.Look("")
}

// Sheet shows the hero.
func Sheet() Hero {
	return *hero
}

func known() string {
	var names []string
	for name := range verbs {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}
