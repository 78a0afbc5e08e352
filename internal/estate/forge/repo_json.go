package forge

import (
	"maps"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

// defaultSettings are the switches of a new repository.
var defaultSettings = map[string]any{
	"has_issues": true, "has_projects": false, "has_wiki": false, "has_downloads": true, "has_pages": false,
	"has_discussions": false, "is_template": false, "allow_squash_merge": true, "allow_merge_commit": true,
	"allow_rebase_merge": true, "allow_auto_merge": false, "delete_branch_on_merge": false, "allow_update_branch": false,
	"squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "squash_merge_commit_message": "COMMIT_MESSAGES",
	"merge_commit_title": "MERGE_MESSAGE", "merge_commit_message": "PR_TITLE", "web_commit_signoff_required": false,
}

func (f *Forge) ownerJSON(login string) obj {
	if login == f.cfg.Organization {
		return f.accountJSON(account{ID: orgID, Login: login, Type: "Organization"})
	}
	return f.accountJSON(account{ID: int64(firstUserID), Login: login, Type: "User"})
}

// repoJSON is the REST representation for a caller with the level.
func (f *Forge) repoJSON(r repository, l level) obj {
	url, html := f.api()+"/repos/"+r.FullName(), f.base()+"/"+r.FullName()
	o := obj{
		"id": r.ID, "node_id": nodeID("Repository", r.ID), "name": r.Name, "full_name": r.FullName(),
		"private": r.Private, "visibility": visibility(r.Private), "owner": f.ownerJSON(r.Owner),
		"html_url": html, "description": orNil(r.Description), "homepage": orNil(r.Homepage), "fork": false, "url": url,
		"git_url": "git://" + f.cfg.URL.Host + "/" + r.FullName() + ".git",
		"ssh_url": "git@" + f.cfg.URL.Hostname() + ":" + r.FullName() + ".git", "clone_url": html + ".git", "svn_url": html,
		"mirror_url": nil, "default_branch": r.DefaultBranch, "topics": r.Topics, "archived": r.Archived, "disabled": false,
		"size": 0, "language": nil, "license": nil, "forks": 0, "forks_count": 0, "stargazers_count": 0,
		"watchers": 0, "watchers_count": 0, "open_issues": 0, "open_issues_count": 0, "allow_forking": false,
		"created_at": r.Created, "updated_at": r.Updated, "pushed_at": r.Pushed,
		"permissions": obj{"admin": l >= levelAdmin, "maintain": l >= levelMaintain, "push": l >= levelPush,
			"triage": l >= levelTriage, "pull": l >= levelPull},
	}
	for key, suffix := range repoURLs {
		o[key] = url + suffix
	}
	maps.Copy(o, defaultSettings)
	maps.Copy(o, r.Settings)
	return o
}

func visibility(private bool) string {
	if private {
		return "private"
	}
	return "public"
}

var repoURLs = map[string]string{
	"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
	"branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}", "comments_url": "/comments{/number}",
	"commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}", "contents_url": "/contents/{+path}",
	"contributors_url": "/contributors", "deployments_url": "/deployments", "downloads_url": "/downloads", "events_url": "/events",
	"forks_url": "/forks", "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}",
	"hooks_url": "/hooks", "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}", "languages_url": "/languages",
	"merges_url": "/merges", "milestones_url": "/milestones{/number}", "notifications_url": "/notifications{?since,all,participating}",
	"pulls_url": "/pulls{/number}", "releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
	"subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams",
	"trees_url": "/git/trees{/sha}",
}

// eventRepoJSON differs from REST as GitHub's push events do: created_at and
// pushed_at are epoch seconds.
func (f *Forge) eventRepoJSON(r repository) obj {
	o := f.repoJSON(r, levelNone)
	delete(o, "permissions")
	o["created_at"], o["pushed_at"] = r.Created.Unix(), r.Pushed.Unix()
	o["master_branch"] = r.DefaultBranch
	owner := o["owner"].(obj)
	owner["name"] = r.Owner
	if r.Owner == f.cfg.Organization {
		o["organization"] = r.Owner
	}
	return o
}

func personJSON(p gitstore.Person) obj {
	return obj{"name": p.Name, "email": p.Email, "date": p.When}
}
