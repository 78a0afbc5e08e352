package scm

import (
	"context"
	"errors"
	"testing"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/render"
)

func TestFiltersOfOneTypeAreAlternativesAndTypesCombine(t *testing.T) {
	repo := Repository{Organization: "apps", Name: "idp-one", Branch: "main", Labels: []string{"team-a"}}
	files := map[string]bool{"deploy": true}
	is := func(s string) *string { return &s }
	for name, test := range map[string]struct {
		filters []argo.SCMProviderFilter
		want    bool
	}{
		"no filter keeps all":                        {nil, true},
		"expressions are not anchored":               {[]argo.SCMProviderFilter{{RepositoryMatch: is("one")}}, true},
		"conditions of an entry are all needed":      {[]argo.SCMProviderFilter{{RepositoryMatch: is("one"), LabelMatch: is("team-b")}}, false},
		"entries of one type are alternatives":       {[]argo.SCMProviderFilter{{RepositoryMatch: is("two")}, {LabelMatch: is("team-a")}}, true},
		"the types combine":                          {[]argo.SCMProviderFilter{{RepositoryMatch: is("two")}, {PathsExist: []string{"deploy"}}}, false},
		"a path that exists":                         {[]argo.SCMProviderFilter{{RepositoryMatch: is("^idp-"), PathsExist: []string{"deploy/"}}}, true},
		"a path that does not":                       {[]argo.SCMProviderFilter{{PathsExist: []string{"deploy", "chart"}}}, false},
		"a path that must not":                       {[]argo.SCMProviderFilter{{PathsDoNotExist: []string{"deploy"}}}, false},
		"a branch":                                   {[]argo.SCMProviderFilter{{BranchMatch: is("^release")}}, false},
		"a branch entry looks at the repository too": {[]argo.SCMProviderFilter{{RepositoryMatch: is("two"), BranchMatch: is("main")}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			filters, err := compile(test.filters)
			if err != nil {
				t.Fatal(err)
			}
			exists := func(_ context.Context, _ Repository, path string) (bool, error) { return files[path], nil }
			byRepo, err := keeps(t.Context(), filters, false, repo, exists)
			if err != nil {
				t.Fatal(err)
			}
			byBranch, err := keeps(t.Context(), filters, true, repo, exists)
			if err != nil || (byRepo && byBranch) != test.want {
				t.Errorf("kept = %v and %v (%v), want %v", byRepo, byBranch, err, test.want)
			}
		})
	}
}

func TestAnErrorAboutAPathIsNotAnAnswer(t *testing.T) {
	filters, err := compile([]argo.SCMProviderFilter{{PathsExist: []string{"deploy"}}})
	if err != nil {
		t.Fatal(err)
	}
	down := errors.New("502")
	_, err = keeps(t.Context(), filters, true, Repository{}, func(context.Context, Repository, string) (bool, error) { return false, down })
	if !errors.Is(err, down) {
		t.Errorf("error = %v", err)
	}
}

func TestParametersOfARepository(t *testing.T) {
	repo := Repository{Organization: "apps", Name: "idp-one", Branch: "feat/X", SHA: "0123456789abcdef", Labels: []string{"a", "b"}, ID: 7}
	values := map[string]string{"ns": `{{ trimPrefix "idp-" .repository }}`}
	params, err := Params(repo, values, &render.Template{Go: true})
	if err != nil {
		t.Fatal(err)
	}
	text, err := (&render.Template{Go: true, Options: []string{"missingkey=error"}}).String(
		"{{.repository}} {{.short_sha}} {{.short_sha_7}} {{.branchNormalized}} {{.labels}} {{.values.ns}}", params)
	if want := "idp-one 01234567 0123456 feat-x a,b one"; err != nil || text != want {
		t.Errorf("rendered %q, %v; want %q", text, err, want)
	}
	flat, err := Params(repo, map[string]string{"x": "{{branch}}!"}, &render.Template{})
	if err != nil || flat["values.x"] != "feat/X!" {
		t.Errorf("values.x = %v, %v", flat["values.x"], err)
	}
}

func TestOwnerAndNameComeOutOfACloneURL(t *testing.T) {
	if owner, name, err := SplitURL("https://git.x:8443/apps/idp-one.git"); err != nil || owner != "apps" || name != "idp-one" {
		t.Errorf("got %s %s %v", owner, name, err)
	}
	for _, bad := range []string{"", "git@host:a/b.git", "https://host/only", "https://host/a/b/c"} {
		if _, _, err := SplitURL(bad); !errors.Is(err, ErrNotHTTP) {
			t.Errorf("%q was read: %v", bad, err)
		}
	}
}
