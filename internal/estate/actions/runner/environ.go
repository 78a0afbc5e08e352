package runner

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// environ is the environment of the step's process. files are the ones that
// the step may write to.
func (s *step) environ(files map[string]string) []string {
	env := s.defaults()
	maps.Copy(env, s.states)
	maps.Copy(env, s.env)
	maps.Copy(env, files)
	list := make([]string, 0, len(env))
	for _, key := range slices.Sorted(maps.Keys(env)) {
		list = append(list, key+"="+env[key])
	}
	return list
}

func (s *step) defaults() map[string]string {
	g := s.assignment.GitHub
	env := map[string]string{
		"CI": "true", "GITHUB_ACTIONS": "true", "LANG": "C.UTF-8",
		"HOME": s.dirs.home, "PATH": strings.Join(append(slices.Clone(s.paths), os.Getenv("PATH")), ":"),
		"RUNNER_OS": "Linux", "RUNNER_ARCH": runnerArch(), "RUNNER_NAME": "pronto",
		"RUNNER_TEMP": s.dirs.temp, "RUNNER_TOOL_CACHE": s.dirs.tools, "RUNNER_WORKSPACE": s.dirs.workspace,
		"GITHUB_WORKSPACE": g.Workspace, "GITHUB_EVENT_PATH": g.EventPath, "GITHUB_EVENT_NAME": g.EventName,
		"GITHUB_SHA": g.Sha, "GITHUB_REF": g.Ref, "GITHUB_REF_NAME": g.RefName, "GITHUB_REF_TYPE": g.RefType,
		"GITHUB_HEAD_REF": g.HeadRef, "GITHUB_BASE_REF": g.BaseRef,
		"GITHUB_REPOSITORY": g.Repository, "GITHUB_REPOSITORY_OWNER": g.RepositoryOwner, "GITHUB_ACTOR": g.Actor,
		"GITHUB_RUN_ID": g.RunID, "GITHUB_RUN_NUMBER": g.RunNumber, "GITHUB_RUN_ATTEMPT": g.RunAttempt,
		"GITHUB_WORKFLOW": g.Workflow, "GITHUB_JOB": s.assignment.Key,
		"GITHUB_SERVER_URL": g.ServerURL, "GITHUB_API_URL": g.APIURL, "GITHUB_GRAPHQL_URL": g.GraphQLURL,
	}
	maps.Copy(env, s.trust())
	return env
}

// trust makes git, node and curl reach and trust the platform's names. libcurl
// answers *.localhost with loopback unless http.curloptResolve says otherwise.
func (s *step) trust() map[string]string {
	env := map[string]string{
		"GIT_TERMINAL_PROMPT": "0", "GIT_SSL_CAINFO": s.dirs.bundle,
		"SSL_CERT_FILE": s.dirs.bundle, "CURL_CA_BUNDLE": s.dirs.bundle, "NODE_EXTRA_CA_CERTS": s.dirs.bundle,
	}
	for i, entry := range s.assignment.Resolve {
		env[fmt.Sprintf("GIT_CONFIG_KEY_%d", i)] = "http.curloptResolve"
		env[fmt.Sprintf("GIT_CONFIG_VALUE_%d", i)] = entry
	}
	env["GIT_CONFIG_COUNT"] = strconv.Itoa(len(s.assignment.Resolve))
	return env
}
