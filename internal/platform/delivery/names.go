package delivery

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Names derives every name of an application from its own.
type Names struct {
	Organization     string // of the forge
	RepositoryPrefix string
	Domain           string
	HTTPSPort        int    // 443 is left out of addresses
	ForgeURL         string // https://git.<domain>
	Registry         string // host[:port]
}

// Repository is the repository's name within the organisation.
func (n Names) Repository(app string) string { return n.RepositoryPrefix + app }

// RepositoryPath is owner/name.
func (n Names) RepositoryPath(app string) string { return n.Organization + "/" + n.Repository(app) }

// RepositoryURL is the repository's page.
func (n Names) RepositoryURL(app string) string {
	return strings.TrimSuffix(n.ForgeURL, "/") + "/" + n.RepositoryPath(app)
}

// CloneURL is where git finds the repository.
func (n Names) CloneURL(app string) string { return n.RepositoryURL(app) + ".git" }

// Host is the application's host name.
func (n Names) Host(app string) string { return app + "." + n.Domain }

// AppURL is the application's public address.
func (n Names) AppURL(app string) string {
	if n.HTTPSPort == 0 || n.HTTPSPort == 443 {
		return "https://" + n.Host(app)
	}
	return "https://" + n.Host(app) + ":" + strconv.Itoa(n.HTTPSPort)
}

// Image is the image's repository, without a tag.
func (n Names) Image(app string) string { return n.Registry + "/" + n.Repository(app) }

// app is the application a repository belongs to, if it does to one.
func (n Names) app(owner, repository string) (string, bool) {
	name, ok := strings.CutPrefix(repository, n.RepositoryPrefix)
	return name, ok && owner == n.Organization && name != "" && checkName(name) == ""
}

const maxName = 40

var (
	namePattern = regexp.MustCompile(`^[a-z]([a-z0-9-]*[a-z0-9])?$`)
	reserved    = []string{
		"portal", "git", "registry", "login", "argocd", "api", "www", "mail", "ns", "dns", "admin", "status",
		"default", "kube-system", "kube-public", "kube-node-lease", "pronto", "pronto-ci", "pronto-system",
		"localhost", "edge", "base", "node", "auth", "ftp", "smtp", "imap", "autoconfig", "autodiscover", "wpad",
	}
)

// checkName says what is wrong with a name by itself, empty if nothing is.
func checkName(name string) string {
	switch {
	case name == "":
		return "name: is needed; choose one of lower-case letters, digits and '-', e.g. my-app"
	case len(name) > maxName:
		return fmt.Sprintf("name: has %d characters; use at most %d", len(name), maxName)
	case strings.ToLower(name) != name:
		return fmt.Sprintf("name: %q has upper-case letters; use %q", name, strings.ToLower(name))
	case !namePattern.MatchString(name):
		return fmt.Sprintf("name: %q must begin with a letter, hold only a-z, 0-9 and '-', and end with a letter or digit", name)
	case strings.Contains(name, "--"):
		return fmt.Sprintf("name: %q has '--'; use a single '-'", name)
	case slices.Contains(reserved, name) || strings.HasPrefix(name, "kube-"):
		return fmt.Sprintf("name: %q is reserved for the platform; choose another", name)
	}
	return ""
}
