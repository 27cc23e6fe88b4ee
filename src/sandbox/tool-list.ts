/** A program of the sandbox, built from a pinned module in sandbox/tools. */
export type Tool<Name extends string = string> = {
  name: Name
  version: string
  /** Directory under sandbox/tools holding go.mod and go.sum. */
  module: string
  /** The Go package that is the program. */
  goPackage: string
  /** Files of its own in that directory: the program itself, where it is not fetched. */
  sources: readonly string[]
  /** -X settings: without them the program claims versions that charts must not see. */
  settings: readonly string[]
  /** About how long a first build takes on two cores. */
  buildSeconds: number
  /**
   * Names under which it may be on PATH, and the arguments that make it tell its version; beside the built version's
   * own, others (`2.8`) that do as well.
   */
  onPath: {names: readonly string[]; versionArgs: readonly string[]; alsoFits?: readonly string[]}
}

export type ToolName = (typeof TOOL_NAMES)[number]

/** In the order they are built: what the clusters need first. */
export const TOOL_NAMES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'registry',
  'helm3.19',
  'helm3.17',
  'helmfile',
] as const

export const TOOLS: readonly Tool<ToolName>[] = [
  {
    name: 'etcd',
    version: 'v3.6.8',
    module: 'etcd',
    goPackage: 'go.etcd.io/etcd/server/v3',
    sources: [],
    settings: [],
    // The first one, so it compiles Go's own library as well.
    buildSeconds: 90,
    onPath: {names: ['etcd'], versionArgs: ['--version']},
  },
  kubernetes('kube-apiserver', 200, ['--version']),
  kubernetes('kube-controller-manager', 60, ['--version']),
  kubernetes('kube-scheduler', 10, ['--version']),
  kubernetes('kubectl', 30, ['version', '--client']),
  {
    name: 'kwok',
    version: 'v0.7.0',
    module: 'kwok',
    goPackage: 'sigs.k8s.io/kwok/cmd/kwok',
    sources: [],
    settings: [],
    buildSeconds: 90,
    onPath: {names: ['kwok'], versionArgs: ['--version']},
  },
  {
    name: 'registry',
    version: 'v3.1.2',
    module: 'registry',
    goPackage: 'github.com/distribution/distribution/v3/cmd/registry',
    sources: [],
    settings: ['github.com/distribution/distribution/v3/version.version=v3.1.2'],
    buildSeconds: 110,
    // As distributions of Linux package it.
    onPath: {names: ['docker-registry'], versionArgs: ['--version'], alsoFits: ['2.8']},
  },
  helm('helm3.19', 'v3.19.0', 34, 100),
  helm('helm3.17', 'v3.17.4', 32, 90),
  {
    name: 'helmfile',
    version: 'v1.8.0',
    module: 'helmfile',
    goPackage: 'github.com/helmfile/helmfile',
    sources: [],
    settings: ['go.szostok.io/version.version=v1.8.0'],
    buildSeconds: 240,
    onPath: {names: ['helmfile'], versionArgs: ['--version']},
  },
]

export type NodeToolName = 'kubelet' | 'kube-proxy' | 'demo'

/** What real nodes need beside the packages of the system. */
export const NODE_TOOLS: readonly Tool<NodeToolName>[] = [
  kubernetes('kubelet', 40, ['--version']),
  kubernetes('kube-proxy', 15, ['--version']),
  {
    name: 'demo',
    version: 'v1',
    module: 'demo',
    goPackage: 'sandbox/demo',
    sources: ['main.go'],
    settings: [],
    buildSeconds: 5,
    onPath: {names: [], versionArgs: []},
  },
]

/** The linker flags of a tool; part of what decides whether a built one still fits. */
export function linkerFlags(tool: Tool): string {
  return ['-s', '-w', ...tool.settings.map(setting => `-X ${setting}`)].join(' ')
}

/** Whether what a program on PATH says of itself is this tool in the same major and minor version, or another that fits. */
export function fitsVersion(tool: Tool, output: string): boolean {
  const said = minorOf(output)
  return said !== undefined && [minorOf(tool.version), ...(tool.onPath.alsoFits ?? [])].includes(said)
}

function minorOf(text: string): string | undefined {
  return /v?(\d+\.\d+)\.\d+/.exec(text)?.[1]
}

function kubernetes<Name extends ToolName | NodeToolName>(
  name: Name,
  buildSeconds: number,
  versionArgs: readonly string[],
): Tool<Name> {
  const version = {gitVersion: 'v1.34.4', gitMajor: '1', gitMinor: '34'}
  const settings = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap(pkg =>
    Object.entries(version).map(([key, value]) => `${pkg}.${key}=${value}`),
  )
  return {
    name,
    version: version.gitVersion,
    module: 'kubernetes',
    goPackage: `k8s.io/kubernetes/cmd/${name}`,
    sources: [],
    settings,
    buildSeconds,
    onPath: {names: [name], versionArgs},
  }
}

/** kubernetesMinor: the cluster version `helm template` claims when it talks to no cluster. */
function helm(
  name: 'helm3.17' | 'helm3.19',
  version: string,
  kubernetesMinor: number,
  buildSeconds: number,
): Tool<ToolName> {
  const settings = ['helm.sh/helm/v3/pkg/chartutil', 'helm.sh/helm/v3/pkg/lint/rules'].flatMap(pkg => [
    `${pkg}.k8sVersionMajor=1`,
    `${pkg}.k8sVersionMinor=${kubernetesMinor}`,
  ])
  return {
    name,
    version,
    module: name,
    goPackage: 'helm.sh/helm/v3/cmd/helm',
    sources: [],
    settings: [...settings, `helm.sh/helm/v3/internal/version.version=${version}`],
    buildSeconds,
    onPath: {names: [name, 'helm'], versionArgs: ['version', '--short']},
  }
}
