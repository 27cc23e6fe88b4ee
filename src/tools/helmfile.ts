import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {parseHelmYaml, splitDocuments} from '../diff/helm-yaml.ts'
import {DeployError, ToolError} from '../errors.ts'
import type {HandFile} from './by-hand.ts'
import {complaintOf} from './complaint.ts'
import {exec, type ExecResult} from './exec.ts'
import {diskFault, toolFault} from './tool-fault.ts'
import {helmfileIn} from './tree.ts'

/** Where and with what helmfile runs. */
export type HelmfileSite = {
  /** The service's directory inside the snapshot. */
  directory: string
  /** Added to the environment: PATH, HELM_*, TMPDIR. */
  env: Readonly<Record<string, string | undefined>>
  /** The words that give helmfile an environment's state values. */
  stateArgs: (environment: string) => readonly string[]
  /** Called with every command, word by word, for `--show-commands`. */
  onCommand: (words: readonly string[]) => void
  /** A file of this run that a later command names. */
  onFile: (path: string, file: HandFile) => void
  /** Hides private values in what it says. */
  mask: (text: string) => string
  /** What helmfile said already in this run, by its arguments. */
  states: Map<string, Promise<HelmfileState | 'unknown-environment'>>
}

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

/**
 * Ask helmfile for its state, once in a run.
 * @returns the state, or `unknown-environment` where helmfile has no such environment
 * @throws DeployError `bad-render` with helmfile's own words when the files do not render
 */
export function buildState(
  site: HelmfileSite,
  environment: string,
  selectors: readonly string[] = [],
): Promise<HelmfileState | 'unknown-environment'> {
  const args = [...environmentArgs(site, environment), ...selectorArgs(selectors), 'build']
  const key = stateKey(site.directory, args)
  const known = site.states.get(key)
  if (known) return known
  const building = build(site, environment, args)
  site.states.set(key, building)
  return building
}

function stateKey(directory: string, args: readonly string[]): string {
  return [directory, ...args].join('\0')
}

/** What was found out in another way, for `buildState`: of an environment without state values or selectors. */
export function keepState(
  states: HelmfileSite['states'],
  directory: string,
  environment: string,
  state: HelmfileState,
): void {
  const key = stateKey(directory, ['--environment', environment, 'build'])
  if (!states.has(key)) states.set(key, Promise.resolve(state))
}

async function build(
  site: HelmfileSite,
  environment: string,
  args: readonly string[],
): Promise<HelmfileState | 'unknown-environment'> {
  const result = await runHelmfile(site, args)
  if (result.exitCode === 3) return 'unknown-environment'
  if (result.failed) throw await helmfileFailed(site, result, `read the helmfile of ${environment}`)
  return parseState(result.stdout, environment)
}

/**
 * The environments a service has. helmfile tells all of them once it is given one that exists, and has no word for
 * asking without; so names that stand in its file are tried until it accepts one. What it says then is the list.
 */
export async function listEnvironments(site: HelmfileSite): Promise<readonly string[]> {
  const text = await readFile(join(site.directory, await helmfileName(site)), 'utf8')
  let refused: unknown
  for (const candidate of possibleEnvironments(text)) {
    try {
      const state = await buildState(site, candidate)
      if (state !== 'unknown-environment') return state.environments
    } catch (error) {
      refused ??= error
    }
  }
  throw (
    refused ??
    new DeployError(
      'bad-render',
      `list the environments: helmfile accepts none that stands in ${site.directory}.`,
    )
  )
}

// Keys right below `environments:`; whatever else is caught here helmfile refuses.
function possibleEnvironments(text: string): string[] {
  const block = /^environments:[^\n]*\n((?:[ \t#].*\n|\n)*)/m.exec(text)?.[1] ?? ''
  const indent = /^[ \t]+(?=["'\w])/m.exec(block)?.[0] ?? ''
  const keys = [...block.matchAll(/^([ \t]+)["']?([\w.-]+)["']?:/gm)].flatMap(([, before, key]) =>
    before === indent && key !== undefined ? [key] : [],
  )
  const known = ['staging', 'eqiad', 'codfw']
  return [...new Set([...known.filter(name => keys.includes(name)), ...keys])].slice(0, 12)
}

/** The environments that the service most likely has, by what stands in its file. */
export async function guessEnvironments(site: Pick<HelmfileSite, 'directory'>): Promise<string[]> {
  return possibleEnvironments(await readFile(join(site.directory, await helmfileName(site)), 'utf8'))
}

/** An environment that the service most likely has: what `listEnvironments` asks for first. */
export async function likelyEnvironment(site: Pick<HelmfileSite, 'directory'>): Promise<string | undefined> {
  return possibleEnvironments(await readFile(join(site.directory, await helmfileName(site)), 'utf8'))[0]
}

/** Run helmfile to its end in the service's directory. */
export async function runHelmfile(
  site: HelmfileSite,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ExecResult> {
  const all = ['--file', await helmfileName(site), ...args]
  site.onCommand(['helmfile', ...args])
  const result = await exec('helmfile', all, {
    cwd: site.directory,
    env: {...site.env, ...env},
    detached: true,
  })
  if (result.isMissing) throw missingHelmfile()
  return result
}

export async function helmfileName(site: Pick<HelmfileSite, 'directory'>): Promise<string> {
  const name = await helmfileIn(site.directory)
  if (name !== undefined) return name
  throw new DeployError('not-found', `read the helmfile: there is none in ${site.directory}.`)
}

export function environmentArgs(site: HelmfileSite, environment: string): string[] {
  return ['--environment', environment, ...site.stateArgs(environment)]
}

export function selectorArgs(selectors: readonly string[]): string[] {
  return selectors.flatMap(selector => ['--selector', selector])
}

/** helmfile's failure in its own words, without the argument dump it adds. */
export async function helmfileFailed(
  site: HelmfileSite,
  result: ExecResult,
  doing: string,
): Promise<DeployError> {
  const stderrTail = complaintOf(site.mask(result.stderr))
  const ofTools = diskFault(doing, stderrTail) ?? (await toolFault(site, stderrTail))
  if (ofTools !== undefined) return ofTools
  return new ToolError(
    'bad-render',
    `${doing}: helmfile exited ${result.exitCode ?? result.signal}.\n${stderrTail}`,
    {
      tool: 'helmfile',
      toolExitCode: result.exitCode,
      stderrTail,
      hint:
        missingValueHint(stderrTail) ??
        'Correct the file named above; --show-commands shows how to run helmfile by hand.',
    },
  )
}

// Go's template engine says this of `.Values.KEY`, and of `.Environment.Values.KEY`.
function missingValueHint(stderr: string): string | undefined {
  const key = /at <\.(?:Environment\.)?Values\.[\w.]+>: map has no entry for key "(\w+)"/.exec(stderr)?.[1]
  return key === undefined
    ? undefined
    : `The helmfile wants a state value: --state-values-set ${key}=VALUE, or stateValues in deploy.yaml.`
}

function missingHelmfile(): DeployError {
  return new DeployError('bug', 'run helmfile: there is no helmfile on the PATH.', {
    hint: 'Install helmfile 1.2.3 or newer, or try deploy doctor.',
  })
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

export function launcherPath(packageRoot: string): string {
  return join(packageRoot, 'bin', 'helm-launcher')
}
