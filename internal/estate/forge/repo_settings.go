package forge

import "net/http"

type repoSettings struct {
	Name          *string   `json:"name"`
	Description   *string   `json:"description"`
	Homepage      *string   `json:"homepage"`
	Private       *bool     `json:"private"`
	Visibility    *string   `json:"visibility"`
	Archived      *bool     `json:"archived"`
	DefaultBranch *string   `json:"default_branch"`
	AutoInit      bool      `json:"auto_init"`
	Topics        *[]string `json:"topics"`
}

// readSettings takes the known fields and, beside them, the switches.
func readSettings(w http.ResponseWriter, r *http.Request) (repoSettings, map[string]any, error) {
	var raw map[string]any
	if err := decode(w, r, &raw); err != nil {
		return repoSettings{}, nil, err
	}
	var known repoSettings
	if err := remarshal(raw, &known); err != nil {
		return known, nil, failure(http.StatusUnprocessableEntity, "Invalid request.\n\n%s", err)
	}
	switches := map[string]any{}
	for key := range defaultSettings {
		if value, ok := raw[key]; ok && value != nil {
			switches[key] = value
		}
	}
	return known, switches, nil
}

func (s repoSettings) apply(r *repository) {
	if s.Description != nil {
		r.Description = *s.Description
	}
	if s.Homepage != nil {
		r.Homepage = *s.Homepage
	}
	if s.Private != nil {
		r.Private = *s.Private
	}
	if s.Visibility != nil {
		r.Private = *s.Visibility != "public"
	}
	if s.Archived != nil {
		r.Archived = *s.Archived
	}
}
