import {mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {parse, stringify} from 'yaml'
import {DeployError} from '../errors.ts'
import {demoContent, type DemoSettings, isUnpullable} from './demo-image.ts'
import {FAILURE_TAGS} from './failure-tags.ts'
import {type ImageContent, PLAIN_CONTENT} from './image-content.ts'
import {type Env, PACKAGE_ROOT, type SandboxPaths, sandboxPaths} from './paths.ts'
import {writePrivate} from '../tools/own-files.ts'
import {logPath, logTail, type ProcessSpec, runningProcess} from './processes.ts'
import {pushImage, pushMissing} from './push-image.ts'
import {readState, type SandboxPorts, type SandboxState} from './state.ts'
import {ensureNodeTools, type ToolPaths} from './tools.ts'

const READY_TIMEOUT_MS = 20_000
const POLL_MS = 30
const IMAGE = /^([a-z0-9]+(?:[._/-]+[a-z0-9]+)*):([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/

/** Where the sandbox's registry answers, to this computer only. */
export function registryUrl(ports: SandboxPorts): string {
  return `http://127.0.0.1:${ports.registry}`
}

/**
 * Start the registry, and put the example's images there that are missing. Says how many were.
 * @param demo the program that their containers run, where the nodes are real
 */
export async function registryUp(
  paths: SandboxPaths,
  ports: SandboxPorts,
  tools: ToolPaths,
  start: (spec: ProcessSpec) => Promise<void>,
  demo: string | undefined,
): Promise<number> {
  const config = join(paths.registry, 'config.yml')
  const data = join(paths.registry, 'data')
  await mkdir(data, {recursive: true, mode: 0o700})
  await writePrivate(config, configText(data, ports))
  await start({name: 'registry', program: tools.registry, args: ['serve', config]})
  await waitForRegistry(paths, ports)
  const images = await exampleImages()
  if (demo === undefined) return pushMissing(registryUrl(ports), images, PLAIN_CONTENT)
  return pushMissing(registryUrl(ports), runnableOf(images), (await demoContent(demo))())
}

/** On real nodes an image that cannot be pulled is one that is not there. */
function runnableOf(images: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const runnable = [...images].map(([name, tags]) => [name, tags.filter(tag => !isUnpullable(tag))] as const)
  return new Map([...runnable, ['pause', ['1']]])
}

/**
 * Put an image into the registry of a sandbox that is up.
 * @param image `NAME:TAG`
 * @param settings what its program does, where that is real; else as the tag says
 * @returns its digest
 * @throws DeployError `usage` for anything else than a name and a tag, `unreachable` when the sandbox is not up
 */
export async function pushToSandbox(
  name: string,
  env: Env,
  image: string,
  settings?: DemoSettings,
): Promise<string> {
  const [, repository, tag] = IMAGE.exec(image) ?? []
  if (repository === undefined || tag === undefined) {
    throw new DeployError('usage', `push ${image}: that is not an image's name and tag`, {
      hint: 'Use NAME:TAG, such as wikimedia/shop:2026-11-22-090000-production',
    })
  }
  const state = await readState(sandboxPaths(name, env))
  if (state === undefined || !(await answers(state.ports))) {
    throw new DeployError(
      'unreachable',
      `push ${image}: the registry of the sandbox ${name} does not answer`,
      {
        hint: 'Run deploy sandbox up first',
      },
    )
  }
  return pushImage(registryUrl(state.ports), repository, tag, await contentFor(state, env, settings))
}

async function contentFor(
  state: SandboxState,
  env: Env,
  settings: DemoSettings | undefined,
): Promise<ImageContent> {
  if (state.nodes.kind === 'simulated') return PLAIN_CONTENT
  const {demo} = await ensureNodeTools(env, () => {})
  return (await demoContent(demo))(settings)
}

/** What the registry holds from the start: repository → tags. */
export async function exampleImages(): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await readFile(join(PACKAGE_ROOT, 'sandbox', 'images.yaml'), 'utf8')
  const written = parse(text) as Record<string, {tags: string[]; failing: string[]}>
  const failures = Object.keys(FAILURE_TAGS)
  return new Map(
    Object.entries(written).map(([repository, {tags, failing}]) => [
      repository,
      [...tags, ...failing.flatMap(tag => failures.map(failure => tag.replace('FAILURE', failure)))],
    ]),
  )
}

function configText(data: string, ports: SandboxPorts): string {
  return stringify({
    version: 0.1,
    log: {level: 'error', accesslog: {disabled: true}},
    storage: {filesystem: {rootdirectory: data}, delete: {enabled: true}},
    http: {addr: `127.0.0.1:${ports.registry}`},
  })
}

async function waitForRegistry(paths: SandboxPaths, ports: SandboxPorts): Promise<void> {
  const untilMs = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < untilMs) {
    if (await answers(ports)) return
    if (!(await runningProcess(paths, 'registry'))) break
    await sleep(POLL_MS)
  }
  const said = await logTail(paths, 'registry')
  throw new DeployError('unreachable', `start the registry: it did not become ready\n${said}`, {
    hint: `See ${logPath(paths, 'registry')}; deploy sandbox down --purge and deploy sandbox up start afresh`,
  })
}

/** Whether the sandbox's registry answers now. */
export function answers(ports: SandboxPorts): Promise<boolean> {
  return fetch(`${registryUrl(ports)}/v2/`).then(
    response => response.ok,
    () => false,
  )
}
