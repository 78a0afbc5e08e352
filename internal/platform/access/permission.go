package access

import (
	"context"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Action is something a request does.
type Action string

// The actions of the portal.
const (
	ReadApps      Action = "apps.read"
	ReadLogs      Action = "logs.read"
	CreateApp     Action = "apps.create"
	DeployApp     Action = "apps.deploy" // roll back, change a file, run again, stop a run
	DeleteApp     Action = "apps.delete"
	RestoreApp    Action = "apps.restore" // one that was deleted
	ReadPlatform  Action = "platform.read"
	ReadCatalog   Action = "catalog.read"
	WriteCatalog  Action = "catalog.write"
	ReadTasks     Action = "tasks.read"
	ManageTask    Action = "tasks.manage" // retry, cancel, clean away
	DryRun        Action = "templates.dryrun"
	ManageTokens  Action = "tokens.manage"
	ServiceTokens Action = "tokens.service"
	ApproveDevice Action = "device.approve"
	ReadAudit     Action = "audit.read"
)

// permissions is the one table of who may do what. RoleMaintainer stands for
// whoever maintains the thing that the request is about, see Maintains.
var permissions = map[Action][]Role{
	ReadApps:      {RoleViewer, RoleDeveloper, RoleAdmin},
	ReadLogs:      {RoleViewer, RoleDeveloper, RoleAdmin},
	CreateApp:     {RoleDeveloper, RoleAdmin},
	DeployApp:     {RoleMaintainer, RoleAdmin},
	DeleteApp:     {RoleMaintainer, RoleAdmin},
	RestoreApp:    {RoleMaintainer, RoleAdmin},
	ReadPlatform:  {RoleViewer, RoleDeveloper, RoleAdmin},
	ReadCatalog:   {RoleViewer, RoleDeveloper, RoleAdmin},
	WriteCatalog:  {RoleAdmin},
	ReadTasks:     {RoleViewer, RoleDeveloper, RoleAdmin},
	ManageTask:    {RoleMaintainer, RoleAdmin},
	DryRun:        {RoleDeveloper, RoleAdmin},
	ManageTokens:  {RoleViewer, RoleDeveloper, RoleAdmin},
	ServiceTokens: {RoleAdmin},
	ApproveDevice: {RoleViewer, RoleDeveloper, RoleAdmin},
	ReadAudit:     {RoleAdmin},
}

// Allowed reports whether a role by itself may do something.
func Allowed(role Role, action Action) bool { return slices.Contains(permissions[action], role) }

// Relative reports whether an action is open to the maintainer of its target.
func Relative(action Action) bool { return slices.Contains(permissions[action], RoleMaintainer) }

// Permissions lists what a person may do, sorted. An action that is open to
// maintainers is among them for everybody who has a role: whether they may do
// it depends on the target.
func Permissions(role Role) []string {
	list := []string{}
	for action := range permissions {
		if Allowed(role, action) || role != RoleNone && Relative(action) {
			list = append(list, string(action))
		}
	}
	slices.Sort(list)
	return list
}

// Target is what a request is about: an application or a task. The zero Target
// is maintained by nobody.
type Target struct {
	Owner     string // entity reference; kind Group and namespace default may be left out
	CreatedBy string // entity reference
}

// Maintains reports whether a person maintains the target: with any role when
// they are its owner or in the group that is, and with the role of a developer
// when they created it.
func (u User) Maintains(target Target) bool {
	switch {
	case u.Role == RoleNone:
		return false
	case target.Owner != "" && slices.Contains(u.Owns(), canonical(target.Owner)):
		return true
	default:
		return target.CreatedBy != "" && target.CreatedBy == u.Ref && rank(u.Role) >= rank(RoleDeveloper)
	}
}

// Owns lists the entity references in whose name a person acts: their own and
// their groups'.
func (u User) Owns() []string {
	list := []string{u.Ref}
	for _, group := range u.Groups {
		list = append(list, canonical(group))
	}
	return list
}

// canonical is an owner's entity reference with all its parts, in the catalog's
// spelling.
func canonical(ref string) string {
	kind, rest, found := strings.Cut(ref, ":")
	if !found {
		kind, rest = "group", ref
	}
	namespace, name, found := strings.Cut(rest, "/")
	if !found {
		namespace, name = "default", rest
	}
	return strings.ToLower(kind) + ":" + strings.ToLower(namespace) + "/" + refName(name)
}

// Authorize reports, as a *fault.Error, that the caller in ctx may not do an
// action that has no target.
func Authorize(ctx context.Context, action Action) error {
	return AuthorizeOn(ctx, action, Target{})
}

// AuthorizeOn reports, as a *fault.Error, that the caller in ctx may not do
// action to the target.
func AuthorizeOn(ctx context.Context, action Action, target Target) error {
	user, ok := UserFrom(ctx)
	switch {
	case !ok:
		return errAnonymous
	case Allowed(user.Role, action), Relative(action) && user.Maintains(target):
		return nil
	case Relative(action):
		return fault.NotAllowedf("only maintainers may do %s here; ask %s or an administrator", action, firstOf(target.Owner, target.CreatedBy, "its owner"))
	}
	return fault.NotAllowedf("the role %q may not do %s; ask an administrator", user.Role, action)
}

// roleOf is the highest role that one of the groups gives.
func roleOf(groups []string, roles map[string]Role) Role {
	best := RoleNone
	for _, group := range groups {
		if role := roles[group]; rank(role) > rank(best) {
			best = role
		}
	}
	return best
}

func rank(role Role) int {
	return slices.Index([]Role{RoleNone, RoleViewer, RoleDeveloper, RoleAdmin}, role)
}
