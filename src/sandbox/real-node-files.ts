import {join} from 'node:path'
import {stringify} from 'yaml'
import {kubeconfigText} from './kubeconfig.ts'
import {writePrivate} from '../tools/own-files.ts'
import type {RealNode} from './real-node.ts'

/** As containers are started from it: kept out of the registry that tests take away. */
export const PAUSE_IMAGE = 'sandbox.deploy/pause:1'
export const SOCKET = '/run/containerd/containerd.sock'

export type NodeAccess = {
  /** PEM of the API server. */
  ca: string
  apiPort: number
  registryPort: number
  tokens: {kubelet: string; 'kube-proxy': string}
}

/** Where the programs of a node find what they are told. */
export function nodeFiles({dir}: Pick<RealNode, 'dir'>) {
  const file = (name: string) => join(dir, name)
  return {
    containerd: file('containerd.toml'),
    network: file('cni/10-pods.conflist'),
    registries: file('registries'),
    /** `_default` holds for every registry that has no directory of its own here. */
    mirror: file('registries/_default/hosts.toml'),
    resolv: file('resolv.conf'),
    kubelet: file('kubelet.yaml'),
    kubeletAccess: file('kubelet.config'),
    proxy: file('kube-proxy.yaml'),
    proxyAccess: file('kube-proxy.config'),
  }
}

export async function writeNodeFiles(node: RealNode, access: NodeAccess): Promise<void> {
  const files = nodeFiles(node)
  const kubeconfig = (user: 'kubelet' | 'kube-proxy') => accessText(node, access, user)
  await Promise.all([
    writePrivate(files.containerd, containerdText(node)),
    writePrivate(files.network, networkText(node)),
    writePrivate(files.mirror, mirrorText(`http://${node.hostAddress}:${access.registryPort}`)),
    writePrivate(files.resolv, `nameserver ${node.hostAddress}\noptions timeout:1 attempts:1\n`),
    writePrivate(files.kubelet, kubeletText(node)),
    writePrivate(files.kubeletAccess, kubeconfig('kubelet')),
    writePrivate(files.proxy, proxyText(node)),
    writePrivate(files.proxyAccess, kubeconfig('kube-proxy')),
  ])
}

/** Where images of a registry are really fetched from. */
export function mirrorText(url: string): string {
  return `server = "${url}"\n[host."${url}"]\n  capabilities = ["pull", "resolve"]\n`
}

function accessText(
  node: RealNode,
  {ca, apiPort, tokens}: NodeAccess,
  user: 'kubelet' | 'kube-proxy',
): string {
  const server = `https://${node.hostAddress}:${apiPort}`
  const parts = {cluster: node.cluster, server, ca, user, token: tokens[user], serverName: '127.0.0.1'}
  return kubeconfigText(parts)
}

export function containerdText(node: Pick<RealNode, 'dir'>): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"'
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
  address = "${SOCKET}"

[${cri}]
  sandbox_image = "${PAUSE_IMAGE}"
  # Inside a virtual machine or a container without CAP_SYS_RESOURCE no process may lower its own.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [${cri}.cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${join(node.dir, 'cni')}"
  [${cri}.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [${cri}.containerd.runtimes.runc.options]
      SystemdCgroup = false
  [${cri}.registry]
    config_path = "${nodeFiles(node).registries}"
`
}

function networkText({podNet}: RealNode): string {
  const bridge = {
    type: 'bridge',
    bridge: 'pods',
    isGateway: true,
    // A pod that calls its own Service.
    hairpinMode: true,
    ipam: {type: 'host-local', ranges: [[{subnet: podNet}]], routes: [{dst: '0.0.0.0/0'}]},
  }
  const ports = {type: 'portmap', capabilities: {portMappings: true}}
  return `${JSON.stringify({cniVersion: '0.4.0', name: 'pods', plugins: [bridge, ports]}, undefined, 2)}\n`
}

export function kubeletText(node: RealNode): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node.address,
    healthzPort: 0,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${node.cgroup}`,
    failSwapOn: false,
    // The disk is this machine's, and other things fill it.
    localStorageCapacityIsolation: false,
    evictionHard: {'memory.available': '50Mi'},
    imageGCHighThresholdPercent: 100,
    oomScoreAdj: 0,
    // Only this machine reaches the address; the API server has no certificate to show.
    authentication: {anonymous: {enabled: true}, webhook: {enabled: false}},
    authorization: {mode: 'AlwaysAllow'},
    containerRuntimeEndpoint: `unix://${SOCKET}`,
    // Its default is a place that every kubelet of this machine would write to.
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    resolvConf: nodeFiles(node).resolv,
    clusterDNS: [node.hostAddress],
    clusterDomain: 'cluster.local',
    maxPods: 250,
    serializeImagePulls: false,
    maxParallelImagePulls: 8,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
  })
}

function proxyText(node: RealNode): string {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clientConnection: {kubeconfig: nodeFiles(node).proxyAccess},
    clusterCIDR: node.podNet,
    hostnameOverride: node.name,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    oomScoreAdj: 0,
    // It may not set these of the kernel.
    conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s'},
  })
}
