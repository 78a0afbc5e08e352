package runner

import "github.com/nektos/act/pkg/model"

// record keeps a step's result for the steps context.
func (j *job) record(s *step, outcome, conclusion interface{ String() string }) {
	if s.def.ID == "" {
		return
	}
	result := &model.StepResult{Outputs: s.outputs}
	setStatus(&result.Outcome, outcome.String())
	setStatus(&result.Conclusion, conclusion.String())
	j.steps[s.def.ID] = result
}

// setStatus goes by the text form because the model's status type has no name
// outside its package.
func setStatus(to interface{ UnmarshalText([]byte) error }, text string) {
	if err := to.UnmarshalText([]byte(text)); err != nil {
		panic("runner: " + err.Error()) // the texts are the model's own
	}
}
