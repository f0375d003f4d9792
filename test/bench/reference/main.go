// Command reference does the operator's main job with controller-runtime, as its users write such operators: caches that
// keep what is needed, indexes, eight workers. It is what the operator is measured against, and nothing else.
package main

import (
	"flag"
	"os"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

func main() {
	health := flag.String("health-address", "127.0.0.1:0", "where /readyz is served")
	flag.Parse()
	ctrl.SetLogger(zap.New())
	if err := run(*health); err != nil {
		ctrl.Log.Error(err, "the reference ends")
		os.Exit(1)
	}
}

func run(health string) error {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	addToScheme(scheme)
	config := ctrl.GetConfigOrDie()
	config.QPS = -1 // the API server's priority and fairness decides
	byObject := map[client.Object]cache.ByObject{
		&corev1.Pod{}:        {Transform: projectPod},
		&appsv1.Deployment{}: {Transform: projectDeployment},
		&Gate{}:              {Transform: cache.TransformStripManagedFields()},
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                 scheme,
		Cache:                  cache.Options{ByObject: byObject},
		Metrics:                server.Options{BindAddress: "0"},
		HealthProbeBindAddress: health,
	})
	if err != nil {
		return err
	}
	if err := manager.AddReadyzCheck("ping", healthz.Ping); err != nil {
		return err
	}
	reconciler := &reconciler{Client: manager.GetClient(), events: manager.GetEventRecorder("reference")}
	ctx := ctrl.SetupSignalHandler()
	if err := reconciler.setUp(ctx, manager); err != nil {
		return err
	}
	return manager.Start(ctx)
}

// gatesIn says which gates' containers a template or a Pod carries, by its annotations.
func gatesIn(annotations map[string]string) []string {
	var names []string
	for key := range annotations {
		if name, found := strings.CutPrefix(key, gateAnnotation); found {
			names = append(names, name)
		}
	}
	return names
}
