package main

import (
	"context"
	"encoding/json"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const (
	finalizer      = "dependencygate.dev/remove"
	gateAnnotation = "gate.dependencygate.dev/"
	gatedLabel     = "dependencygate.dev/gated"
	byGate         = "gate"
	byTarget       = "target"
	workers        = 8
)

type reconciler struct {
	client.Client
	events events.EventRecorder
	told   toldPods
}

func (r *reconciler) setUp(ctx context.Context, manager ctrl.Manager) error {
	indexer := manager.GetFieldIndexer()
	err := indexer.IndexField(ctx, &corev1.Pod{}, byGate, func(pod client.Object) []string {
		return gatesIn(pod.GetAnnotations())
	})
	if err != nil {
		return err
	}
	err = indexer.IndexField(ctx, &Gate{}, byTarget, func(object client.Object) []string {
		var names []string
		for _, target := range object.(*Gate).Spec.Targets {
			names = append(names, target.Name)
		}
		return names
	})
	if err != nil {
		return err
	}
	return ctrl.NewControllerManagedBy(manager).
		For(&Gate{}).
		Watches(&corev1.Pod{}, handler.EnqueueRequestsFromMapFunc(gatesOfPod)).
		Watches(&appsv1.Deployment{}, handler.EnqueueRequestsFromMapFunc(r.gatesOfDeployment)).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers}).
		Complete(r)
}

func gatesOfPod(_ context.Context, pod client.Object) []reconcile.Request {
	var requests []reconcile.Request
	for _, gate := range gatesIn(pod.GetAnnotations()) {
		name := types.NamespacedName{Namespace: pod.GetNamespace(), Name: gate}
		requests = append(requests, reconcile.Request{NamespacedName: name})
	}
	return requests
}

func (r *reconciler) gatesOfDeployment(ctx context.Context, deployment client.Object) []reconcile.Request {
	var gates GateList
	namespace := client.InNamespace(deployment.GetNamespace())
	if err := r.List(ctx, &gates, namespace, client.MatchingFields{byTarget: deployment.GetName()}); err != nil {
		return nil
	}
	requests := make([]reconcile.Request, 0, len(gates.Items))
	for i := range gates.Items {
		requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&gates.Items[i])})
	}
	return requests
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var gate Gate
	if err := r.Get(ctx, request.NamespacedName, &gate); err != nil {
		r.told.forget(request.NamespacedName)
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if gate.DeletionTimestamp != nil {
		return ctrl.Result{}, r.patchFinalizers(ctx, &gate, controllerutil.RemoveFinalizer)
	}
	if !controllerutil.ContainsFinalizer(&gate, finalizer) {
		if err := r.patchFinalizers(ctx, &gate, controllerutil.AddFinalizer); err != nil {
			return ctrl.Result{}, err
		}
	}
	observed, err := r.place(ctx, &gate)
	if err != nil {
		return ctrl.Result{}, err
	}
	r.tellPods(&gate, observed.pods.Items)
	return ctrl.Result{}, r.report(ctx, &gate, observed)
}

func (r *reconciler) patchFinalizers(ctx context.Context, gate *Gate, change func(client.Object, string) bool) error {
	before := gate.DeepCopyObject().(*Gate)
	change(gate, finalizer)
	patch := client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	return client.IgnoreNotFound(r.Patch(ctx, gate, patch))
}

// place puts the containers into each target that lacks them.
func (r *reconciler) place(ctx context.Context, gate *Gate) (world, error) {
	observed := world{deployments: map[string]*appsv1.Deployment{}}
	hash := hashOf(gate.Spec.Dependencies)
	for _, target := range gate.Spec.Targets {
		var deployment appsv1.Deployment
		key := types.NamespacedName{Namespace: gate.Namespace, Name: target.Name}
		if err := r.Get(ctx, key, &deployment, &client.GetOptions{UnsafeDisableDeepCopy: new(true)}); err != nil {
			if client.IgnoreNotFound(err) != nil {
				return observed, err
			}
			continue
		}
		if deployment.Spec.Template.Annotations[gateAnnotation+gate.Name] != hash {
			if err := r.patchTemplate(ctx, gate, &deployment, hash); err != nil {
				return observed, err
			}
		}
		observed.deployments[target.Name] = &deployment
	}
	list := &client.ListOptions{Namespace: gate.Namespace, UnsafeDisableDeepCopy: new(true)}
	client.MatchingFields{byGate: gate.Name}.ApplyToList(list)
	return observed, r.List(ctx, &observed.pods, list)
}

func (r *reconciler) patchTemplate(ctx context.Context, gate *Gate, deployment *appsv1.Deployment, hash string) error {
	template := map[string]any{
		"metadata": map[string]any{
			"labels":      map[string]string{gatedLabel: "true"},
			"annotations": map[string]string{gateAnnotation + gate.Name: hash},
		},
		"spec": map[string]any{"initContainers": containersOf(gate)},
	}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": template}})
	if err != nil {
		return err
	}
	patched := &appsv1.Deployment{ObjectMeta: metaOf(deployment.ObjectMeta)}
	if err := r.Patch(ctx, patched, client.RawPatch(types.StrategicMergePatchType, patch)); err != nil {
		return err
	}
	*deployment = *patched
	r.events.Eventf(gate, patched, corev1.EventTypeNormal, "Gated", "Place", "Deployment %s carries the containers", patched.Name)
	return nil
}

// report writes the status where it is another one.
func (r *reconciler) report(ctx context.Context, gate *Gate, observed world) error {
	status := statusOf(gate, observed, time.Now())
	if equality.Semantic.DeepEqual(status, gate.Status) {
		return nil
	}
	before := gate.DeepCopyObject().(*Gate)
	gate.Status = status
	return client.IgnoreNotFound(r.Status().Patch(ctx, gate, client.MergeFrom(before)))
}
