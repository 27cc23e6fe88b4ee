import {type FSWatcher, watch} from 'node:fs'
import {mkdir, open, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {ReleaseRef} from '../plan/facts.ts'
import {launcherEnv, type LauncherSite} from './capture.ts'
import {start} from './exec.ts'
import {environmentArgs, helmfileName, selectorArgs} from './helmfile.ts'

/** One report of the launcher: what became of a release. */
export type ApplyReport =
  | {kind: 'started'; release: ReleaseRef; atMs: number}
  /** The values helmfile passes now are not those the preview was rendered from; helm was not started. */
  | {kind: 'outdated'; release: ReleaseRef; atMs: number}
  | {kind: 'finished'; release: ReleaseRef; atMs: number; exitCode: number; stderr: string}

export type ApplyEnd = {exitCode: number | undefined; signal: string | undefined; output: string}

export type ApplyListener = {
  onReport: (report: ApplyReport) => void
  /** Asked right before helm begins with a release: whether it may. */
  mayBegin: (release: ReleaseRef) => Promise<boolean>
}

/** A running `helmfile apply`. */
export type Apply = {
  done: Promise<ApplyEnd>
  /** Until then it gets ready, and neither changes anything nor runs a release's hooks. */
  begin(): Promise<void>
  /** A held release is healthy (or not): helmfile goes on (or stops). */
  decide(release: ReleaseRef, verdict: 'ready' | 'failed'): Promise<void>
  /** Start nothing more, let helm finish what it writes, and end helmfile if it does not end by itself. */
  stop(graceMs: number): Promise<ApplyEnd>
}

export type ApplyRequest = ApplyListener & {
  environment: string
  selectors: readonly string[]
  planned: readonly ReleaseRef[]
  held: readonly ReleaseRef[]
  /** What the launcher calls a release, by `namespace/name`. */
  keys: ReadonlyMap<string, string>
}

/** Start `helmfile apply`, kept within the plan by the launcher, and report what helm does as it happens. */
export async function startApply(site: LauncherSite, request: ApplyRequest): Promise<Apply> {
  await prepare(site, request)
  const told = [...environmentArgs(site, request.environment), ...selectorArgs(request.selectors)]
  const args = ['--file', await helmfileName(site), '--helm-binary', site.launcher, ...told, 'apply']
  const reports = followReports(site.runDirectory, request)
  const child = start('helmfile', args, {
    cwd: site.directory,
    env: {...site.env, ...launcherEnv(site, 'apply')},
    detached: true,
    buffer: false,
  })
  // Both in one, as they come: execa's own way of merging them takes 8 ms to begin with.
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  const done = child.then(async ({exitCode, signal}) => {
    await reports.close()
    return {exitCode, signal, output: Buffer.concat(said).toString()}
  })

  // It is made while helmfile starts, and no reason to end it.
  await showByHand(site, request).catch(() => {})

  return {
    done,
    begin: () => writeFile(join(site.runDirectory, 'begin'), ''),
    decide: (release, verdict) =>
      writeFile(join(releaseDirectory(site, request, release), 'verdict'), `${verdict}\n`),
    async stop(graceMs) {
      await writeFile(join(site.runDirectory, 'stop'), '')
      await Promise.all(
        request.held.map(release =>
          writeFile(join(releaseDirectory(site, request, release), 'verdict'), 'failed\n'),
        ),
      )
      const timer = setTimeout(() => endGroup(child.pid), graceMs)
      return done.finally(() => clearTimeout(timer))
    },
  }
}

// What it comes to for a person: `sync` needs no plugin, and of these releases alone it takes nothing away.
async function showByHand(site: LauncherSite, request: ApplyRequest): Promise<void> {
  for (const release of request.planned) {
    const directory = releaseDirectory(site, request, release)
    const version = join(directory, 'version.yaml')
    const content = await readFile(version, 'utf8').catch(() => undefined)
    if (content !== undefined)
      site.onFile(version, {name: `${request.environment}-${release.name}-version.yaml`, content})
    const set = (await readdir(directory)).filter(name => /^set-\d+$/.test(name)).toSorted()
    const words = await Promise.all(set.map(name => readFile(join(directory, name), 'utf8')))
    const [namespace = '-'] = keyOf(request, release).split('~')
    site.onCommand([
      'helmfile',
      ...environmentArgs(site, request.environment),
      '--selector',
      `${namespace === '-' ? '' : `namespace=${namespace},`}name=${release.name}`,
      'sync',
      ...(content === undefined ? [] : ['--values', version]),
      ...words.flatMap(word => ['--set', word]),
    ])
  }
}

async function prepare(site: LauncherSite, request: ApplyRequest): Promise<void> {
  const run = site.runDirectory
  await Promise.all([
    writeFile(join(run, 'planned'), request.planned.map(release => `${keyOf(request, release)}\n`).join('')),
    writeFile(join(run, 'progress'), ''),
    ...['begin', 'stop'].map(name => rm(join(run, name), {force: true})),
    ...request.planned.map(async release => {
      const directory = releaseDirectory(site, request, release)
      await mkdir(directory, {recursive: true, mode: 0o700})
      await Promise.all(['hold', 'verdict', 'answer'].map(name => rm(join(directory, name), {force: true})))
    }),
  ])
  await Promise.all(
    request.held.map(release => writeFile(join(releaseDirectory(site, request, release), 'hold'), '')),
  )
}

// The whole group: helmfile's children do not end with it.
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM')
  } catch {
    // It ended by itself in the meantime.
  }
}

function followReports(run: string, request: ApplyRequest) {
  const path = join(run, 'progress')
  let offset = 0
  let reading: Promise<void> = Promise.resolve()
  const read = () => {
    reading = reading
      .catch(() => {})
      .then(async () => {
        const file = await open(path)
        const {buffer, bytesRead} = await file.read({position: offset, buffer: Buffer.alloc(65_536)})
        await file.close()
        const text = buffer.subarray(0, bytesRead).toString()
        const whole = text.slice(0, text.lastIndexOf('\n') + 1)
        offset += Buffer.byteLength(whole)
        for (const line of whole.split('\n').filter(Boolean)) await report(run, line, request)
      })
  }
  // Watched, and looked at now and then: a host may have no more watches to give.
  const watcher = watched(path, read)
  const timer = setInterval(read, 500).unref()
  return {
    async close() {
      watcher?.close()
      clearInterval(timer)
      read()
      await reading
    },
  }
}

function watched(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(path, onChange).on('error', () => {})
  } catch {
    return undefined
  }
}

async function report(run: string, line: string, request: ApplyRequest): Promise<void> {
  const [kind, key = '', at, exitCode] = line.split('\t')
  const release = request.planned.find(one => keyOf(request, one) === key)
  if (release === undefined) return
  const {onReport} = request
  // Others report meanwhile.
  if (kind === 'asked') answer(join(run, 'releases', key), request.mayBegin(release)).catch(() => {})
  if (kind === 'started' || kind === 'outdated') onReport({kind, release, atMs: Number(at)})
  if (kind !== 'finished') return
  const stderr = await readFile(join(run, 'releases', key, 'stderr'), 'utf8').catch(() => '')
  onReport({kind, release, atMs: Number(at), exitCode: Number(exitCode), stderr})
}

async function answer(directory: string, isAllowed: Promise<boolean>): Promise<void> {
  // The launcher must never read half of it.
  await writeFile(join(directory, 'answer.new'), (await isAllowed) ? 'yes\n' : 'no\n')
  await rename(join(directory, 'answer.new'), join(directory, 'answer'))
}

function releaseDirectory(site: LauncherSite, request: ApplyRequest, release: ReleaseRef): string {
  return join(site.runDirectory, 'releases', keyOf(request, release))
}

function keyOf({keys}: ApplyRequest, {namespace, name}: ReleaseRef): string {
  return keys.get(`${namespace}/${name}`) ?? `${namespace}~${name}`
}
