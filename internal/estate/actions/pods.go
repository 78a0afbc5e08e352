package actions

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

const (
	runnerUID     = int64(1001)
	runnerHome    = "/home/runner"
	secretMount   = "/run/pronto"
	podDeadline   = int64(6*3600 + 600) // seconds: GitHub's limit of a job, and some
	podGrace      = int64(2)            // seconds
	runnerService = "/_services/actions/runner"
)

var podLabels = map[string]string{"app.kubernetes.io/managed-by": "pronto", "app.kubernetes.io/component": "runner"}

// pods makes and removes the runners' pods.
type pods struct {
	cfg  Config
	kube kubernetes.Interface
}

// prepare makes the namespace with its limits; what is there already stays.
func (p *pods) prepare(ctx context.Context) error {
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: p.cfg.Namespace, Labels: map[string]string{
		"app.kubernetes.io/managed-by":       "pronto",
		"pod-security.kubernetes.io/enforce": "restricted",
		"pod-security.kubernetes.io/warn":    "restricted",
		"pod-security.kubernetes.io/audit":   "restricted",
	}}}
	_, err := p.kube.CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{})
	if err := made("namespace", err); err != nil {
		return err
	}
	_, err = p.kube.NetworkingV1().NetworkPolicies(p.cfg.Namespace).Create(ctx, denyIngress(), metav1.CreateOptions{})
	if err := made("network policy", err); err != nil {
		return err
	}
	_, err = p.kube.CoreV1().LimitRanges(p.cfg.Namespace).Create(ctx, limitRange(), metav1.CreateOptions{})
	if err := made("limit range", err); err != nil {
		return err
	}
	_, err = p.kube.CoreV1().ResourceQuotas(p.cfg.Namespace).Create(ctx, quota(p.cfg.MaxJobs+p.cfg.WarmRunners), metav1.CreateOptions{})
	return made("resource quota", err)
}

func made(what string, err error) error {
	if err == nil || apierrors.IsAlreadyExists(err) {
		return nil
	}
	return fmt.Errorf("create %s of the jobs: %w", what, err)
}

func denyIngress() *networkingv1.NetworkPolicy {
	return &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: "default-deny-ingress"},
		Spec: networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}}}
}

func limitRange() *corev1.LimitRange {
	return &corev1.LimitRange{ObjectMeta: metav1.ObjectMeta{Name: "runner"}, Spec: corev1.LimitRangeSpec{
		Limits: []corev1.LimitRangeItem{{Type: corev1.LimitTypeContainer, Default: resources().Limits, DefaultRequest: resources().Requests}}}}
}

// quota leaves room for pods that are on their way out.
func quota(runners int) *corev1.ResourceQuota {
	return &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "runners"}, Spec: corev1.ResourceQuotaSpec{
		Hard: corev1.ResourceList{corev1.ResourcePods: *resource.NewQuantity(int64(2*runners+4), resource.DecimalSI)}}}
}

func resources() corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("96Mi")},
		Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2"), corev1.ResourceMemory: resource.MustParse("2Gi")},
	}
}

// create makes the Secret with the registration token, then the pod.
func (p *pods) create(ctx context.Context, name string, token secret.String) error {
	object := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: podLabels},
		Data: map[string][]byte{"token": []byte(token.Reveal()), "ca.pem": p.cfg.CA}}
	secrets := p.kube.CoreV1().Secrets(p.cfg.Namespace)
	_, err := secrets.Create(ctx, object, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		_, err = secrets.Update(ctx, object, metav1.UpdateOptions{})
	}
	if err != nil {
		return fmt.Errorf("create secret of %s: %w", name, err)
	}
	if _, err := p.kube.CoreV1().Pods(p.cfg.Namespace).Create(ctx, p.pod(name), metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("create pod %s: %w", name, err)
	}
	return nil
}

// remove deletes Secret and pod; it is no error when they are gone. The pod is
// the last, for by it whoever was killed in between finds both again.
func (p *pods) remove(ctx context.Context, name string) error {
	err := p.kube.CoreV1().Secrets(p.cfg.Namespace).Delete(ctx, name, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("delete secret %s: %w", name, err)
	}
	err = p.kube.CoreV1().Pods(p.cfg.Namespace).Delete(ctx, name, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("delete pod %s: %w", name, err)
	}
	return nil
}

func (p *pods) pod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: podLabels},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever, AutomountServiceAccountToken: new(false), EnableServiceLinks: new(false),
			ActiveDeadlineSeconds: new(podDeadline), TerminationGracePeriodSeconds: new(podGrace),
			HostAliases: p.hostAliases(),
			SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: new(true), RunAsUser: new(runnerUID), RunAsGroup: new(runnerUID),
				FSGroup: new(runnerUID), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
			Containers: []corev1.Container{p.container()},
			Volumes: []corev1.Volume{scratch("home"), scratch("tmp"),
				{Name: "registration", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: name, DefaultMode: new(int32(0o440))}}}},
		},
	}
}

func (p *pods) container() corev1.Container {
	return corev1.Container{
		Name: "runner", Image: p.cfg.RunnerImage, ImagePullPolicy: corev1.PullIfNotPresent,
		Command: []string{"/usr/local/bin/pronto-runner"},
		Env: []corev1.EnvVar{
			{Name: "PRONTO_RUNNER_URL", Value: strings.TrimSuffix(p.cfg.URL.String(), "/") + runnerService},
			{Name: "PRONTO_RUNNER_TOKEN_FILE", Value: secretMount + "/token"},
			{Name: "PRONTO_RUNNER_CA_FILE", Value: p.caFile()},
			{Name: "PRONTO_RUNNER_HOME", Value: runnerHome},
			{Name: "HOME", Value: runnerHome},
		},
		Resources: resources(),
		SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true),
			Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
		VolumeMounts: []corev1.VolumeMount{{Name: "home", MountPath: runnerHome}, {Name: "tmp", MountPath: "/tmp"},
			{Name: "registration", MountPath: secretMount, ReadOnly: true}},
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
	}
}

func (p *pods) caFile() string {
	if len(p.cfg.CA) == 0 {
		return ""
	}
	return secretMount + "/ca.pem"
}

func scratch(name string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}
}

func (p *pods) hostAliases() []corev1.HostAlias {
	if p.cfg.GatewayIP == "" || len(p.cfg.Hosts) == 0 {
		return nil
	}
	return []corev1.HostAlias{{IP: p.cfg.GatewayIP, Hostnames: p.cfg.Hosts}}
}
