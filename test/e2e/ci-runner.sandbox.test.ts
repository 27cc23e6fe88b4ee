import {readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type CiRunner, openCiRunner, revisions} from './ci-runner.ts'
import {deploy, helm, kubectl, newTag, sandbox} from './deploy.ts'
import {expectDocument} from './documents.ts'

const CONFIGURATION = `
stateValues: {kubernetesVersion: "1.34"}
window: {staging: 500ms, production: 500ms}
registry: {ask: false}
policy:
  ci-stays-in-staging:
    who: ["job:gitlab:services/*"]
    environments: [staging]
`

let runner: CiRunner
beforeAll(async () => {
  await forget()
  runner = await openCiRunner('almanac', CONFIGURATION)
  await runner.giveKubeconfig('staging')
  await runner.giveKubeconfig('eqiad')
})
afterAll(() => runner.remove())

/** As if nobody had deployed it here: a run that had the files of a deploy host is not gone on with without them. */
async function forget(): Promise<void> {
  for (const cluster of ['staging', 'eqiad'] as const) {
    await helm(cluster, 'almanac', ['uninstall', '--ignore-not-found', 'main'])
    const records = ['delete', 'configmap', '--ignore-not-found', 'deploy-runs-almanac']
    await kubectl(cluster, ['-n', 'almanac', ...records])
  }
}

test('without --yes nothing is asked and nothing is touched: 12', async () => {
  const before = await revisions('staging', 'almanac')
  const {exitCode, stdout, stderr} = await runner.run(['almanac', '-e', 'staging', '--version', newTag()])
  expect([exitCode, stderr]).toEqual([12, ''])
  expect(stdout).toMatch(/there is no terminal to ask on, and --yes was not given/)
  expect(await revisions('staging', 'almanac')).toBe(before)
})

test('with --yes --json it deploys, and says so in one document', async () => {
  const tag = newTag()
  const args = ['almanac', '-e', 'staging', '--version', tag, '--yes', '--json']
  const {exitCode, stdout, stderr} = await runner.run(args)
  expect([exitCode, stderr]).toEqual([0, ''])
  expectDocument('outcome', JSON.parse(stdout))
  expect(JSON.parse(stdout)).toMatchObject({kind: 'deployed', releases: [{state: 'deployed'}]})
  const pods = await kubectl('staging', ['get', 'pods', '-n', 'almanac', '-o', 'jsonpath={..image}'])
  expect(pods).toContain(tag)
})

test('the record says which job it was', async () => {
  const {stdout} = await runner.run(['history', 'almanac', '-e', 'staging', '--json'])
  expect(JSON.parse(stdout).runs[0].by).toMatch(/\(gitlab:services\/almanac\/deploy\)$/)
})

test('with --yes --events every line is an event, and the last one the outcome', async () => {
  const {exitCode, stdout} = await runner.run(['almanac', '-e', 'staging', '--yes', '--events', '--take-git'])
  expect(exitCode).toBe(0)
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  for (const event of events) expectDocument('event', event)
  expect(events.at(-1)).toMatchObject({kind: 'run-finished', outcome: {kind: 'deployed'}})
})

test('a version that crashes goes back, 10', async () => {
  const args = ['almanac', '-e', 'staging', '--version', newTag('crash'), '--yes', '--json']
  const {exitCode, stdout} = await runner.run(args)
  expect(exitCode).toBe(10)
  expectDocument('outcome', JSON.parse(stdout))
})

describe('a policy that keeps the job in staging', () => {
  test('refuses production with 77, naming the rule and the file, before anything is touched', async () => {
    const before = await revisions('eqiad', 'almanac')
    const args = ['almanac', '-e', 'eqiad', '--version', newTag(), '--yes', '--override', '--json']
    const {exitCode, stdout} = await runner.run(args)
    expect(exitCode).toBe(77)
    expectDocument('outcome', JSON.parse(stdout))
    const file = join(runner.directory, 'ci.yaml')
    expect(JSON.parse(stdout).summary).toContain(`the rule ci-stays-in-staging in ${file}`)
    expect(await revisions('eqiad', 'almanac')).toBe(before)
  })

  test.each([
    ['lock', ['-m', 'maintenance']],
    ['unlock', ['--force', '-m', 'over']],
  ])('%s in production is refused as well', async (verb, more) => {
    const {exitCode, stderr} = await runner.run([verb, 'almanac', '-e', 'eqiad', ...more])
    expect([exitCode, stderr]).toEqual([
      77,
      expect.stringContaining(`may not ${verb} almanac in eqiad: the rule`),
    ])
    expect((await runner.run([verb, 'almanac', '-e', 'staging', ...more])).exitCode).toBe(0)
  })

  test('is shown by doctor', async () => {
    const {stdout} = await runner.run(['doctor'])
    expect(stdout).toMatch(/policy +.*may deploy any service to staging \(rule ci-stays-in-staging\)/)
  })

  test('keeps nobody else', async () => {
    const other = {GITLAB_CI: '', CI_PROJECT_PATH: ''}
    const {exitCode, stdout} = await runner.run(['almanac', '-e', 'eqiad', '--dry-run'], other)
    expect(exitCode).toBe(0)
    expect(stdout).not.toContain('may not')
  })
})

test('production where only some kubeconfigs are: it stops, and names what is missing', async () => {
  const {exitCode, stdout} = await runner.run(['almanac', '-e', 'production', '--yes'], {GITLAB_CI: ''})
  expect(exitCode).toBe(12)
  expect(stdout).toMatch(/codfw cannot be deployed from here/)
})

test('an environment without a kubeconfig: 69, with its name', async () => {
  const {exitCode, stdout} = await runner.run(['almanac', '-e', 'codfw', '--yes', '--json'])
  expect(exitCode).toBe(69)
  expectDocument('error', JSON.parse(stdout))
})

describe('after a run on a deploy host, whose files the runner has not', () => {
  const args = ['almanac', '-e', 'staging', '--yes']
  const secrets = () =>
    kubectl('staging', ['get', 'secrets', '-n', 'almanac', '-l', 'release=main', '-o', 'name'])

  test('it stops (12), names them, and the Secret that only they give stays', async () => {
    expect((await deploy([...args, '--take-git'])).exitCode).toBe(0)
    const before = [await revisions('staging', 'almanac'), await secrets()]
    expect(before[1]).not.toBe('')
    const {exitCode, stdout} = await runner.run([...args, '--version', newTag()])
    expect(exitCode, stdout).toBe(12)
    const said = stdout.replaceAll(/\s+/g, ' ')
    expect(said).toContain('almanac was deployed with /etc/helmfile-defaults/general-staging.yaml')
    expect(said).toContain('/etc/helmfile-defaults/private/main_services/almanac/staging.yaml')
    // State values say what this one would.
    expect(said).not.toContain('clusterinfo')
    expect([await revisions('staging', 'almanac'), await secrets()]).toEqual(before)
  })

  test('with the files it goes on', async () => {
    const file = join(runner.directory, 'ci.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(
      file,
      text.replace(
        'substitutions:\n',
        `substitutions:\n  /etc/helmfile-defaults: ${sandbox().helmfileDefaults}\n`,
      ),
    )
    const {exitCode, stdout} = await runner.run([...args, '--version', newTag()])
    await writeFile(file, text)
    expect(exitCode, stdout).toBe(0)
  })
})

test('a commit that no branch of the remote holds is not for production', async () => {
  const local = await openCiRunner('almanac', CONFIGURATION)
  try {
    await local.giveKubeconfig('eqiad')
    await local.commit('not published')
    const {exitCode, stdout} = await local.run(['almanac', '-e', 'eqiad', '--yes'], {GITLAB_CI: ''})
    expect(exitCode).toBe(12)
    expect(stdout).toMatch(/is not on its upstream branch/)
  } finally {
    await local.remove()
  }
})

test('nothing is left in its TMPDIR', async () => {
  expect(await readdir(join(runner.directory, 'tmp'))).toEqual([])
})
