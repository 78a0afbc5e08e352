package catalog

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// maxBody bounds what a request may send, in bytes.
const maxBody = 1 << 20

// bodies of requests; a strict one has no members but those that are asked for.
var bodies, strictBodies = fault.Body{Limit: maxBody}, fault.Body{Limit: maxBody, Strict: true}

// Handler serves Backstage's catalog REST API below /api/catalog/. Who may
// change the catalog is checked before it.
func (c *Catalog) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range c.routes() {
		mux.Handle(route.method+" /api/catalog"+route.path, c.answer(route.serve))
	}
	mux.Handle("/api/catalog/", c.answer(func(_ http.ResponseWriter, r *http.Request) error {
		return fault.NotFoundf("There is no %s %s", r.Method, r.URL.Path)
	}))
	return mux
}

type serve func(http.ResponseWriter, *http.Request) error

type route struct {
	method, path string
	serve        serve
}

func (c *Catalog) routes() []route {
	const name = "/{kind}/{namespace}/{name}"
	return []route{
		{http.MethodGet, "/entities", c.getEntities},
		{http.MethodGet, "/entities/by-query", c.getByQuery},
		{http.MethodPost, "/entities/by-query", c.postByQuery},
		{http.MethodGet, "/entities/by-name" + name, c.getByName},
		{http.MethodGet, "/entities/by-name" + name + "/ancestry", c.getAncestry},
		{http.MethodGet, "/entities/by-uid/{uid}", c.getByUID},
		{http.MethodDelete, "/entities/by-uid/{uid}", c.deleteByUID},
		{http.MethodPost, "/entities/by-refs", c.postByRefs},
		{http.MethodGet, "/entity-facets", c.getFacets},
		{http.MethodPost, "/entity-facets", c.postFacets},
		{http.MethodGet, "/locations", c.getLocations},
		{http.MethodPost, "/locations", c.postLocation},
		{http.MethodPost, "/locations/by-query", c.queryLocations},
		{http.MethodGet, "/locations/{id}", c.getLocation},
		{http.MethodPut, "/locations/{id}", c.putLocation},
		{http.MethodDelete, "/locations/{id}", c.deleteLocation},
		{http.MethodGet, "/locations/by-entity" + name, c.getLocationByEntity},
		{http.MethodPost, "/analyze-location", c.postAnalyze},
		{http.MethodPost, "/refresh", c.postRefresh},
		{http.MethodPost, "/validate-entity", c.postValidate},
	}
}

// answer turns an error into Backstage's error envelope. The cause of one that
// is not the caller's is told to the log only.
func (c *Catalog) answer(handle serve) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := handle(w, r)
		if err == nil {
			return
		}
		named := &fault.Error{Name: "Error", Message: "The catalog failed to answer", Cause: err}
		_ = errors.As(err, &named) // else it stays as it is
		if named.Status() >= http.StatusInternalServerError {
			c.log.Error("answer a catalog request", "method", r.Method, "path", r.URL.Path, "error", err, "cause", named.Cause)
		}
		c.write(w, named.Status(), map[string]any{
			"error":    map[string]any{"name": named.Name, "message": named.Message},
			"request":  map[string]any{"method": r.Method, "url": r.URL.RequestURI()},
			"response": map[string]any{"statusCode": named.Status()},
		})
	})
}

// write sends JSON; nobody is left to tell when the caller is gone.
func (c *Catalog) write(w http.ResponseWriter, status int, value any) {
	encoded, err := json.Marshal(value)
	if err != nil {
		c.log.Error("encode an answer of the catalog", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(encoded); err != nil {
		c.log.Debug("send an answer of the catalog", "error", err)
	}
}
