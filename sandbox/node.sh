#!/bin/sh
# node.sh DIR
# What a real node is before anything runs on it: a network and mounts of its own, kept by this process and gone with
# it. Run by unshare --net --mount. What its programs write to fixed places lies in DIR, or is forgotten.
set -eu
umask 022
for place in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs "$place"; done
for place in lib/kubelet lib/containerd log/pods; do
  mkdir -p "$1/$place" "/var/$place"
  mount --bind "$1/$place" "/var/$place"
done
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
exec sleep infinity
