//go:build !hotloop

// Web is a net/http server whose routes are functions of a script: /hello is
// Hello. Edit _routes/routes.go while it serves. Run it in this directory:
//
//	go run . -addr localhost:8080
package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"hotloop/session"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "where to listen")
	scripts := flag.String("scripts", "_routes", "directory of the script")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := serve(ctx, *addr, *scripts); err != nil {
		slog.Error(err.Error())
		os.Exit(1)
	}
}

func serve(ctx context.Context, addr, scripts string) error {
	s, err := open(ctx, scripts)
	if err != nil {
		return err
	}
	defer s.Close()
	server := &http.Server{Addr: addr, Handler: &routes{session: s}}
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		server.Shutdown(ctx)
	})
	defer stop()
	slog.Info("serving", "addr", addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// open starts the session, with what the site offers to its scripts.
func open(ctx context.Context, scripts string) (*session.Session, error) {
	site, err := session.Offer(map[string]map[string]any{"web/site": {"Name": "the web sample"}})
	if err != nil {
		return nil, err
	}
	return session.New(ctx, session.Config{
		Paths: []string{scripts}, Timeout: session.DefaultTimeout,
		Host: session.Host{Packages: site, Logger: slog.Default()},
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
