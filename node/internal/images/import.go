package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/namespaces"
)

// kubernetes is the containerd namespace that the kubelet's images are in.
const kubernetes = "k8s.io"

// Store is the node's containerd.
type Store struct{ client *client.Client }

// Open connects to containerd; it does not wait for it to serve.
func Open(socket string) (*Store, error) {
	c, err := client.New(socket)
	if err != nil {
		return nil, fmt.Errorf("containerd at %s: %w", socket, err)
	}
	return &Store{c}, nil
}

// Wait returns when containerd serves.
func (s *Store) Wait(ctx context.Context) error {
	serving, err := s.client.IsServing(ctx)
	if err != nil {
		return fmt.Errorf("wait for containerd: %w", err)
	}
	if !serving {
		return errors.New("wait for containerd: it does not serve")
	}
	return nil
}

// Close closes the connection.
func (s *Store) Close() error { return s.client.Close() }

// ImportPause makes the sandbox image of a program and imports it.
func (s *Store) ImportPause(ctx context.Context, reference, program string) error {
	packed, err := pauseOf(reference, program)
	if err != nil {
		return fmt.Errorf("sandbox image %s: %w", reference, err)
	}
	if _, err := s.importArchive(ctx, packed); err != nil {
		return fmt.Errorf("sandbox image %s: %w", reference, err)
	}
	return nil
}

// ImportFile imports an OCI or Docker archive and returns the images' names.
func (s *Store) ImportFile(ctx context.Context, path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	names, err := s.importArchive(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", path, err)
	}
	return names, nil
}

func (s *Store) importArchive(ctx context.Context, packed io.Reader) ([]string, error) {
	ctx = namespaces.WithNamespace(ctx, kubernetes)
	imported, err := s.client.Import(ctx, packed)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, found := range imported {
		if err := client.NewImage(s.client, found).Unpack(ctx, "overlayfs"); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", found.Name, err)
		}
		names = append(names, found.Name)
	}
	return names, nil
}
