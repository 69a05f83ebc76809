package tui

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"strings"
	"time"

	"hotloop/interp"
	"hotloop/session"
)

// do does what one line says.
func (p *plainScreen) do(line string) {
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	p.mu.Lock()
	p.stop = cancel
	p.mu.Unlock()
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case word == "help":
		p.tell("%s", plainHelp)
	case word == "scripts":
		p.tell("%s", p.scripts())
	case word == "trouble":
		p.tell("%s", p.trouble())
	case word == "state":
		p.state(ctx, p.orOnly(rest))
	case word == "undo":
		p.undo(ctx)
	case word == "reload" || word == "restart":
		p.reload(ctx, word, p.orOnly(rest))
	case strings.HasPrefix(line, ":"):
		p.eval(ctx, strings.TrimSpace(line[1:]))
	default:
		p.fire(ctx, line)
	}
}

// orOnly is the script named, or the only one there is.
func (p *plainScreen) orOnly(name string) string {
	if all := p.session.Scripts(); name == "" && len(all) == 1 {
		return all[0].Name
	}
	return name
}

// fire fires what a line of the fire line would.
func (p *plainScreen) fire(ctx context.Context, line string) {
	f := fireLine{}
	f.set(line)
	plan, ok := f.plan()
	if !ok {
		p.tell("not fired: %s", f.check.problem)
		return
	}
	fired := 0
	for round := 0; plan.times == 0 || round < plan.times; round++ {
		began := time.Now()
		for _, req := range plan.steps {
			req.Source = "screen"
			if _, err := p.session.Fire(ctx, req); err != nil {
				if !errors.Is(err, context.Canceled) {
					p.tell("not fired: %v", err)
				}
				return
			}
			fired++
		}
		if plan.every > 0 && round+1 != plan.times {
			select {
			case <-time.After(plan.every - time.Since(began)):
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			return
		}
	}
	if !plan.single() {
		p.tell("fired %s", plural(fired, "event"))
	}
}

func (p *plainScreen) eval(ctx context.Context, code string) {
	script := p.orOnly("")
	word, rest, _ := strings.Cut(code, " ")
	for _, sc := range p.session.Scripts() {
		if sc.Name == word {
			script, code = word, strings.TrimSpace(rest)
		}
	}
	if script == "" {
		p.tell("say in which script: :SCRIPT EXPRESSION")
		return
	}
	v, fail, err := p.session.Eval(ctx, script, code)
	switch {
	case err != nil:
		p.tell("%v", err)
	case fail != nil:
		p.tell("%s", errorText(fail))
	case v.Text == "":
		p.tell("done")
	default:
		p.tell("%s, of type %s", v.Text, v.Type)
	}
}

func (p *plainScreen) state(ctx context.Context, script string) {
	vars, err := p.session.State(ctx, script)
	if err != nil {
		p.tell("%v", err)
		return
	}
	for _, v := range vars {
		p.tell("%s is %s, of type %s", v.Name, v.Text, v.Type)
	}
	if len(vars) == 0 {
		p.tell("%s has no package variables", script)
	}
}

func (p *plainScreen) reload(ctx context.Context, verb, script string) {
	var err error
	if verb == "reload" {
		_, err = p.session.Reload(ctx, script, session.ApplyFile)
	} else {
		_, err = p.session.Restart(ctx, script)
	}
	if err != nil {
		p.tell("%s: %v", verb, err)
	}
}

func (p *plainScreen) undo(ctx context.Context) {
	reports, err := p.session.Reports("", 0)
	d := diffTab{reports: reports}
	switch r := d.last(); {
	case err != nil:
		p.tell("undo: %v", err)
	case r == nil:
		p.tell("there is nothing to undo")
	default:
		if _, err := p.session.Rollback(ctx, r.Script, "", 0, r.ID); err != nil {
			p.tell("undo: %v", err)
		}
	}
}

func (p *plainScreen) scripts() string {
	var b strings.Builder
	for _, sc := range inTreeOrder(p.session.Scripts()) {
		fmt.Fprintf(&b, "%s is %s", sc.Name, sc.State)
		var names []string
		for i := range sc.Units {
			if u := &sc.Units[i]; isHandler(u) && ast.IsExported(u.Name) {
				names = append(names, fmt.Sprintf("%s version %d", u.Name, u.Version))
			}
		}
		if len(names) > 0 {
			b.WriteString(", handlers: " + strings.Join(names, ", "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (p *plainScreen) trouble() string {
	var b strings.Builder
	for _, sc := range p.session.Scripts() {
		if sc.State != interp.StateLive {
			fmt.Fprintf(&b, "%s is %s\n", sc.Name, sc.State)
		}
		for i := range sc.Diagnostics {
			b.WriteString(plainDiagnostic(&sc.Diagnostics[i]) + "\n")
		}
	}
	if b.Len() == 0 {
		return "no trouble: what is live is what the files say"
	}
	return b.String()
}
