import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import type {HandFile} from './by-hand.ts'
import {exec, type ExecResult} from './exec.ts'
import {helmfileFailed} from './helmfile-fault.ts'
import {type HelmfileState, parseState} from './helmfile-state.ts'
import type {KnownHelms} from './known-helms.ts'
import {withSilentHooks} from './silent-hooks.ts'
import {helmfileIn} from './tree.ts'

/** Where and with what helmfile runs. */
export type HelmfileSite = {
  /** The service's directory inside the snapshot. */
  directory: string
  /** Added to the environment: PATH, HELM_*, TMPDIR. */
  env: Readonly<Record<string, string | undefined>>
  /** Programs that stand in for what hooks call. */
  standIns: string
  /** The words that give helmfile an environment's state values. */
  stateArgs: (environment: string) => readonly string[]
  /** Called with every command, word by word, for `--show-commands`. */
  onCommand: (words: readonly string[]) => void
  /** A file of this run that a later command names. */
  onFile: (path: string, file: HandFile) => void
  /** Hides private values in what it says. */
  mask: (text: string) => string
  /** What is known of the helms on this host. */
  helms: KnownHelms
  /** What helmfile said already in this run, by its arguments. */
  states: Map<string, Promise<HelmfileState | 'unknown-environment'>>
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
  const searchPath = await site.helms.pathWithStandIns(site.env.PATH ?? '')
  const result = await runHelmfile(site, args, {PATH: searchPath})
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
  const text = await readFile(join(site.directory, await helmfileName(site)), 'utf8')
  // helmfile takes that for no name at all, and lists it nowhere.
  return possibleEnvironments(text).filter(name => name !== 'default')
}

/** An environment that the service most likely has. */
export async function likelyEnvironment(site: Pick<HelmfileSite, 'directory'>): Promise<string | undefined> {
  return (await guessEnvironments(site))[0]
}

/** Run a helmfile that only reads to its end in the service's directory. */
export async function runHelmfile(
  site: HelmfileSite,
  args: readonly string[],
  {PATH: searchPath = site.env.PATH ?? '', ...env}: Readonly<Record<string, string>> = {},
): Promise<ExecResult> {
  const all = ['--file', await helmfileName(site), ...args]
  site.onCommand(['helmfile', ...args])
  const result = await exec('helmfile', all, {
    cwd: site.directory,
    env: {...site.env, ...env, PATH: withSilentHooks(searchPath, site.standIns)},
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

function missingHelmfile(): DeployError {
  return new DeployError('bug', 'run helmfile: there is no helmfile on the PATH.', {
    hint: 'Install helmfile 1.2.3 or newer, or try deploy doctor.',
  })
}

export function launcherPath(packageRoot: string): string {
  return join(packageRoot, 'bin', 'helm-launcher')
}
