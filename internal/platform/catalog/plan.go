package catalog

// OrphanStrategy says what becomes of an entity that its location states no
// more.
type OrphanStrategy string

// The strategies of Backstage, whose default is to delete.
const (
	OrphanDelete OrphanStrategy = "delete"
	OrphanKeep   OrphanStrategy = "keep" // annotated backstage.io/orphan
)

// A reading that would take away at least massDrop entities and more than half
// of what a location stated is doubted: they are kept as orphans, whatever the
// strategy, until a person deletes them.
const massDrop = 10

// held is an entity that a location stated before.
type held struct {
	ref    string
	orphan bool
}

// verdict is what a reading means for the entities that it does not state.
type verdict struct {
	drop   []string
	orphan []string
	faults map[string][]Fault // of those that stay as they were
}

// judge compares what a location stated before with what it states now. An
// entity goes only if everything was read and it was not there. Orphans stay
// as they are, and do not count: a person deletes them.
func judge(before []held, now reading, strategy OrphanStrategy) verdict {
	v := verdict{faults: map[string][]Fault{}}
	states := map[string]bool{}
	for _, one := range now.stated {
		states[one.entity.Ref().String()] = true
	}
	var gone []string
	standing := 0
	for _, one := range before {
		if !one.orphan {
			standing++
		}
		switch faults := now.faults[one.ref]; {
		case states[one.ref]:
		case len(faults) > 0:
			v.faults[one.ref] = faults
		case now.doubt && !one.orphan:
			v.faults[one.ref] = now.causes()
		case !now.doubt && !one.orphan:
			gone = append(gone, one.ref)
		}
	}
	if strategy == OrphanKeep || len(gone) >= massDrop && 2*len(gone) > standing {
		v.orphan = gone
	} else {
		v.drop = gone
	}
	return v
}
