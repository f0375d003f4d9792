package main

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var groupVersion = schema.GroupVersion{Group: "dependencygate.dev", Version: "v1alpha1"}

// Gate is what the reference reads and writes of a DependencyGate.
type Gate struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec   GateSpec   `json:"spec"`
	Status GateStatus `json:"status,omitzero"`
}

type GateSpec struct {
	Targets      []Target     `json:"targets"`
	Dependencies []Dependency `json:"dependencies"`
}

type Target struct {
	Kind string `json:"kind,omitempty"`
	Name string `json:"name"`
}

type Dependency struct {
	Name string `json:"name"`
	DNS  *DNS   `json:"dns,omitempty"`
}

type DNS struct {
	Host string `json:"host"`
}

type GateStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
	Targets            []TargetStatus     `json:"targets,omitempty"`
	Dependencies       []DependencyStatus `json:"dependencies,omitempty"`
	Pods               *PodCounts         `json:"pods,omitempty"`
	Display            *Display           `json:"display,omitempty"`
}

type TargetStatus struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	State   string `json:"state"`
	Open    int    `json:"open"`
	Waiting int    `json:"waiting"`
	Ungated int    `json:"ungated"`
}

type DependencyStatus struct {
	Name     string `json:"name"`
	Check    string `json:"check"`
	State    string `json:"state"`
	Pending  int    `json:"pending"`
	Starting int    `json:"starting"`
	Checking int    `json:"checking"`
	Failed   int    `json:"failed"`
	Passed   int    `json:"passed"`
	Blocked  int    `json:"blocked"`
}

type PodCounts struct {
	Total   int `json:"total"`
	Open    int `json:"open"`
	Waiting int `json:"waiting"`
	Failed  int `json:"failed"`
	Older   int `json:"older"`
	Ungated int `json:"ungated"`
}

type Display struct {
	Targets      string `json:"targets"`
	Pods         string `json:"pods"`
	Init         string `json:"init"`
	Dependencies string `json:"dependencies"`
	WaitingOn    string `json:"waitingOn"`
	Message      string `json:"message,omitempty"`
}

func (g *Gate) DeepCopyObject() runtime.Object {
	copied := *g
	g.ObjectMeta.DeepCopyInto(&copied.ObjectMeta)
	copied.Spec.Targets = slices.Clone(g.Spec.Targets)
	copied.Spec.Dependencies = slices.Clone(g.Spec.Dependencies)
	copied.Status.Conditions = slices.Clone(g.Status.Conditions)
	copied.Status.Targets = slices.Clone(g.Status.Targets)
	copied.Status.Dependencies = slices.Clone(g.Status.Dependencies)
	return &copied
}

// GateList is what a list of them is answered with.
type GateList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata"`

	Items []Gate `json:"items"`
}

func (l *GateList) DeepCopyObject() runtime.Object {
	copied := *l
	copied.Items = make([]Gate, len(l.Items))
	for i := range l.Items {
		copied.Items[i] = *l.Items[i].DeepCopyObject().(*Gate)
	}
	return &copied
}

func addToScheme(scheme *runtime.Scheme) {
	scheme.AddKnownTypeWithName(groupVersion.WithKind("DependencyGate"), &Gate{})
	scheme.AddKnownTypeWithName(groupVersion.WithKind("DependencyGateList"), &GateList{})
	metav1.AddToGroupVersion(scheme, groupVersion)
}
