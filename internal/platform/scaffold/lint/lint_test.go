package lint

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const golden = "../../../../templates"

// site is what a platform gives its templates.
func site() map[string]any {
	return map[string]any{
		"organization": "apps", "domain": "example.com", "authority": "example.com",
		"forge": "https://git.example.com", "forgeHost": "git.example.com", "registry": "registry.example.com",
		"ingressClass": "pronto", "edge": "10.41.0.1", "architectures": []string{"amd64"},
	}
}

func TestTheGoldenPathsAreClean(t *testing.T) {
	for _, name := range []string{"go", "nodejs", "python", "static"} {
		for what, values := range map[string]map[string]any{
			"as the form suggests":  nil,
			"hidden, with replicas": {"name": "a", "public": false, "replicas": 10, "description": `It's "quoted": {a: #b} ${{ x }}`},
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				report, err := Dir(t.Context(), filepath.Join(golden, name), Options{Site: site(), Values: values})
				if err != nil {
					t.Fatal(err)
				}
				for _, finding := range report.Findings {
					t.Error(finding)
				}
				if report.Rendered < 20 || len(report.LeftOut) != 1 { // the cluster
					t.Errorf("%d files, left out %q", report.Rendered, report.LeftOut)
				}
			})
		}
	}
}

// sound is a template without a fault; cases replace a part of it.
const sound = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: sound
spec:
  type: service
  parameters:
    required: [name]
    properties:
      name: {type: string}
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: ${{ parameters.name }}
    - id: publish
      action: publish:github
      input:
        repoUrl: git.example.com?owner=apps&repo=${{ parameters.name }}
  output:
    links:
      - title: Repository
        url: ${{ steps.publish.output.remoteUrl }}
`

const soundWorkflow = `on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ values.name }}
`

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "template")
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestEveryFaultIsFoundAtItsLine(t *testing.T) {
	const workflow, descriptor = "skeleton/.github/workflows/ci.yaml", "skeleton/catalog-info.yaml"
	for what, c := range map[string]struct {
		before, after string // in template.yaml
		files         map[string]string
		want          string // beginning of the only finding
	}{
		"nothing":               {},
		"not YAML":              {before: "  type: service", after: "  type: [service", want: "template.yaml:"},
		"format":                {before: "  type: service\n", after: "", want: `template.yaml:5: spec requires property "type"`},
		"a field of a step":     {before: "      action: publish:github", after: "      actoin: x\n      action: publish:github", want: "template.yaml:18: spec.steps.1 is not allowed"},
		"the name":              {before: "  name: sound", after: "  name: not sound", want: `template.yaml:4: metadata.name "not sound"`},
		"an action":             {before: "publish:github", after: "publish:bitbucket", want: `template.yaml:19: there is no action "publish:bitbucket"`},
		"an input":              {before: "        repoUrl:", after: "        repoURL: x\n        repoUrl:", want: `template.yaml:21: publish:github has no input "repoURL"`},
		"no input":              {before: "        url: ./skeleton\n", after: "        targetPath: .\n", want: `template.yaml:14: fetch:template needs the input "url"`},
		"a parameter":           {before: "repo=${{ parameters.name }}", after: "repo=${{ parameters.nome }}", want: "template.yaml:21: parameters.nome: the form has no field nome; it has name"},
		"beyond ASCII":          {before: "repo=${{ parameters.name }}", after: "repo=${{ parameters.größe }}", want: "template.yaml:21: parameters.größe: the form has no field größe"},
		"a filter with a name":  {before: "repo=${{ parameters.name }}", after: `repo=${{ parameters.name | replace("values.x", "steps.y") }}`},
		"in brackets":           {before: "repo=${{ parameters.name }}", after: "repo=${{ parameters['na-me'] }}", want: "template.yaml:21: parameters.na-me: the form has no field na-me"},
		"a step":                {before: "steps.publish.output", after: "steps.push.output", want: "template.yaml:25: steps.push.output.remoteUrl: there is no step push"},
		"a later step":          {before: "repo=${{ parameters.name }}", after: "repo=${{ steps.publish.output.remoteUrl }}", want: "template.yaml:21: steps.publish.output.remoteUrl: the step publish has not run yet"},
		"an output":             {before: "output.remoteUrl", after: "output.remoteURL", want: "template.yaml:25: steps.publish.output.remoteURL: publish:github gives no remoteURL"},
		"output left out":       {before: "output.remoteUrl", after: "remoteUrl", want: "template.yaml:25: steps.publish.remoteUrl: what a step gives is read as steps.publish.output.remoteUrl"},
		"secrets in the output": {before: "${{ steps.publish.output.remoteUrl }}", after: "${{ secrets.token }}", want: "template.yaml:25: secrets.token: secrets can be read in the input of a step only"},
		"each":                  {before: "repo=${{ parameters.name }}", after: "repo=${{ each.value }}", want: "template.yaml:21: each.value: the step has no each"},
		"syntax":                {before: "repo=${{ parameters.name }}", after: "repo=${{ parameters.name | }}", want: "template.yaml:21: the expression cannot be read"},
		"a directory":           {before: "./skeleton", after: "./skel", want: "template.yaml:15: there is no directory skel"},
		"out of the source":     {before: "./skeleton", after: "../../skeleton", want: `template.yaml:15: url "../../skeleton" leads out`},
		"syntax of a file":      {files: map[string]string{"skeleton/a.txt": "x\n${{ values.name | }}\n"}, want: "skeleton/a.txt:2: "},
		"a filter":              {before: "repo=${{ parameters.name }}", after: "repo=${{ parameters.name | uper }}", want: "template.yaml:21: the expression cannot be computed: "},
		"a value":               {files: map[string]string{"skeleton/a.txt": "x\n${{ values.nome }}\n"}, want: "skeleton/a.txt:2: values.nome: the step fetch gives no value nome; it gives name"},
		"a workflow":            {files: map[string]string{workflow: strings.Replace(soundWorkflow, "runs-on", "run-on", 1)}, want: "rendered/.github/workflows/ci.yaml:"},
		"a descriptor":          {files: map[string]string{descriptor: "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: x\nspec:\n  type: service\n  owner: group:default/a\n"}, want: "rendered/catalog-info.yaml:5: spec.lifecycle"},
		"YAML of a file":        {files: map[string]string{"skeleton/deploy/a.yaml": "kind: A\na: {\n"}, want: "rendered/deploy/a.yaml:"},
		"JSON of a file":        {files: map[string]string{"skeleton/a.json": "{\n  \"a\": ${{ values.name }}\n}\n"}, want: "rendered/a.json:2: invalid character"},
	} {
		t.Run(what, func(t *testing.T) {
			files := map[string]string{TemplateFile: strings.Replace(sound, c.before, c.after, 1), workflow: soundWorkflow}
			for name, content := range c.files {
				files[name] = content
			}
			report, err := Dir(t.Context(), write(t, files), Options{Site: site()})
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && len(report.Findings) == 0 {
				return
			}
			if len(report.Findings) == 0 || c.want == "" || !slices.ContainsFunc(report.Findings, func(f Finding) bool { return strings.HasPrefix(f.String(), c.want) }) {
				t.Errorf("found %v, want %q", report.Findings, c.want)
			}
			if len(report.Findings) > 1 && !strings.HasSuffix(c.want, ":") {
				t.Errorf("found also %v", report.Findings)
			}
		})
	}
}

func TestABadPatternIsFound(t *testing.T) {
	dir := write(t, map[string]string{"template.yaml": strings.Replace(sound, "name: {type: string}", "name: {type: string, pattern: '(?<x'}", 1)})
	report, err := Dir(t.Context(), dir, Options{Site: site()})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(report.Findings, func(f Finding) bool {
		return f.File == TemplateFile && f.Line == 7 && strings.Contains(f.Message, "spec.parameters: properties.name.pattern")
	}) {
		t.Errorf("findings %v", report.Findings)
	}
}
