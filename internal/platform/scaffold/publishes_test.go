package scaffold

import "testing"

func TestATaskPublishesUnlessItsConditionLeavesThatOut(t *testing.T) {
	const say = "\n    - {id: say, action: 'debug:log', input: {message: hello}}"
	for name, c := range map[string]struct {
		steps         string
		before, after bool
	}{
		"nothing to publish": {steps: say},
		"left out": {before: true, steps: say +
			"\n    - {id: publish, action: 'publish:github', if: '${{ parameters.name == \"x\" }}', input: {repoUrl: 'git.x?owner=apps&repo=idp-ana'}}"},
	} {
		w := newWorld(t, small(c.steps))
		s, _ := w.start(t)
		task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "ana"}})
		if err != nil {
			t.Fatal(err)
		}
		ended := w.ended(t, task.ID)
		if task.Publishes() != c.before || ended.Publishes() != c.after || ended.Status != StatusCompleted {
			t.Errorf("%s: publishes %v, then %v; want %v, then %v; %s %s",
				name, task.Publishes(), ended.Publishes(), c.before, c.after, ended.Status, ended.Error)
		}
	}
}
