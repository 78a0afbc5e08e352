package scm

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/google/go-github/v74/github"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// settled is how old a push must be until what was found after it counts for
// good: pushed_at has whole seconds, clocks differ, and GitHub's lists lag.
const settled = 10 * time.Second

// Memory keeps what generators found in repositories. A repository that was
// not pushed to since, as pushed_at in the organisation's list says, is not
// asked again: what a list costs grows with what happens, not with what there
// is. The zero Memory is empty and ready.
type Memory struct {
	mu        sync.Mutex
	questions map[string]map[int64]finding // by generator, then repository
}

// finding is what one generator found in one repository.
type finding struct {
	repository Repository // as the list had it
	pushed     time.Time
	branches   []Repository
}

// question names a generator: the answers of one are not another's.
func (c *Client) question(generator argo.SCMProviderGenerator) (string, error) {
	text, err := json.Marshal(generator)
	if err != nil {
		return "", fmt.Errorf("generator: %w", err)
	}
	return c.github.BaseURL.String() + " " + string(text), nil
}

// recall returns what was found in a repository that is as it was then.
func (m *Memory) recall(question string, repository Repository, from *github.Repository) ([]Repository, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.questions[question][repository.ID]
	if !ok || !known.pushed.Equal(from.GetPushedAt().Time) || !reflect.DeepEqual(known.repository, repository) {
		return nil, false
	}
	return known.branches, true
}

// keep keeps what was asked for at an instant, unless a push may have come in
// between that pushed_at does not tell apart.
func (m *Memory) keep(question string, repository Repository, from *github.Repository, asked time.Time, branches []Repository) {
	pushed := from.GetPushedAt().Time
	if pushed.IsZero() || asked.Sub(pushed) < settled {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.questions == nil {
		m.questions = map[string]map[int64]finding{}
	}
	if m.questions[question] == nil {
		m.questions[question] = map[int64]finding{}
	}
	m.questions[question][repository.ID] = finding{repository, pushed, branches}
}

// forget drops what is known of repositories that a whole list does not have.
func (m *Memory) forget(question string, all []*github.Repository) {
	listed := make(map[int64]bool, len(all))
	for _, repository := range all {
		listed[repository.GetID()] = true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.questions[question] {
		if !listed[id] {
			delete(m.questions[question], id)
		}
	}
}
