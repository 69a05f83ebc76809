package interp

import "text/template/parse"

// rawArgs are the predefined functions that take values apart.
var rawArgs = map[string]bool{"eq": true, "ne": true, "lt": true, "le": true, "gt": true, "ge": true, "len": true}

// rewriteTree rewrites a tree, unless that was done before.
func rewriteTree(t *parse.Tree) bool {
	if t == nil || t.Root == nil {
		return false
	}
	if n := t.Root.Nodes; len(n) > 0 {
		if c, ok := n[0].(*parse.CommentNode); ok && c.Text == tmplMark {
			return false
		}
	}
	rewriteNodes(t.Root)
	mark := &parse.CommentNode{NodeType: parse.NodeComment, Text: tmplMark}
	t.Root.Nodes = append([]parse.Node{mark}, t.Root.Nodes...)
	return true
}

func rewriteNodes(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			rewritePipe(n.Pipe)
		case *parse.TemplateNode:
			rewritePipe(n.Pipe)
		case *parse.IfNode:
			rewriteBranch(&n.BranchNode, tmplTrue)
		case *parse.WithNode:
			rewriteBranch(&n.BranchNode, tmplTrue)
		case *parse.RangeNode:
			rewriteBranch(&n.BranchNode, tmplRange)
		}
	}
}

func rewriteBranch(n *parse.BranchNode, through string) {
	rewritePipe(n.Pipe)
	n.Pipe.Cmds = append(n.Pipe.Cmds, command(n.Pos, through))
	rewriteNodes(n.List)
	rewriteNodes(n.ElseList)
}

func command(pos parse.Pos, fn string, args ...parse.Node) *parse.CommandNode {
	id := parse.NewIdentifier(fn).SetPos(pos)
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pos, Args: append([]parse.Node{id}, args...)}
}

func piped(n parse.Node) *parse.PipeNode {
	cmd, ok := n.(*parse.CommandNode)
	if !ok {
		cmd = &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Position(), Args: []parse.Node{n}}
	}
	return &parse.PipeNode{NodeType: parse.NodePipe, Pos: n.Position(), Cmds: []*parse.CommandNode{cmd}}
}

func textNode(pos parse.Pos, s string) parse.Node {
	return &parse.StringNode{NodeType: parse.NodeString, Pos: pos, Quoted: "`" + s + "`", Text: s}
}

func rewritePipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	var cmds []*parse.CommandNode
	for i, c := range p.Cmds {
		before, out := rewriteCommand(c)
		if before != "" && i > 0 { // for the last argument, which comes through the pipe
			cmds = append(cmds, command(c.Pos, before))
		}
		cmds = append(cmds, out)
	}
	p.Cmds = cmds
}

// rewriteCommand rewrites a command. What goes through the pipe into it has to
// go through another function first, if before names one.
func rewriteCommand(c *parse.CommandNode) (before string, out *parse.CommandNode) {
	out = &parse.CommandNode{NodeType: c.NodeType, Pos: c.Pos}
	if field := fieldCommand(c.Args[0], c.Args[1:]); field != nil {
		return "", field
	}
	id, isFunc := c.Args[0].(*parse.IdentifierNode)
	through := ""
	if isFunc {
		switch {
		case rawArgs[id.Ident]:
			through = tmplRaw
		case id.Ident == "and" || id.Ident == "or" || id.Ident == "not":
			through = tmplTrue
		case id.Ident == "index":
			id = parse.NewIdentifier(tmplIndex).SetPos(id.Pos)
		case id.Ident == "call":
			id = parse.NewIdentifier(tmplCall).SetPos(id.Pos)
		case id.Ident == "slice":
			id = parse.NewIdentifier(tmplSlice).SetPos(id.Pos)
		}
	}
	for i, a := range c.Args {
		switch {
		case isFunc && i == 0:
			out.Args = append(out.Args, id)
		case i > 0 && through != "" && !isConstant(a):
			out.Args = append(out.Args, piped(command(a.Position(), through, rewriteArg(a))))
		default:
			out.Args = append(out.Args, rewriteArg(a))
		}
	}
	return through, out
}

func isConstant(n parse.Node) bool {
	switch n.(type) {
	case *parse.NumberNode, *parse.StringNode, *parse.BoolNode, *parse.NilNode:
		return true
	}
	return false
}

// rewriteArg rewrites an operand.
func rewriteArg(n parse.Node) parse.Node {
	if c := fieldCommand(n, nil); c != nil {
		return piped(c)
	}
	if p, ok := n.(*parse.PipeNode); ok {
		rewritePipe(p)
	}
	return n
}

// fieldCommand writes the selection of fields, with the arguments of the last
// one, which is a method then; nil for other nodes.
func fieldCommand(n parse.Node, args []parse.Node) *parse.CommandNode {
	var from parse.Node
	var names []string
	text := ""
	pos := n.Position()
	switch n := n.(type) {
	case *parse.FieldNode:
		from, names = &parse.DotNode{NodeType: parse.NodeDot, Pos: pos}, n.Ident
	case *parse.VariableNode:
		names = n.Ident[1:]
		from = &parse.VariableNode{NodeType: parse.NodeVariable, Pos: pos, Ident: n.Ident[:1]}
		text = n.Ident[0]
	case *parse.ChainNode:
		text = n.Node.String() // before it is rewritten
		if _, isPipe := n.Node.(*parse.PipeNode); isPipe {
			text = "(" + text + ")"
		}
		from, names = rewriteArg(n.Node), n.Field
	}
	if len(names) == 0 {
		return nil
	}
	var cmd *parse.CommandNode
	for i, name := range names {
		text += "." + name
		if cmd != nil {
			from = piped(cmd)
		}
		cmd = command(pos, tmplField, textNode(pos, text), from, textNode(pos, name))
		if i == len(names)-1 {
			for _, a := range args {
				cmd.Args = append(cmd.Args, rewriteArg(a))
			}
		}
	}
	return cmd
}
