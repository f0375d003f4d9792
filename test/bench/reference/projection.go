package main

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// metaOf is what is kept of each object's metadata.
func metaOf(meta metav1.ObjectMeta) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name:              meta.Name,
		Namespace:         meta.Namespace,
		UID:               meta.UID,
		ResourceVersion:   meta.ResourceVersion,
		Generation:        meta.Generation,
		CreationTimestamp: meta.CreationTimestamp,
		DeletionTimestamp: meta.DeletionTimestamp,
		Labels:            meta.Labels,
		Annotations:       meta.Annotations,
		OwnerReferences:   meta.OwnerReferences,
	}
}

// projectPod keeps of a Pod what its gates are counted by.
func projectPod(object any) (any, error) {
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return object, nil
	}
	return &corev1.Pod{
		ObjectMeta: metaOf(pod.ObjectMeta),
		Status:     corev1.PodStatus{Phase: pod.Status.Phase, InitContainerStatuses: pod.Status.InitContainerStatuses},
	}, nil
}

// projectDeployment keeps of a Deployment what says whether it carries the containers, and whether its Pods do.
func projectDeployment(object any) (any, error) {
	deployment, ok := object.(*appsv1.Deployment)
	if !ok {
		return object, nil
	}
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Annotations: deployment.Spec.Template.Annotations},
		Spec:       corev1.PodSpec{InitContainers: deployment.Spec.Template.Spec.InitContainers},
	}
	return &appsv1.Deployment{
		ObjectMeta: metaOf(deployment.ObjectMeta),
		Spec:       appsv1.DeploymentSpec{Replicas: deployment.Spec.Replicas, Template: template},
		Status:     deployment.Status,
	}, nil
}
