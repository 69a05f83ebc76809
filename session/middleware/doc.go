// Package middleware serves HTTP middleware plugins in the shape that Traefik
// gave them, while their code is edited: a package with CreateConfig and
// New(ctx, next, config, name) (http.Handler, error), a .traefik.yml beside it,
// and vendored dependencies.
//
// A [Host] makes one instance of the plugin, configured by the manifest's
// testData, and puts it before a handler that answers with what it got. Saves
// patch the code that the instance runs; it keeps its state. Only where a type
// changed or the script was started over is a new instance made, because the
// old one is of a type that is gone, and where the manifest changed.
//
// Every request is an [Exchange]: what came to the plugin and what it passed on,
// what it was answered and what it answered, and the difference. Those from
// outside go into the session's log. To compose one is the event "request" of
// the plugin's script ([Host.Offer]): it goes over the network like any other,
// and the server knows it again by the address that it comes from.
package middleware
