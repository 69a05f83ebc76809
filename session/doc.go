// Package session is one sitting with live scripts: it finds them, keeps them
// loaded, takes in what is saved, fires events at them, and remembers what
// happened. It draws nothing; a screen and a JSON-RPC connection are two
// readers of the same Session.
//
// # In a program
//
// [New] starts a session, on files or on sources in memory, and [Host] is what
// the program adds: packages made by [Offer], hooks, a logger. [Func] gives a
// function of a script as a Go function that runs its newest version,
// [Session.Call] calls one by name, and [Session.During] runs what a script gave
// out. Changes land between calls, or where [Session.Patch] says.
// [Session.Handle] has events answered by the program itself. [Session.Follow],
// [Session.Reports] and [Session.Metrics] tell what happens, [Listen] lets other
// programs in. Package tui has the screen, client a client, middleware and
// assistant two uses of all this.
//
// # Words
//
// The [Session] holds scripts by name. A script is made of the files that its
// plan names (discover.go) and of what it imports (imports.go); together they
// are its source. What runs is in an [Engine], a fresh one after every reload.
// The live source is what the engine runs; the tried source is what the files
// said last. A script is behind when these differ because the files could not
// go live, and it differs when they do because of a rollback.
//
// # From a save to a report
//
//	watch ──Batch──▶ loop          batch.go: texts into the tree, whole batches at once;
//	                  │            new, renamed and removed scripts
//	                  ▼ job
//	                 work          script.go: one goroutine per script, one job at a time
//	                  │
//	                  ├─ put       apply.go: Engine.Apply; refused: behind
//	                  ├─ reload    reload.go: fresh engine, Load, swap, retire the old one
//	                  └─ publish   apply.go: number, diffs, history
//	                       │
//	                       ▼
//	                      Ring ──▶ screens, connections, record
//
// A save applies the files as they are when its turn comes, so saves that wait
// are done as one, and a load that hangs is given up for a newer save. Fired
// events, Eval, State and Set do not go through the work goroutine: they borrow
// the engine that is installed (acquire) and give it back (release).
//
// # Past events
//
// A pin fires by itself after each report of its script that went live, on a
// copy of the state unless it is told otherwise, and is compared with its run
// before (pins.go, pinlist.go, compare.go, pace.go). Replay (replay.go) fires past events
// at the scripts that run, to get their state back. A rehearsal (rehearse*.go)
// fires them at some version of the code, in repeatable engines of its own: that
// is what the verb replay does, and what bisect.go searches with; lineage.go has
// the versions. What of a rehearsal cannot be repeated it says (chance.go).
//
// # Who owns what
//
//   - loop (batch.go), one per session: the set of scripts, and what goes into
//     the tree. It takes batches and short tasks and waits for no engine.
//   - work (script.go), one per script: loading, applying, installing and
//     closing engines. It ends with its script.
//   - pump (pump.go), one per engine: its notices, and that it ended. It waits
//     for nothing but the engine, so an engine never waits for a reader.
//   - record (record.go), at most two: the record that was asked for and the
//     history of the project. Each follows the log like everybody else.
//   - the program's logger (metrics.go), if there is one: follows the log until
//     the session has closed, and Close waits for it.
//   - keptLines.write (kept.go), at most one: what was typed, to the disk.
//   - probe (probe.go), at most one per engine: whether it answers at all.
//   - firePins (pins.go), one per session: fires pins after reports, and brings
//     them up to date when it is quiet. pinList.running is held while any pin
//     fires and taken before every other lock; pinList.mu is taken last.
//   - retire starts a goroutine per replaced engine that gives its calls a
//     moment and closes it; Fire one per script beyond the first; ask and
//     closeEngine one around a call that has to be bounded.
//
// Session.mu guards the tables: scripts and their fields, reports, versions,
// counts, saved events. It is never held while an engine, the disk, the tree or
// the log is asked for anything that can wait; taking the locks of log and
// changed under it is fine, since these never wait. tree.mu guards the files
// and is held while they are read, never together with Session.mu.
//
// # Who waits for whom
//
// Fire waits for its calls, and for a load that is on its way, but for no
// watching and no save. Reload, Restart, Rollback and Confirm wait for the work
// goroutine, which waits for the engine; a caller whose context ends leaves and
// the job is done all the same. New waits for first loads, with a bound.
//
// When an engine ends by itself, the first to notice (its pump, or a call) puts
// the crash at the head of the script's jobs; until that is settled, calls wait.
// Close ends the context of all of them, closes every engine, a bounded time
// each, and returns when the last goroutine of its own has ended; what an
// engine keeps from ending is left behind.
package session
