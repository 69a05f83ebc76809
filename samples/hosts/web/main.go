//go:build !hotloop

// Web is a net/http server whose routes are functions of a script: /hello is
// Hello. Edit _routes/routes.go while it serves. Run it in this directory:
//
//	go run . -addr localhost:8080
//
// With -screen it shows the session in its own terminal. Without, another
// terminal can: hotloop attach _routes
package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"hotloop/session"
	"hotloop/tui"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "where to listen")
	scripts := flag.String("scripts", "_routes", "directory of the script")
	screen := flag.Bool("screen", false, "show the session, until somebody quits")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := serve(ctx, *addr, *scripts, *screen); err != nil {
		slog.Error(err.Error())
		os.Exit(1)
	}
}

// serve serves until ctx ends, or the screen is left.
func serve(ctx context.Context, addr, scripts string, screen bool) error {
	logger := slog.Default()
	if screen {
		logger = nil // what it writes would go across the screen, whose log has it all
	}
	s, err := open(ctx, scripts, logger)
	if err != nil {
		return err
	}
	defer s.Close()
	reach, err := session.Listen(s, "on", []string{scripts}, nil)
	if err != nil {
		return err
	}
	defer reach.Close()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: &routes{session: s}}
	end := func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		server.Shutdown(ctx)
	}
	if screen {
		served := make(chan error, 1)
		go func() { served <- server.Serve(l) }()
		err := tui.Run(ctx, s, tui.Options{Title: "routes on http://" + l.Addr().String()})
		end()
		<-served
		return err
	}
	stop := context.AfterFunc(ctx, end)
	defer stop()
	slog.Info("serving", "addr", l.Addr().String())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// open starts the session, with what the site offers to its scripts.
func open(ctx context.Context, scripts string, logger *slog.Logger) (*session.Session, error) {
	site, err := session.Offer(map[string]map[string]any{"web/site": {"Name": "the web sample"}})
	if err != nil {
		return nil, err
	}
	return session.New(ctx, session.Config{
		Paths: []string{scripts}, Timeout: session.DefaultTimeout,
		Host: session.Host{Packages: site, Logger: logger},
	})
}

// routes finds the script's function for a path and calls its newest version.
type routes struct {
	session *session.Session
	handles sync.Map // name -> handle
}

type handle = func(http.ResponseWriter, *http.Request) error

func (rs *routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.Trim(r.URL.Path, "/")
	if name == "" || strings.Contains(name, "/") {
		http.NotFound(w, r)
		return
	}
	h, ok := rs.handles.Load(name)
	if !ok {
		made, err := session.Func[handle](rs.session, strings.ToUpper(name[:1])+name[1:])
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		h, _ = rs.handles.LoadOrStore(name, made)
	}
	if err := h.(handle)(w, r); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
