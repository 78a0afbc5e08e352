package timeline

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

func TestATimelineIsOneTreeOfSpans(t *testing.T) {
	j, steps := journey()
	line := Of(j, steps, at(60))
	if line.TraceID != trace || line.Seconds != 4.6 || len(line.Spans) != 1+5+len(steps) || len(line.Stations) != 5 {
		t.Fatalf("trace %s, %v s, %d spans, %d stations", line.TraceID, line.Seconds, len(line.Spans), len(line.Stations))
	}
	before := map[string]Span{}
	hex := regexp.MustCompile(`^[0-9a-f]{16}$`)
	for i, s := range line.Spans {
		_, parentIsBefore := before[s.Parent]
		if _, twice := before[s.ID]; twice || !hex.MatchString(s.ID) || parentIsBefore != (i > 0) {
			t.Errorf("span %d %q: id %q, parent %q stands before it: %v", i, s.Name, s.ID, s.Parent, parentIsBefore)
		}
		before[s.ID] = s
	}
	for name, parent := range map[string]string{"Test": KindJob, "ready": KindPod, "hello-7d4b9c-x2x7k": KindRollout, "zone answers": KindPhase, "build": KindDelivery} {
		for _, s := range line.Spans {
			if s.Name == name && before[s.Parent].Kind != parent {
				t.Errorf("%s is part of a %s, want a %s", name, before[s.Parent].Kind, parent)
			}
		}
	}
}

func TestTheSameDeliveryHasTheSameSpans(t *testing.T) {
	j, steps := journey()
	one, other := Of(j, steps, at(60)), Of(j, append(steps[5:], steps[:5]...), at(90))
	if len(one.Spans) != len(other.Spans) {
		t.Fatalf("%d and %d spans", len(one.Spans), len(other.Spans))
	}
	for i := range one.Spans {
		if one.Spans[i].ID != other.Spans[i].ID {
			t.Errorf("span %d is %s (%s), then %s (%s)", i, one.Spans[i].ID, one.Spans[i].Name, other.Spans[i].ID, other.Spans[i].Name)
		}
	}
}

func TestAnIDOfBeforeIsATraceIDToo(t *testing.T) {
	if id := TraceID("4BF92F35-77b3-4da6-a3ce-929d0e0e4736"); id != trace {
		t.Errorf("trace id = %s", id)
	}
}

func TestWhatGoesOnEndsNow(t *testing.T) {
	j := Journey{ID: trace, App: "hello", Status: "in_progress", Start: t0, Phases: []Phase{{Name: "build", Status: Running, Start: till(1)}, {Name: "sync", Status: Waiting}}}
	line := Of(j, []Step{{Key: "run/1/1", Phase: "build", Kind: KindRun, Name: "ci", Status: Running, Start: at(2)}}, at(10))
	if line.Seconds != 10 || line.Stations[0].Seconds != 9 || len(line.Spans) != 3 || line.Spans[2].End != nil || line.Spans[2].Seconds != 8 {
		t.Errorf("timeline = %+v", line)
	}
}

func TestNoStepIsLostAndNoneTwice(t *testing.T) {
	j, _ := journey()
	j.Phases[2].Status, j.Phases[2].Start = Waiting, nil
	steps := []Step{
		step("a", "b", "build", KindJob, "in a ring", Done, 1, 2), step("b", "a", "build", KindJob, "in a ring too", Done, 1, 2),
		step("c", "c", "build", KindJob, "its own parent", Done, 1, 2), step("d", "nobody", "build", KindJob, "an orphan", Done, 1, 2),
		step("e", "", "sync", KindPod, "of a phase that has not begun", Done, 1, 2), step("f", "e", "sync", KindPodStep, "below that", Done, 1, 2),
	}
	names := map[string]int{}
	for _, s := range Of(j, steps, at(60)).Spans {
		names[s.Name]++
	}
	for _, s := range steps {
		if names[s.Name] != 1 {
			t.Errorf("%q is there %d times", s.Name, names[s.Name])
		}
	}
}

// golden holds the picture against the one that was looked at last; the one of
// the guide is made by the same code.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what is drawn now; look at it and run the test with -update", path)
	}
}

func TestPictures(t *testing.T) {
	images := filepath.Join("..", "..", "..", "..", "docs", "images")
	j, steps := journey()
	golden(t, filepath.Join(images, "timeline.svg"), Of(j, steps, at(60)).SVG())
	j, steps = failure()
	golden(t, filepath.Join(images, "timeline-failed.svg"), Of(j, steps, at(60)).SVG())
}

// The guide shows the failed delivery's picture with what why says of the same.
func TestTheGuideShowsAFailureWithTheSentenceOfWhy(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "guide", "timeline.md"))
	if err != nil {
		t.Fatal(err)
	}
	j, steps := failure()
	why := cause.Explain(cause.Facts{Phase: "build", Failed: true, Live: true, Reason: j.Reason, Now: at(60), Run: &cause.Run{Name: "ci", Status: "completed", Conclusion: "failure",
		Job: "ci", Step: "Test", ExitCode: "1", Lines: []string{"not ok 1 - says hello", "##[error]Process completed with exit code 1."}}})
	shown := []string{"images/timeline-failed.svg", Of(j, steps, at(60)).Verdict(), why.Sentence, why.Remedy}
	for _, text := range append(append(shown, j.Reason), why.Lines...) {
		if !strings.Contains(string(guide), text) {
			t.Errorf("docs/guide/timeline.md lacks %q", text)
		}
	}
}

func TestAPictureIsXMLWhateverPeopleWrite(t *testing.T) {
	for _, text := range []string{`</text><script>alert(1)</script>`, `" onload="alert(1)`, "a\x00b\x1b[31m", "\xff\xfe", "]]>", "&lt;", strings.Repeat("x ", 4000), strings.Repeat("é", 4000), "\u202eabc"} {
		j, steps := failure()
		j.App, j.Message, j.Author, j.Reason, j.StartedBy, j.Revision = text, text, text, text, text, text
		j.Phases[1].Status, j.Phases[1].Name = text, text
		steps[0].Name, steps[0].Reason, steps[0].Status, steps[3].Key = text, text, text, text
		checkXML(t, Of(j, steps, at(60)).SVG(), text)
	}
}

func checkXML(t *testing.T, picture, text string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(picture))
	allowed := map[string]bool{"svg": true, "title": true, "desc": true, "style": true, "defs": true, "pattern": true, "path": true, "rect": true, "circle": true, "text": true}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("with %.40q: %v", text, err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !allowed[element.Name.Local] {
			t.Errorf("with %.40q: element %s", text, element.Name.Local)
		}
		for _, attribute := range element.Attr {
			if strings.HasPrefix(attribute.Name.Local, "on") || attribute.Name.Local == "href" {
				t.Errorf("with %.40q: attribute %s", text, attribute.Name.Local)
			}
		}
	}
}

func TestAPictureOfVeryManyStepsSaysWhatItLeavesOut(t *testing.T) {
	j, _ := journey()
	picture := Of(j, manySteps(), at(60)).SVG()
	if !strings.Contains(picture, "and 205 more steps") {
		t.Error("it does not say what it leaves out")
	}
	if n := strings.Count(picture, "<rect"); n > maxDrawn+2 {
		t.Errorf("%d bars", n)
	}
}

func TestAnEmptyTimelineIsAPictureToo(t *testing.T) {
	checkXML(t, Of(Journey{ID: trace, App: "hello", Status: "in_progress", Start: t0}, nil, t0).SVG(), "nothing")
}

func TestTheAxisHasFewMarks(t *testing.T) {
	for _, length := range []float64{0.1, 0.7, 4.6, 59, 400, 86_400} {
		if n := length / tick(length); n > 8.01 {
			t.Errorf("%v s: %v marks", length, n)
		}
	}
}
