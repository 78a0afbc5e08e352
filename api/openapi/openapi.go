// Package openapi holds the description of the portal's HTTP API.
package openapi

import _ "embed"

// Pronto is the OpenAPI 3.1 document that the portal serves at /openapi.yaml.
//
//go:embed pronto.yaml
var Pronto []byte
