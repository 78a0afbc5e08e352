package runner

import (
	"slices"
	"testing"

	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
)

func TestNodeTakesItsRootsFromTheBundleUnlessTheJobSaysOtherwise(t *testing.T) {
	for given, want := range map[string]string{
		"":                          "--use-openssl-ca",
		"--max-old-space-size=4096": "--use-openssl-ca --max-old-space-size=4096",
		"--use-bundled-ca":          "--use-bundled-ca",
	} {
		s := &step{job: &job{assignment: &protocol.Assignment{}}, env: map[string]string{"NODE_OPTIONS": given}}
		if env := s.environ(nil); !slices.Contains(env, "NODE_OPTIONS="+want) {
			t.Errorf("NODE_OPTIONS=%q does not become %q: %q", given, want, env)
		}
	}
}

func TestGitTrustsThePlatformAloneAtTheForge(t *testing.T) {
	of := func(ca string) [][2]string {
		a := &protocol.Assignment{CA: ca, Resolve: []string{"git.example.com:443:10.0.0.1"}}
		a.GitHub.ServerURL = "https://git.example.com"
		return (&step{job: &job{assignment: a, dirs: dirs{ca: "ca.pem", bundle: "bundle.pem"}}}).gitConfig()
	}
	if got := of("PEM"); len(got) != 3 || got[1] != [2]string{"http.https://git.example.com/.sslCAInfo", "ca.pem"} {
		t.Errorf("with an authority of the platform: %q", got)
	}
	if got := of(""); len(got) != 2 || got[0] != [2]string{"http.sslCAInfo", "bundle.pem"} {
		t.Errorf("with public roots alone: %q", got)
	}
}
