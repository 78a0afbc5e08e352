package scmtest

import (
	"encoding/json"
	"net/http"
	"slices"
)

// Status is a commit status that was given.
type Status struct {
	State       string `json:"state"`
	Context     string `json:"context"`
	Description string `json:"description"`
	TargetURL   string `json:"target_url"`
}

// Statuses are those of a commit, the oldest first.
func (f *Forge) Statuses(sha string) []Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.statuses[sha])
}

const maxDescription = 140

func (f *Forge) createStatus(r *http.Request, repository string) (int, any) {
	var s Status
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	sha := r.PathValue("sha")
	if _, err := f.git(r.Context(), repository, "", nil, "cat-file", "-e", sha+"^{commit}"); err != nil {
		return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: "+sha)
	}
	if !slices.Contains([]string{"error", "failure", "pending", "success"}, s.State) || len([]rune(s.Description)) > maxDescription {
		return refuse(http.StatusUnprocessableEntity, "Validation Failed")
	}
	f.statuses[sha] = append(f.statuses[sha], s)
	return http.StatusCreated, s
}
