package scaffold

import (
	"net/url"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// hosts are those that repository URLs may name.
func hosts(cfg Config) []string {
	names := []string{cfg.SCM.BaseURL.Host}
	if origin, err := url.Parse(cfg.Git.Origin); err == nil && origin.Host != "" && origin.Host != names[0] {
		names = append(names, origin.Host)
	}
	return names
}

// vars are the site's values as JSON has them.
func (s *Service) vars() map[string]any {
	own := map[string]any{"organization": s.cfg.Organization, "domain": s.cfg.Domain}
	if s.cfg.Vars != nil {
		for name, value := range s.cfg.Vars() {
			own[name] = value
		}
	}
	clone, err := form.Clone(own)
	if err != nil {
		s.log.Error("the site's values are not JSON", "error", err)
		return map[string]any{}
	}
	return clone
}
