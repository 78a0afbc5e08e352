package figures

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The fixture says how each figure follows from the records.
func TestFiguresAreThoseComputedByHand(t *testing.T) {
	raw, err := os.ReadFile("testdata/figures.json")
	if err != nil {
		t.Fatal(err)
	}
	var fixture struct {
		Until   time.Time
		Days    int
		Records []Record
		Want    Figures
	}
	if err := json.Unmarshal(raw, &fixture); err != nil {
		t.Fatal(err)
	}
	if got := Of(fixture.Records, fixture.Until, fixture.Days); !reflect.DeepEqual(got, fixture.Want) {
		text, err := json.MarshalIndent(got, "", "  ")
		t.Errorf("figures = %s, %v", text, err)
	}
}

func TestNothingEndedIsSaidAndNotMadeUp(t *testing.T) {
	until := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	text, err := json.Marshal(Of(nil, until, 1))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"since":"2026-03-01T00:00:00Z","until":"2026-03-01T00:00:00Z","deployments":0,"failures":0,"perDay":0,` +
		`"total":{"count":0,"median":0,"p95":0},"phases":{},"days":[{"date":"2026-03-01","live":0,"failed":0}]}`
	if string(text) != want {
		t.Errorf("figures = %s", text)
	}
}

func TestPercentiles(t *testing.T) {
	twenty := make([]float64, 20)
	for i := range twenty {
		twenty[i] = float64(20 - i)
	}
	for _, c := range []struct {
		seconds []float64
		want    Percentiles
	}{
		{nil, Percentiles{}},
		{[]float64{0.12345}, Percentiles{1, 0.123, 0.123}},
		{[]float64{3, 1}, Percentiles{2, 2, 3}},
		{twenty, Percentiles{20, 10.5, 19}},
	} {
		if got := percentiles(c.seconds); got != c.want {
			t.Errorf("%v = %+v, want %+v", c.seconds, got, c.want)
		}
	}
	if !strings.HasPrefix(Since(time.Date(2026, 1, 3, 23, 0, 0, 0, time.FixedZone("", 2*3600)), 2).Format(time.RFC3339), "2026-01-02T00:00:00Z") {
		t.Error("days are not those of UTC")
	}
}
