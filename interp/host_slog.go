package interp

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"slices"
	"time"
)

// defaultSlogHandler prints records as log/slog does before anybody sets a
// default: level, message and attributes through package log. The standard
// one always writes to the logger of the process.
type defaultSlogHandler struct {
	logger *log.Logger
	with   []func(slog.Handler) slog.Handler // WithAttrs and WithGroup, in order
}

// Enabled is true from level Info on.
func (h *defaultSlogHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo
}

// Handle prints one record.
func (h *defaultSlogHandler) Handle(ctx context.Context, r slog.Record) error {
	var buf bytes.Buffer
	builtin := 0 // how many of the attributes to come are level and message
	var text slog.Handler = slog.NewTextHandler(&buf, &slog.HandlerOptions{
		Level: slog.Level(-1 << 20),
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if builtin > 0 {
				builtin--
				return slog.Attr{}
			}
			return a
		},
	})
	for _, f := range h.with {
		text = f(text)
	}
	attrs := slog.NewRecord(time.Time{}, r.Level, "", 0) // a zero time is left out
	r.Attrs(func(a slog.Attr) bool {
		attrs.AddAttrs(a)
		return true
	})
	builtin = 2
	if err := text.Handle(ctx, attrs); err != nil {
		return err
	}
	line := r.Level.String() + " " + r.Message
	if s := bytes.TrimSuffix(buf.Bytes(), []byte("\n")); len(s) > 0 {
		line += " " + string(s)
	}
	return h.logger.Output(4, line)
}

// WithAttrs implements slog.Handler.
func (h *defaultSlogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.and(func(s slog.Handler) slog.Handler { return s.WithAttrs(attrs) })
}

// WithGroup implements slog.Handler.
func (h *defaultSlogHandler) WithGroup(name string) slog.Handler {
	return h.and(func(s slog.Handler) slog.Handler { return s.WithGroup(name) })
}

func (h *defaultSlogHandler) and(f func(slog.Handler) slog.Handler) slog.Handler {
	return &defaultSlogHandler{h.logger, append(slices.Clip(h.with), f)}
}

// setSlogDefault is slog.SetDefault for one script: from then on what package
// log prints goes through the handler too, unless it is the first one again.
func (h *host) setSlogDefault(l *slog.Logger) {
	h.slogger.Store(l)
	if _, first := l.Handler().(*defaultSlogHandler); !first {
		h.logger.SetOutput(slog.NewLogLogger(l.Handler(), slog.LevelInfo).Writer())
		h.logger.SetFlags(0)
	}
}
