package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// reference is a field of spec that names other entities, and the relations
// that follow from it. With an empty kind the reference has to name its kind.
type reference struct{ field, kind, forward, inverse string }

var (
	owner        = reference{"owner", "Group", "ownedBy", "ownerOf"}
	system       = reference{"system", "System", "partOf", "hasPart"}
	dependsOn    = reference{"dependsOn", "", "dependsOn", "dependencyOf"}
	dependencyOf = reference{"dependencyOf", "", "dependencyOf", "dependsOn"}
)

var references = map[string][]reference{
	"component": {
		owner, system, dependsOn, dependencyOf,
		{"subcomponentOf", "Component", "partOf", "hasPart"},
		{"providesApis", "API", "providesApi", "apiProvidedBy"},
		{"consumesApis", "API", "consumesApi", "apiConsumedBy"},
	},
	"api":      {owner, system},
	"resource": {owner, system, dependsOn, dependencyOf},
	"system":   {owner, {"domain", "Domain", "partOf", "hasPart"}},
	"domain":   {owner, {"subdomainOf", "Domain", "partOf", "hasPart"}},
	"template": {owner},
	"group": {
		{"parent", "Group", "childOf", "parentOf"},
		{"children", "Group", "parentOf", "childOf"},
		{"members", "User", "hasMember", "memberOf"},
	},
	"user": {{"memberOf", "Group", "memberOf", "hasMember"}},
}

// relate returns the entities with their relations, computed from every
// entity's spec, both ways. A relation to an entity that is not there is shown
// on the side that states it.
func relate(entities []Entity) []Entity {
	related := slices.Clone(entities)
	index := make(map[string]int, len(related))
	for i := range related {
		index[related[i].Ref().String()] = i
		related[i].Relations = nil
	}
	add := func(from, kind, to string) {
		if i, there := index[from]; there {
			related[i].Relations = append(related[i].Relations, Relation{kind, to})
		}
	}
	for _, entity := range entities {
		from := entity.Ref()
		for _, reference := range references[strings.ToLower(entity.Kind)] {
			for _, text := range texts(entity.Spec[reference.field]) {
				to, err := ParseRef(text, Ref{Kind: reference.kind, Namespace: from.Namespace})
				if err != nil {
					continue // validation refuses it where it comes in
				}
				add(from.String(), reference.forward, to.String())
				add(to.String(), reference.inverse, from.String())
			}
		}
	}
	for i := range related {
		slices.SortFunc(related[i].Relations, compareRelations)
		related[i].Relations = slices.Compact(related[i].Relations)
	}
	return related
}

func compareRelations(a, b Relation) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.TargetRef, b.TargetRef))
}

// texts returns a string, or the strings of an array.
func texts(value any) []string {
	switch value := value.(type) {
	case string:
		if value != "" {
			return []string{value}
		}
	case []string:
		return value
	case []any:
		var found []string
		for _, item := range value {
			if text, ok := item.(string); ok {
				found = append(found, text)
			}
		}
		return found
	}
	return nil
}
