// Package project enforces what an AppProject permits, with Argo CD's rules and messages.
package project

import (
	"fmt"
	"regexp"
	"strings"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// CheckApplication returns a message for each way in which app's source and
// destination go beyond the project.
func CheckApplication(project *argo.AppProject, app *argo.Application) []string {
	var messages []string
	if source := app.Spec.Source; source != nil && !PermitsSource(project, source.RepoURL) {
		messages = append(messages, fmt.Sprintf("application repo %s is not permitted in project '%s'", source.RepoURL, project.Name))
	}
	destination := Normalized(app.Spec.Destination)
	if !PermitsDestination(project, destination) {
		messages = append(messages, fmt.Sprintf(
			"application destination server '%s' and namespace '%s' do not match any of the allowed destinations in project '%s'",
			destination.Server, destination.Namespace, project.Name))
	}
	return messages
}

// Normalized gives a destination both of the names of the one cluster that is served.
func Normalized(destination argo.ApplicationDestination) argo.ApplicationDestination {
	switch {
	case destination.Server == "" && destination.Name == argo.KubernetesInClusterName:
		destination.Server = argo.KubernetesInClusterServer
	case destination.Server == argo.KubernetesInClusterServer && destination.Name == "":
		destination.Name = argo.KubernetesInClusterName
	}
	return destination
}

// PermitsSource says whether the project's sourceRepos hold a repository.
func PermitsSource(project *argo.AppProject, url string) bool {
	permitted := false
	for _, pattern := range project.Spec.SourceRepos {
		if denied, ok := strings.CutPrefix(pattern, "!"); ok {
			if match(normalizeURL(denied), normalizeURL(url), "/") {
				return false
			}
			continue
		}
		permitted = permitted || match(normalizeURL(pattern), normalizeURL(url), "/") || pattern == "*"
	}
	return permitted
}

// normalizeURL removes what does not change which repository a URL names.
func normalizeURL(url string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(url)), ".git")
}

// PermitsDestination says whether the project's destinations hold a cluster and namespace.
func PermitsDestination(project *argo.AppProject, destination argo.ApplicationDestination) bool {
	permitted := false
	for _, allowed := range project.Spec.Destinations {
		server, serverDenied := strings.CutPrefix(allowed.Server, "!")
		namespace, namespaceDenied := strings.CutPrefix(allowed.Namespace, "!")
		cluster := clusterMatches(allowed, server, destination)
		inNamespace := match(namespace, destination.Namespace, "")
		switch {
		case serverDenied && cluster, namespaceDenied && inNamespace && (cluster || server == ""):
			return false
		case serverDenied || namespaceDenied:
		default:
			permitted = permitted || cluster && inNamespace
		}
	}
	return permitted
}

func clusterMatches(allowed argo.ApplicationDestination, server string, destination argo.ApplicationDestination) bool {
	if server != "" {
		return match(server, destination.Server, "")
	}
	return allowed.Name != "" && match(allowed.Name, destination.Name, "")
}

// CheckResource returns a message if the project does not let its
// applications manage an object of that kind, scope, name and namespace.
func CheckResource(project *argo.AppProject, destination argo.ApplicationDestination, group, kind, namespace, name string, namespaced bool) string {
	if namespaced {
		if !permitsNamespaced(project, group, kind) {
			return fmt.Sprintf("resource %s:%s is not permitted in project %s", group, kind, project.Name)
		}
		destination = Normalized(destination)
		destination.Namespace = namespace
		if !PermitsDestination(project, destination) {
			return fmt.Sprintf("namespace %s is not permitted in project '%s'", namespace, project.Name)
		}
		return ""
	}
	if !permitsCluster(project, group, kind, name) {
		return fmt.Sprintf("resource %s:%s is not permitted in project %s", group, kind, project.Name)
	}
	return ""
}

func permitsNamespaced(project *argo.AppProject, group, kind string) bool {
	for _, denied := range project.Spec.NamespaceResourceBlacklist {
		if match(denied.Group, group, "") && match(denied.Kind, kind, "") {
			return false
		}
	}
	if project.Spec.NamespaceResourceWhitelist == nil {
		return true
	}
	for _, allowed := range project.Spec.NamespaceResourceWhitelist {
		if match(allowed.Group, group, "") && match(allowed.Kind, kind, "") {
			return true
		}
	}
	return false
}

func permitsCluster(project *argo.AppProject, group, kind, name string) bool {
	in := func(list []argo.ClusterResource) bool {
		for _, entry := range list {
			if match(entry.Group, group, "") && match(entry.Kind, kind, "") && (entry.Name == "" || match(entry.Name, name, "")) {
				return true
			}
		}
		return false
	}
	return in(project.Spec.ClusterResourceWhitelist) && !in(project.Spec.ClusterResourceBlacklist)
}

// match is a glob match over the whole text: * is any run of characters except
// separators (** is any run at all), ? is one character.
func match(pattern, text, separators string) bool {
	if pattern == text {
		return true
	}
	var expression strings.Builder
	expression.WriteString("^")
	for i := 0; i < len(pattern); i++ {
		switch {
		case strings.HasPrefix(pattern[i:], "**"):
			expression.WriteString(".*")
			i++
		case pattern[i] == '*' && separators != "":
			expression.WriteString("[^" + regexp.QuoteMeta(separators) + "]*")
		case pattern[i] == '*':
			expression.WriteString(".*")
		case pattern[i] == '?':
			expression.WriteString(".")
		default:
			expression.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	compiled, err := regexp.Compile(expression.String() + "$")
	return err == nil && compiled.MatchString(text)
}
