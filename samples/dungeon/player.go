package dungeon

import (
	"fmt"
	"strings"
)

// Hero is the player.
type Hero struct {
	Name   string   `json:"name"`
	Health int      `json:"health"`
	Power  int      `json:"power"`
	Here   string   `json:"here"`
	Bag    []string `json:"bag"`
}

// Go leaves the room, unless somebody stands in the way.
func (h *Hero) Go(way string) string {
	room := rooms[h.Here]
	next, ok := room.Exits[way]
	if !ok {
		return fmt.Sprintf("No way %s. You can go %s.", way, strings.Join(exits(room), " or "))
	}
	if e := room.Enemy; e != nil && e.Alive() && next != "gate" {
		return capital(e.Name()) + " does not let you pass. " + e.Strike(h)
	}
	h.Here = next
	return describe(rooms[next])
}

// Look describes the room again.
func (h *Hero) Look(string) string {
	return describe(rooms[h.Here])
}

// Take puts a thing into the bag.
func (h *Hero) Take(thing string) string {
	room := rooms[h.Here]
	for i, item := range room.Items {
		if item == thing {
			room.Items = append(room.Items[:i:i], room.Items[i+1:]...)
			h.Bag = append(h.Bag, thing)
			return "You take the " + thing + "."
		}
	}
	return "There is no " + thing + " here."
}

// Use does what the thing is good for.
func (h *Hero) Use(thing string) string {
	if !h.carries(thing) {
		return "You have no " + thing + "."
	}
	switch thing {
	case "bread":
		return heal(h, 5)
	case "potion":
		return heal(h, 15)
	case "sword":
		h.Power = 6
		return "You draw the sword."
	}
	return "You look at the " + thing + ". It is nice."
}

func (h *Hero) carries(thing string) bool {
	for _, item := range h.Bag {
		if item == thing {
			return true
		}
	}
	return false
}

// heal gives health back, but never more than there was.
func heal(h *Hero, by int) string {
	h.Health += by
	if h.Health > 20 {
		h.Health = 20
	}
	return fmt.Sprintf("Better. Health %d.", h.Health)
}
