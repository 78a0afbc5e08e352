package catalog

import "github.com/pronto-platform/pronto/internal/platform/fault"

// stated is an entity that a location states, and the Location entities that
// lead to it.
type stated struct {
	entity  Entity
	parents []string
}

// reading is what a location was found to state.
type reading struct {
	stated []stated
	faults map[string][]Fault // what is wrong, by the ref of the entity it is about
	// doubt: something could not be read, so that an entity which is not
	// stated may still be there.
	doubt bool
	// silent: the forge did not answer; it is worth asking again soon.
	silent bool
	from   map[repository]bool
}

// err is what an interactive call is told: the first thing that is wrong.
func (r reading) err() error {
	var first *Fault
	for _, ref := range sortedKeys(r.faults) {
		for _, fault := range r.faults[ref] {
			if first == nil || fault.Name == unavailable {
				first = &fault
			}
		}
	}
	if first == nil {
		return nil
	}
	return &fault.Error{Name: first.Name, Message: first.Message}
}

func (r reading) entities() []Entity {
	entities := make([]Entity, 0, len(r.stated))
	for _, one := range r.stated {
		entities = append(entities, one.entity)
	}
	return entities
}

// maxCauses bounds how many faults of a location are told on its entities.
const maxCauses = 5

// causes are the faults of a reading, each once.
func (r reading) causes() []Fault {
	var all []Fault
	seen := map[Fault]bool{}
	for _, ref := range sortedKeys(r.faults) {
		for _, fault := range r.faults[ref] {
			if !seen[fault] && len(all) < maxCauses {
				seen[fault] = true
				all = append(all, fault)
			}
		}
	}
	return all
}
