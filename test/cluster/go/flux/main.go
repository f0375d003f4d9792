// Command flux does what Flux's kustomize-controller does to objects, by its own engine: it applies them, and computes
// whether they are ready. Manifests come from standard input, lines of JSON go to standard output.
//
//	flux sync COUNT   # applies them so many times; {"sync": 1, "object": "Deployment/ns/name", "action": "unchanged"}
//	flux status       # {"object": "DependencyGate/ns/name", "status": "Current", "message": "…"}
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/normalize"
	"github.com/fluxcd/pkg/ssa/utils"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const controller = "kustomize-controller"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	objects, err := utils.ReadObjects(os.Stdin)
	if err != nil {
		return err
	}
	switch {
	case len(args) == 1 && args[0] == "status":
		return tellStatus(objects)
	case len(args) == 2 && args[0] == "sync":
		count, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		return sync(context.Background(), objects, count)
	}
	return errors.New("usage: flux sync COUNT | flux status")
}

func tellStatus(objects []*unstructured.Unstructured) error {
	for _, object := range objects {
		result, err := status.Compute(object)
		if err != nil {
			return err
		}
		say(map[string]any{"object": utils.FmtUnstructured(object), "status": result.Status, "message": result.Message})
	}
	return nil
}

func sync(ctx context.Context, objects []*unstructured.Unstructured, count int) error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	kube, err := client.New(config, client.Options{})
	if err != nil {
		return err
	}
	manager := ssa.NewResourceManager(kube, nil, ssa.Owner{Field: controller, Group: "kustomize.toolkit.fluxcd.io"})
	manager.SetOwnerLabels(objects, "apps", "flux-system")
	if err := normalize.UnstructuredList(objects); err != nil {
		return err
	}
	for round := 1; round <= count; round++ {
		changes, err := manager.ApplyAll(ctx, objects, options())
		if err != nil {
			return err
		}
		for _, change := range changes.Entries {
			say(map[string]any{"sync": round, "object": change.Subject, "action": change.Action})
		}
	}
	return nil
}

// What the controller cleans of others before it applies: of kubectl's users, and of its own earlier ways.
func options() ssa.ApplyOptions {
	options := ssa.DefaultApplyOptions()
	options.Cleanup = ssa.ApplyCleanupOptions{
		Annotations: []string{corev1.LastAppliedConfigAnnotation},
		FieldManagers: []ssa.FieldManager{
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationApply},
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: "before-first-apply", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: controller, OperationType: metav1.ManagedFieldsOperationUpdate},
		},
	}
	return options
}

func say(line map[string]any) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
