package cli_test

import (
	"testing"

	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
)

func TestAMisspeltFieldIsRefusedWithTheOnesNearIt(t *testing.T) {
	form := client.Form{Fields: map[string]client.Property{"name": {}, "replicas": {Type: "integer"}, "repoUrl": {}, "owner": {}}}
	for pair, want := range map[string]string{
		"replica=2":   "--set replica: the template has no such field; did you mean replicas?",
		"Replicas=2":  "--set Replicas: the template has no such field; did you mean replicas?",
		"repliacs=2":  "--set repliacs: the template has no such field; did you mean replicas?",
		"repo=x":      "--set repo: the template has no such field; did you mean repoUrl?",
		"nam=x":       "--set nam: the template has no such field; did you mean name?",
		"colour=blue": "--set colour: the template has no such field; it has name, owner, replicas, repoUrl",
		"=2":          `--set "=2": write it as key=value`,
	} {
		if _, err := cli.Values([]string{"owner=me", pair}, form); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", pair, err, want)
		}
	}
	if _, err := cli.Values([]string{"a=b"}, client.Form{}); err == nil || err.Error() != "--set a: the template has no such field; it has none" {
		t.Errorf("a form without fields: %v", err)
	}
	form.Open = true
	if values, err := cli.Values([]string{"x-colour=blue"}, form); err != nil || values["x-colour"] != "blue" {
		t.Errorf("a form that takes more than it names: %v, %v", values, err)
	}
}
