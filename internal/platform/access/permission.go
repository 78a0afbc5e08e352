package access

import "slices"

// Action is something a request does.
type Action string

// The actions of the portal.
const (
	ReadApps     Action = "apps.read"
	ReadLogs     Action = "logs.read"
	CreateApp    Action = "apps.create"
	DeleteApp    Action = "apps.delete"
	ReadPlatform Action = "platform.read"
	ReadCatalog  Action = "catalog.read"
	WriteCatalog Action = "catalog.write"
	ReadTasks    Action = "tasks.read"
	ManageTokens Action = "tokens.manage"
)

// permissions is the one table of who may do what.
var permissions = map[Action][]Role{
	ReadApps:     {RoleViewer, RoleDeveloper, RoleAdmin},
	ReadLogs:     {RoleViewer, RoleDeveloper, RoleAdmin},
	CreateApp:    {RoleDeveloper, RoleAdmin},
	DeleteApp:    {RoleDeveloper, RoleAdmin},
	ReadPlatform: {RoleViewer, RoleDeveloper, RoleAdmin},
	ReadCatalog:  {RoleViewer, RoleDeveloper, RoleAdmin},
	WriteCatalog: {RoleAdmin},
	ReadTasks:    {RoleViewer, RoleDeveloper, RoleAdmin},
	ManageTokens: {RoleViewer, RoleDeveloper, RoleAdmin},
}

// Allowed reports whether a role may do something.
func Allowed(role Role, action Action) bool { return slices.Contains(permissions[action], role) }

// Permissions lists what a role may do, sorted.
func Permissions(role Role) []string {
	list := []string{}
	for action := range permissions {
		if Allowed(role, action) {
			list = append(list, string(action))
		}
	}
	slices.Sort(list)
	return list
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
