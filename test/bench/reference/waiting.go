package main

import (
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// toldPods says which dependency each Pod of a gate was last told to wait for.
type toldPods struct {
	mutex  sync.Mutex
	byGate map[types.NamespacedName]map[types.UID]string
}

// replace keeps what the Pods of a gate wait for now, and returns what they were told before.
func (t *toldPods) replace(gate types.NamespacedName, waiting map[types.UID]string) map[types.UID]string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	before := t.byGate[gate]
	if t.byGate == nil {
		t.byGate = map[types.NamespacedName]map[types.UID]string{}
	}
	t.byGate[gate] = waiting
	return before
}

func (t *toldPods) forget(gate types.NamespacedName) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.byGate, gate)
}

// tellPods writes an Event of each Pod that waits for another dependency than before, as the operator does.
func (r *reconciler) tellPods(gate *Gate, pods []corev1.Pod) {
	waiting := make(map[types.UID]string, len(pods))
	for i := range pods {
		if dependency := waitsFor(gate, &pods[i]); dependency != "" {
			waiting[pods[i].UID] = dependency
		}
	}
	before := r.told.replace(client.ObjectKeyFromObject(gate), waiting)
	for i := range pods {
		pod := &pods[i]
		if dependency := waiting[pod.UID]; dependency != "" && dependency != before[pod.UID] {
			r.events.Eventf(pod, gate, corev1.EventTypeNormal, "Waiting", "WaitFor-"+dependency, "waits for %s of gate %s", dependency, gate.Name)
		}
	}
}

// waitsFor names the dependency whose check runs in a Pod, if any does.
func waitsFor(gate *Gate, pod *corev1.Pod) string {
	for _, dependency := range gate.Spec.Dependencies {
		container := find(pod.Status.InitContainerStatuses, containerName(gate, dependency.Name))
		if container != nil && container.State.Running != nil {
			return dependency.Name
		}
	}
	return ""
}
