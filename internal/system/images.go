package system

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/pronto-platform/pronto/internal/base/images"
	"github.com/pronto-platform/pronto/internal/base/part"
)

// Images that are there from the start.
const (
	nodejsImage = "base/nodejs:20"
	runnerImage = "base/runner:1"
)

// laterImages are the bases of the other golden paths, by what their
// Dockerfiles name. The first build that names one has it made: see provide.
var laterImages = map[string]func(arch string) images.Recipe{
	"base/golang:1.24": images.Golang,
	"base/static:1":    images.Static,
	"base/python:3.13": images.Python,
	"base/nginx:1.26":  images.Nginx,
}

// registryAdminUser may push base images and delete every image.
const registryAdminUser = "admin"

// images is ready when the registry holds the images that are there from the start.
func (w *wiring) images() part.Part {
	return part.Func(partImages, func(ctx context.Context, ready func()) error {
		made, err := makeImages(ctx, w.imageProgress)
		if err != nil {
			return err
		}
		for ref, img := range made {
			if err := w.pushImage(ctx, ref, img); err != nil {
				return err
			}
		}
		ready()
		w.renewImages(ctx)
		<-ctx.Done()
		return nil
	})
}

// renewImages brings the later images that the registry has up to date with
// the machine's cache, and makes those anew that were taken out of it.
func (w *wiring) renewImages(ctx context.Context) {
	for ref := range laterImages {
		there, err := images.Pushed(ctx, w.imageName(ref), w.imagePusher(), w.http.Transport)
		if err == nil && there {
			repository, tag, _ := strings.Cut(ref, ":")
			err = w.provide(ctx, repository, tag)
		}
		if err != nil && ctx.Err() == nil {
			w.logger(partImages).Warn("bring a base image up to date", "image", ref, "error", err)
		}
	}
}

func (w *wiring) imageProgress(line string) { w.logger(partImages).Info(line) }

func (w *wiring) pushImage(ctx context.Context, ref string, img v1.Image) error {
	return images.Push(ctx, img, w.imageName(ref), w.imagePusher(), w.http.Transport)
}

func (w *wiring) imageName(ref string) string { return w.cfg.Authority("registry") + "/" + ref }

func (w *wiring) imagePusher() authn.Authenticator {
	return &authn.Basic{Username: registryAdminUser, Password: w.creds.RegistryAdmin.Reveal()}
}

// provide makes one of the later images and puts it into the registry; it does
// nothing for other names.
func (w *wiring) provide(ctx context.Context, repository, tag string) error {
	ref := repository + ":" + tag
	recipe, ok := laterImages[ref]
	if !ok {
		return nil
	}
	built, err := images.Default().Ensure(ctx, recipe(runtime.GOARCH), w.imageProgress)
	if err != nil {
		return err
	}
	return w.pushImage(ctx, ref, built.Image)
}

// makeImages takes the images that are there from the start from the machine's
// cache, or makes them.
func makeImages(ctx context.Context, progress func(string)) (map[string]v1.Image, error) {
	cache := images.Default()
	nodejs, err := cache.Ensure(ctx, images.NodeJS(runtime.GOARCH), progress)
	if err != nil {
		return nil, err
	}
	root, err := cache.Ensure(ctx, images.Runner(runtime.GOARCH), progress)
	if err != nil {
		return nil, err
	}
	runnerBinary, err := binary("pronto-runner")
	if err != nil {
		return nil, err
	}
	runner, err := images.WithRunner(root.Image, runnerBinary)
	if err != nil {
		return nil, err
	}
	return map[string]v1.Image{nodejsImage: nodejs.Image, runnerImage: runner}, nil
}

// MakeImages fills the machine's cache of base images: with those that are
// there from the start or, with all, with every one.
func MakeImages(ctx context.Context, all bool, out io.Writer) error {
	began := time.Now()
	progress := func(line string) { fmt.Fprintln(out, line) }
	made, err := makeImages(ctx, progress)
	count := len(made)
	if all {
		for _, ref := range slices.Sorted(maps.Keys(laterImages)) {
			_, laterErr := images.Default().Ensure(ctx, laterImages[ref](runtime.GOARCH), progress)
			err = errors.Join(err, laterErr)
			count++
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d base images in the cache (%.1f s)\n", count, time.Since(began).Seconds())
	return err
}
