#!/bin/sh
# The first program in a node's namespaces (network, mounts, processes): makes them a machine and becomes containerd.
# When it ends, the kernel ends every process of the node and drops its mounts, links and packet filter rules.
#   node-init.sh FOLDER ADDRESS
# FOLDER: the node's files on disk: lib, log (its /var/lib and /var/log) and containerd.toml. ADDRESS: the node's.
set -eu
folder=$1
address=$2

mount -t tmpfs tmpfs /run
mount --bind "$folder/lib" /var/lib
mount --bind "$folder/logs/node" /var/log
# The kubelet sets these for the whole machine: it gets files of its own instead.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  copy=/run/sysctl-$(basename "$setting")
  cat "/proc/sys/$setting" >"$copy"
  mount --bind "$copy" "/proc/sys/$setting"
done

ip link set lo up
ip link add node0 type bridge
ip address add "$address/24" dev node0
ip link set node0 up
ip route add default dev node0 # a default route is expected; it leads nowhere
echo 1 >/proc/sys/net/ipv4/ip_forward

exec containerd --config "$folder/containerd.toml"
