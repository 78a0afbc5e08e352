package edge

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// object is one JSON object of Caddy's configuration.
type object = map[string]any

// caddyConfig is Caddy's whole configuration. It names no application: routes
// and targets come from the table at each request (module pronto), and
// certificates are issued at the first handshake of a name the table holds
// (on-demand TLS with the permission module pronto, warmed by the controller).
// So it is loaded once and never reloaded while Ingresses come and go.
func caddyConfig(cfg Config, id, storage string) ([]byte, error) {
	apps := object{"http": httpApp(cfg, id), "tls": tlsApp(id), "pki": pkiApp(cfg.CARoot)}
	data, err := json.Marshal(object{
		"admin":   object{"disabled": true, "config": object{"persist": false}},
		"storage": object{"module": "file_system", "root": storage},
		"logging": loggingConfig(id),
		"apps":    apps,
	})
	if err != nil {
		return nil, fmt.Errorf("write Caddy's configuration: %w", err)
	}
	return data, nil
}

func loggingConfig(id string) object {
	return object{"logs": object{"default": object{
		"level":   "WARN",
		"exclude": []string{"admin"}, // it warns that it is off, which it shall be
		"writer":  object{"output": "pronto", "edge": id},
		"encoder": object{"format": "json"},
	}}}
}

func httpApp(cfg Config, id string) object {
	servers := object{"https": httpsServer(cfg, id)}
	if len(cfg.ListenHTTP) > 0 {
		servers["http"] = redirectServer(cfg)
	}
	return object{"servers": servers, "grace_period": "5s"}
}

// httpsServer speaks no HTTP/3: the listeners are the machine's own and the
// node's gateway, where it gains nothing, and Caddy would advertise it in an
// Alt-Svc for each of them.
func httpsServer(cfg Config, id string) object {
	return object{
		"listen":                  cfg.Listen,
		"protocols":               []string{"h1", "h2"},
		"automatic_https":         object{"disable": true},
		"tls_connection_policies": []object{{}},
		"routes":                  routes(cfg, id),
		"errors":                  object{"routes": []object{{"handle": []object{{"handler": "pronto_error"}}}}},
	}
}

// routes has one entry for the system's hosts and one for everything else;
// both take the upstream of each attempt from the module pronto.
func routes(cfg Config, id string) []object {
	route := object{"handler": "pronto_route", "edge": id}
	return []object{
		{
			"match":    []object{{"host": systemHosts(cfg.System)}},
			"handle":   []object{route, proxy(id, cfg.HTTPSPort, systemProxy)},
			"terminal": true,
		},
		{"handle": []object{route, proxy(id, cfg.HTTPSPort, targetProxy)}},
	}
}

// patience is how a proxy waits and retries.
type patience struct {
	try, interval, dial, idle string
}

var (
	// The platform's process may be restarting: its sockets come back within seconds.
	systemProxy = patience{try: "15s", interval: "100ms", dial: "2s", idle: "60s"}
	// Pods: another target is tried at once. Idle connections are closed
	// before Node.js closes them (5 s by default), which would race with a
	// request that reuses one.
	targetProxy = patience{try: "10s", interval: "20ms", dial: "1s", idle: "4s"}
)

// proxy retries dial errors always, since nothing was sent, and other
// transport errors for methods that are safe to repeat.
func proxy(id string, httpsPort int, p patience) object {
	return object{
		"handler":           "reverse_proxy",
		"dynamic_upstreams": object{"source": "pronto", "edge": id},
		"load_balancing": object{
			"selection_policy": object{"policy": "first"},
			"try_duration":     p.try,
			"try_interval":     p.interval,
			"retry_match":      []object{{"method": []string{"GET", "HEAD", "OPTIONS", "TRACE"}}},
		},
		"headers": object{"request": object{"set": object{
			"X-Forwarded-Port": []string{strconv.Itoa(httpsPort)},
		}}},
		"transport": object{
			"protocol":     "http",
			"dial_timeout": p.dial,
			"compression":  false,
			"keep_alive":   object{"idle_timeout": p.idle, "max_idle_conns_per_host": 64},
		},
	}
}

// redirectServer sends every plain request to the same URL over HTTPS; 308
// keeps the method and body.
func redirectServer(cfg Config) object {
	return object{
		"listen":          cfg.ListenHTTP,
		"protocols":       []string{"h1"},
		"automatic_https": object{"disable": true},
		"routes": []object{{"handle": []object{
			{"handler": "headers", "response": object{"delete": []string{"Server"}}},
			{
				"handler":     "static_response",
				"status_code": 308,
				"headers":     object{"Location": []string{redirectTo(cfg.HTTPSPort)}},
			},
		}}},
	}
}

func redirectTo(port int) string {
	if port == 443 {
		return "https://{http.request.host}{http.request.uri}"
	}
	return fmt.Sprintf("https://{http.request.host}:%d{http.request.uri}", port)
}

func tlsApp(id string) object {
	return object{"automation": object{
		"policies": []object{{
			"issuers":   []object{{"module": "internal", "ca": "local"}},
			"on_demand": true,
		}},
		"on_demand": object{"permission": object{"module": "pronto", "edge": id}},
	}}
}

func pkiApp(root CARoot) object {
	return object{"certificate_authorities": object{"local": object{
		"name":                     "Pronto",
		"intermediate_common_name": "Pronto Edge Intermediate",
		"install_trust":            false,
		"root": object{
			"format": "pem_file", "certificate": root.CertFile, "private_key": root.KeyFile,
		},
	}}}
}
