package actions

import "testing"

func done(key, conclusion string) *job {
	return &job{Key: key, Status: statusCompleted, Conclusion: conclusion}
}

func TestWhatAJobSeesOfTheJobsItNeeds(t *testing.T) {
	needs := map[string][]string{"b": {"a"}, "c": {"b"}}
	for name, c := range map[string]struct {
		jobs      []*job
		key       string
		cancelled bool
		want      string
		ready     bool
	}{
		"nothing needed":         {nil, "a", false, success, true},
		"still running":          {[]*job{{Key: "a", Status: statusInProgress}}, "b", false, "", false},
		"one of a matrix runs":   {[]*job{done("a", success), {Key: "a", Status: statusQueued}}, "b", false, "", false},
		"succeeded":              {[]*job{done("a", success)}, "b", false, success, true},
		"one of a matrix failed": {[]*job{done("a", success), done("a", failure)}, "b", false, failure, true},
		"timed out":              {[]*job{done("a", "timed_out")}, "b", false, failure, true},
		"skipped":                {[]*job{done("a", skipped)}, "b", false, skipped, true},
		"an ancestor failed":     {[]*job{done("a", failure), done("b", skipped)}, "c", false, failure, true},
		"the run is cancelled":   {[]*job{done("a", success)}, "b", true, cancelled, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, ready := needStatus(needs, c.key, jobsByKey(c.jobs), c.cancelled)
			if got != c.want || ready != c.ready {
				t.Errorf("status = %q, %v; want %q, %v", got, ready, c.want, c.ready)
			}
		})
	}
}

func TestRunConclusion(t *testing.T) {
	tolerated := map[string]bool{"soft": true}
	for want, jobs := range map[string][]*job{
		success:   {done("a", success), done("b", skipped), done("soft", failure)},
		failure:   {done("a", cancelled), done("b", "timed_out")},
		cancelled: {done("a", success), done("b", cancelled)},
	} {
		if got := runConclusion(jobs, tolerated, false); got != want {
			t.Errorf("conclusion = %s, want %s", got, want)
		}
	}
}
