package session

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"

	"hotloop/interp"
)

// Metrics are counts since the session began.
type Metrics struct {
	Scripts   int   `json:"scripts"`   // now
	Live      int   `json:"live"`      // of these, with the code of their files in memory
	InFlight  int   `json:"inFlight"`  // calls now, of events
	Events    int64 `json:"events"`    // fired
	Calls     int64 `json:"calls"`     // made by events, Call and handles
	Errors    int64 `json:"errors"`    // of these, failed
	CallUs    int64 `json:"callUs"`    // what they took together, in microseconds
	Patches   int64 `json:"patches"`   // changes that went live with the state kept
	Reloads   int64 `json:"reloads"`   // changes that started a script over, first loads not counted
	Refused   int64 `json:"refused"`   // changes that could not go live, or were vetoed
	PatchUs   int64 `json:"patchUs"`   // what Patches and Reloads took together, in microseconds
	Crashes   int64 `json:"crashes"`   // engines that ended by themselves
	Contained int64 `json:"contained"` // panics on goroutines of scripts
	Dropped   int64 `json:"dropped"`   // lines of output, and panics, that came too fast to be kept
}

// String gives the metrics as JSON.
func (m Metrics) String() string {
	text, err := json.Marshal(m)
	if err != nil {
		return "{}"
	}
	return string(text)
}

// Metrics counts what happened. It waits for nothing.
func (s *Session) Metrics() Metrics {
	s.metrics.mu.Lock()
	m := s.metrics.Metrics
	s.metrics.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	m.Scripts, m.InFlight = len(s.scripts), s.running
	for _, sc := range s.scripts {
		if sc.state == interp.StateLive {
			m.Live++
		}
	}
	return m
}

// MetricsVar gives the metrics in the form that expvar.Publish takes: its
// String is the metrics at that moment, as JSON.
func (s *Session) MetricsVar() MetricsVar { return MetricsVar{s} }

// MetricsVar is an expvar.Var.
type MetricsVar struct{ s *Session }

// String gives the metrics now as JSON.
func (v MetricsVar) String() string { return v.s.Metrics().String() }

// meter counts. Its lock is taken last and held for a moment.
type meter struct {
	mu sync.Mutex
	Metrics
}

// note counts what an entry of the log tells.
func (m *meter) note(e *Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case e.Event != nil:
		m.Events++
	case e.Report != nil:
		m.report(e.Report)
	case e.Crash != nil && e.Crash.Contained:
		m.Contained++
	case e.Crash != nil:
		m.Crashes++
	case e.Dropped != nil:
		m.Dropped += e.Dropped.Count
	}
}

func (m *meter) report(r *interp.Report) {
	switch {
	case r.Status == interp.StatusRefused:
		m.Refused++
		return
	case r.Status == interp.StatusReloaded:
		m.Reloads++
	case r.Status == interp.StatusLive && r.Cause != interp.CauseLoad:
		m.Patches++
	default:
		return
	}
	m.PatchUs += r.Timing.Total
}

// call counts one call.
func (m *meter) call(c *interp.Call) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Calls++
	m.CallUs += c.DurationUs
	if c.Error != nil {
		m.Errors++
	}
}

// startLogger writes the log to the program's logger. The goroutine ends when it
// has written what there was when the session closed; Close waits for that.
func (s *Session) startLogger() {
	log := s.cfg.Host.Logger
	if log == nil {
		return
	}
	s.wrote = make(chan struct{})
	entries := s.followFrom(context.Background(), 1)
	go func() {
		defer close(s.wrote)
		for e := range entries {
			logEntry(log, &e)
		}
	}()
}

func logEntry(log *slog.Logger, e *Entry) {
	script := slog.String("script", e.Script)
	switch {
	case e.Event != nil:
		for i := range e.Event.Calls {
			c := &e.Event.Calls[i]
			attrs := []any{slog.String("script", c.Script), slog.String("function", c.Function),
				slog.Int("version", c.Version), slog.String("source", e.Event.Source), slog.Int64("us", c.DurationUs)}
			if c.Error != nil && c.Error.Kind == interp.ErrError {
				log.Info("call gave an error", append(attrs, slog.String("error", c.Error.Message))...)
				continue
			}
			if c.Error != nil {
				log.Error("call failed", append(attrs, slog.String("kind", c.Error.Kind), slog.String("error", c.Error.Message))...)
				continue
			}
			log.Debug("call", attrs...)
		}
	case e.Report != nil:
		r := e.Report
		attrs := []any{script, slog.Int("report", r.ID), slog.String("cause", string(r.Cause)),
			slog.String("status", string(r.Status)), slog.Int("units", len(r.Units)), slog.Int64("us", r.Timing.Total)}
		for _, d := range r.Diagnostics {
			attrs = append(attrs, slog.String("diagnostic", interp.FormatDiagnostic(d)))
		}
		for _, why := range r.Notes() {
			attrs = append(attrs, slog.String("reason", why))
		}
		if r.Status == interp.StatusRefused {
			log.Warn("change refused", attrs...)
			return
		}
		log.Info("change", attrs...)
	case e.Output != nil:
		log.Info("output", script, slog.String("stream", e.Output.Stream), slog.String("text", e.Output.Text))
	case e.Crash != nil:
		log.Error("crash", script, slog.String("reason", e.Crash.Reason), slog.Bool("contained", e.Crash.Contained))
	case e.Dropped != nil:
		log.Warn("dropped", script, slog.String("stream", e.Dropped.Stream), slog.Int64("count", e.Dropped.Count))
	default:
		log.Info(e.Notice, script)
	}
}
