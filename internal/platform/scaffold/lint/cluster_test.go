package lint

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/pronto-platform/pronto/internal/base/kubetest"
)

func TestAClusterIsAskedWhetherItTakesTheManifests(t *testing.T) {
	cluster := kubetest.Start(t)
	for _, name := range []string{"go", "nodejs", "python", "static"} {
		t.Run("that of "+name, func(t *testing.T) {
			report, err := Dir(t.Context(), filepath.Join(golden, name), Options{Site: site(), Cluster: cluster})
			if err != nil || len(report.Findings) > 0 || len(report.LeftOut) > 0 {
				t.Errorf("%v, left out %q, %v", report.Findings, report.LeftOut, err)
			}
		})
	}
	for what, c := range map[string]struct{ manifest, want string }{
		"a field that is not valid": {
			"apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  ports:\n    - port: 70000\n      targetPort: 80\n",
			"rendered/deploy/a.yaml:7: the cluster refuses it: spec.ports[0].port: ",
		},
		"a field that is not known": {
			"apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\nautomountToken: false\n",
			`rendered/deploy/a.yaml:2: the cluster refuses it: `,
		},
		"a kind that is not known": {
			"apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: a\n",
			"rendered/deploy/a.yaml:2: the cluster has no Thing of example.com/v1",
		},
		"a warning": {
			"apiVersion: v1\nkind: Endpoints\nmetadata:\n  name: a\n",
			"rendered/deploy/a.yaml:2: the cluster warns: ",
		},
	} {
		t.Run(what, func(t *testing.T) {
			dir := write(t, map[string]string{TemplateFile: sound, "skeleton/deploy/a.yaml": c.manifest})
			report, err := Dir(t.Context(), dir, Options{Site: site(), Cluster: cluster})
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Findings) != 1 || !slices.ContainsFunc(report.Findings, func(f Finding) bool { return strings.HasPrefix(f.String(), c.want) }) {
				t.Errorf("found %v, want %q", report.Findings, c.want)
			}
		})
	}
}

func TestAClusterThatDoesNotAnswerIsLeftOut(t *testing.T) {
	report, err := Dir(t.Context(), filepath.Join(golden, "static"), Options{Site: site(), Cluster: &rest.Config{Host: "http://127.0.0.1:1"}})
	if err != nil || len(report.Findings) > 0 || len(report.LeftOut) != 1 || !strings.Contains(report.LeftOut[0], "cluster") {
		t.Errorf("%v, left out %q, %v", report.Findings, report.LeftOut, err)
	}
}
