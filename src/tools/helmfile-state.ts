import {parseHelmYaml, splitDocuments} from '../diff/helm-yaml.ts'

/** What `helmfile build` says of one environment: the state with every template filled in. */
export type HelmfileState = {
  helmBinary: string
  environments: readonly string[]
  kubeconfig: KubeconfigRef
  releases: readonly StateRelease[]
  hasAnnouncingHooks: boolean
}

export type KubeconfigRef = {path: string | undefined; context: string | undefined}

export type StateRelease = {
  namespace: string
  name: string
  chart: string
  isInstalled: boolean
  needs: readonly string[]
  hasPostHook: boolean
  timeoutMs: number
  recreatesPods: boolean
  takesOwnership: boolean
  /** Files by name and maps by value, in helmfile's order. */
  values: readonly unknown[]
  /** Every file its values come from, those of the environment too; some may not exist. */
  files: readonly string[]
  /** Those of them that only helmfile's own templates see. */
  environmentFiles: readonly string[]
}

// biome-ignore lint/suspicious/noExplicitAny: helmfile's own shape, read defensively
type Written = any

/** @param text what `helmfile build` printed of one service */
export function parseState(text: string, environment: string): HelmfileState {
  const documents = splitDocuments(text).flatMap(document => parseHelmYaml(document, 'what helmfile built'))
  const states: Written[] = documents.filter(state => state !== null && typeof state === 'object')
  const main: Written = states.at(-1) ?? {}
  const shared = states.flatMap(state => filesIn(state.environments?.[environment]))
  return {
    helmBinary: main.helmBinary ?? 'helm',
    environments: [...new Set(states.flatMap(state => Object.keys(state.environments ?? {})))].filter(
      name => name !== 'default',
    ),
    kubeconfig: kubeconfigOf(main.helmDefaults ?? {}),
    releases: states.flatMap(state =>
      (state.releases ?? []).map((release: Written) => releaseOf(release, state, shared)),
    ),
    hasAnnouncingHooks: states.some(state =>
      (state.hooks ?? []).some((hook: Written) => hook.command === 'helmfile_log_sal'),
    ),
  }
}

function releaseOf(release: Written, state: Written, shared: readonly string[]): StateRelease {
  const hooks: Written[] = [...(release.hooks ?? []), ...(state.helmDefaults?.hooks ?? [])]
  return {
    namespace: release.namespace ?? '',
    name: release.name,
    chart: release.chart,
    isInstalled: release.installed !== false,
    needs: release.needs ?? [],
    hasPostHook: hooks.some(hook =>
      (hook.events ?? []).some((event: string) => event === 'postsync' || event === 'postapply'),
    ),
    timeoutMs: (release.timeout ?? state.helmDefaults?.timeout ?? 300) * 1000,
    recreatesPods: release.recreatePods ?? state.helmDefaults?.recreatePods ?? false,
    takesOwnership: release.takeOwnership ?? state.helmDefaults?.takeOwnership ?? false,
    values: release.values ?? [],
    files: [...new Set([...shared, ...filesIn(release)])],
    environmentFiles: shared,
  }
}

// Of a release or of an environment; the rest of both lists are values given in place.
function filesIn(of: Written): string[] {
  return [...(of?.values ?? []), ...(of?.secrets ?? [])].filter(value => typeof value === 'string')
}

// Both forms occur: `--kubeconfig X` as two arguments and `--kubeconfig=X` as one.
function kubeconfigOf(defaults: Written): KubeconfigRef {
  const args: string[] = (defaults.args ?? []).flatMap((arg: string) => arg.split(/=(.*)/s).filter(Boolean))
  const after = (flag: string) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined)
  return {path: after('--kubeconfig'), context: after('--kube-context') ?? defaults.kubeContext}
}
