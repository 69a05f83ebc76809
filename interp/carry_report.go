package interp

import (
	"go/ast"
	"go/types"
	"reflect"
	"sort"
	"strings"
)

// carry prepares taking values over: what it gives does so when the code of the
// patch asks for it, after that told where variables are from now on. Nil when
// there is nothing to take over. The gate is shut.
func (l *Live) carry(p *program, pl *plan) *carrier {
	l.carrying, l.carried, l.resetting = nil, nil, nil
	if len(pl.fresh) == 0 {
		return nil
	}
	c := l.newCarrier(l.prog, p, pl)
	vars := c.variables()
	for _, u := range vars {
		c.texts[u.id] = formatText(c.at[u.id].Elem(), u.obj.Type())
	}
	l.carried = func() { c.held.release() }
	l.carrying = func() {
		c.held.exempt()
		c.taking = true
		c.search(vars)
		c.hopeless()
		home := map[string]reflect.Value{}
		for _, m := range pl.moves {
			home[m.new.id] = l.pointer(m.new.id)
		}
		c.run(vars, home)
		l.resetting = map[string]bool{}
		for id := range c.resets {
			l.resetting[id] = true
		}
	}
	return c
}

// hopeless decides about variables that hold closures of types that are no
// more. One whose initializer makes functions is initialised again; where no
// initializer would bring the closures back, only a fresh start does: the
// reasons for one are what it gives.
func (c *carrier) hopeless() (reload []string) {
	for _, u := range c.old.units {
		for _, loss := range c.lost[u.id] {
			if !loss.closure || c.moves[u.id].anew {
				continue
			}
			n := c.new.unit(u.id)
			_, moves := c.moves[u.id]
			if moves && n.init != nil && makesFunctions(n.init.Rhs, n.info) {
				c.resets[u.id] = loss.why
			} else {
				reload = append(reload, n.shownName()+" cannot be carried over: "+loss.why+", and nothing but a fresh start makes it anew")
			}
			break
		}
		if c.resets[u.id] != "" {
			delete(c.lost, u.id)
		}
	}
	return reload
}

// makesFunctions tells whether an initializer may give func values.
func makesFunctions(x ast.Expr, info *types.Info) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			found = true
		case *ast.Ident:
			_, isFunc := info.Uses[n].(*types.Func)
			found = found || isFunc
		}
		return !found
	})
	return found
}

// report adds what became of variables to what a plan says of them.
func (c *carrier) report(list []VarChange) []VarChange {
	for _, u := range c.old.units {
		n := c.new.unit(u.id)
		m, moves := c.moves[u.id]
		if u.kind != KindVar || u.name == "_" || n == nil || u.hidden() || m.anew {
			continue
		}
		change := VarChange{Name: n.shownName(), Effect: VarMigrated, Old: c.texts[u.id]}
		var why []string
		if m.why != "" {
			why = append(why, m.why)
		}
		switch reason, reset := c.resets[u.id]; {
		case reset:
			change.Effect = VarReset
			why = append(why, reason+"; it was initialised again")
		case moves || c.changed[u.id]:
			if m.why == "" {
				why = append(why, "it leads to values of types that changed")
			}
			why = append(why, c.notes[u.id]...)
			for _, loss := range c.lost[u.id] {
				why = append(why, "lost: "+loss.why)
			}
		case !c.funcs[u.id] || len(c.regions) == 0 && len(c.maps) == 0:
			continue
		default:
			change.Effect = VarKept
		}
		if c.funcs[u.id] && change.Effect != VarReset {
			why = append(why, "closures in it keep the values that they hold, also those of types that changed")
		}
		if at := c.live.pointer(n.id); at.IsValid() && len(c.texts) > 0 {
			change.New = formatText(at.Elem(), n.obj.Type())
		}
		change.Why = strings.Join(unique(why), "; ")
		list = append(list, change)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// unique drops what was said before.
func unique(list []string) (out []string) {
	said := map[string]bool{}
	for _, s := range list {
		if !said[s] {
			said[s] = true
			out = append(out, s)
		}
	}
	return out
}
