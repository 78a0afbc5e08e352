package appset

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/scm"
)

// announceLimit is how long the forge may take to answer for one repository.
const announceLimit = 15 * time.Second

// Announce generates at once what one repository gives, so that what a push
// costs does not grow with the number of repositories. It creates and updates;
// deletions and the sets' status are for the generation of all.
func (c *Controller) Announce(ctx context.Context, owner, name string) error {
	if c.client == nil {
		return nil // not started: every set is generated at the start
	}
	ctx, cancel := context.WithTimeout(ctx, announceLimit)
	defer cancel()
	sets, err := c.sets(ctx)
	errs := []error{err}
	for i := range sets {
		if set := &sets[i]; set.DeletionTimestamp.IsZero() {
			errs = append(errs, c.announce(ctx, set, owner, name))
		}
	}
	return errors.Join(errs...)
}

func (c *Controller) announce(ctx context.Context, set *argo.ApplicationSet, owner, name string) error {
	one := func(server *scm.Client, provider argo.SCMProviderGenerator) ([]scm.Repository, error) {
		return server.One(ctx, provider, owner, name)
	}
	generated, err := c.generate(ctx, set, one)
	if err != nil || len(generated.applications) == 0 {
		return err
	}
	var current []*unstructured.Unstructured
	for _, app := range generated.applications {
		there, err := c.find(ctx, set, app)
		if err != nil {
			return err
		}
		if there != nil {
			current = append(current, there)
		}
	}
	projects, err := c.projects(ctx)
	if err != nil {
		return err
	}
	return c.write(ctx, set, makePlan(set, generated.applications, current, projects))
}

// find is the set's own Application of a name as it is stored; nil if there is none.
func (c *Controller) find(ctx context.Context, set *argo.ApplicationSet, app *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	stored := &unstructured.Unstructured{}
	stored.SetGroupVersionKind(app.GroupVersionKind())
	err := c.reader.Get(ctx, client.ObjectKeyFromObject(app), stored)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look up application %s: %w", app.GetName(), err)
	case !ownedBy(set, stored):
		return nil, nil
	}
	return stored, nil
}

func ownedBy(set *argo.ApplicationSet, app *unstructured.Unstructured) bool {
	for _, owner := range app.GetOwnerReferences() {
		if owner.UID == set.UID {
			return true
		}
	}
	return false
}
