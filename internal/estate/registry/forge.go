package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

const forgeTimeout = 10 * time.Second

// errCredentials: the forge does not know the token.
var errCredentials = errors.New("the credentials are not valid")

// forge asks the forge's REST API what a token may do.
type forge struct {
	api          *url.URL
	organization string
	client       *http.Client
}

// valid reports whether the forge knows the token: a person's by /user, an
// App installation's by the repositories it is installed on.
func (f forge) valid(ctx context.Context, token secret.String) error {
	status, err := f.get(ctx, token, nil, "user")
	if err != nil || status == http.StatusOK {
		return err
	}
	status, err = f.get(ctx, token, nil, "installation", "repositories")
	if err != nil || status == http.StatusOK {
		return err
	}
	return errCredentials
}

// permissions on a repository; all false when the token cannot see it.
func (f forge) permissions(ctx context.Context, token secret.String, repository string) (permissions, error) {
	var answer struct {
		Permissions permissions `json:"permissions"`
	}
	status, err := f.get(ctx, token, &answer, "repos", f.organization, repository)
	switch {
	case err != nil:
		return permissions{}, err
	case status == http.StatusUnauthorized:
		return permissions{}, errCredentials
	case status != http.StatusOK:
		return permissions{}, nil
	}
	return answer.Permissions, nil
}

// get returns the status of any answer that decides something; a forge that
// cannot answer is an error.
func (f forge) get(ctx context.Context, token secret.String, into any, path ...string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, forgeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.api.JoinPath(path...).String(), nil)
	if err != nil {
		return 0, fmt.Errorf("ask the forge: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token.Reveal())
	request.Header.Set("Accept", "application/vnd.github+json")
	response, err := f.client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("ask the forge: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusInternalServerError || response.StatusCode == http.StatusTooManyRequests {
		return 0, fmt.Errorf("ask the forge: %s answered %s", request.URL.Path, response.Status)
	}
	if into == nil || response.StatusCode != http.StatusOK {
		return response.StatusCode, nil
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(into); err != nil {
		return 0, fmt.Errorf("ask the forge: %s: %w", request.URL.Path, err)
	}
	return response.StatusCode, nil
}
