// Package watch turns what happens in a file system into settled batches:
// "these files now have this content". It is the only package that knows
// fsnotify, and it knows nothing of scripts: what counts as a file, and what
// counts as whole content, is asked through [Config].
//
// # Words
//
// A root is a file or directory the user named. A file that counts ([Config.Match])
// and is reached from a root is watched. A touch is anything that may have
// changed a watched file: an event, or a difference that a scan found. Touched
// files are pending until they are looked at, found whole, and committed as one
// [Batch]. A scan walks the roots and compares what is there with what was
// seen; it follows every change to directories and links, an overflow of the
// event queue, and in polling mode the clock.
//
// # Flow
//
//	system ──events──▶ drain ──mailbox──▶ worker ──Batches()──▶ reader
//	                   (notify.go)        tree.go    what is there, what to watch
//	                                      settle.go  when a batch is whole
//	                                      outbox.go  what the reader has not taken
//
// The drain goroutine only moves events from fsnotify to the mailbox, so the
// system's queue never waits for a disk or a reader. The worker goroutine owns
// everything else and takes no lock but the mailbox's. A reader that is slow
// gets fewer and larger batches, never stale ones: what it has not taken is
// merged with what comes later.
//
// # When a batch goes out
//
// Only directories are watched, so a save that replaces the file is a save like
// any other. All pending files form one batch, and it goes out when
//
//   - the burst of events is over: for one file that no process has open for
//     writing any more (Linux can tell), less than half a millisecond after its
//     last event; for several files after a longer quiet time;
//   - no version control command holds its lock (.git/index.lock) above or
//     below a root;
//   - no pending file is missing: a file counts as removed only when it has been
//     away for the grace time, or for a tenth of it when its text turned up
//     under another name;
//   - all content is whole: not empty, not being written, and [Config.Ready]
//     agrees. Content that is not whole waits until it has not changed for
//     [Config.HoldFor], and then goes out as it is, so that a person sees what
//     is wrong with it.
//
// Each wait is bounded. A batch that had to be split is still correct, batch by
// batch; it is only not atomic.
//
// Content equal to what the reader has is never delivered. A file that cannot
// be read is a [Notice] and keeps its last content, as does everything below a
// directory that cannot be read.
//
// # Where events are missing
//
// With [Config.Poll], on file systems of other machines, and when the system
// has no watches left, roots are scanned at intervals and give the same
// batches. A stamp (size, times, mode, inode) that is equal proves nothing when
// the file was written just before it was read, so such files are read again.
package watch
