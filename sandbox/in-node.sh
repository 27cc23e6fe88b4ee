#!/bin/sh
# in-node.sh HOLDER CGROUP_PROCS PROGRAM [ARG…]
# Becomes a program of a real node: in the cgroup by which whatever it starts is found again, and in the network and the
# mounts that the process HOLDER keeps.
umask 022
echo $$ >"$2" || exit 1
holder=$1
shift 2
# Images come from the sandbox's own registry.
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
export PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
exec nsenter --target "$holder" --net --mount -- "$@"
