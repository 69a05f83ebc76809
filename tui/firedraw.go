package tui

// answer is the outcome of an expression.
type answer struct {
	code, text, kind string
	bad              bool
}

// answered takes the outcome of an expression over.
func (f *fireLine) answered(m expressionDone) {
	r := answer{code: m.code, text: m.value.Text, kind: m.value.Type}
	switch {
	case m.err != nil:
		r.text, r.kind, r.bad = m.err.Error(), "", true
	case m.fail != nil:
		r.text, r.kind, r.bad = errorText(m.fail), "", true
	case m.before != nil:
		r.text = m.before.Text + " → " + m.value.Text
	}
	f.shown = append(f.shown, r)
	if len(f.shown) > answersShown {
		f.shown = f.shown[1:]
	}
}

// title is what the rule above the line says.
func (f *fireLine) title() string {
	switch f.asks {
	case askExpr:
		return "Eval in " + clean(f.script)
	case askValue:
		return "Set " + clean(f.script) + "." + clean(f.variable)
	}
	return "Fire"
}

// promptText stands before the text.
func (f *fireLine) promptText() string {
	switch f.asks {
	case askExpr:
		return " eval ▸ "
	case askValue:
		return " " + cutLeft(clean(f.variable), 24) + " = "
	}
	return " fire ▸ "
}

// message is what the line has to say about what is typed: what is wrong with
// the data, or what the handler takes. bad is true for what keeps it from
// being fired.
func (f *fireLine) message() (text string, bad bool) {
	if f.asks != askEvent {
		return "", false
	}
	if f.check.problem != "" {
		_, _, at := splitEvent(f.String())
		if f.check.unfinished && !f.strict {
			return f.check.problem, false
		}
		if at+f.check.at < 0 {
			return f.check.problem, true
		}
		column := runesBefore(f.String(), at+f.check.at) + 1
		return "column " + lineNo(column) + ": " + f.check.problem, true
	}
	if _, u := f.target(); u != nil {
		text := parameterText(u)
		if p := f.misfit(); p != "" {
			return p + ": " + text, false
		}
		if p, _, problem := planHead(f.String()); problem == "" && p.how() != "" {
			text = p.how() + ": " + text
		}
		return text, false
	}
	return "", false
}

// draw gives the row in w cells and the cell the cursor is in.
func (f *fireLine) draw(w int, on bool) (row string, cursor int) {
	k := f.ink
	prompt := f.promptText()
	var l line
	if on {
		l.add(&k.prompt, prompt)
	} else {
		l.add(&k.muted, prompt)
	}
	room := max(w-width(prompt)-1, 1)
	text, cursor := f.view(room)
	if f.empty() && f.asks == askEvent {
		hint := "f to type an event, enter on a handler to take it"
		if on {
			hint = "name of a handler or a saved event; tab lists them"
		}
		l.add(&k.fireGhost, hint)
		return l.draw(w, &k.text), width(prompt)
	}
	if f.asks != askEvent {
		l.add(&k.fireText, text)
		return l.draw(w, &k.text), width(prompt) + cursor
	}
	_, _, at := splitEvent(f.String())
	data := runesBefore(f.String(), at)
	wrong := -1
	if f.check.problem != "" && (!f.check.unfinished || f.strict) {
		wrong = runesBefore(f.String(), at+f.check.at)
	}
	var run []rune
	var in *ink
	for i, r := range []rune(text) {
		want := &k.fireData
		switch n := f.scroll + i; {
		case n == wrong:
			want = &k.invalid
		case n < data:
			want = &k.fireEvent
		}
		if want != in {
			if in != nil {
				l.add(in, string(run))
			}
			in, run = want, run[:0]
		}
		run = append(run, r)
	}
	if in != nil {
		l.add(in, string(run))
	}
	return l.draw(w, &k.text), width(prompt) + cursor
}
