package access

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The guide's table of roles is the code's.
func TestTheGuideSaysWhoMayDoWhat(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/guide/access.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([a-z.]+)` \\|([^|\n]*)\\|([^|\n]*)\\|([^|\n]*)\\|([^|\n]*)\\|").FindAllStringSubmatch(string(raw), -1)
	if len(rows) != len(permissions) {
		t.Errorf("the guide has %d actions, the code %d", len(rows), len(permissions))
	}
	for _, row := range rows {
		for i, role := range []Role{RoleViewer, RoleDeveloper, RoleMaintainer, RoleAdmin} {
			if says := strings.TrimSpace(row[i+2]) == "yes"; says != Allowed(role, Action(row[1])) {
				t.Errorf("%s as %s: the guide says %v", row[1], role, says)
			}
		}
	}
}
