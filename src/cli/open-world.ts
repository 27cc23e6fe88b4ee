import {createHmac, randomBytes} from 'node:crypto'
import {mkdir} from 'node:fs/promises'
import {homedir} from 'node:os'
import {delimiter, join} from 'node:path'
import type {Settings} from '../charts/settings.ts'
import {type PrivateFiles, readPrivateFiles} from '../flow/private-files.ts'
import {restartGiven} from '../flow/restart.ts'
import {openSecrecy, type Secrecy} from '../flow/secrecy.ts'
import type {World} from '../flow/world.ts'
import type {EventBody} from '../plan/events.ts'
import type {ServiceFacts} from '../plan/facts.ts'
import type {PlanOptions} from '../plan/guards.ts'
import type {GivenValue} from '../plan/intent.ts'
import type {CredentialsFile} from '../registry/credentials.ts'
import {openRegistry} from '../registry/registry.ts'
import {PACKAGE_ROOT} from '../sandbox/paths.ts'
import {writeStateValues} from '../tools/state-values.ts'
import {actorOf} from './actor.ts'
import type {Charts} from './open-charts.ts'

export type WorldRequest = {
  runId: string
  startedAtMs: number
  charts: Charts
  service: ServiceFacts
  settings: Settings
  options: PlanOptions
  given: readonly GivenValue[]
  signal: AbortSignal
  hasHungUp: () => boolean
  emit: (event: EventBody) => void
  confirm: World['confirm']
  choose: World['choose']
  turn: World['turn']
  /** Of many services that are one transaction. */
  settle?: World['settle']
}

/** Put together everything a run may touch. `close` waits for what still reads. */
export async function openWorld(request: WorldRequest): Promise<{world: World; close(): Promise<void>}> {
  const {charts, service, settings, options} = request
  const runDirectory = join(charts.directory, 'services', `${service.group}~${service.name}`)
  await mkdir(join(runDirectory, 'tmp'), {recursive: true, mode: 0o700})
  const snapshot = charts.copyFor(service, settings)
  snapshot.catch(() => {})
  const secrecy = openSecrecy()
  secrecy.spare([service.group, service.name])
  const privateFiles = hidePrivateFiles(snapshot, service, secrecy)
  privateFiles.catch(() => {})
  const given = options.isRestart
    ? [...request.given, await restartGiven(await snapshot, service)]
    : request.given
  const stateArgs = writeStateValues(runDirectory, settings, given)
  stateArgs.catch(() => {})
  const registry = openRegistry(settings.registry, credentialsFile(settings))
  const key = randomBytes(32)
  const world: World = {
    ...request,
    settle: request.settle ?? (async () => undefined),
    given,
    startedAt: new Date(request.startedAtMs).toISOString(),
    packageRoot: PACKAGE_ROOT,
    tree: charts.tree,
    runDirectory,
    chartsDirectory: charts.directory,
    snapshot,
    settingsAt: copy => charts.settingsAt(copy, service),
    stateArgs,
    helms: charts.helms,
    keptCharts: charts.keptCharts,
    helmfileStates: charts.helmfileStates,
    toolEnv: toolEnv(settings),
    actor: await actorOf(process.env, settings),
    registry,
    digest: value => createHmac('sha256', key).update(value).digest('hex').slice(0, 8),
    secrecy,
    privateFiles,
    nowMs: Date.now,
    lost: new AbortController().signal,
  }
  return {
    world,
    async close() {
      registry.close()
      await Promise.allSettled([privateFiles, stateArgs])
    },
  }
}

async function hidePrivateFiles(
  snapshot: Promise<string>,
  {group, name}: ServiceFacts,
  secrecy: Secrecy,
): Promise<PrivateFiles> {
  const tree = await snapshot
  const files = await readPrivateFiles(join(tree, 'helmfile.d', group, name), tree)
  secrecy.hide(files.values)
  return files
}

// Where `docker login` leaves them, unless the settings name another file.
export function credentialsFile({registry}: Pick<Settings, 'registry'>): CredentialsFile {
  if (registry.credentials !== undefined) return {path: registry.credentials, isNamed: true}
  const directory = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker')
  return {path: join(directory, 'config.json'), isNamed: false}
}

/** Sorts by time, and two of one second differ. */
export function runIdOf(nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  return `${stamp}-${randomBytes(2).toString('hex')}`
}

export function toolEnv(settings: Settings): Record<string, string> {
  return {
    ...settings.env,
    PATH: [...settings.path, process.env.PATH ?? ''].join(delimiter),
    // Wikimedia's helmfile.yaml are templates, which helmfile 1.x renders only when told to.
    HELMFILE_RENDER_YAML: 'true',
    // helm and helmfile live for a moment: collecting garbage less often saves a third of their time. What is large all the
    // same stays bounded.
    GOGC: process.env.GOGC ?? '800',
    GOMEMLIMIT: process.env.GOMEMLIMIT ?? '512MiB',
    // deploy tells the outcome itself; helmfile's hooks would say DONE after a failure as well.
    SUPPRESS_SAL: 'true',
  }
}
