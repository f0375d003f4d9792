//go:build kubelet_before_1_34

package main

import (
	"k8s.io/component-base/cli"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// Its command took no context.
func runKubelet() int {
	return cli.Run(kubelet.NewKubeletCommand())
}
