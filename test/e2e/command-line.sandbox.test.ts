import {cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {exec} from '../../src/tools/exec.ts'
import {testSandbox} from './test-sandbox.ts'
import {CHARTS, deploy, deployJson, helm, newTag, pushTag, sandbox, startDeploy} from './deploy.ts'

const ECHO = 'wikimedia/echo'
const PAGES = 'repos/sre/pages'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-command-line-'))
})
afterAll(() => rm(directory, {recursive: true, force: true}))

describe('what was typed wrong', () => {
  test.each<[string[], number, RegExp]>([
    [['shpo', '-e', 'staging'], 66, /Did you mean shop/],
    [['frobnicate'], 66, /no such command\.\n?.*deploy status lists the services/s],
    [['pages-', '-e', 'staging'], 66, /Did you mean .*pages/],
    [['statsu'], 64, /Did you mean deploy status/],
    [['shop', 'staging'], 64, /Did you mean -e staging/],
    [['shop', '-e', 'stagin'], 66, /Did you mean -e staging/],
    [['../shop', '-e', 'staging'], 64, /cannot be a service/],
    [['shop'], 64, /env/],
    [['shop', '-e', 'staging', '--nope'], 64, /nope/],
    [['diff', 'shop', '-e', 'staging', '--detailed-exitcod'], 64, /detailed-exitcod/],
    [['shop', '-e', 'staging', '--version', ''], 64, /not an image's tag/],
    [['shop', '-e', 'staging', '--version', 'a b'], 64, /not an image's tag/],
    [['shop', '-e', 'staging', '--window', 'soon'], 64, /not a duration/],
    [['shop', '-e', 'staging', '-l', 'name=nobody'], 66, /selector name=nobody/],
    [['shop', '-e', 'staging', '-l', 'canary'], 64, /-l name=canary/],
    [['logs', 'shop', '-e', 'staging', '-l', 'canary'], 64, /-l name=canary/],
    [['rollback', 'shop', '-e', 'staging', '--to', '3'], 64, /-l name=RELEASE/],
  ])('%j ends with %i', async (args, exitCode, words) => {
    const ran = await deploy(args)
    expect(ran.exitCode).toBe(exitCode)
    expect(ran.said).toMatch(words)
    expect(ran.said).not.toMatch(/\n {4}at /)
  })

  test('with --json the fault is a document, with the same code', async () => {
    const {exitCode, stdout} = await deploy(['shpo', '-e', 'staging', '--json'])
    expect(exitCode).toBe(66)
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'not-found',
      exitCode: 66,
      error: {hint: 'Did you mean shop?'},
    })
  })

  test('a broken configuration is shown with line and column', async () => {
    const config = join(directory, 'broken.yaml')
    await writeFile(config, 'window:\n  staging: soon\n')
    const {exitCode, said} = await deploy(['shop', '-e', 'staging', '--config', config])
    expect(exitCode).toBe(78)
    expect(said).toMatch(/broken\.yaml:2:12: window\.staging/)
  })

  test('no charts repository above', async () => {
    const {exitCode} = await deploy(['shop', '-e', 'staging', '--config', join(directory, 'empty.yaml')], {
      cwd: directory,
      env: {DEPLOY_SANDBOX: ''},
    })
    expect([66, 78]).toContain(exitCode)
  })
})

test('an immutable field is found before anything is changed, exit 65', async () => {
  await deploy(['echo', '-e', 'staging', '--yes', '--take-git'])
  const charts = join(directory, 'charts-repository')
  await cp(CHARTS, charts, {recursive: true, verbatimSymlinks: true})
  const helmfile = join(charts, 'helmfile.d', 'services', 'echo', 'helmfile.yaml')
  await writeFile(
    helmfile,
    (await readFile(helmfile, 'utf8')).replaceAll('wmf-stable/echo', '../../../charts/echo'),
  )
  const template = join(charts, 'charts', 'echo', 'templates', 'deployment.yaml')
  const text = await readFile(template, 'utf8')
  await writeFile(
    template,
    text.replaceAll(
      /(matchLabels|labels):\n(\s+)\{\{- include "base.meta.(selector|pod_labels)"/g,
      '$1:\n$2extra: "1"\n$2{{- include "base.meta.$3"',
    ),
  )
  const {exitCode, said} = await deploy(['echo', '-e', 'staging', '--yes', '--chdir', charts])
  expect(said).toMatch(/field is\s+immutable/)
  expect(exitCode).toBe(65)
})

describe('without a terminal', () => {
  test('nothing is asked and nothing is touched without --yes', async () => {
    const tag = await pushTag(ECHO, newTag())
    const {exitCode, said} = await deploy(['echo', '-e', 'staging', '--version', tag])
    expect(exitCode).toBe(12)
    expect(said).toMatch(/--yes/)
  })

  test('a version in production that git does not hold needs --override', async () => {
    const tag = await pushTag(ECHO, newTag())
    const {exitCode, said} = await deploy(['echo', '-e', 'eqiad', '--version', tag, '--yes'])
    expect(exitCode).toBe(12)
    expect(said).toMatch(/--override/)
  })

  test('diff --detailed-exitcode: 2 for changes, 0 for none', async () => {
    await deploy(['echo', '-e', 'staging', '--yes', '--take-git'])
    expect((await deploy(['diff', 'echo', '-e', 'staging', '--detailed-exitcode'])).exitCode).toBe(0)
    const changed = ['diff', 'echo', '-e', 'staging', '--version', await pushTag(ECHO, newTag())]
    expect((await deploy([...changed, '--detailed-exitcode'])).exitCode).toBe(2)
    expect((await deploy(changed)).exitCode).toBe(0)
  })

  test('--events: every line is JSON, the last one the outcome', async () => {
    const tag = await pushTag(ECHO, newTag())
    const {stdout} = await deploy(['echo', '-e', 'staging', '--version', tag, '--yes', '--events'])
    const events = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(events.at(-1)).toMatchObject({kind: 'run-finished', outcome: {exitCode: 0}})
    expect(events.map(event => event.kind)).toContain('release-ready')
    await deploy(['echo', '-e', 'staging', '--yes', '--take-git'])
  })

  test('what --show-commands prints does the same again when it is typed', async () => {
    const tag = await pushTag(ECHO, newTag())
    const args = ['echo', '-e', 'staging', '--yes', '--version', tag, '--state-values-set', "note=it's"]
    const {said} = await deploy([...args, '--show-commands'])
    const commands = [...said.matchAll(/^\d\d:\d\d:\d\d \$ (.*)$/gm)].map(match => match[1])
    const nothing = join(directory, 'nothing')
    await mkdir(nothing)
    const env = {HOME: nothing, PATH: '/usr/bin:/bin'}
    await deploy(['echo', '-e', 'staging', '--yes', '--take-git'])
    expect(await helm('staging', 'echo', ['get', 'manifest', 'main'])).not.toContain(tag)
    const byHand = await exec('bash', ['-euc', commands.join('\n')], {cwd: nothing, env})
    expect(byHand.exitCode, byHand.stderr).toBe(0)
    expect(await helm('staging', 'echo', ['get', 'manifest', 'main'])).toContain(tag)
    await deploy(['echo', '-e', 'staging', '--yes', '--take-git'])
  })

  test('a reader that goes away (| head) does not stop a deployment', async () => {
    const tag = await pushTag(ECHO, newTag())
    const script = `'${join(CHARTS, '..', 'bin', 'deploy')}' echo -e staging --version ${tag} --yes | head -1; exit "\${PIPESTATUS[0]}"`
    const {exitCode} = await exec('bash', ['-c', script], {cwd: CHARTS, env: {DEPLOY_SANDBOX: testSandbox()}})
    expect(exitCode).toBe(0)
    await deploy(['echo', '-e', 'staging', '--yes', '--take-git'])
  })
})

describe('what is left behind', () => {
  test('no file of a run, no process, and the charts repository as it was', async () => {
    const before = await exec('git', ['status', '--porcelain', '--', '.'], {cwd: CHARTS})
    const temporary = join(directory, 'tmp')
    await mkdir(temporary, {recursive: true})
    const tag = await pushTag(PAGES, newTag('crash'))
    await deployJson(['pages', '-e', 'staging', '--version', tag, '--yes'], {
      env: {TMPDIR: temporary},
    })
    expect(await readdir(temporary)).toEqual([])
    const after = await exec('git', ['status', '--porcelain', '--', '.'], {cwd: CHARTS})
    expect(after.stdout).toBe(before.stdout)
  })

  test('SIGTERM in mid-run: everything goes back, 143', async () => {
    expect((await deploy(['pages', '-e', 'staging', '--yes', '--take-git'])).exitCode).toBe(0)
    const tag = await pushTag(PAGES, newTag('slow'))
    const running = startDeploy(['pages', '-e', 'staging', '--version', tag, '--yes', '--events'])
    await running.says('"kind":"release-applied"')
    process.kill(running.pid, 'SIGTERM')
    expect((await running.ended).exitCode).toBe(143)
    const {outcome} = await deployJson(['diff', 'pages', '-e', 'staging'])
    expect(outcome.summary).toMatch(/nothing would change/)
  })

  test('no Secret of a service is in what is said', async () => {
    const tag = await pushTag('wikimedia/shop', newTag())
    const ran = await deploy(['diff', 'shop', '-e', 'eqiad', '--version', tag, '--show-commands'])
    const config = await readFile(
      join(sandbox().helmfileDefaults, 'private', 'main_services', 'shop', 'eqiad.yaml'),
      'utf8',
    )
    const secrets = [...config.matchAll(/: ["']?([^\s"']{8,})["']?$/gm)].map(match => match[1] ?? '')
    expect(secrets.length).toBeGreaterThan(0)
    for (const secret of secrets) expect(ran.said).not.toContain(secret)
  })
})

test('deploy doctor finds everything', async () => {
  const {exitCode, said} = await deploy(['doctor'])
  expect(said).toMatch(/Everything a deployment needs is here/)
  expect(exitCode).toBe(0)
})

test('deploy status tells what runs where', async () => {
  const {exitCode, stdout} = await deploy(['status', 'echo', '--json'])
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout).services[0].environments.map((one: {name: string}) => one.name)).toEqual([
    'staging',
    'codfw',
    'eqiad',
  ])
})
