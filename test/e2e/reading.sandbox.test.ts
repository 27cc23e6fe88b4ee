import {cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {parseManifest} from '../../src/diff/manifests.ts'
import type {HistoryRun} from '../../src/flow/history.ts'
import {exec} from '../../src/tools/exec.ts'
import {testSandbox} from './test-sandbox.ts'
import {CHARTS, deploy, deployJson, helm, kubectl, newTag, pushTag, sandbox} from './deploy.ts'

let directory: string
/** A host where only the readers' kubeconfigs are. */
let readersConfig: string
const tag = newTag()
let runId: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-reading-'))
  await backToGit('staging,eqiad')
  await pushTag('wikimedia/mediawiki-services-quotes', tag)
  const {outcome} = await deployJson(['quotes', '-e', 'staging', '--version', tag, '--yes', '-m', 'T1: why'])
  expect(outcome.kind).toBe('deployed')
  runId = outcome.runId
  readersConfig = await writeReadersConfig()
})
afterAll(async () => {
  await kubectl('staging', [
    '-n',
    'quotes',
    'delete',
    'deployment/bad',
    'secret/planted',
    '--ignore-not-found',
  ])
  await backToGit()
  await rm(directory, {recursive: true, force: true})
})

/** An override is taken back only by saying so. */
async function backToGit(environments = 'staging'): Promise<void> {
  const ran = await deploy(['quotes', '-e', environments, '--yes', '--take-git'])
  if (ran.exitCode !== 0) throw new Error(ran.said)
}

async function writeReadersConfig(): Promise<string> {
  const kubernetes = join(directory, 'kubernetes')
  await mkdir(kubernetes)
  const readers = (await readdir(sandbox().kubernetes)).filter(name => /^quotes-(?!deploy)/.test(name))
  for (const name of readers) await cp(join(sandbox().kubernetes, name), join(kubernetes, name))
  return configWith('readers.yaml', config => {
    config.substitutions['/etc/kubernetes'] = kubernetes
  })
}

/** The host's configuration with a change. */
async function configWith(
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: a YAML file
  change: (config: any) => void,
): Promise<string> {
  const config = parse(await readFile(sandbox().hostConfig, 'utf8'))
  change(config)
  await writeFile(join(directory, name), stringify(config))
  return join(directory, name)
}

describe('deploy history', () => {
  test('the newest run first, one line each', async () => {
    const {exitCode, stdout} = await deploy(['history', 'quotes', '-e', 'staging'])
    expect(exitCode).toBe(0)
    expect(stdout.split('\n')[0]).toMatch(
      new RegExp(
        `^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  ${runId}  deploy +\\S+ +${tag} +staging +deployed +T1: why$`,
      ),
    )
  })

  test('all that is known of a run, also without naming its service', async () => {
    const named = await deploy(['history', 'quotes', runId])
    expect(named.stdout).toMatch(/staging: revision \d+ → \d+/)
    expect(named.stdout).toContain(tag)
    const cwd = join(CHARTS, 'helmfile.d', 'services', 'quotes')
    expect((await deploy(['history', runId], {cwd})).stdout).toBe(named.stdout)
    expect((await deploy(['history', 'quotes', '20000101T000000-0000'])).exitCode).toBe(66)
  })

  test('who may not read Secrets sees the same', async () => {
    const args = ['history', 'quotes', '-e', 'staging', '--json']
    const [asDeployer, asReader] = await Promise.all([
      deploy(args),
      deploy([...args, '--config', readersConfig]),
    ])
    expect(asReader.exitCode).toBe(0)
    const runs = (JSON.parse(asReader.stdout) as {runs: HistoryRun[]}).runs
    expect(runs[0]).toMatchObject({runId, outcome: 'deployed', message: 'T1: why'})
    expect(asReader.stdout).toBe(asDeployer.stdout)
  })
})

describe('deploy logs', () => {
  test('the last lines, without a prefix where there is one pod', async () => {
    const {exitCode, stdout} = await deploy(['logs', 'quotes', '-e', 'staging', '--tail', '2'])
    expect(exitCode).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(2)
    expect(() => JSON.parse(stdout.split('\n')[0] ?? '')).not.toThrow()
  })

  test('several pods: each line says whose it is', async () => {
    const {stdout} = await deploy(['logs', 'quotes', '-e', 'staging,eqiad', '--tail', '1'])
    expect(stdout).toMatch(/^staging\/quotes-staging-\S+ {2}\{/m)
    expect(stdout).toMatch(/^eqiad\/quotes-production-\S+ {2}\{/m)
  })

  test('--json: each line with whose it is', async () => {
    const args = ['logs', 'quotes', '-e', 'staging,eqiad', '--tail', '2']
    const {stdout, stderr} = await deploy([...args, '--json'])
    const said = stdout
      .trim()
      .split('\n')
      .map(text => JSON.parse(text))
    const lines = said.filter(({kind}) => kind === 'line')
    const pods = Map.groupBy(lines, ({pod}) => pod)
    expect([...pods.values()].every(some => some.length === 2)).toBe(true)
    expect(stderr).toBe('')
    expect(lines).toContainEqual({
      schema: 1,
      kind: 'line',
      environment: 'eqiad',
      namespace: 'quotes',
      release: 'production',
      pod: expect.stringMatching(/^quotes-production-/),
      container: expect.any(String),
      text: expect.stringMatching(/^\{/),
    })
    const failed = await deploy([...args, 'nosuch', '--json'])
    expect([failed.exitCode, JSON.parse(failed.stdout).exitCode]).toEqual([66, 66])
  })

  test('what a Secret holds is hidden, and a reader is told that nothing can be', async () => {
    const args = ['logs', 'quotes', '-e', 'staging', '--tail', '200']
    const planted = 'listening on port 8080'
    await kubectl('staging', [
      '-n',
      'quotes',
      'create',
      'secret',
      'generic',
      'planted',
      `--from-literal=a=${planted}`,
    ])
    const asDeployer = await deploy(args)
    expect(asDeployer.said).not.toContain(planted)
    expect(asDeployer.stdout).toContain('<hidden>')
    const asReader = await deploy([...args, '--config', readersConfig])
    expect(asReader.stderr).toMatch(/may not read Secrets/)
    expect(asReader.stdout).toContain(planted)
  })

  test('the pod in trouble first, and why', async () => {
    const image = `docker-registry.discovery.wmnet/wikimedia/x:${newTag('crash')}`
    await kubectl('staging', ['-n', 'quotes', 'create', 'deployment', 'bad', `--image=${image}`])
    await kubectl('staging', ['-n', 'quotes', 'label', 'deployment', 'bad', 'release=staging'])
    await kubectl('staging', [
      '-n',
      'quotes',
      'wait',
      '--for=jsonpath={.status.unavailableReplicas}=1',
      'deployment/bad',
    ])
    await expect
      .poll(async () => (await deploy(['logs', 'quotes', '-e', 'staging'])).said, {
        timeout: 60_000,
        interval: 500,
      })
      .toMatch(/bad-\S+ \(staging, release staging, container x\): .*exits with code 1/)
    const {stdout} = await deploy(['logs', 'quotes', '-e', 'staging'])
    expect(stdout.split('\n')[0]).toMatch(/^bad-/)
    const previous = await deploy(['logs', 'quotes', '-e', 'staging', 'bad-', '--previous', '--tail', '5'])
    expect(previous.stdout).toMatch(/cannot start/)
    await kubectl('staging', ['-n', 'quotes', 'delete', 'deployment/bad'])
  })

  test('-f goes on until it is interrupted, and stops when nobody reads', async () => {
    const command = `'${join(CHARTS, '..', 'bin', 'deploy')}' logs quotes -e staging --tail 1 -f`
    const env = {DEPLOY_SANDBOX: testSandbox()}
    const script = `timeout --preserve-status -s INT 12 ${command}`
    const interrupted = await exec('bash', ['-c', script], {cwd: CHARTS, env})
    expect(interrupted.exitCode).toBe(130)
    expect(interrupted.stdout.trim().split('\n').length).toBeGreaterThan(1)
    const unread = await exec('bash', ['-c', `timeout 60 ${command} | head -1`], {cwd: CHARTS, env})
    expect(unread.durationMs).toBeLessThan(30_000)
  })

  test.each<[string[], number, RegExp]>([
    [['nobody'], 66, /no such pod/],
    [['-c', 'nothing'], 66, /--container with one of: quotes-staging/],
    [['-l', 'name=nobody'], 66, /selector name=nobody/],
  ])('%j ends with %i', async (args, exitCode, words) => {
    const ran = await deploy(['logs', 'quotes', '-e', 'staging', ...args])
    expect(ran.exitCode).toBe(exitCode)
    expect(ran.said).toMatch(words)
  })
})

describe('deploy shell', () => {
  /** Simulated nodes answer no exec, so a kubectl that says how it was called stands in. */
  async function withFakeKubectl(args: readonly string[]) {
    const fakes = join(directory, 'fakes')
    await mkdir(fakes, {recursive: true})
    await writeFile(join(fakes, 'kubectl'), '#!/bin/sh\nprintf "%s|" "$@"\nexit 7\n', {mode: 0o755})
    const config = await configWith('fake.yaml', one => {
      one.path = [fakes, ...one.path]
    })
    return deploy(['shell', 'quotes', '-e', 'staging', '--config', config, ...args])
  }

  test('kubectl execs the command in a ready pod, and its exit code is ours', async () => {
    const {exitCode, stdout, stderr} = await withFakeKubectl(['--', 'ls', '-l', '--json'])
    expect(exitCode).toBe(7)
    expect(stdout).toMatch(
      /^--kubeconfig\|\S+quotes-deploy-staging\.config\|--namespace\|quotes\|exec\|-i\|quotes-staging-\S+?\|-c\|quotes-staging\|--\|ls\|-l\|--json\|$/,
    )
    expect(stderr).toMatch(/staging: quotes-staging-\S+ \(release staging, the newest version, ready\)/)
  })

  test('another container', async () => {
    const {stdout} = await withFakeKubectl(['-c', 'quotes-staging-tls-proxy', '--', 'ls'])
    expect(stdout).toContain('|-c|quotes-staging-tls-proxy|')
  })

  test('without a terminal it needs a command, and always one environment', async () => {
    const noCommand = await deploy(['shell', 'quotes', '-e', 'staging'])
    expect([noCommand.exitCode, noCommand.said]).toEqual([64, expect.stringMatching(/no terminal/)])
    const several = await deploy(['shell', 'quotes', '-e', 'all', '--', 'ls'])
    expect([several.exitCode, several.said]).toEqual([64, expect.stringMatching(/several environments/)])
  })
})

describe('deploy render', () => {
  test('is what helm stores', async () => {
    await backToGit()
    const {exitCode, stdout} = await deploy(['render', 'quotes', '-e', 'staging', '--show-secrets'])
    expect(exitCode).toBe(0)
    const stored = parseManifest(await helm('staging', 'quotes', ['get', 'manifest', 'staging']), 'quotes')
    const rendered = parseManifest(stdout, 'quotes').filter(
      object => object.body.metadata.annotations?.['helm.sh/hook'] === undefined,
    )
    expect(rendered).toEqual(stored)
  })

  test('hides Secrets, and is the same each time', async () => {
    const first = await deploy(['render', 'quotes', '-e', 'staging'])
    expect(first.stdout).toMatch(/^# staging \/ staging$/m)
    expect(first.stdout).toMatch(/API_TOKEN: "?<hidden, \d+ bytes>/)
    expect(first.said).not.toMatch(/not-a-secret|bm90LWEtc2VjcmV0/)
    expect((await deploy(['render', 'quotes', '-e', 'staging'])).stdout).toBe(first.stdout)
  })

  test('--all writes what can be rendered, and tells the rest at the end', async () => {
    const charts = join(directory, 'charts')
    await cp(
      join(CHARTS, 'helmfile.d', 'services', 'quotes'),
      join(charts, 'helmfile.d', 'services', 'quotes'),
      {
        recursive: true,
      },
    )
    const shared = join('helmfile.d', 'services', 'global.yaml')
    await cp(join(CHARTS, shared), join(charts, shared))
    await mkdir(join(charts, 'helmfile.d', 'services', 'broken'))
    await writeFile(
      join(charts, 'helmfile.d', 'services', 'broken', 'helmfile.yaml'),
      'releases: {{ fail "no" }}\n',
    )
    const output = join(directory, 'manifests')
    const ran = await deploy(['render', '--all', '-e', 'staging', '--chdir', charts, '--output-dir', output])
    expect(ran.exitCode).toBe(65)
    expect(ran.stderr).toMatch(/services\/broken: /)
    expect(ran.stdout).toMatch(/1 manifests? written/)
    const file = join(output, 'quotes', 'staging', 'staging.yaml')
    expect(await readFile(file, 'utf8')).toMatch(/^# staging \/ staging\n---\n/)
    expect((await stat(file)).mode & 0o400).toBe(0o400)
  })
})

test('deploy status --pending: what git says and is not deployed', async () => {
  await deploy(['quotes', '-e', 'staging', '--version', tag, '--yes'])
  const pending = await deploy(['status', 'quotes', '-e', 'staging', '--pending'])
  expect(pending.exitCode).toBe(0)
  expect(pending.stdout).toMatch(new RegExp(`differs: mediawiki-services-quotes ${tag} → \\S+, \\d objects?`))
  await backToGit()
  expect((await deploy(['status', 'quotes', '-e', 'staging', '--pending'])).stdout).toMatch(/as in git$/m)
  expect((await deploy(['status', 'quotes', '-e', 'staging'])).stdout).not.toMatch(/in git/)
})

test('deploy status of one service says which pods are not ready, and why', async () => {
  const inQuotes = (...words: string[]) => kubectl('staging', ['-n', 'quotes', ...words])
  const status = ['status', 'quotes', '-e', 'staging']
  expect((await deploy(status)).stdout).not.toMatch(/ready/)
  const bad = await pushTag('wikimedia/mediawiki-services-quotes', newTag('crash'))
  const image = `docker-registry.discovery.wmnet/wikimedia/mediawiki-services-quotes:${bad}`
  await inQuotes('set', 'image', 'deployment', '-l', 'release=staging', `*=${image}`)
  try {
    await expect
      .poll(async () => (await deploy(status)).stdout, {timeout: 60_000, interval: 500})
      .toMatch(/\d of \d ready, crash loop$/m)
    const {stdout} = await deploy(status)
    expect(stdout).toMatch(/! staging staging: Deployment \S+: container \S+ exits with code 1/)
    expect(stdout).toMatch(/deploy logs quotes -e staging shows more/)
    const [read] = JSON.parse((await deploy([...status, '--json'])).stdout).services
    expect(read.environments[0].releases[0].health.troubles[0]).toMatchObject({
      state: 'doomed',
      reason: 'crash-loop',
    })
  } finally {
    await inQuotes('rollout', 'undo', 'deployment', '-l', 'release=staging')
  }
})
