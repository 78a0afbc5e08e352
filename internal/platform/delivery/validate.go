package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// FieldError is what is wrong with one field of a form, and the fix.
type FieldError struct {
	Path    string // of the field, e.g. "name"
	Message string
}

// Check is whether one thing that an application needs is still free.
type Check struct {
	Kind   string `json:"kind"`
	Value  string `json:"value"`
	Free   bool   `json:"free"`
	Reason string `json:"reason,omitempty"`
}

// NameCheck is the verdict on a name.
type NameCheck struct {
	Name      string  `json:"name"`
	Available bool    `json:"available"`
	Reason    string  `json:"reason,omitempty"`
	Quota     *Quota  `json:"quota,omitempty"` // that one more application would meet
	Checks    []Check `json:"checks"`
}

// ValidateName says whether an owner may make an application with a name, what
// would come to be under it, and if not, what to change. Without an owner only
// the platform's own quota is looked at.
func (s *Service) ValidateName(ctx context.Context, name, owner string) (NameCheck, error) {
	verdict, err := s.checkFree(ctx, name)
	if err != nil {
		return verdict, err
	}
	if owner != "" {
		owner = ownerRef(owner)
	}
	quota, problem := s.checkQuota(owner)
	if verdict.Quota = quota; problem != nil {
		verdict.Reason = firstOf(verdict.Reason, problem.Message)
	}
	verdict.Available = verdict.Reason == ""
	return verdict, nil
}

// checkFree says whether the name is free everywhere.
func (s *Service) checkFree(ctx context.Context, name string) (NameCheck, error) {
	verdict := NameCheck{Name: name, Checks: []Check{}, Reason: checkName(name)}
	if verdict.Reason == "" && slices.Contains(s.cfg.Reserved, name) {
		verdict.Reason = fmt.Sprintf("name: %q is reserved for the platform; choose another", name)
	}
	if verdict.Reason != "" {
		return verdict, nil
	}
	repository, _, err := s.forge.head(ctx, name)
	if err != nil {
		return verdict, fmt.Errorf("check name %s: %w", name, err)
	}
	taken := func(kind, value string, is bool, reason string) {
		check := Check{Kind: kind, Value: value, Free: !is}
		if is {
			check.Reason = reason
			verdict.Reason = firstOf(verdict.Reason, "name: "+reason+"; choose another name")
		}
		verdict.Checks = append(verdict.Checks, check)
	}
	view, exists := s.Get(name)
	used := exists && !neverMade(view)
	taken("name", name, used, fmt.Sprintf("an application %q exists already", name))
	taken("repository", s.names.RepositoryPath(name), repository != nil, "the repository "+s.names.RepositoryPath(name)+" exists already")
	taken("namespace", name, s.cluster.namespaceExists(name), "the cluster has a namespace "+name+" already")
	taken("host", s.names.Host(name), used, s.names.Host(name)+" belongs to an application already")
	taken("image", s.names.Image(name), used, "the registry keeps images of an application with that name")
	return verdict, nil
}

// neverMade is an application whose creation failed: its name may be tried again.
func neverMade(v View) bool {
	return v.Status == string(OutcomeFail) && v.Delivery != nil && v.Delivery.Phase(Create).Status == Failed
}

const (
	minReplicas = 1
	maxReplicas = 10
)

// ValidateCreate checks what only the running platform knows about a form's
// values; the template's own schema is checked before.
func (s *Service) ValidateCreate(ctx context.Context, _ string, values map[string]any) ([]FieldError, error) {
	var problems []FieldError
	if value, given := values["name"]; given {
		name, isText := value.(string)
		if !isText {
			return []FieldError{{"name", "name: must be text"}}, nil
		}
		verdict, err := s.checkFree(ctx, name)
		if err != nil {
			return nil, err
		}
		if verdict.Reason != "" {
			problems = append(problems, FieldError{"name", verdict.Reason})
		}
		owner, _ := values["owner"].(string)
		if _, problem := s.checkQuota(ownerRef(owner)); problem != nil {
			problems = append(problems, *problem)
		}
	}
	if problem := checkArchitecture(values["architecture"], s.Architectures()); problem != "" {
		problems = append(problems, FieldError{"architecture", problem})
	}
	if problem := checkReplicas(values["replicas"]); problem != "" {
		problems = append(problems, FieldError{"replicas", problem})
	}
	return problems, nil
}

func checkArchitecture(value any, offered []string) string {
	if value == nil {
		return ""
	}
	if name, ok := value.(string); ok && slices.Contains(offered, name) {
		return ""
	}
	return fmt.Sprintf("architecture: no node of the cluster is %v; choose one of: %s", value, strings.Join(offered, ", "))
}

func checkReplicas(value any) string {
	n, ok := 0.0, true
	switch v := value.(type) {
	case nil:
		return ""
	case float64:
		n = v
	case int:
		n = float64(v)
	default:
		ok = false
	}
	if !ok || n != float64(int(n)) || n < minReplicas || n > maxReplicas {
		return fmt.Sprintf("replicas: %v is not possible; give a whole number from %d to %d", value, minReplicas, maxReplicas)
	}
	return ""
}
