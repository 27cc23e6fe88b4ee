import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {RunRecord} from '../../src/journal/record.ts'
import type {ReleaseStep} from '../../src/plan/plan.ts'
import {exec} from '../../src/tools/exec.ts'
import {commitFiles, type Repository, repositoryAt} from '../tools/repository.ts'
import {
  CHARTS,
  deploy,
  deployJson,
  helm,
  helmfile,
  kubectl,
  mustDeploy,
  newTag,
  pushTag,
  sandbox,
} from './deploy.ts'

const echoTag = () => pushTag('wikimedia/echo', newTag())

let charts: Repository
beforeAll(async () => {
  const root = join(await mkdtemp(join(tmpdir(), 'deploy-preview-')), 'charts')
  await cp(CHARTS, root, {recursive: true, verbatimSymlinks: true})
  charts = repositoryAt(root)
  await charts.git('init', '--quiet', '--initial-branch', 'master')
  await charts.git('add', '--all')
  await charts.git('commit', '--quiet', '--message', 'first')
})
afterAll(async () => {
  await mustDeploy(['echo', '-e', 'staging,eqiad', '--yes', '--take-git'])
  await rm(join(charts.root, '..'), {recursive: true, force: true})
})

const service = (name: string) => `helmfile.d/services/echo/${name}`

async function changed(path: string, from: string | RegExp, to: string): Promise<Record<string, string>> {
  const text = await readFile(join(charts.root, path), 'utf8')
  if (text.replace(from, to) === text) throw new Error(`${path} does not hold ${String(from)}`)
  return {[path]: text.replace(from, to)}
}

/** The steps of a preview, by environment. */
async function previewed(...args: string[]): Promise<Map<string, ReleaseStep>> {
  const {outcome, said} = await deployJson(['diff', 'echo', '--chdir', charts.root, ...args])
  if (outcome.plan === undefined) throw new Error(said)
  return new Map(outcome.plan.stages.flatMap(stage => stage.steps.map(step => [stage.environment, step])))
}

const deployed = (...args: string[]) =>
  deployJson(['echo', '--yes', '--take-git', '--chdir', charts.root, ...args])

describe('what rides along', () => {
  const privateValues = () => join(sandbox().helmfileDefaults, 'private/main_services/echo/staging.yaml')
  let kept: string
  beforeAll(async () => {
    kept = await readFile(privateValues(), 'utf8')
    const {exitCode, said} = await deployed('-e', 'staging,eqiad')
    if (exitCode !== 0) throw new Error(said)
    // So that this commit is the one that runs.
    await mustDeploy([
      'echo',
      '-e',
      'staging,eqiad',
      '--yes',
      '--override',
      '--chdir',
      charts.root,
      '--version',
      await echoTag(),
    ])
  })
  afterAll(() => writeFile(privateValues(), kept))

  test('the commits since the last deployment that touched the values, not those of other environments or of a chart that is not published', async () => {
    await commitFiles(
      charts,
      'echo: one more pod',
      await changed(service('values.yaml'), /replicas: \d+/, 'replicas: 3'),
    )
    await commitFiles(
      charts,
      'echo: staging only',
      await changed(service('values-staging.yaml'), /$/, '\n# here\n'),
    )
    await commitFiles(
      charts,
      'chart, not published',
      await changed('charts/echo/values.yaml', /$/, '\n# here\n'),
    )
    await commitFiles(
      charts,
      'another service',
      await changed('helmfile.d/services/shop/values.yaml', /$/, '\n# here\n'),
    )
    const steps = await previewed('-e', 'staging,eqiad')
    const subjects = (name: string) =>
      steps.get(name)?.ridesAlong?.commits.newest.map(commit => commit.subject)
    expect(steps.get('staging')?.ridesAlong?.since.kind).toBe('run')
    expect(subjects('staging')).toEqual(['echo: staging only', 'echo: one more pod'])
    expect(subjects('eqiad')).toEqual(['echo: one more pod'])
    expect(steps.get('eqiad')?.ridesAlong?.takenBack.total).toBe(0)
  })

  test('a private file that changed, by name only', async () => {
    const {said: before} = await deploy(['diff', 'echo', '-e', 'staging', '--chdir', charts.root])
    expect(before).not.toContain('private/main_services')
    await writeFile(privateValues(), kept.replace(/(not-a-secret-[\w-]+)/, '$1-planted'))
    const {said} = await deploy(['diff', 'echo', '-e', 'staging,eqiad', '--chdir', charts.root])
    expect(said).toContain('~ /etc/helmfile-defaults/private/main_services/echo/staging.yaml')
    expect(said).not.toContain('echo/eqiad.yaml')
    expect(said).not.toContain('planted')
  })

  test('its digest in the record is keyed with what readers cannot see', async () => {
    const text = await kubectl('staging', [
      '-n',
      'echo',
      'get',
      'configmap',
      'deploy-runs-echo',
      '-o',
      'jsonpath={.data.runs}',
    ])
    const [run] = JSON.parse(text) as RunRecord[]
    expect(run?.outside?.files.map(file => file.path)).toContain(
      '/etc/helmfile-defaults/private/main_services/echo/staging.yaml',
    )
    const key = await kubectl('staging', [
      '-n',
      'echo',
      'get',
      'secret',
      'deploy-key-echo',
      '-o',
      'jsonpath={.data.key}',
    ])
    expect(Buffer.from(key, 'base64')).toHaveLength(32)
    expect(text).not.toContain(key)
    await expect(asReader(['get', 'secret', 'deploy-key-echo'])).rejects.toThrow(/forbidden/i)
  })

  test('older than what runs: its changes are taken back; and commits by time where plain helmfile was at work', async () => {
    expect((await deployed('-e', 'staging')).exitCode).toBe(0)
    await charts.git('checkout', '--quiet', '--detach', 'HEAD~3')
    const back = (await previewed('-e', 'staging', '--version', await echoTag())).get('staging')?.ridesAlong
    expect(back?.takenBack.newest.map(commit => commit.subject)).toEqual(['echo: staging only'])
    await charts.git('checkout', '--quiet', 'master')

    expect((await helmfile('echo', ['-e', 'staging', 'sync'])).exitCode).toBe(0)
    const younger = (await previewed('-e', 'staging', '--version', await echoTag())).get(
      'staging',
    )?.ridesAlong
    expect(younger?.since).toMatchObject({kind: 'time', why: 'not-by-deploy'})
    expect(younger?.commits.total).toBe(0)
  })
})

/** Whoever is bound to `view` in the service's namespace. */
async function asReader(args: readonly string[]): Promise<string> {
  const config = sandbox().viewConfig('echo', 'staging')
  const result = await exec(join(sandbox().bin, 'kubectl'), ['--kubeconfig', config, ...args])
  if (result.failed) throw new Error(result.stderr)
  return result.stdout
}

describe('changed by hand', () => {
  const onStaging = (...args: string[]) => kubectl('staging', ['-n', 'echo', ...args])
  const driftOf = async (...args: string[]) => {
    const {outcome, said} = await deployJson(['diff', 'echo', '-e', 'staging', ...args])
    if (outcome.plan === undefined) throw new Error(said)
    return outcome.plan.drift
  }
  beforeAll(async () => {
    expect((await deployJson(['echo', '-e', 'staging', '--yes', '--take-git'])).exitCode).toBe(0)
  })

  test('nothing, after a deployment', async () => {
    expect(await driftOf()).toEqual([])
  })

  test('what kubectl changed is shown, by whom, and the next deployment undoes it', async () => {
    await onStaging('scale', 'deployment/echo-main', '--replicas', '3')
    await onStaging(
      'patch',
      'configmap/echo-main-config',
      '--type',
      'merge',
      '-p',
      '{"data":{"added":"by hand"}}',
    )
    await onStaging(
      'patch',
      'secret/echo-main-secret-config',
      '-p',
      '{"stringData":{"API_TOKEN":"planted-by-hand"}}',
    )
    await onStaging('delete', 'service/echo-main')
    const tag = await echoTag()
    const drift = await driftOf('--version', tag)
    const told = drift.map(({change, fate}) => `${change.kind} ${change.objectKind} ${fate.kind}`)
    expect(told.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'changed Deployment undone',
      'changed Secret undone',
      'removed Service undone',
    ])
    const deployment = drift.find(({change}) => change.objectKind === 'Deployment')
    expect(deployment?.change.diff).toMatch(/^-  replicas: 1\n\+  replicas: 3$/m)
    expect(deployment?.by[0]?.name).toMatch(/^kubectl/)
    const {said} = await deploy(['diff', 'echo', '-e', 'staging', '--version', tag])
    expect(said).toContain('Changed by hand since it was deployed')
    expect(said).not.toContain('planted-by-hand')

    expect((await deployJson(['echo', '-e', 'staging', '--version', tag, '--yes'])).exitCode).toBe(0)
    expect(await driftOf('--version', tag)).toEqual([])
    expect(await onStaging('get', 'service/echo-main', '-o', 'name')).toContain('echo-main')
  })

  test('where helm has nothing to do it stays, and what it says to type puts it back', async () => {
    expect((await deployJson(['echo', '-e', 'staging', '--yes', '--take-git'])).exitCode).toBe(0)
    await onStaging('scale', 'deployment/echo-main', '--replicas', '3')
    const {said} = await deploy(['diff', 'echo', '-e', 'staging'])
    expect(said).toContain('nothing to do')
    expect((await driftOf()).map(({fate}) => fate)).toEqual([{kind: 'stays', why: 'release-unchanged'}])
    const command = /To put it back: helm (rollback main \d+) -n echo/.exec(said)?.[1] ?? ''
    await helm('staging', 'echo', command.split(' '))
    expect(await driftOf()).toEqual([])
  })

  test('of a kind that helm does not know it stays, although the release changes', async () => {
    const quotes = (...args: string[]) => deployJson(['quotes', '-e', 'staging', '--yes', ...args])
    expect((await quotes('--take-git')).exitCode).toBe(0)
    const patch = JSON.stringify({spec: {dnsNames: ['by-hand.example']}})
    const certificate = await kubectl('staging', ['-n', 'quotes', 'get', 'certificates', '-o', 'name'])
    await kubectl('staging', ['-n', 'quotes', 'patch', certificate.trim(), '--type', 'merge', '-p', patch])
    const tag = await pushTag('wikimedia/mediawiki-services-quotes', newTag())
    const {outcome} = await deployJson(['diff', 'quotes', '-e', 'staging', '--version', tag])
    expect(outcome.plan?.drift.map(({change, fate}) => [change.objectKind, fate])).toEqual([
      ['Certificate', {kind: 'stays', why: 'kind-unknown-to-helm'}],
    ])
    expect((await quotes('--version', tag)).exitCode).toBe(0)
    expect(await kubectl('staging', ['-n', 'quotes', 'get', certificate.trim(), '-o', 'yaml'])).toContain(
      'by-hand',
    )
    await kubectl('staging', ['-n', 'quotes', 'delete', certificate.trim()])
    expect((await quotes('--take-git')).exitCode).toBe(0)
  })
})
