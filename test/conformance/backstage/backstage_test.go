package backstage_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestBackstagesClientsAndValidators runs the scripts beside this file; each
// calls every method of a client as it is published.
func TestBackstagesClientsAndValidators(t *testing.T) {
	for _, script := range []string{"model", "catalog", "scaffolder"} {
		t.Run(script, func(t *testing.T) {
			w := newWorld(t)
			push := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				title := strings.Replace(repositoryFiles["catalog-info.yaml"], "The shopfront", "Pushed", 1)
				w.put("conformance", "catalog-info.yaml", title)
			}))
			t.Cleanup(push.Close)
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			node := exec.CommandContext(ctx, "node", "--test", "--test-reporter=spec", script+".test.mjs")
			node.Env = append(os.Environ(), "PRONTO_URL="+w.portal.URL, "PRONTO_TOKEN="+apiToken, "FORGE_URL="+w.forge.URL, "PUSH_URL="+push.URL)
			out, err := node.CombinedOutput()
			if err != nil {
				t.Errorf("%v; are its packages installed (make conformance)?\n%s", err, out)
			}
		})
	}
}
