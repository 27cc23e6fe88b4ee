import {readFile} from 'node:fs/promises'
import {type FailureTag, FAILURE_TAGS, imagePattern} from './failure-tags.ts'
import {digestOf, type ImageContent, type TarEntry, tarOf} from './image-content.ts'

/** What the program in the image (sandbox/tools/demo) is told: what to do, and when. */
export type DemoSettings = Readonly<Record<string, string>>

const BUSYBOX = '/bin/busybox'
const COMMANDS = ['sh', 'ls', 'cat', 'ps', 'env', 'sleep', 'wget', 'id', 'hostname']
/** As the program calls them. A Secret that is missing is not the image's doing, and one that is missing is not pushed. */
const DEMO_MODES: Readonly<Record<FailureTag, string>> = {
  crash: 'crash',
  'crash-env': 'crash-env',
  oom: 'oom',
  'never-ready': 'never-ready',
  slow: 'slow',
  unpullable: '',
  'missing-secret': '',
}
const SLOW_SECONDS = 8
/** What images are told whatever their tag: ports that no chart tells them, and that some only run to an end. */
const OWN_SETTINGS: Readonly<Record<string, DemoSettings>> = {
  pause: {DEMO: 'pause'},
  'service-checker': {DEMO: 'exit'},
  envoy: {DEMO_PORTS: '1667'},
  'repos/sre/gauges': {DEMO_PORTS: '8086'},
}

/** What containers of the example run on real nodes: told by the image's name and tag what to do. */
export async function demoContent(program: string): Promise<(settings?: DemoSettings) => ImageContent> {
  const entries: TarEntry[] = [{path: 'demo', mode: 0o755, content: await readFile(program)}]
  const busybox = await readFile(BUSYBOX).catch(() => undefined)
  if (busybox !== undefined) {
    entries.push({path: 'bin/busybox', mode: 0o755, content: busybox})
    entries.push(...COMMANDS.map(name => ({path: `bin/${name}`, linkTo: 'busybox'})))
  }
  const layer = tarOf(entries)
  return settings => ({
    layer,
    configOf: (repository, tag) => demoConfig(digestOf(layer), repository, tag, settings),
  })
}

/** Whether this tag is one that the registry is not to have. */
export function isUnpullable(tag: string): boolean {
  return failureOf(tag) === 'unpullable'
}

function demoConfig(
  layerDigest: string,
  repository: string,
  tag: string,
  settings: DemoSettings = settingsOf(repository, tag),
): Buffer {
  const env = {PATH: '/bin', DEMO_IMAGE: `${repository}:${tag}`, ...settings}
  return Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: {
        Entrypoint: ['/demo'],
        User: '65534:65534',
        Env: Object.entries(env).map(pair => pair.join('=')),
      },
      rootfs: {type: 'layers', diff_ids: [layerDigest]},
    }),
  )
}

function settingsOf(repository: string, tag: string): DemoSettings {
  const own = OWN_SETTINGS[repository] ?? {}
  const failure = failureOf(tag)
  if (failure === undefined || DEMO_MODES[failure] === '') return own
  return {...own, DEMO: DEMO_MODES[failure], ...(failure === 'slow' ? {DEMO_AFTER: `${SLOW_SECONDS}s`} : {})}
}

function failureOf(tag: string): FailureTag | undefined {
  const words = Object.keys(FAILURE_TAGS) as FailureTag[]
  // `crash-env` before `crash`.
  const longestFirst = words.toSorted((left, right) => right.length - left.length)
  return longestFirst.find(word => new RegExp(imagePattern(word)).test(`:${tag}`))
}
