package registry

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func TestABaseImageIsMadeOnceWhenItIsFirstPulled(t *testing.T) {
	var asked atomic.Int32
	var s *station
	img := image(t)
	s = start(t, t.TempDir(), func(c *Config) {
		c.Provide = func(ctx context.Context, repository, tag string) error {
			asked.Add(1)
			if repository != "base/later" {
				return nil
			}
			return remote.Write(s.ref(repository+":"+tag), img, remote.WithContext(ctx),
				remote.WithAuth(&authn.Basic{Username: "admin", Password: "admin-secret"}), remote.WithTransport(s.client.Transport))
		}
	})
	want, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	var pulls sync.WaitGroup
	for range 4 {
		pulls.Go(func() {
			there, err := remote.Head(s.ref("base/later:1"), s.as("node", "node-secret")...)
			if err != nil || there.Digest != want {
				t.Errorf("%+v, %v", there, err)
			}
		})
	}
	pulls.Wait()
	// A person may call themselves as the administrator is called.
	if there, err := remote.Head(s.ref("base/later:2"), s.as("admin", "reader")...); err != nil || there.Digest != want {
		t.Errorf("another tag: %+v, %v", there, err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("it was asked for %d times", n)
	}
	if _, err := remote.Head(s.ref("base/unknown:1"), s.as("node", "node-secret")...); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a name that nobody knows: %v", err)
	}
}

func TestABaseImageThatCannotBeMadeSaysWhy(t *testing.T) {
	s := start(t, t.TempDir(), func(c *Config) {
		c.Provide = func(context.Context, string, string) error { return errors.New("the mirror is down") }
	})
	_, err := remote.Get(s.ref("base/later:1"), s.as("node", "node-secret")...)
	if err == nil || !strings.Contains(err.Error(), "the mirror is down") {
		t.Errorf("pull: %v", err)
	}
	// The administrator, who brings the images, is told the plain truth.
	if _, err := remote.Head(s.ref("base/later:1"), s.as("admin", "admin-secret")...); err == nil || !strings.Contains(err.Error(), http.StatusText(http.StatusNotFound)) {
		t.Errorf("administrator: %v", err)
	}
}
