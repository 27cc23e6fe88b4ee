import {createHash} from 'node:crypto'
import {mkdirSync, writeFileSync} from 'node:fs'
import {mkdir, readdir, readFile, rm, stat} from 'node:fs/promises'
import {homedir} from 'node:os'
import {dirname, join, relative} from 'node:path'
import * as v from 'valibot'
import {keepText, readKeptText} from './own-files.ts'

export type WantedChart = {
  /** As helm takes it: `wmf-stable/shop`. */
  chart: string
  versionArgs: readonly string[]
  /** helm's environment, beside that of this process. */
  env: Readonly<Record<string, string | undefined>>
}

/**
 * Charts that earlier runs of this user have fetched. What helm fetches follows from its own copy of the repository's index: while
 * that is the same, so is the chart. Without them everything is only slower.
 */
export type KeptCharts = {
  /**
   * Bring a chart into a directory, which is there.
   * @param fetch puts it there where it is not kept
   */
  bring(wanted: WantedChart, into: string, fetch: () => Promise<void>): Promise<'kept' | 'fetched'>
  /** Once everything is written that is to be kept. */
  close(): Promise<void>
}

export function openKeptCharts(directory: string): KeptCharts {
  const keeping = new Set<Promise<void>>()
  let isClosed = false
  return {
    async bring(wanted, into, fetch) {
      const key = await keyOf(wanted)
      if (key !== undefined && (await lay(keptFile(directory, key), into))) return 'kept'
      await fetch()
      // The run's directory may be going by now, and the chart with it.
      if (key !== undefined && !isClosed) keeping.add(keep(directory, key, wanted, into).catch(() => {}))
      return 'fetched'
    },
    async close() {
      isClosed = true
      await Promise.all(keeping)
    },
  }
}

/**
 * The index that helm looks into and what it looks for; none for what stands in no index.
 * Where the places are: https://helm.sh/docs/helm/helm/ (`HELM_REPOSITORY_CACHE`, `HELM_CACHE_HOME`).
 */
async function keyOf({chart, versionArgs, env}: WantedChart): Promise<string | undefined> {
  const [, repository] = /^([\w.-]+)\/[\w.-]+$/.exec(chart) ?? []
  if (repository === undefined) return undefined
  const all = {...process.env, ...env}
  const home =
    all.HELM_CACHE_HOME || join(all.XDG_CACHE_HOME || join(all.HOME || homedir(), '.cache'), 'helm')
  const place = all.HELM_REPOSITORY_CACHE || join(home, 'repository')
  const index = await readFile(join(place, `${repository}-index.yaml`)).catch(() => undefined)
  // An index without digests would be the same when a chart is published anew under its version.
  if (index === undefined || !/^[\s-]+digest: ["']?[\da-f]{8}/m.test(index.toString('latin1')))
    return undefined
  const hash = createHash('sha256').update(index)
  return hash.update(JSON.stringify([chart, ...versionArgs])).digest('hex')
}

function keptFile(directory: string, key: string): string {
  return join(directory, `${key}.json`)
}

/** The files of a chart, in base64, by their paths. */
const CHART = v.pipe(
  v.record(v.string(), v.string()),
  v.check(files => Object.keys(files).some(path => /^[^/]+\/Chart\.yaml$/.test(path))),
)

async function lay(kept: string, into: string): Promise<boolean> {
  try {
    const text = await readKeptText(kept)
    if (text === undefined) return false
    const files = Object.entries(v.parse(CHART, JSON.parse(text)))
    for (const directory of new Set(files.map(([path]) => dirname(path))))
      mkdirSync(join(into, directory), {recursive: true, mode: 0o700})
    for (const [path, content] of files) writeFileSync(join(into, path), content, 'base64')
    return true
  } catch {
    // It is fetched anew.
    await rm(into, {recursive: true, force: true})
    await mkdir(into, {recursive: true, mode: 0o700})
    return false
  }
}

async function keep(directory: string, key: string, wanted: WantedChart, from: string): Promise<void> {
  const files = await filesIn(from)
  // `helm repo update` may have come in between.
  if (!v.is(CHART, files) || (await keyOf(wanted)) !== key) return
  await keepText(keptFile(directory, key), JSON.stringify(files))
  await prune(directory)
}

// helm leaves plain files; of anything else it is for helm to say what it means.
async function filesIn(chart: string): Promise<Record<string, string> | undefined> {
  const entries = await readdir(chart, {recursive: true, withFileTypes: true})
  const files = entries.filter(entry => !entry.isDirectory())
  if (!files.every(entry => entry.isFile())) return undefined
  const read = files.map(async entry => {
    const path = join(entry.parentPath, entry.name)
    return [relative(chart, path), await readFile(path, 'base64')] as const
  })
  return Object.fromEntries(await Promise.all(read))
}

/** More than a host's services have; every change of an index leaves some behind. */
const MOST = 100
const ABANDONED_MS = 3_600_000

async function prune(directory: string): Promise<void> {
  const names = await readdir(directory)
  const found = await Promise.all(
    names.map(async name => {
      const path = join(directory, name)
      return {path, atMs: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0}
    }),
  )
  const charts = found
    .filter(({path}) => path.endsWith('.json'))
    .toSorted((one, other) => other.atMs - one.atMs)
  const abandoned = found.filter(
    ({path, atMs}) => !path.endsWith('.json') && Date.now() - atMs > ABANDONED_MS,
  )
  await Promise.all([...charts.slice(MOST), ...abandoned].map(({path}) => rm(path, {force: true})))
}
