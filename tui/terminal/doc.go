// Package terminal lets tests sit at a real terminal: a shell in a tmux pane
// of its own, keys that are typed, and a screen that is read. Only tests import
// it.
//
// # Words
//
// A [Terminal] is one tmux server with one pane and a shell in it. Its home is
// an empty directory with a short name, which is also the home directory, the
// runtime directory and the place of everything else that programs keep
// somewhere. The screen is the text a person sees, row by row, without colours;
// Styled is the same with them. The recording is every byte that was ever
// written to the terminal, so that it also holds what was on the screen for a
// moment only.
//
// # Flow
//
//	term := terminal.Open(t, terminal.Options{Width: 120, Height: 40})
//	term.Run("hotloop samples")        // types the command line when there is a prompt
//	term.Expect("watching 7 scripts")  // reads the screen until it says so
//	term.Press("f", "enter")
//	term.Resize(60, 20)
//
// Nothing waits for a length of time. Whoever wants to see something names it,
// and the screen is read again and again until it is there; when it is not
// there after [Patience] the test fails and prints the screen.
//
// # End
//
// The end of the test closes the terminal, as closing the window would. What
// the shell had started gets a hangup and has to go: a process that stays makes
// the test fail. When the test program itself dies, a guard (a shell that waits
// for the end of a pipe) closes the terminal, so that nothing is left behind
// then either.
//
// Where tmux is missing, Open skips the test; with HOTLOOP_REQUIRE_TMUX=1 it
// fails instead, which is what continuous integration wants.
package terminal
