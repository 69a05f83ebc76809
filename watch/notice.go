package watch

import "time"

// fallBack polls because notification is not enough.
func (k *worker) fallBack(why string) {
	k.tell(k.told, "", why+": files are polled")
	if k.clock.every == 0 {
		k.poll(fallbackEvery)
	}
}

// tell puts a notice in the outbox, unless told says that it was and that its
// cause lasts.
func (k *worker) tell(told map[string]string, path, text string) {
	if told[path] == text {
		return
	}
	told[path] = text
	now := time.Now()
	k.out.add(Batch{Notices: []Notice{{Path: path, Text: text}}, First: now, Settled: now})
}

// recovered ends the notices of files whose cause has ended, so that they are
// told again if it returns.
func (k *worker) recovered() {
	for path := range k.told {
		if f := k.settler.files[path]; f != nil && !f.pending && f.seen.err == nil {
			delete(k.told, path)
		}
	}
}
