// Command argo-cd tells whether objects differ from what is live, by Argo CD's own engine. Manifests come from standard
// input, and are compared so many times; a line of JSON for each object and time goes to standard output:
//
//	argo-cd client COUNT   # what Argo CD does by default: a three-way diff, by the annotation of kubectl apply
//	argo-cd apply COUNT    # with the option ServerSideApply=true
//	argo-cd server COUNT   # with ServerSideDiff=true: by a dry-run of an apply
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/argoproj/gitops-engine/pkg/diff"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

const manager = "argocd-controller"

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: argo-cd client|apply|server COUNT")
	}
	count, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	objects, err := kube.SplitYAML(text)
	if err != nil {
		return err
	}
	cluster, err := connect()
	if err != nil {
		return err
	}
	options, err := cluster.options(args[0])
	if err != nil {
		return err
	}
	for round := 0; round < count; round++ {
		for _, object := range objects {
			if err := cluster.tell(ctx, object.DeepCopy(), options); err != nil {
				return err
			}
		}
	}
	return nil
}

// A cluster as Argo CD looks at it.
type cluster struct {
	client dynamic.Interface
	mapper meta.RESTMapper
	parser diffParser
}

type diffParser = func() (diff.Option, error)

func connect() (*cluster, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	groups, err := restmapper.GetAPIGroupResources(discovery.NewDiscoveryClientForConfigOrDie(config))
	if err != nil {
		return nil, err
	}
	parser := func() (diff.Option, error) {
		_, parser, err := (&kube.KubectlCmd{Log: logr.Discard()}).LoadOpenAPISchema(config)
		return diff.WithGVKParser(parser), err
	}
	return &cluster{client, restmapper.NewDiscoveryRESTMapper(groups), parser}, nil
}

func (c *cluster) options(mode string) ([]diff.Option, error) {
	options := []diff.Option{diff.WithManager(manager), diff.WithNormalizer(diff.GetNoopNormalizer())}
	if mode == "client" {
		return options, nil
	}
	parser, err := c.parser()
	if err != nil {
		return nil, err
	}
	options = append(options, parser)
	switch mode {
	case "apply":
		return append(options, diff.WithStructuredMergeDiff(true)), nil
	case "server":
		return append(options, diff.WithServerSideDiff(true), diff.WithIgnoreMutationWebhook(true),
			diff.WithServerSideDryRunner(diff.NewK8sServerSideDryRunner(c))), nil
	}
	return nil, fmt.Errorf("there is no diff %q", mode)
}

func (c *cluster) tell(ctx context.Context, config *unstructured.Unstructured, options []diff.Option) error {
	resource, err := c.of(config)
	if err != nil {
		return err
	}
	live, err := resource.Get(ctx, config.GetName(), metav1.GetOptions{})
	if err != nil {
		return err
	}
	result, err := diff.Diff(config, live, options...)
	if err != nil {
		return err
	}
	line := map[string]any{"object": config.GetKind() + "/" + config.GetName(), "modified": result.Modified}
	if result.Modified {
		line["live"], line["predicted"] = string(result.NormalizedLive), string(result.PredictedLive)
	}
	text, err := json.Marshal(line)
	fmt.Println(string(text))
	return err
}

func (c *cluster) of(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := object.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(schema.GroupKind{Group: kind.Group, Kind: kind.Kind}, kind.Version)
	if err != nil {
		return nil, err
	}
	return c.client.Resource(mapping.Resource).Namespace(object.GetNamespace()), nil
}

// ApplyResource is what the diff by dry-run asks of it.
func (c *cluster) ApplyResource(ctx context.Context, object *unstructured.Unstructured, _ cmdutil.DryRunStrategy, _, _, _ bool, manager string) (string, error) {
	resource, err := c.of(object)
	if err != nil {
		return "", err
	}
	options := metav1.ApplyOptions{FieldManager: manager, Force: true, DryRun: []string{metav1.DryRunAll}}
	predicted, err := resource.Apply(ctx, object.GetName(), object, options)
	if err != nil {
		return "", err
	}
	text, err := predicted.MarshalJSON()
	return string(text), err
}
