// Package tui is the screen of a live session: scripts and their units, what
// the last save changed, the log of everything that happened, and a line to
// fire events with.
//
// # Flow
//
// Everything that reaches the screen is a message, and everything slow happens
// in a command:
//
//	terminal ── keys, mouse, size ──┐
//	                                ▼
//	                       ┌──── Update ────┐   one goroutine; no waiting, no I/O
//	sessionChanged ───────▶│   App, panes   │──▶ View: rows of exactly the
//	stateRead, unitRead ──▶│                │    terminal's width
//	eventFired, ... ──────▶└───────┬────────┘
//	       ▲                       │ commands (cmd.go), each a goroutine with a
//	       │                       ▼ context that quitting cancels
//	       └──────────── Session: Changed, Fire, State, Source, ...
//
// One command, drain, waits on Session.Changed and takes a picture of what the
// screen shows: scripts, new reports, plans that wait, new log entries. It is
// issued again with each picture, and takes at most one per frame, so that a
// script that writes 100,000 lines a second costs no more redraws than one that
// writes none. Log entries are not copied into the screen; View asks the
// session's ring for the few it draws.
//
// # Words
//
// A pane is a place that can have the keyboard: scripts, detail, log, fire
// line. The detail pane has tabs. layout.go computes where panes are from the
// size, and from the borders that somebody moved. A dialog is a window over the
// panes that has the keyboard while it is open: the palette, a form, a prompt.
// A composer is a form for an event that the program answers itself (a request
// of hotloop http), with what came of it below. An action is one thing a person
// can do; the key table in keytable.go names all of them, a key file may give
// them other keys, and keys, footer hints, the help, the palette and mouse
// zones end in App.do. A zone is a part of the frame that does something when
// clicked; zones are noted while drawing. An ink is a style made ready for
// drawing, a line a row being put together from spans of inks, a tone what lies
// behind a row.
//
// A spot is a value of a script: a variable, or a part of one that a path leads
// to. A plan is what one line of the fire line asks for, a run a plan that is
// being fired, step by step, by messages. A shape is what the data of a handler
// looks like; forms and completion are made of it.
//
// Plain (plain.go) shows a session without any of this, in lines of text.
//
// # What must stay true
//
//   - Nothing moves by itself: tabs do not come to the front, cursors stay with
//     what they are on by name, a log that is being read is held. What is new
//     is marked and counted.
//   - Nothing typed is lost, whatever fails.
//   - Text from scripts, files and errors passes clean before it is drawn; no
//     control sequence of a script reaches the terminal.
//   - Every row is exactly as wide as the terminal, at every size.
//
// The packages below draw and know nothing of sessions: theme (colours), list
// (windowed lists), diffview (diffs and source).
package tui
