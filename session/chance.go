package session

import (
	"context"
	"slices"
	"strings"
)

// Chance says why events of a script may come to something else each time.
type Chance struct {
	Script string   `json:"script"`
	Event  string   `json:"event"`
	Why    []string `json:"why"`
}

// chancer is what an engine can also do: tell what cannot be repeated.
type chancer interface {
	// Chance says why calls of functions may come to something else, see
	// interp.Live.Chance.
	Chance(ctx context.Context, functions []string) (map[string][]string, error)
}

var (
	_ chancer = (*inProcess)(nil)
	_ chancer = (*process)(nil)
)

func (e *inProcess) Chance(_ context.Context, functions []string) (map[string][]string, error) {
	live, err := e.running()
	if err != nil {
		return nil, err
	}
	return chanceOf(live, functions), nil
}

func (p *process) Chance(ctx context.Context, functions []string) (out map[string][]string, err error) {
	a, err := p.ask(ctx, &request{kind: frameChance}, functions, nil)
	if err == nil {
		err = a.frame.decode(&out)
	}
	return out, err
}

// chanceOf asks a live script.
func chanceOf(script any, functions []string) map[string][]string {
	if l, ok := script.(interface {
		Chance([]string) map[string][]string
	}); ok {
		return l.Chance(functions)
	}
	return nil
}

// chances asks an engine about the functions that a chapter fires.
func (g *stage) chances(ctx context.Context, e Engine, ch *chapter) map[string][]string {
	c, ok := e.(chancer)
	if !ok {
		return nil
	}
	var names []string
	for i := range ch.calls {
		if f := ch.calls[i].call.Function; ch.why[i] == "" && !slices.Contains(names, f) {
			names = append(names, f)
		}
	}
	out, err := c.Chance(ctx, names)
	if err != nil {
		return nil // it has ended, which is told elsewhere
	}
	return out
}

// addChances notes what of a chapter cannot be repeated.
func (r *Rehearsal) addChances(script string, of ...map[string][]string) {
	for _, m := range of {
		for event, why := range m {
			i := slices.IndexFunc(r.Chance, func(c Chance) bool { return c.Script == script && c.Event == event })
			if i < 0 {
				r.Chance = append(r.Chance, Chance{script, event, slices.Clone(why)})
				continue
			}
			for _, w := range why {
				if !slices.Contains(r.Chance[i].Why, w) {
					r.Chance[i].Why = append(r.Chance[i].Why, w)
				}
			}
		}
	}
	slices.SortFunc(r.Chance, func(a, b Chance) int { return strings.Compare(a.Script+" "+a.Event, b.Script+" "+b.Event) })
}
