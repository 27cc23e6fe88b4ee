import {readFile, stat} from 'node:fs/promises'
import {dirname, join, relative, resolve, sep} from 'node:path'
import {parseSettings} from '../charts/parse-settings.ts'
import {mergeSettings, type Settings, type SettingsFile} from '../charts/settings.ts'
import {DeployError} from '../errors.ts'
import type {ServiceFacts} from '../plan/facts.ts'
import {sandboxName} from '../sandbox/names.ts'
import {PACKAGE_ROOT, sandboxPaths} from '../sandbox/paths.ts'
import type {BaseFlags} from './base-command.ts'

/** Where we are: the charts repository, what the host's own file says, whether this is the sandbox. */
export type Host = {
  chartsRoot: string
  startDirectory: string
  ofHost: SettingsFile | undefined
  isSandbox: boolean
}

/**
 * Find the charts repository and read the configuration of this host.
 * @throws DeployError `not-found` when there is no charts repository, `bad-config` for a broken file
 */
export async function openHost(flags: Pick<BaseFlags, 'chdir' | 'config' | 'sandbox'>): Promise<Host> {
  const isSandbox = flags.sandbox || isOn(process.env.DEPLOY_SANDBOX)
  const hostFile = flags.config ?? (isSandbox ? await sandboxConfig() : '/etc/deploy.yaml')
  const ofHost = await readSettings(hostFile, hostFile, flags.config !== undefined)
  const startDirectory = resolve(flags.chdir ?? process.cwd())
  const example = isSandbox ? [join(PACKAGE_ROOT, 'deployment-charts-example')] : []
  // Whoever names a directory means that one.
  const usual = flags.chdir === undefined ? [ofHost?.charts, ...example, '/srv/deployment-charts'] : []
  const chartsRoot = await findCharts(startDirectory, usual)
  return {chartsRoot, startDirectory, ofHost, isSandbox}
}

/**
 * What the host and the charts repository configure.
 * @param root where its files are read: the repository itself, or a run's copy of it
 * @param service with its own settings on top
 * @throws DeployError `bad-config` for a broken file, by its name in the repository
 */
export async function settingsIn(
  {chartsRoot, ofHost}: Pick<Host, 'chartsRoot' | 'ofHost'>,
  root: string,
  service?: ServiceFacts,
): Promise<Settings> {
  const own = service === undefined ? [] : [join('helmfile.d', service.group, service.name)]
  const ofRepository = await Promise.all(
    ['', ...own].map(directory => {
      const file = join(directory, 'deploy.yaml')
      return readSettings(join(root, file), join(chartsRoot, file), false)
    }),
  )
  for (const one of ofRepository) refuseHostsOwn(one)
  return mergeSettings([ofHost, ...ofRepository].filter(one => one !== undefined))
}

// Else a service's own file could switch off what holds for everybody on this host.
function refuseHostsOwn(written: SettingsFile | undefined): void {
  if (written?.scap === undefined) return
  throw new DeployError('bad-config', `read the configuration ${written.file}: scap is a matter of a host.`, {
    hint: 'Write it into /etc/deploy.yaml, or the file of --config.',
  })
}

/**
 * The service whose directory one stands in.
 * @throws DeployError `usage` elsewhere
 */
export function serviceHere({chartsRoot, startDirectory}: Host): string {
  const [top, group, name] = relative(chartsRoot, startDirectory).split(sep)
  if (top === 'helmfile.d' && group && name) return `${group}/${name}`
  throw new DeployError('usage', 'find the service: none was named, and this directory is not inside one.', {
    hint: 'Use deploy NAME -e ENV, or stand in helmfile.d/GROUP/NAME.',
  })
}

/** Whether one stands in a service's directory. */
export function isInService({chartsRoot, startDirectory}: Host): boolean {
  const [top, group, name] = relative(chartsRoot, startDirectory).split(sep)
  return top === 'helmfile.d' && Boolean(group) && Boolean(name)
}

async function findCharts(start: string, usual: readonly (string | undefined)[]): Promise<string> {
  for (const candidate of [await walkUp(start), ...usual]) {
    if (candidate !== undefined && (await isCharts(candidate))) return candidate
  }
  throw new DeployError(
    'not-found',
    `find the charts repository: neither ${start} nor anything above it has a helmfile.d.`,
    {
      hint: 'Go into it, or say --chdir DIR.',
    },
  )
}

async function walkUp(start: string): Promise<string | undefined> {
  for (let directory = start; ; directory = dirname(directory)) {
    if (await isCharts(directory)) return directory
    if (directory === dirname(directory)) return undefined
  }
}

async function isCharts(directory: string): Promise<boolean> {
  return (await stat(join(directory, 'helmfile.d')).catch(() => undefined))?.isDirectory() ?? false
}

async function readSettings(
  path: string,
  file: string,
  mustExist: boolean,
): Promise<SettingsFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !mustExist) return undefined
    throw new DeployError(
      'bad-config',
      `read the configuration ${file}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`,
    )
  })
  return text === undefined ? undefined : {...parseSettings(text, file), file}
}

async function sandboxConfig(): Promise<string> {
  const {hostConfig} = sandboxPaths(sandboxName(process.env.DEPLOY_SANDBOX), process.env)
  if (await stat(hostConfig).catch(() => undefined)) return hostConfig
  throw new DeployError('unreachable', 'work on the sandbox: there is none on this computer yet.', {
    hint: 'Run deploy sandbox up first.',
  })
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no'].includes(value)
}
