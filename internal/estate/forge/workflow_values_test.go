package forge_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-github/v74/github"
	"golang.org/x/crypto/nacl/box"
)

// sealed is a secret as a client sends it.
func sealed(t *testing.T, key *github.PublicKey, name, value string) *github.EncryptedSecret {
	t.Helper()
	public, err := base64.StdEncoding.DecodeString(key.GetKey())
	if err != nil || len(public) != 32 {
		t.Fatalf("public key %q: %v", key.GetKey(), err)
	}
	out, err := box.SealAnonymous(nil, []byte(value), (*[32]byte)(public), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &github.EncryptedSecret{Name: name, KeyID: key.GetKeyID(), EncryptedValue: base64.StdEncoding.EncodeToString(out)}
}

func (w *world) appJWT() string {
	w.t.Helper()
	claims := jwt.MapClaims{"iss": strconv.Itoa(1), "iat": time.Now().Add(-time.Minute).Unix(), "exp": time.Now().Add(5 * time.Minute).Unix()}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(w.key)
	if err != nil {
		w.t.Fatal(err)
	}
	return signed
}

type jobValues struct{ Variables, Secrets map[string]string }

// jobReads asks as the part that runs jobs does.
func (w *world) jobReads(token, repo, query string) (values jobValues, status int) {
	w.t.Helper()
	request, err := http.NewRequest(http.MethodGet, w.server.URL+"/_services/forge/workflow-values/apps/"+repo+"?"+query, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := w.server.Client().Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if response.StatusCode == http.StatusOK {
		if err := json.Unmarshal(text, &values); err != nil || response.Header.Get("Cache-Control") != "no-store" {
			w.t.Fatalf("%s: %v, %v", text, response.Header, err)
		}
	}
	return values, response.StatusCode
}

func refusedWith(err error) (int, string) {
	var answer *github.ErrorResponse
	if !errors.As(err, &answer) {
		return 0, ""
	}
	return answer.Response.StatusCode, answer.Message
}

func TestVariablesAreListedMadeChangedAndDeletedAsOnGitHub(t *testing.T) {
	w := newWorld(t, nil)
	w.create("idp-v")
	api, ctx := w.client(adminToken).Actions, t.Context()
	if response, err := api.CreateRepoVariable(ctx, "apps", "idp-v", &github.ActionsVariable{Name: "region", Value: "eu"}); err != nil || response.StatusCode != http.StatusCreated {
		t.Fatal(response, err)
	}
	_, err := api.CreateRepoVariable(ctx, "apps", "idp-v", &github.ActionsVariable{Name: "REGION", Value: "us"})
	if status, message := refusedWith(err); status != http.StatusConflict || !strings.Contains(message, "already exists") {
		t.Errorf("made twice: %v", err)
	}
	for name, says := range map[string]string{"GITHUB_X": "must not start with GITHUB_", "1A": "Must start with a letter", "A-B": "alphanumeric", "": "names can only"} {
		_, err := api.CreateRepoVariable(ctx, "apps", "idp-v", &github.ActionsVariable{Name: name, Value: "x"})
		if status, message := refusedWith(err); status != http.StatusUnprocessableEntity || !strings.Contains(message, says) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	_, err = api.CreateRepoVariable(ctx, "apps", "idp-v", &github.ActionsVariable{Name: "BIG", Value: strings.Repeat("x", 48<<10+1)})
	if status, _ := refusedWith(err); status != http.StatusUnprocessableEntity {
		t.Errorf("a large one: %v", err)
	}
	if response, err := api.UpdateRepoVariable(ctx, "apps", "idp-v", &github.ActionsVariable{Name: "REGION", Value: "us"}); err != nil || response.StatusCode != http.StatusNoContent {
		t.Fatal(response, err)
	}
	list, _, err := api.ListRepoVariables(ctx, "apps", "idp-v", nil)
	if err != nil || list.TotalCount != 1 || list.Variables[0].Name != "REGION" || list.Variables[0].Value != "us" || list.Variables[0].CreatedAt == nil {
		t.Errorf("list = %+v, %v", list, err)
	}
	if one, _, err := api.GetRepoVariable(ctx, "apps", "idp-v", "Region"); err != nil || one.Value != "us" {
		t.Errorf("one = %v, %v", one, err)
	}
	if _, err := api.DeleteRepoVariable(ctx, "apps", "idp-v", "region"); err != nil {
		t.Fatal(err)
	}
	_, _, err = api.GetRepoVariable(ctx, "apps", "idp-v", "REGION")
	if status, _ := refusedWith(err); status != http.StatusNotFound {
		t.Errorf("after it was deleted: %v", err)
	}
}

func TestASecretIsSealedOnTheWayAndAtRestAndNeverReadBack(t *testing.T) {
	w := newWorld(t, nil)
	w.create("idp-s")
	w.create("idp-other")
	api, ctx := w.client(adminToken).Actions, t.Context()
	key, _, err := api.GetRepoPublicKey(ctx, "apps", "idp-s")
	if err != nil {
		t.Fatal(err)
	}
	const value = "open-sesame-0123456789"
	secret := sealed(t, key, "token", value)
	for _, want := range []int{http.StatusCreated, http.StatusNoContent} {
		if response, err := api.CreateOrUpdateRepoSecret(ctx, "apps", "idp-s", secret); err != nil || response.StatusCode != want {
			t.Fatalf("put = %v, %v; want %d", response, err, want)
		}
	}
	list, _, err := api.ListRepoSecrets(ctx, "apps", "idp-s", nil)
	if err != nil || list.TotalCount != 1 || list.Secrets[0].Name != "TOKEN" {
		t.Errorf("list = %v, %v", list, err)
	}
	for _, path := range []string{"", "/TOKEN"} {
		var text bytes.Buffer
		client := w.client(adminToken)
		request, err := client.NewRequest(http.MethodGet, "repos/apps/idp-s/actions/secrets"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Do(ctx, request, &text); err != nil || strings.Contains(text.String(), value) || strings.Contains(text.String(), `"value"`) {
			t.Errorf("read back: %s, %v", text.String(), err)
		}
	}
	for name, c := range map[string]*github.EncryptedSecret{
		"another key's id":   {Name: "A", KeyID: "1", EncryptedValue: secret.EncryptedValue},
		"no box":             {Name: "A", KeyID: key.GetKeyID(), EncryptedValue: base64.StdEncoding.EncodeToString([]byte(value))},
		"no base64":          {Name: "A", KeyID: key.GetKeyID(), EncryptedValue: "%"},
		"an empty value":     sealed(t, key, "A", ""),
		"GitHub's own names": sealed(t, key, "github_token", value),
	} {
		if status, _ := refusedWith(second(api.CreateOrUpdateRepoSecret(ctx, "apps", "idp-s", c))); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, _ := refusedWith(second(api.CreateOrUpdateRepoSecret(ctx, "apps", "idp-other", secret))); status != http.StatusUnprocessableEntity {
		t.Errorf("a box that was seen elsewhere opens here: %d", status)
	}
	if values, status := w.jobReads(w.appJWT(), "idp-s", ""); status != http.StatusOK || values.Secrets["TOKEN"] != value {
		t.Errorf("the job reads %v, %d", values, status)
	}
	w.stop()
	w.start()
	if values, _ := w.jobReads(w.appJWT(), "idp-s", ""); values.Secrets["TOKEN"] != value {
		t.Errorf("after a restart the job reads %v", values)
	}
	files, err := filepath.Glob(filepath.Join(w.cfg.Dir, "forge.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err != nil || bytes.Contains(text, []byte(value)) {
			t.Errorf("%s has it in the clear (%v)", file, err)
		}
	}
	if _, err := api.DeleteRepoSecret(ctx, "apps", "idp-s", "TOKEN"); err != nil {
		t.Fatal(err)
	}
	if values, _ := w.jobReads(w.appJWT(), "idp-s", ""); len(values.Secrets) != 0 {
		t.Errorf("after it was deleted the job reads %v", values)
	}
}

func second(_ *github.Response, err error) error { return err }

func TestValuesInTheClearAreForTheAppAlone(t *testing.T) {
	w := newWorld(t, nil)
	repo := w.create("idp-s")
	for name, token := range map[string]string{
		"an administrator": adminToken, "a member": memberToken, "nobody": "x",
		"a job":            w.installationToken(&github.InstallationTokenOptions{Repositories: []string{"idp-s"}, Permissions: &github.InstallationPermissions{Contents: github.Ptr("write")}}),
		"the installation": w.installationToken(&github.InstallationTokenOptions{}),
	} {
		if _, status := w.jobReads(token, "idp-s", ""); status != http.StatusUnauthorized {
			t.Errorf("%s gets %d", name, status)
		}
	}
	if _, status := w.jobReads(w.appJWT(), "idp-s", "repository_id="+strconv.FormatInt(repo.GetID()+1, 10)); status != http.StatusNotFound {
		t.Errorf("a repository that took another's name: %d", status)
	}
	if _, status := w.jobReads(w.appJWT(), "idp-s", "repository_id="+strconv.FormatInt(repo.GetID(), 10)); status != http.StatusOK {
		t.Errorf("the repository itself: %d", status)
	}
}

func TestWhoMaySetValues(t *testing.T) {
	w := newWorld(t, nil)
	w.create("idp-v")
	ctx, variable := t.Context(), &github.ActionsVariable{Name: "A", Value: "1", Visibility: github.Ptr("all")}
	job := w.installationToken(&github.InstallationTokenOptions{Repositories: []string{"idp-v"}, Permissions: &github.InstallationPermissions{Contents: github.Ptr("write")}})
	app := w.installationToken(&github.InstallationTokenOptions{Repositories: []string{"idp-v"},
		Permissions: &github.InstallationPermissions{Contents: github.Ptr("read"), ActionsVariables: github.Ptr("write")}})
	for token, want := range map[string]int{memberToken: http.StatusForbidden, job: http.StatusForbidden, app: http.StatusCreated} {
		response, err := w.client(token).Actions.CreateRepoVariable(ctx, "apps", "idp-v", variable)
		if response == nil || response.StatusCode != want {
			t.Errorf("%s…: %v, want %d", token[:6], err, want)
		}
	}
	_, _, err := w.client(memberToken).Actions.ListRepoSecrets(ctx, "apps", "idp-v", nil)
	if status, _ := refusedWith(err); status != http.StatusForbidden {
		t.Errorf("a reader lists secrets: %v", err)
	}
	if _, _, err := w.client(adminToken).Repositories.AddCollaborator(ctx, "apps", "idp-v", "ada", &github.RepositoryAddCollaboratorOptions{Permission: "push"}); err != nil {
		t.Fatal(err)
	}
	if list, _, err := w.client(memberToken).Actions.ListRepoVariables(ctx, "apps", "idp-v", nil); err != nil || list.TotalCount != 1 {
		t.Errorf("who pushes sees %v, %v", list, err)
	}
	_, err = w.client(memberToken).Actions.CreateOrgVariable(ctx, "apps", variable)
	if status, _ := refusedWith(err); status != http.StatusNotFound {
		t.Errorf("a member sets one of the organisation: %v", err)
	}
}

func TestTheNarrowerValueCounts(t *testing.T) {
	w := newWorld(t, nil)
	repo, other := w.create("idp-a"), w.create("idp-b")
	api, ctx := w.client(adminToken).Actions, t.Context()
	do := func(_ *github.Response, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	all, selected := github.Ptr("all"), github.Ptr("selected")
	for _, name := range []string{"ORG", "REPO", "ENV"} {
		do(api.CreateOrgVariable(ctx, "apps", &github.ActionsVariable{Name: name, Value: "organisation", Visibility: all}))
	}
	do(api.CreateOrgVariable(ctx, "apps", &github.ActionsVariable{Name: "OTHERS", Value: "hidden", Visibility: selected, SelectedRepositoryIDs: &github.SelectedRepoIDs{other.GetID()}}))
	do(api.CreateRepoVariable(ctx, "apps", "idp-a", &github.ActionsVariable{Name: "REPO", Value: "repository"}))
	do(api.CreateRepoVariable(ctx, "apps", "idp-a", &github.ActionsVariable{Name: "ENV", Value: "repository"}))
	if _, _, err := w.client(adminToken).Repositories.CreateUpdateEnvironment(ctx, "apps", "idp-a", "Prod", &github.CreateUpdateEnvironment{CanAdminsBypass: github.Ptr(true)}); err != nil {
		t.Fatal(err)
	}
	do(api.CreateEnvVariable(ctx, "apps", "idp-a", "prod", &github.ActionsVariable{Name: "ENV", Value: "environment"}))
	key, _, err := api.GetEnvPublicKey(ctx, int(repo.GetID()), "prod")
	if err != nil {
		t.Fatal(err)
	}
	do(api.CreateOrUpdateEnvSecret(ctx, int(repo.GetID()), "prod", sealed(t, key, "KEY", "environment")))
	for query, want := range map[string]jobValues{
		"":                                      {map[string]string{"ORG": "organisation", "REPO": "repository", "ENV": "repository"}, map[string]string{}},
		"environment=prod":                      {map[string]string{"ORG": "organisation", "REPO": "repository", "ENV": "environment"}, map[string]string{"KEY": "environment"}},
		"environment=ghost&variables_only=true": {map[string]string{"ORG": "organisation", "REPO": "repository", "ENV": "repository"}, nil},
	} {
		got, _ := w.jobReads(w.appJWT(), "idp-a", query)
		if !maps.Equal(got.Variables, want.Variables) || !maps.Equal(got.Secrets, want.Secrets) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
	if got, _ := w.jobReads(w.appJWT(), "idp-b", ""); got.Variables["OTHERS"] != "hidden" || got.Variables["REPO"] != "organisation" {
		t.Errorf("the other repository reads %v", got)
	}
	do(api.SetSelectedReposForOrgVariable(ctx, "apps", "OTHERS", github.SelectedRepoIDs{repo.GetID()}))
	if got, _ := w.jobReads(w.appJWT(), "idp-a", ""); got.Variables["OTHERS"] != "hidden" {
		t.Errorf("chosen later, it reads %v", got)
	}
	above, _, err := api.ListRepoOrgVariables(ctx, "apps", "idp-a", nil)
	if err != nil || above.TotalCount != 4 {
		t.Errorf("the organisation's are %v, %v", above, err)
	}
}

func TestAnEnvironmentPromisesNoRulesThatNothingKeeps(t *testing.T) {
	w := newWorld(t, nil)
	w.create("idp-e")
	_, _, err := w.client(adminToken).Repositories.CreateUpdateEnvironment(t.Context(), "apps", "idp-e", "prod", &github.CreateUpdateEnvironment{WaitTimer: github.Ptr(5)})
	if status, message := refusedWith(err); status != http.StatusUnprocessableEntity || !strings.Contains(message, "wait_timer is not supported") {
		t.Errorf("a wait timer: %v", err)
	}
}
