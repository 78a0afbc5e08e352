package portal

import "github.com/pronto-platform/pronto/internal/platform/access"

// catalogRoutes are Backstage's catalog API, which the catalog serves itself.
// A POST that only asks is a reading one; one that has the forge read what a
// caller names is not.
func (p *Portal) catalogRoutes() []route {
	catalog := pass(p.cfg.Catalog)
	const (
		api      = "/api/catalog"
		name     = "/{kind}/{namespace}/{name}"
		entities = api + "/entities"
	)
	return []route{
		{"GET", entities, access.ReadCatalog, catalog},
		{"GET", entities + "/by-query", access.ReadCatalog, catalog},
		{"POST", entities + "/by-query", access.ReadCatalog, catalog},
		{"POST", entities + "/by-refs", access.ReadCatalog, catalog},
		{"GET", entities + "/by-uid/{uid}", access.ReadCatalog, catalog},
		{"DELETE", entities + "/by-uid/{uid}", access.WriteCatalog, catalog},
		{"GET", entities + "/by-name" + name, access.ReadCatalog, catalog},
		{"GET", entities + "/by-name" + name + "/ancestry", access.ReadCatalog, catalog},
		{"GET", api + "/entity-facets", access.ReadCatalog, catalog},
		{"POST", api + "/entity-facets", access.ReadCatalog, catalog},
		{"POST", api + "/refresh", access.WriteCatalog, catalog},
		{"GET", api + "/locations", access.ReadCatalog, catalog},
		{"POST", api + "/locations", access.WriteCatalog, catalog},
		{"POST", api + "/locations/by-query", access.ReadCatalog, catalog},
		{"GET", api + "/locations/{id}", access.ReadCatalog, catalog},
		{"PUT", api + "/locations/{id}", access.WriteCatalog, catalog},
		{"DELETE", api + "/locations/{id}", access.WriteCatalog, catalog},
		{"GET", api + "/locations/by-entity" + name, access.ReadCatalog, catalog},
		{"POST", api + "/analyze-location", access.WriteCatalog, catalog},
		{"POST", api + "/validate-entity", access.ReadCatalog, catalog},
	}
}
