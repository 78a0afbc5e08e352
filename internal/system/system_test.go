package system

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/config"
)

func TestTheGitHostGivesActionsWhatIsActions(t *testing.T) {
	says := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
	}
	host := gitHost(says("forge"), says("actions"))
	for path, want := range map[string]string{
		"/_services/actions/webhook":                          "actions",
		"/_services/forge/workflow-values/apps/idp-a":         "forge",
		"/api/v3/repos/apps/idp-a/actions/runs":               "actions",
		"/api/v3/repos/apps/idp-a/actions/variables":          "forge",
		"/api/v3/repos/apps/idp-a/actions/secrets/public-key": "forge",
		"/api/v3/orgs/apps/actions/secrets/A":                 "forge",
		"/api/v3/repos/apps/idp-a":                            "forge",
		"/api/v3/repos/apps/actions":                          "forge",
		"/api/v3/repos/actions/actions/hooks":                 "forge",
		"/apps/actions.git/info/refs":                         "forge",
	} {
		w := httptest.NewRecorder()
		host.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Body.String() != want {
			t.Errorf("%s went to %s, want %s", path, w.Body, want)
		}
	}
}

func TestWithAClusterOfOnesOwnNothingListensOnAGateway(t *testing.T) {
	cfg := config.Default()
	if got := listen(cfg, 443); !slices.Equal(got, []string{"127.0.0.1:443", "10.41.0.1:443"}) {
		t.Errorf("embedded: %v", got)
	}
	cfg.Node.Kubeconfig = "/etc/kube"
	if got := listen(cfg, 443); !slices.Equal(got, []string{"127.0.0.1:443"}) {
		t.Errorf("external: %v", got)
	}
	if got := listeners(cfg); len(got) != 1 || got[0].Recursive {
		t.Errorf("external: %+v", got)
	}
}

func TestConfigurationIsDefaultsThenWhatWasSavedThenTheFile(t *testing.T) {
	state := t.TempDir()
	saved := config.Default()
	saved.State, saved.Domain, saved.DNS.Port = state, "saved.localhost", 5301
	if err := saved.Save(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(file, []byte("domain: mine.localhost\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := LoadConfig(state, file)
	if err != nil || cfg.Domain != "mine.localhost" || cfg.DNS.Port != 5301 || cfg.State != state {
		t.Errorf("LoadConfig = %+v, %v", cfg, err)
	}
}

func TestACommandOnAnEmptyStateDirectorySaysThatNothingRuns(t *testing.T) {
	for what, call := range map[string]func(state string) error{
		"client":      func(s string) error { _, err := Client(s); return err },
		"environment": func(s string) error { _, err := Environment(s); return err },
	} {
		if err := call(t.TempDir()); err == nil || !strings.Contains(err.Error(), "pronto up") {
			t.Errorf("%s: %v", what, err)
		}
	}
	var out strings.Builder
	if err := Down(t.Context(), t.TempDir(), true, &out); err != nil || !strings.Contains(out.String(), "does not run") {
		t.Errorf("Down = %v, %q", err, out.String())
	}
}
