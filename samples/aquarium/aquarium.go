// Package aquarium is a fish tank that lives between your events: a goroutine
// started at load calls tick over and over. Try, while it runs:
//
//   - Fire Look a few times and watch the fish move.
//   - Let swim go two steps at a time, or make the fish dive. Save, and fire
//     Look: the goroutine was never stopped, it just calls the new swim.
//   - Fire Feed, then change hungry so that nobody minds the food.
//   - Make draw use other fish.
//   - Give Fish a field Age and let tick count it: the same fish swim on, each
//     with the new field.
package aquarium

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// The tank, in characters.
const (
	width  = 48
	height = 7
)

// Fish swims in direction Dir, 1 to the right and -1 to the left.
type Fish struct {
	Name   string `json:"name"`
	X      int    `json:"x"`
	Y      int    `json:"y"`
	Dir    int    `json:"dir"`
	Hunger int    `json:"hunger"`
}

// Flake is a bit of food on its way down.
type Flake struct {
	X, Y int
}

// mu guards everything below: the goroutine and the events share it.
var (
	mu     sync.Mutex
	ticks  int
	flakes []Flake
	fish   = []*Fish{
		{Name: "Ada", X: 4, Y: 1, Dir: 1},
		{Name: "Bob", X: 30, Y: 3, Dir: -1, Hunger: 12},
		{Name: "Coy", X: 17, Y: 5, Dir: 1, Hunger: 30},
	}
)

// init starts the life of the tank. It runs once; saves do not run it again.
func init() {
	go live(time.NewTicker(400 * time.Millisecond))
}

func live(clock *time.Ticker) {
	for range clock.C {
		tick()
	}
}

// tick is one moment in the tank.
func tick() {
	mu.Lock()
	defer mu.Unlock()
	ticks++
	for _, f := range fish {
		swim(f)
		f.Hunger++
	}
	sink()
}

// swim moves a fish by one step and eats what is in front of it.
func swim(f *Fish) {
	if flake, ok := nearest(f); ok && hungry(f) {
		f.Dir = towards(f.X, flake.X, f.Dir)
		f.Y += towards(f.Y, flake.Y, 0)
	}
	if f.X+f.Dir < 0 || f.X+f.Dir >= width {
		f.Dir = -f.Dir
	}
	f.X += f.Dir
	eat(f)
}

func hungry(f *Fish) bool {
	return f.Hunger > 10
}

// towards is 1 or -1 for the way from here to there, or rest when it is here.
func towards(here, there, rest int) int {
	switch {
	case there > here:
		return 1
	case there < here:
		return -1
	}
	return rest
}

func nearest(f *Fish) (Flake, bool) {
	var best Flake
	found := false
	for _, flake := range flakes {
		if !found || distance(f, flake) < distance(f, best) {
			best, found = flake, true
		}
	}
	return best, found
}

func distance(f *Fish, flake Flake) int {
	dx, dy := f.X-flake.X, f.Y-flake.Y
	return dx*dx + dy*dy
}

func eat(f *Fish) {
	var left []Flake
	for _, flake := range flakes {
		if hungry(f) && distance(f, flake) <= 2 {
			f.Hunger = 0
			continue
		}
		left = append(left, flake)
	}
	flakes = left
}

// sink lets the food fall, slowly.
func sink() {
	if ticks%3 != 0 {
		return
	}
	var left []Flake
	for _, flake := range flakes {
		flake.Y++
		if flake.Y < height {
			left = append(left, flake)
		}
	}
	flakes = left
}

// Look prints the tank.
func Look() {
	mu.Lock()
	defer mu.Unlock()
	fmt.Println(strings.Repeat("~^", width/2+1))
	for _, row := range draw() {
		fmt.Println("│" + row + "│")
	}
	fmt.Println("└" + strings.Repeat("─", width) + "┘")
}

// Feed drops food at x.
func Feed(x, amount int) (string, error) {
	mu.Lock()
	defer mu.Unlock()
	if x < 0 || x >= width {
		return "", fmt.Errorf("x is %d, the tank goes from 0 to %d", x, width-1)
	}
	for i := 0; i < amount; i++ {
		flakes = append(flakes, Flake{X: (x + 3*i) % width})
	}
	return fmt.Sprintf("%d flakes in the water", len(flakes)), nil
}

// Adopt puts a new fish into the tank.
func Adopt(f Fish) (int, error) {
	mu.Lock()
	defer mu.Unlock()
	if f.Dir != 1 && f.Dir != -1 {
		return len(fish), fmt.Errorf("%s swims nowhere: dir is %d, want 1 or -1", f.Name, f.Dir)
	}
	fish = append(fish, &f)
	return len(fish), nil
}

// Tap knocks at the glass: every fish turns around.
func Tap() {
	mu.Lock()
	defer mu.Unlock()
	for _, f := range fish {
		f.Dir = -f.Dir
	}
}

// Crew lists the fish as they are now.
func Crew() []Fish {
	mu.Lock()
	defer mu.Unlock()
	var list []Fish
	for _, f := range fish {
		list = append(list, *f)
	}
	return list
}
