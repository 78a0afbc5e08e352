package usage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/api/resource"
)

// parseMetricsAPI reads a PodMetricsList.
func parseMetricsAPI(body []byte) (map[string]Use, error) {
	var list struct {
		Items []struct {
			Metadata   struct{ Name string }
			Containers []struct {
				Usage struct{ CPU, Memory resource.Quantity }
			}
		}
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("read metrics.k8s.io: %w", err)
	}
	uses := map[string]Use{}
	for _, item := range list.Items {
		var use Use
		for _, c := range item.Containers {
			use.CPU += c.Usage.CPU.AsApproximateFloat64()
			use.Memory += c.Usage.Memory.Value()
		}
		uses[item.Metadata.Name] = use
	}
	return uses, nil
}

// parseKubelet reads a kubelet's /metrics/resource, whose samples carry the
// time at which they were measured, and adds up each pod's containers.
func parseKubelet(body []byte, namespace string, into map[string]Point) error {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, add := range map[string]func(*Point, *dto.Metric){
		"container_cpu_usage_seconds_total": func(p *Point, m *dto.Metric) {
			p.CPU += m.GetCounter().GetValue()
			if at := time.UnixMilli(m.GetTimestampMs()); at.After(p.At) {
				p.At = at
			}
		},
		"container_memory_working_set_bytes": func(p *Point, m *dto.Metric) { p.Memory += int64(m.GetGauge().GetValue()) },
		"container_start_time_seconds": func(p *Point, m *dto.Metric) {
			at := time.UnixMilli(int64(1000 * m.GetGauge().GetValue()))
			if p.Started.IsZero() || at.Before(p.Started) {
				p.Started = at
			}
		},
	} {
		for _, metric := range families[name].GetMetric() {
			if pod := podOf(metric, namespace); pod != "" {
				point := into[pod]
				add(&point, metric)
				into[pod] = point
			}
		}
	}
	return nil
}

// podOf is the pod of the namespace that a sample is of, if it is of one.
func podOf(metric *dto.Metric, namespace string) string {
	pod, there := "", false
	for _, label := range metric.GetLabel() {
		switch label.GetName() {
		case "namespace":
			there = label.GetValue() == namespace
		case "pod":
			pod = label.GetValue()
		}
	}
	if !there {
		return ""
	}
	return pod
}
