import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {deploy, deployJson, helm, kubectl, newTag, pushTag, sandbox} from './deploy.ts'

/** Values beside git: for helmfile, for charts, from the command line and from deploy.yaml. */

const without = ['--state-values-set', 'backfill=false']
const replicas = async () => {
  const json = await kubectl('staging', ['get', 'deployments', '-n', 'ripple', '-o', 'json'])
  return Object.fromEntries(
    JSON.parse(json).items.map((one: {metadata: {name: string}; spec: {replicas: number}}) => [
      one.metadata.name,
      one.spec.replicas,
    ]),
  )
}

test('a helmfile that wants a state value says which, and is deployed with it', async () => {
  const missing = await deploy(['ripple', '-e', 'staging', '--yes'])
  expect(missing.exitCode).toBe(65)
  expect(missing.said).toContain('--state-values-set backfill=VALUE')

  const given = await deployJson(['ripple', '-e', 'staging', ...without, '--yes', '--take-git'])
  expect(given.exitCode).toBe(0)
  const more = await deployJson(['ripple', '-e', 'staging', '--state-values-set', 'backfill=true', '--yes'])
  expect(more.exitCode).toBe(0)
  expect(Object.keys(await replicas())).toEqual(['atlas-backfill', 'atlas-updates'])
  // What helmfile would not install is told of as long as it is there.
  const preview = ['diff', 'ripple', '-e', 'staging', ...without]
  expect((await deploy(preview)).said).toMatch(
    /backfill \(installed: false\) is there\. To take it away:\n +helmfile -e staging -l name=backfill apply/,
  )
  await helm('staging', 'ripple', ['uninstall', 'backfill'])
  expect((await deploy(preview)).said).not.toContain('installed: false')
})

test('state values of deploy.yaml reach reading and changing, and are no override', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'deploy-values-'))
  const config = join(directory, 'deploy.yaml')
  const host = parse(await readFile(sandbox().hostConfig, 'utf8'))
  await writeFile(
    config,
    stringify({
      ...host,
      stateValues: {backfill: true},
      environments: {eqiad: {stateValues: {backfill: false}}},
    }),
  )
  try {
    const ran = await deployJson(['ripple', '-e', 'eqiad', '--yes', '--take-git', '--config', config])
    expect(ran.exitCode).toBe(0)
    const preview = await deployJson(['diff', 'ripple', '-e', 'eqiad,codfw', '--config', config])
    expect(preview.outcome.plan?.notInstalledHere).toEqual([
      {environment: 'eqiad', release: {namespace: 'ripple', name: 'backfill'}, found: 'nothing'},
    ])
  } finally {
    await rm(directory, {recursive: true})
  }
})

test('--set is shown, recorded, and not lost without a word', async () => {
  await deployJson(['ripple', '-e', 'staging', ...without, '--yes', '--take-git'])
  const asked = ['ripple', '-e', 'staging', ...without, '--yes']
  const set = ['--set', 'resources.replicas=2', '--set', 'nothing.like=this']
  const preview = await deployJson([...asked, ...set, '--dry-run'])
  expect(preview.outcome.plan?.stages[0]?.steps[0]?.given).toEqual([
    '--set resources.replicas=2',
    '--state-values-set backfill=false',
  ])
  expect((await deployJson([...asked, ...set])).exitCode).toBe(0)
  expect(await replicas()).toMatchObject({'atlas-updates': 2})

  const tag = await pushTag('repos/content/ripple', newTag())
  const lost = await deploy([...asked, '--version', tag])
  expect(lost.exitCode).toBe(12)
  expect(lost.said).toContain('--set resources.replicas=2')

  const kept = await deployJson([...asked, '--keep-override'])
  expect(kept.exitCode).toBe(0)
  expect(kept.outcome.releases[0]?.state).toBe('unchanged')
  expect((await deployJson([...asked, '--take-git'])).exitCode).toBe(0)
  expect(await replicas()).toMatchObject({'atlas-updates': 1})
})

test('a secret that is set stands in no output and no record', async () => {
  const secret = 'correct-horse-battery'
  const asked = ['ripple', '-e', 'staging', ...without, '--yes', '--take-git', '--show-commands']
  const ran = await deploy([...asked, '--set', `config.private.API_TOKEN=${secret}`, '--events'])
  expect(ran.exitCode).toBe(0)
  expect(ran.said).not.toContain(secret)
  const records = await kubectl('staging', [
    'get',
    'configmap',
    '-n',
    'ripple',
    'deploy-runs-ripple',
    '-o',
    'json',
  ])
  expect(JSON.parse(records).data.runs).toContain('config.private.API_TOKEN=<hidden>')
  expect(records).not.toContain(secret)
  expect((await deployJson([...asked, '--keep-override'].filter(arg => arg !== '--take-git'))).exitCode).toBe(
    12,
  )
  await deployJson(asked)
})

test('roll_restart: nothing differs, and every pod is new', async () => {
  await deployJson(['ripple', '-e', 'staging', ...without, '--yes', '--take-git'])
  const pods = async () =>
    (await kubectl('staging', ['get', 'pods', '-n', 'ripple', '-l', 'release=updates', '-o', 'name'])).split(
      '\n',
    )
  const before = await pods()
  const asked = ['ripple', '-e', 'staging', ...without, '--state-values-set', 'roll_restart=1', '--yes']
  const preview = await deployJson([...asked, '--dry-run'])
  expect(preview.outcome.plan?.stages[0]?.steps).toMatchObject([{changes: [], recreatesPods: true}])
  expect((await deployJson(asked)).exitCode).toBe(0)
  expect((await pods()).filter(pod => pod !== '' && before.includes(pod))).toEqual([])
  // The next run does not take it for something to be kept.
  expect((await deployJson(['ripple', '-e', 'staging', ...without, '--yes'])).exitCode).toBe(0)
})

test('in production --yes needs --override', async () => {
  const asked = ['ripple', '-e', 'codfw', ...without, '--yes', '--override', '--take-git']
  expect((await deployJson(asked)).exitCode).toBe(0)
  const set = ['--set', 'resources.replicas=3']
  const refused = await deploy([...asked.filter(arg => arg !== '--override'), ...set])
  expect(refused.exitCode).toBe(12)
  expect(refused.said).toContain('--override')
  expect((await deployJson([...asked, ...set])).exitCode).toBe(0)
  expect((await deployJson(asked)).exitCode).toBe(0)
})

test('what is no KEY=VALUE is wrong usage, and render takes values as well', async () => {
  expect((await deploy(['ripple', '-e', 'staging', '--set', 'replicas'])).exitCode).toBe(64)
  const rendered = await deploy([
    'render',
    'ripple',
    '-e',
    'staging',
    ...without,
    '--set',
    'resources.replicas=7',
  ])
  expect(rendered.exitCode).toBe(0)
  expect(rendered.stdout).toContain('replicas: 7')
})
