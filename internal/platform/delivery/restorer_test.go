package delivery

import "testing"

func TestManifestsAreWithheldOnlyFromAnImageThatIsGone(t *testing.T) {
	const deployed = "kind: Deployment\n  image: registry.x/idp-hello@sha256:1\n"
	for text, want := range map[string]string{
		deployed:                               skipMarker + "\n" + deployed,
		skipMarker + "\n" + deployed:           skipMarker + "\n" + deployed,
		"  image: registry.x/other@sha256:1\n": "  image: registry.x/other@sha256:1\n", // nothing would take the marker away
		"  image: registry.x/idp-hello:none\n": "  image: registry.x/idp-hello:none\n",
	} {
		if got := string(withheld([]byte(text), "idp-hello")); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
