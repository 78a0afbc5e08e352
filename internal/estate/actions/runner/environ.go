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
	env["NODE_OPTIONS"] = nodeOptions(env["NODE_OPTIONS"])
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

// trust makes git, node and curl reach and trust the platform's names.
func (s *step) trust() map[string]string {
	env := map[string]string{
		"GIT_TERMINAL_PROMPT": "0", "SSL_CERT_FILE": s.dirs.bundle, "CURL_CA_BUNDLE": s.dirs.bundle,
	}
	config := s.gitConfig()
	for i, entry := range config {
		env[fmt.Sprintf("GIT_CONFIG_KEY_%d", i)] = entry[0]
		env[fmt.Sprintf("GIT_CONFIG_VALUE_%d", i)] = entry[1]
	}
	env["GIT_CONFIG_COUNT"] = strconv.Itoa(len(config))
	return env
}

// gitConfig are git's settings, each a key and a value. libcurl answers
// *.localhost with loopback unless http.curloptResolve says otherwise. The
// forge has the platform's authority alone: git reads all of a file before it
// connects, and the public roots are many.
func (s *step) gitConfig() [][2]string {
	config := [][2]string{{"http.sslCAInfo", s.dirs.bundle}}
	if s.assignment.CA != "" {
		config = append(config, [2]string{"http." + s.assignment.GitHub.ServerURL + "/.sslCAInfo", s.dirs.ca})
	}
	for _, entry := range s.assignment.Resolve {
		config = append(config, [2]string{"http.curloptResolve", entry})
	}
	return config
}

// nodeOptions has node take its roots from SSL_CERT_FILE, when it first needs
// them. With NODE_EXTRA_CA_CERTS it reads them, and its own, at each start,
// which takes longer than the start.
func nodeOptions(given string) string {
	if strings.Contains(given, "--use-bundled-ca") {
		return given // node takes only one of the two
	}
	return strings.TrimSpace("--use-openssl-ca " + given)
}
