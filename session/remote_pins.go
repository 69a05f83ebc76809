package session

import "context"

// Pins is as for a Session.
func (r *Remote) Pins() []Pin {
	var got struct{ Pins []Pin }
	ok := r.fetch("session.pins", &got)
	return keep(r, &r.pins, got.Pins, ok)
}

// Pin is as for a Session.
func (r *Remote) Pin(ctx context.Context, req PinRequest) ([]Pin, error) {
	var got struct{ Pins []Pin }
	err := r.call(ctx, "session.pin", pinParams(req), &got)
	return got.Pins, err
}

// Unpin is as for a Session.
func (r *Remote) Unpin(id int) error { return r.ask("session.unpin", unpinParams{id}, nil) }

// Bisect is as for a Session.
func (r *Remote) Bisect(ctx context.Context, id int) (found Culprit, err error) {
	err = r.call(ctx, "session.bisect", bisectParams{id}, &found)
	return found, err
}

// Rehearse is as for a Session, but for the code: it is that of the session.
func (r *Remote) Rehearse(ctx context.Context, req RehearsalRequest) (out Rehearsal, err error) {
	err = r.call(ctx, "session.replay", replayParams{Script: req.Script, Record: req.Record, From: req.From, To: req.To, Fresh: true, Before: req.Before}, &out)
	return out, err
}
