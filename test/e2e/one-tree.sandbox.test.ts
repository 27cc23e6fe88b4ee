import {once} from 'node:events'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {dirname, join} from 'node:path'
import {afterAll, afterEach, beforeEach, describe, expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import type {RunRecord} from '../../src/journal/record.ts'
import type {Outcome} from '../../src/plan/outcome.ts'
import {exec} from '../../src/tools/exec.ts'
import {commitFiles, type Repository, repositoryAt} from '../tools/repository.ts'
import {type DeployHost, openDeployHost} from './deploy-host.ts'
import {helm, kubectl, sandbox, startDeploy} from './deploy.ts'
import {openTinyHost, outsideFile, SERVICE, stored, tinyFiles, uninstallTiny} from './tiny.ts'

let host: DeployHost
beforeEach(uninstallTiny)
afterEach(() => host.remove())
afterAll(uninstallTiny)

describe('while a hundred commits are pulled', () => {
  let upstream: Repository
  beforeEach(async () => {
    host = await openTinyHost('0')
    upstream = repositoryAt(join(host.home, 'upstream'))
    const own = repositoryAt(host.charts)
    await own.git('clone', '--quiet', host.charts, upstream.root)
    await own.git('remote', 'add', 'origin', upstream.root)
    await own.git('fetch', '--quiet', 'origin')
    await own.git('branch', '--set-upstream-to', 'origin/main')
  })

  test('chart, values, helmfile, configuration and record of every run are of one commit', async () => {
    let isOver = false
    const pulling = (async () => {
      for (let value = 1; value <= 100; value++) {
        await commitFiles(upstream, `${value}`, tinyFiles(`${value}`))
        await repositoryAt(host.charts).git('pull', '--quiet', '--ff-only')
      }
    })().finally(() => {
      isOver = true
    })
    const runs: {commit: string; manifests: string[]; ofCommit: string}[] = []
    const running = (async () => {
      while (!isOver) runs.push(await runOnce())
    })()
    const ends = await Promise.allSettled([pulling, running])
    expect(ends.filter(end => end.status === 'rejected')).toEqual([])
    expect(runs.length).toBeGreaterThan(2)
    expect(runs.filter(({manifests, ofCommit}) => manifests.some(one => one !== ofCommit))).toEqual([])
    expect(new Set(runs.map(run => run.commit)).size).toBeGreaterThan(2)
  })

  async function runOnce() {
    const ran = await host.deploy(['tiny', '-e', 'staging,eqiad', '--yes', '--window', '0ms', '--json'])
    if (ran.exitCode !== 0) throw new Error(ran.said)
    const {runId} = JSON.parse(ran.stdout) as Outcome
    const said = await Promise.all(
      (['staging', 'eqiad'] as const).flatMap(environment =>
        ['tiny', 'tiny-too'].map(release => stored(environment, release)),
      ),
    )
    const commit = await recordedCommit(runId)
    const ofCommit = (await upstream.git('show', `${commit}:charts/tiny/values.yaml`)).split('"')[1] ?? ''
    const manifests = said.flatMap(({chart, helmfile, values, root, service}) => [
      chart,
      helmfile,
      values,
      root,
      service,
    ])
    return {commit, manifests, ofCommit}
  }

  async function recordedCommit(runId: string): Promise<string> {
    const where = ['-n', 'leaflets', 'get', 'configmap', 'deploy-runs-tiny', '-o', 'jsonpath={.data.runs}']
    const records = JSON.parse(await kubectl('eqiad', where)) as RunRecord[]
    return records.find(record => record.runId === runId)?.commit ?? ''
  }
})

test('a chart of a helm repository is fetched once in a run, however many releases, environments, helms and stages need it', async () => {
  host = await openDeployHost()
  const asked: string[] = []
  const published = join(host.home, 'published')
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    readFile(join(published, request.url ?? '')).then(
      content => response.end(content),
      () => response.writeHead(404).end(),
    )
  }).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await publishTiny(published, url)
    for (const [path, text] of Object.entries(tinyFiles('1', 'counted/tiny')))
      await host.edit(path, () => text)
    // Another helm in each environment.
    await host.edit(`${SERVICE}/helmfile.yaml`, text =>
      text.concat('helmBinary: {{ if eq .Environment.Name "staging" }}helm3.19{{ else }}helm3.17{{ end }}\n'),
    )
    const ran = await host.deploy(['tiny', '-e', 'all', '--yes', '--show-commands'])
    expect(ran.exitCode, ran.said).toBe(0)
    for (const used of ['helm3.17 template', 'helm3.19 template']) expect(ran.said).toContain(used)
    expect((await stored('staging', 'tiny-too')).chart).toBe('from the helm repository')
    expect((await stored('eqiad', 'tiny-too')).chart).toBe('from the helm repository')
    expect(asked.filter(path => path.endsWith('.tgz'))).toHaveLength(1)
  } finally {
    server.close()
  }
})

/** A helm repository with the chart, and helm's own files that name it. */
async function publishTiny(into: string, url: string): Promise<void> {
  for (const [path, text] of Object.entries(tinyFiles('from the helm repository'))) {
    if (!path.startsWith('charts/')) continue
    const file = join(host.home, path)
    await mkdir(dirname(file), {recursive: true})
    await writeFile(file, text)
  }
  await mkdir(into)
  const program = join(sandbox().bin, 'helm3.19')
  for (const args of [
    ['package', join(host.home, 'charts/tiny'), '--destination', into],
    ['repo', 'index', into],
  ]) {
    const made = await exec(program, args)
    if (made.failed) throw new Error(made.stderr)
  }
  const config = parse(await readFile(host.env.DEPLOY_CONFIG ?? '', 'utf8'))
  const HELM_CONFIG_HOME = join(host.home, 'helm-config')
  const HELM_CACHE_HOME = join(host.home, 'helm-cache')
  await mkdir(HELM_CONFIG_HOME)
  await mkdir(join(HELM_CACHE_HOME, 'repository'), {recursive: true})
  await writeFile(
    join(HELM_CONFIG_HOME, 'repositories.yaml'),
    stringify({apiVersion: '', repositories: [{name: 'counted', url}]}),
  )
  await writeFile(
    join(HELM_CACHE_HOME, 'repository', 'counted-index.yaml'),
    await readFile(join(into, 'index.yaml')),
  )
  const env = {...config.env, HELM_CONFIG_HOME, HELM_CACHE_HOME}
  await writeFile(host.env.DEPLOY_CONFIG ?? '', stringify({...config, env}))
}

test('a file outside the repository that changes between two stages stops the run before the second, and is named', async () => {
  host = await openTinyHost('0')
  await writeFile(outsideFile(host, 'eqiad'), 'general: before\n')
  const words = ['tiny', '-e', 'staging,eqiad', '--yes', ...host.words]
  expect((await host.deploy(['tiny', '-e', 'staging,eqiad', '--yes'])).exitCode).toBe(0)
  await host.edit('helmfile.d/services/tiny/values.yaml', () => 'values: "1"\n')
  const revisions = () => helm('eqiad', 'leaflets', ['list', '--output', 'json'])
  const before = await revisions()

  const running = startDeploy([...words, '--events'], {env: host.env})
  await running.says('"kind":"stage-started","stage":"staging"')
  await writeFile(outsideFile(host, 'eqiad'), 'general: meanwhile\n')
  const {exitCode, said} = await running.ended
  const {outcome} = JSON.parse(said.trim().split('\n').at(-1) ?? '') as {outcome: Outcome}
  expect(exitCode, said).toBe(13)
  expect(outcome.failure).toMatchObject({
    kind: 'outdated',
    files: ['/etc/helmfile-defaults/tiny-eqiad.yaml'],
  })
  expect(outcome.summary).toContain('/etc/helmfile-defaults/tiny-eqiad.yaml')
  expect((await stored('staging')).values).toBe('1')
  // Of two releases the first is not begun either.
  expect(await revisions()).toBe(before)
})
