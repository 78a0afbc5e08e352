package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

const (
	installationID     = 1
	tokenLife          = time.Hour
	longestJWT         = 10 * time.Minute
	clockDrift         = time.Minute
	everyPermission    = `{"actions":"write","administration":"write","checks":"write","contents":"write","metadata":"read","packages":"write","statuses":"write"}`
	integrationRefusal = "Resource not accessible by integration"
)

// verifyApp checks that the request carries the App's JWT.
func (f *Forge) verifyApp(r *http.Request) error {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if f.cfg.App.Key == nil || token == "" {
		return failure(http.StatusUnauthorized, "A JSON web token could not be decoded")
	}
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return f.cfg.App.Key, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(), jwt.WithLeeway(clockDrift))
	if err != nil {
		return &apiError{code: http.StatusUnauthorized, message: "A JSON web token could not be decoded", cause: err}
	}
	expires, err := claims.GetExpirationTime()
	if err != nil || time.Until(expires.Time) > longestJWT+clockDrift {
		return failure(http.StatusUnauthorized, "'Expiration time' claim ('exp') is too far in the future")
	}
	issuer := fmt.Sprint(claims["iss"])
	if number, ok := claims["iss"].(float64); ok {
		issuer = strconv.FormatInt(int64(number), 10)
	}
	if issuer != strconv.FormatInt(f.cfg.App.ID, 10) {
		return failure(http.StatusUnauthorized, "'Issuer' claim ('iss') must be the App's ID")
	}
	return nil
}

func (f *Forge) appJSON(owner account) obj {
	var permissions map[string]string
	_ = json.Unmarshal([]byte(everyPermission), &permissions) // a constant
	return obj{
		"id": f.cfg.App.ID, "slug": f.cfg.App.Slug, "node_id": nodeID("App", f.cfg.App.ID), "name": f.cfg.App.Slug,
		"owner": f.accountJSON(owner), "external_url": f.base(), "html_url": f.base() + "/apps/" + f.cfg.App.Slug,
		"permissions": permissions, "events": []string{}, "created_at": owner.Created, "updated_at": owner.Created,
	}
}

func (f *Forge) getApp(w http.ResponseWriter, r *request) error {
	owner, err := findAccount(r.Context(), f.db, f.cfg.Organization)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, f.appJSON(owner))
	return nil
}

func (f *Forge) installationJSON(owner account) obj {
	app := f.appJSON(owner)
	return obj{
		"id": installationID, "account": app["owner"], "app_id": f.cfg.App.ID, "app_slug": f.cfg.App.Slug,
		"target_id": owner.ID, "target_type": "Organization", "repository_selection": "all", "permissions": app["permissions"],
		"events": []string{}, "access_tokens_url": fmt.Sprintf("%s/app/installations/%d/access_tokens", f.api(), installationID),
		"repositories_url": f.api() + "/installation/repositories", "html_url": f.base(),
		"created_at": owner.Created, "updated_at": owner.Created,
	}
}

func (f *Forge) listInstallations(w http.ResponseWriter, r *request) error {
	owner, err := findAccount(r.Context(), f.db, f.cfg.Organization)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, []obj{f.installationJSON(owner)})
	return nil
}

func (f *Forge) getInstallation(w http.ResponseWriter, r *request) error {
	owner, err := findAccount(r.Context(), f.db, f.cfg.Organization)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, f.installationJSON(owner))
	return nil
}

type tokenRequest struct {
	Repositories  []string          `json:"repositories"`
	RepositoryIDs []int64           `json:"repository_ids"`
	Permissions   map[string]string `json:"permissions"`
}

func (f *Forge) createInstallationToken(w http.ResponseWriter, r *request) error {
	if r.PathValue("id") != strconv.Itoa(installationID) {
		return errNotFound
	}
	var body tokenRequest
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	permissions, err := grantedPermissions(body.Permissions)
	if err != nil {
		return err
	}
	repos, err := f.tokenRepositories(r.Context(), body)
	if err != nil {
		return err
	}
	token, expires := secret.Random("ghs_"), time.Now().Add(tokenLife).UTC().Truncate(time.Second)
	if err := f.storeInstallationToken(r.Context(), token, expires, repos, permissions); err != nil {
		return err
	}
	answer := obj{"token": token.Reveal(), "expires_at": expires, "permissions": permissions, "repository_selection": "all"}
	if repos != nil {
		list := make([]obj, 0, len(repos))
		for _, repo := range repos {
			list = append(list, f.repoJSON(repo, installationLevel(caller{permissions: permissions}, repo.ID)))
		}
		answer["repository_selection"], answer["repositories"] = "selected", list
	}
	writeJSON(w, r.Request, http.StatusCreated, answer)
	return nil
}

func grantedPermissions(asked map[string]string) (map[string]string, error) {
	granted := map[string]string{}
	if len(asked) == 0 {
		err := json.Unmarshal([]byte(everyPermission), &granted)
		return granted, err
	}
	for name, access := range asked {
		if access != "read" && access != "write" && access != "admin" {
			return nil, failure(http.StatusUnprocessableEntity, "The permission %q must be read or write, not %q", name, access)
		}
		granted[name] = access
	}
	granted["metadata"] = "read"
	return granted, nil
}

// tokenRepositories returns nil for "all".
func (f *Forge) tokenRepositories(ctx context.Context, body tokenRequest) ([]repository, error) {
	var repos []repository
	missing := failure(http.StatusUnprocessableEntity, "There is at least one repository that does not exist or is not accessible to the parent installation.")
	add := func(repo repository, err error) error {
		if errors.Is(err, errNotFound) || err == nil && !strings.EqualFold(repo.Owner, f.cfg.Organization) {
			return missing
		}
		repos = append(repos, repo)
		return err
	}
	for _, name := range body.Repositories {
		if err := add(f.findRepo(ctx, f.cfg.Organization, name)); err != nil {
			return nil, err
		}
	}
	for _, id := range body.RepositoryIDs {
		if err := add(f.findRepoByID(ctx, id)); err != nil {
			return nil, err
		}
	}
	return repos, nil
}

func (f *Forge) storeInstallationToken(ctx context.Context, token secret.String, expires time.Time, repos []repository, permissions map[string]string) error {
	ids := ""
	if repos != nil {
		list := make([]int64, 0, len(repos))
		for _, repo := range repos {
			list = append(list, repo.ID)
		}
		encoded, err := json.Marshal(list)
		if err != nil {
			return err
		}
		ids = string(encoded)
	}
	encoded, err := json.Marshal(permissions)
	if err != nil {
		return err
	}
	_, err = f.db.ExecContext(ctx, `INSERT INTO tokens (hash, login, installation, expires_at, repositories, permissions) VALUES (?, ?, 1, ?, ?, ?)`,
		hashToken(token.Reveal()), f.botLogin(), expires.Unix(), ids, string(encoded))
	if err != nil {
		return fmt.Errorf("store token: %w", err)
	}
	return nil
}

func (f *Forge) revokeInstallationToken(w http.ResponseWriter, r *request) error {
	if r.caller.kind != installationCaller {
		return failure(http.StatusForbidden, "This endpoint needs an installation token")
	}
	if _, err := f.db.ExecContext(r.Context(), `DELETE FROM tokens WHERE hash = ?`, r.caller.tokenHash); err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return noContent(w)
}

func (f *Forge) listInstallationRepositories(w http.ResponseWriter, r *request) error {
	if r.caller.kind != installationCaller {
		return failure(http.StatusForbidden, "You must authenticate with an installation access token in order to list repositories for an installation.")
	}
	repos, err := f.visibleRepos(r, f.cfg.Organization)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, obj{
		"total_count": len(repos), "repository_selection": "selected", "repositories": f.seenJSON(page(f, w, r.Request, repos))})
	return nil
}

func (f *Forge) pruneTokens(ctx context.Context) error {
	_, err := f.db.ExecContext(ctx, `DELETE FROM tokens WHERE expires_at <> 0 AND expires_at < ?`, time.Now().Unix())
	return err
}
