import {chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {openKeptCharts, type WantedChart} from '../../src/tools/kept-charts.ts'

let root: string
let index: string
let into: string
let fetched: number
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deploy-kept-charts-'))
  index = join(root, 'helm', 'repository', 'some-index.yaml')
  fetched = 0
  await mkdir(join(root, 'helm', 'repository'), {recursive: true})
  await writeFile(index, 'entries:\n  tiny:\n  - digest: 0123456789ab\n    version: 1.0.0\n')
})
afterEach(() => rm(root, {recursive: true}))

const ICON = Buffer.from([0, 255, 10, 200])

/** What `helm pull --untar` would leave. */
async function fetch(): Promise<void> {
  fetched += 1
  await mkdir(join(into, 'tiny', 'templates'), {recursive: true})
  await writeFile(join(into, 'tiny', 'Chart.yaml'), `name: tiny\nversion: 1.0.${fetched}\n`)
  await writeFile(join(into, 'tiny', 'templates', 'icon'), ICON)
}

/** One run that wants it; its charts are kept once it has ended. */
async function bring(wanted: Partial<WantedChart> = {}, fetching = fetch): Promise<string> {
  into = await mkdtemp(join(root, 'run-'))
  const kept = openKeptCharts(join(root, 'charts'))
  const env = {HELM_CACHE_HOME: join(root, 'helm'), HELM_REPOSITORY_CACHE: undefined}
  const how = await kept.bring({chart: 'some/tiny', versionArgs: [], env, ...wanted}, into, fetching)
  await kept.close()
  return how
}
const versionBrought = () => readFile(join(into, 'tiny', 'Chart.yaml'), 'utf8')
const keptFiles = () => readdir(join(root, 'charts')).catch((): string[] => [])

test('a chart is fetched once for each state of the index, file by file', async () => {
  expect(await bring()).toBe('fetched')
  expect(await bring()).toBe('kept')
  expect(await versionBrought()).toContain('1.0.1')
  expect(await readFile(join(into, 'tiny', 'templates', 'icon'))).toEqual(ICON)
  await writeFile(index, `${await readFile(index, 'utf8')}  - digest: 5678abcdef01\n    version: 1.0.1\n`)
  expect(await bring()).toBe('fetched')
  expect(await versionBrought()).toContain('1.0.2')
})

test('another version, or another chart, is fetched by itself', async () => {
  await bring()
  expect(await bring({versionArgs: ['--version', '1.0.0']})).toBe('fetched')
  expect(await bring({chart: 'some/other'})).toBe('fetched')
  expect(await bring({versionArgs: ['--version', '1.0.0']})).toBe('kept')
})

test.each([
  ['comes from a registry', {chart: 'oci://example.org/charts/tiny'}],
  ['stands in no index', {chart: 'unknown/tiny'}],
])('what %s is fetched each time', async (_, wanted) => {
  expect([await bring(wanted), await bring(wanted)]).toEqual(['fetched', 'fetched'])
  expect(await keptFiles()).toEqual([])
})

test('so is what an index without digests names: it would not change with the chart', async () => {
  await writeFile(index, 'entries:\n  tiny:\n  - version: 1.0.0\n')
  expect([await bring(), await bring()]).toEqual(['fetched', 'fetched'])
})

test('an index that changes while helm fetches says nothing of the chart', async () => {
  await bring({}, async () => {
    await fetch()
    await writeFile(index, 'entries:\n  tiny:\n  - digest: 5678abcdef01\n')
  })
  expect(await keptFiles()).toEqual([])
})

test('nor is kept what could not be fetched, or is more than files', async () => {
  await expect(bring({}, () => Promise.reject(new Error('it cannot')))).rejects.toThrow('it cannot')
  await bring({}, async () => {
    await fetch()
    await symlink('/etc/hostname', join(into, 'tiny', 'link'))
  })
  expect(await keptFiles()).toEqual([])
})

test('of what helm brings when the run has ended nobody knows whether it is whole', async () => {
  const late = Promise.withResolvers<void>()
  into = await mkdtemp(join(root, 'run-'))
  const kept = openKeptCharts(join(root, 'charts'))
  const env = {HELM_CACHE_HOME: join(root, 'helm'), HELM_REPOSITORY_CACHE: undefined}
  const bringing = kept.bring({chart: 'some/tiny', versionArgs: [], env}, into, () =>
    late.promise.then(fetch),
  )
  await kept.close()
  late.resolve()
  expect(await bringing).toBe('fetched')
  expect(await keptFiles()).toEqual([])
})

test('what has no Chart.yaml is no chart', async () => {
  await bring({}, async () => {
    await fetch()
    await rm(join(into, 'tiny', 'Chart.yaml'))
  })
  expect(await keptFiles()).toEqual([])
})

test('what is broken, or others may have written, is fetched anew and kept again', async () => {
  await bring()
  const [name = ''] = await keptFiles()
  const path = join(root, 'charts', name)
  await writeFile(path, '{"tiny/Chart.yaml": "", "tiny": ""')
  expect(await bring()).toBe('fetched')
  await writeFile(path, '{"tiny": "", "tiny/Chart.yaml": ""}')
  expect(await bring()).toBe('fetched')
  expect(await bring()).toBe('kept')
  await chmod(path, 0o620)
  expect(await bring()).toBe('fetched')
})

test('the hundred newest stay', async () => {
  await mkdir(join(root, 'charts'), {mode: 0o700})
  for (let at = 0; at < 120; at++) {
    const path = join(root, 'charts', `${at}.json`)
    await writeFile(path, '{}')
    await utimes(path, at, at)
  }
  await writeFile(join(root, 'charts', 'half.new'), '')
  await utimes(join(root, 'charts', 'half.new'), 0, 0)
  await bring()
  const names = await keptFiles()
  expect(names).toHaveLength(100)
  expect(names).not.toContain('20.json')
  expect(names).not.toContain('half.new')
  expect(names).toContain('21.json')
})
