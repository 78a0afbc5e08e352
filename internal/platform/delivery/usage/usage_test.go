package usage

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// kubelet is a kubelet's /metrics/resource: two containers of one pod, and one
// of another namespace.
func kubelet(seconds float64, at int64) string {
	return fmt.Sprintf(`# HELP container_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the container in core-seconds
# TYPE container_cpu_usage_seconds_total counter
container_cpu_usage_seconds_total{container="app",namespace="hello",pod="hello-1"} %[1]g %[2]d
container_cpu_usage_seconds_total{container="side",namespace="hello",pod="hello-1"} 1 %[2]d
container_cpu_usage_seconds_total{container="app",namespace="other",pod="hello-1"} 500 %[2]d
# HELP container_memory_working_set_bytes [STABLE] Current working set of the container in bytes
# TYPE container_memory_working_set_bytes gauge
container_memory_working_set_bytes{container="app",namespace="hello",pod="hello-1"} 1.5e+07 %[2]d
container_memory_working_set_bytes{container="side",namespace="hello",pod="hello-1"} 5e+06 %[2]d
# HELP container_start_time_seconds [STABLE] Start time of the container since unix epoch in seconds
# TYPE container_start_time_seconds gauge
container_start_time_seconds{container="app",namespace="hello",pod="hello-1"} 1000
container_start_time_seconds{container="side",namespace="hello",pod="hello-1"} 1010
# HELP node_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the node in core-seconds
# TYPE node_cpu_usage_seconds_total counter
node_cpu_usage_seconds_total 518701.03 %[2]d
`, seconds, at*1000)
}

// against is a meter whose API server answers from a table, else 404.
func against(t *testing.T, answers map[string]string) *Meter {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return &Meter{API: client.CoreV1().RESTClient(), Namespace: "hello"}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestAKubeletIsAskedWhereThereIsNoMetricsAPI(t *testing.T) {
	const path = "/api/v1/nodes/node-1/proxy/metrics/resource"
	answers := map[string]string{}
	meter := against(t, answers)
	for i, c := range []struct {
		seconds float64
		at      int64
		cores   float64
	}{
		{19, 1100, 0.2},  // 20 s of both in the 100 s since the start
		{24, 1110, 0.5},  // 5 s in 10 s
		{24, 1110, 0.5},  // the kubelet has not measured again
		{24, 1120, 0},    // it rests
		{0, 1130, 0.008}, // the container was started again: 1 s of the other in 130 s
	} {
		answers[path] = kubelet(c.seconds, c.at)
		uses, err := meter.Read(t.Context(), []string{"node-1"})
		if err != nil {
			t.Fatal(err)
		}
		if use := uses["hello-1"]; len(uses) != 1 || !near(math.Round(use.CPU*1000)/1000, c.cores) || use.Memory != 20_000_000 {
			t.Errorf("reading %d = %v, want %v cores of the one pod", i, uses, c.cores)
		}
	}
}

func TestTheMetricsAPIIsTakenWhereThereIsOne(t *testing.T) {
	meter := against(t, map[string]string{"/apis/metrics.k8s.io/v1beta1/namespaces/hello/pods": `{"kind":"PodMetricsList","items":[
		{"metadata":{"name":"hello-1"},"containers":[{"name":"app","usage":{"cpu":"250m","memory":"20Mi"}},{"name":"side","usage":{"cpu":"1500000n","memory":"1Ki"}}]}]}`})
	uses, err := meter.Read(t.Context(), []string{"node-1"})
	if use := uses["hello-1"]; err != nil || !near(use.CPU, 0.2515) || use.Memory != 20<<20+1<<10 {
		t.Errorf("uses = %v, %v", uses, err)
	}
}

func TestAClusterThatMeasuresNothingIsAnError(t *testing.T) {
	if uses, err := against(t, nil).Read(t.Context(), []string{"node-1"}); err == nil {
		t.Errorf("uses = %v", uses)
	}
	bad := against(t, map[string]string{"/api/v1/nodes/node-1/proxy/metrics/resource": "<html>"})
	if uses, err := bad.Read(t.Context(), []string{"node-1"}); err == nil {
		t.Errorf("of a page = %v", uses)
	}
}
