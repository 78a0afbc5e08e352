package actions

import (
	"github.com/nektos/act/pkg/exprparser"
)

// jobsByKey groups the jobs of an attempt; a matrix makes several of a key.
func jobsByKey(jobs []*job) map[string][]*job {
	byKey := map[string][]*job{}
	for _, j := range jobs {
		byKey[j.Key] = append(byKey[j.Key], j)
	}
	return byKey
}

// verdict is the result of all jobs of a key, as the needs context names it.
// done is false while one of them is not over.
func verdict(jobs []*job) (result string, done bool) {
	result = skipped
	rank := map[string]int{skipped: 0, success: 1, cancelled: 2, failure: 3}
	for _, j := range jobs {
		if j.Status != statusCompleted {
			return "", false
		}
		conclusion := j.Conclusion
		if _, known := rank[conclusion]; !known {
			conclusion = failure // timed_out
		}
		if rank[conclusion] > rank[result] {
			result = conclusion
		}
	}
	return result, true
}

// needStatus tells what success(), failure() and cancelled() of a job's `if`
// look at: a failure anywhere among its ancestors, else what is not success
// among the jobs it needs. ready is false while one of them is not over.
func needStatus(needs map[string][]string, key string, byKey map[string][]*job, runCancelled bool) (status string, ready bool) {
	status = success
	for _, need := range needs[key] {
		result, done := verdict(byKey[need])
		if !done {
			return "", false
		}
		if result != success && status != failure {
			status = result
		}
	}
	if runCancelled {
		return cancelled, true
	}
	if anyFailed(needs, key, byKey, map[string]bool{}) {
		status = failure
	}
	return status, true
}

func anyFailed(needs map[string][]string, key string, byKey map[string][]*job, seen map[string]bool) bool {
	for _, need := range needs[key] {
		if seen[need] {
			continue
		}
		seen[need] = true
		if result, _ := verdict(byKey[need]); result == failure || anyFailed(needs, need, byKey, seen) {
			return true
		}
	}
	return false
}

// needsContext is what ${{ needs }} holds in a job.
func needsContext(keys []string, byKey map[string][]*job, outputs func(*job) map[string]string) map[string]exprparser.Needs {
	context := map[string]exprparser.Needs{}
	for _, key := range keys {
		result, _ := verdict(byKey[key])
		need := exprparser.Needs{Result: result, Outputs: map[string]string{}}
		for _, j := range byKey[key] {
			for name, value := range outputs(j) {
				need.Outputs[name] = value
			}
		}
		context[key] = need
	}
	return context
}

// runConclusion is that of a run whose jobs are all over. Jobs with
// continue-on-error do not count.
func runConclusion(jobs []*job, tolerated map[string]bool, runCancelled bool) string {
	conclusion := success
	for _, j := range jobs {
		if tolerated[j.Key] {
			continue
		}
		switch j.Conclusion {
		case success, skipped:
		case cancelled:
			if conclusion == success {
				conclusion = cancelled
			}
		default:
			conclusion = failure
		}
	}
	if runCancelled && conclusion != failure {
		return cancelled
	}
	return conclusion
}
