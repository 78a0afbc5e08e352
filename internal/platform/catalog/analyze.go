package catalog

import (
	"context"
	"net/http"
	"path"
)

// analysis tells what registering a repository would find, as Backstage's
// register page asks for it.
type analysis struct {
	Existing []existingFile `json:"existingEntityFiles"`
	Generate []suggestion   `json:"generateEntities"`
}

type existingFile struct {
	Location   fileLocation `json:"location"`
	Registered bool         `json:"isRegistered"`
	Entity     Entity       `json:"entity"`
}

type fileLocation struct {
	Type   string `json:"type"`
	Target string `json:"target"`
}

type suggestion struct {
	Entity Entity   `json:"entity"`
	Fields []string `json:"fields"`
}

func (c *Catalog) postAnalyze(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Location struct {
			Type   string `json:"type"`
			Target string `json:"target"`
		} `json:"location"`
		Filename string `json:"catalogFilename"`
	}
	if err := strictBodies.Read(r, &body); err != nil {
		return err
	}
	if err := checkLocation(body.Location.Type, body.Location.Target); err != nil {
		return err
	}
	found, err := c.analyze(r.Context(), body.Location.Target, body.Filename)
	if err == nil {
		c.write(w, http.StatusOK, found)
	}
	return err
}

// analyze looks for descriptors in the repository that an address is of; where
// there are none, it suggests one.
func (c *Catalog) analyze(ctx context.Context, address, filename string) (analysis, error) {
	found := analysis{Existing: []existingFile{}, Generate: []suggestion{}}
	at, err := parseTarget(c.forge, address)
	if err != nil {
		return found, err
	}
	s := &source{forge: c.scm, from: map[repository]bool{}}
	if at, err = s.branched(ctx, at); err != nil {
		return found, err
	}
	at.path, at.dir = "", true
	if filename != "" {
		at.path, at.dir = path.Join("**", path.Base(filename)), false
	}
	files, err := s.expand(ctx, at)
	if err != nil {
		return found, err
	}
	for _, file := range files {
		if err := c.analyzeFile(ctx, file, &found); err != nil {
			return found, err
		}
	}
	if len(found.Existing) == 0 {
		found.Generate = append(found.Generate, suggestion{suggested(at), []string{}})
	}
	return found, nil
}

func (c *Catalog) analyzeFile(ctx context.Context, file target, found *analysis) error {
	_, registered, err := c.locationAt(ctx, typeURL, file.own())
	if err != nil {
		return err
	}
	brings := c.read(ctx, site{Location: Location{Type: typeURL, Target: file.own()}, trusted: true})
	if err := brings.err(); err != nil {
		return err
	}
	for _, entity := range brings.entities() {
		found.Existing = append(found.Existing, existingFile{fileLocation{typeURL, file.own()}, registered, entity})
	}
	return nil
}

// suggested is what Backstage suggests for a repository without a descriptor.
func suggested(at target) Entity {
	return Entity{
		APIVersion: coreVersions[0], Kind: "Component",
		Metadata: Metadata{
			Name: at.repository, Annotations: map[string]string{"github.com/project-slug": at.owner + "/" + at.repository},
		},
		Spec: map[string]any{"type": "other", "lifecycle": "unknown"},
	}
}
