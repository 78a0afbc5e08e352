package delivery

// observeCluster takes what the watches know now.
func (t *tracker) observeCluster() {
	c, name := t.s.cluster, t.app.Name
	t.facts.Ingress = c.ingress(name, t.s.names.Host(name))
	rollout := c.rollout(name, name)
	if served(t.facts.Rollout) != served(rollout) {
		t.kick(lookAnswer)
	}
	t.facts.Rollout = rollout
	t.facts.Events = c.warnings(name)
	t.facts.Application = c.application(t.s.names.Repository(name))
	if a := t.facts.Application; a != nil && t.d != nil {
		a.Contains = t.contains(a.Revision)
	}
}

func served(r *RolloutFact) [2]int {
	if r == nil {
		return [2]int{}
	}
	complete := 0
	if r.Complete {
		complete = 1
	}
	return [2]int{r.Ready, complete}
}

// contains reports whether a commit has what this delivery deploys.
func (t *tracker) contains(commit string) bool {
	if commit == "" {
		return false
	}
	if t.facts.Push != nil && t.facts.Push.SkipCI {
		return commit == t.d.Revision || (t.facts.Deploy != nil && commit == t.facts.Deploy.Revision)
	}
	digest := deployedDigest(t.d, t.facts)
	return digest != "" && t.digests[commit] == digest
}
