package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// world is what a gate's status is made of.
type world struct {
	deployments map[string]*appsv1.Deployment
	pods        corev1.PodList
}

func hashOf(dependencies []Dependency) string {
	text, _ := json.Marshal(dependencies) // of plain structs
	hash := fnv.New64a()
	_, _ = hash.Write(text)
	return hex.EncodeToString(hash.Sum(nil))
}

func containerName(gate *Gate, dependency string) string {
	return "dgate-" + gate.Name + "--" + dependency
}

func containersOf(gate *Gate) []corev1.Container {
	containers := make([]corev1.Container, 0, len(gate.Spec.Dependencies))
	for _, dependency := range gate.Spec.Dependencies {
		args := []string{"wait"}
		if dependency.DNS != nil {
			args = append(args, "dns", "--host="+dependency.DNS.Host)
		}
		containers = append(containers, corev1.Container{
			Name:                     containerName(gate, dependency.Name),
			Image:                    "waiter:1",
			Args:                     args,
			TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
		})
	}
	return containers
}

func statusOf(gate *Gate, observed world, now time.Time) GateStatus {
	status := GateStatus{ObservedGeneration: gate.Generation, Conditions: append([]metav1.Condition{}, gate.Status.Conditions...)}
	counts := PodCounts{}
	dependencies := make([]DependencyStatus, len(gate.Spec.Dependencies))
	for i, dependency := range gate.Spec.Dependencies {
		dependencies[i] = DependencyStatus{Name: dependency.Name, Check: "dns", State: "Pending"}
	}
	for i := range observed.pods.Items {
		pod := &observed.pods.Items[i]
		if pod.DeletionTimestamp == nil {
			countPod(gate, pod, dependencies, &counts)
		}
	}
	current := 0
	for _, target := range gate.Spec.Targets {
		state := stateOf(observed.deployments[target.Name])
		if state == "Current" || state == "Rolling" {
			current++
		}
		status.Targets = append(status.Targets, TargetStatus{Kind: "Deployment", Name: target.Name, State: state, Open: counts.Open, Waiting: counts.Waiting})
	}
	status.Dependencies, status.Pods = dependencies, &counts
	status.Display = displayOf(gate, dependencies, counts, current)
	setCondition(&status, gate, "Ready", current == len(gate.Spec.Targets), "InForce", "Pending", now)
	setCondition(&status, gate, "Open", counts.Total > 0 && counts.Waiting == 0, "AllPassed", "Waiting", now)
	return status
}

// countPod adds a Pod to the dependencies: passed, or being checked, or yet to come.
func countPod(gate *Gate, pod *corev1.Pod, dependencies []DependencyStatus, counts *PodCounts) {
	counts.Total++
	passed := 0
	for i := range dependencies {
		dependency := &dependencies[i]
		container := find(pod.Status.InitContainerStatuses, containerName(gate, dependency.Name))
		switch {
		case container != nil && container.State.Terminated != nil && container.State.Terminated.ExitCode == 0:
			dependency.Passed++
			passed++
		case container != nil && container.State.Running != nil:
			dependency.Checking++
			dependency.Blocked++
		case container != nil && container.State.Terminated != nil:
			dependency.Failed++
		default:
			dependency.Pending++
		}
		dependency.State = worst(*dependency)
	}
	if passed == len(dependencies) {
		counts.Open++
	} else {
		counts.Waiting++
	}
}

func find(statuses []corev1.ContainerStatus, name string) *corev1.ContainerStatus {
	for i := range statuses {
		if statuses[i].Name == name {
			return &statuses[i]
		}
	}
	return nil
}

func worst(dependency DependencyStatus) string {
	switch {
	case dependency.Failed > 0:
		return "Failed"
	case dependency.Checking > 0:
		return "Checking"
	case dependency.Pending > 0:
		return "Pending"
	default:
		return "Passed"
	}
}

func stateOf(deployment *appsv1.Deployment) string {
	switch {
	case deployment == nil:
		return "Missing"
	case deployment.Status.ObservedGeneration < deployment.Generation:
		return "Rolling"
	case deployment.Status.UpdatedReplicas < deployment.Status.Replicas:
		return "Rolling"
	default:
		return "Current"
	}
}

func displayOf(gate *Gate, dependencies []DependencyStatus, counts PodCounts, current int) *Display {
	var names, waitingOn []string
	done := 0
	for _, dependency := range dependencies {
		names = append(names, dependency.Name)
		if dependency.State == "Passed" {
			done++
		} else {
			waitingOn = append(waitingOn, dependency.Name)
		}
	}
	return &Display{
		Targets:      fmt.Sprintf("%d/%d", current, len(gate.Spec.Targets)),
		Pods:         fmt.Sprintf("%d/%d", counts.Open, counts.Total),
		Init:         fmt.Sprintf("Init:%d/%d", done, len(dependencies)),
		Dependencies: strings.Join(names, ","),
		WaitingOn:    strings.Join(waitingOn, ","),
	}
}

func setCondition(status *GateStatus, gate *Gate, kind string, holds bool, yes, no string, now time.Time) {
	condition := metav1.Condition{Type: kind, Status: metav1.ConditionFalse, Reason: no, Message: no, ObservedGeneration: gate.Generation, LastTransitionTime: metav1.NewTime(now)}
	if holds {
		condition.Status, condition.Reason, condition.Message = metav1.ConditionTrue, yes, yes
	}
	meta.SetStatusCondition(&status.Conditions, condition)
}
