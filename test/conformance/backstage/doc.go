// Package backstage runs Backstage's own published clients, and its validators
// of entities and templates, against a portal with a real forge behind it.
package backstage
