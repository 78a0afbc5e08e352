package system

import (
	"strings"
	"testing"
)

func TestHeadersAreReadAndNeverTold(t *testing.T) {
	got, err := headersOf("\nAuthorization: Bearer a:b\r\n x-team:  a \n")
	if err != nil || len(got) != 2 || got["Authorization"] != "Bearer a:b" || got["x-team"] != "a" {
		t.Errorf("headers = %v, %v", got, err)
	}
	for _, bad := range []string{"secret", "a b: secret", ": secret", "a: sec\x00ret"} {
		if _, err := headersOf("ok: 1\n" + bad); err == nil || !strings.Contains(err.Error(), "line 2") || strings.Contains(err.Error(), "sec") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
