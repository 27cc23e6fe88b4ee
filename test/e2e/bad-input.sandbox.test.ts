import {mkdir, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {exec} from '../../src/tools/exec.ts'
import {type DeployHost, openDeployHost} from './deploy-host.ts'
import {helm, type Ran, sandbox} from './deploy.ts'

const SERVICE = 'paintbox-score'
const directory = `helmfile.d/services/${SERVICE}`
const staging = [SERVICE, '-e', 'staging'] as const

let host: DeployHost
beforeAll(async () => {
  host = await openDeployHost()
})
afterAll(() => host?.remove())
afterEach(() => host.reset())

/** What every refusal keeps to: its code, one clear text with what to type next, nothing touched, nothing left. */
async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const before = await helm('staging', SERVICE, ['list', '--output', 'json'])
  const ran = await host.deploy(args, env)
  expect(ran.said).not.toMatch(/\n {4}at |This is a fault of deploy itself|See more help/)
  expect(ran.stderr.trim().split('\n').length, ran.said).toBeGreaterThan(1)
  expect(await helm('staging', SERVICE, ['list', '--output', 'json'])).toBe(before)
  expect(await readdir(host.tmp)).toEqual([])
  return ran
}

describe('the command line', () => {
  test.each<[string[], number, RegExp]>([
    [['paintbox-scor', '-e', 'staging'], 66, /Did you mean paintbox-score\?/],
    [[SERVICE, '-e', 'stagng'], 66, /Did you mean -e staging\?/],
    [['../paintbox', '-e', 'staging'], 64, /cannot be a service's name/],
    [[SERVICE], 64, /--env is missing\.\nSay where: -e staging/],
    [['diff', ...staging, '--detailed-exitcod'], 64, /Did you mean --detailed-exitcode\?/],
    [[...staging, '--version', ''], 64, /not an image's tag/],
    [[...staging, '--version', 'main=a', '--version', 'main=b'], 64, /main is given two versions/],
    [['rollback', ...staging, '--to', '3'], 64, /-l name=RELEASE/],
  ])('%j: %i', async (args, exitCode, words) => {
    const ran = await refused(args)
    expect(ran.said).toMatch(words)
    expect(ran.exitCode).toBe(exitCode)
  })
})

test('a revision where several releases are selected: 64 with the candidates', async () => {
  const deployed = await host.deploy(['paintbox', '-e', 'eqiad', '--yes', '--local-tree', '--take-git'])
  expect(deployed.exitCode).toBe(0)
  const ran = await refused([
    'rollback',
    'paintbox',
    '-e',
    'eqiad',
    '--to',
    '1',
    '-l',
    'name!=nobody',
    '--yes',
  ])
  expect(ran.said).toMatch(/eqiad: paintbox\/main\n\s+eqiad: paintbox\/migration\n.*-l name=RELEASE/)
  expect(ran.exitCode).toBe(64)
})

describe('the charts repository', () => {
  const add = (text: string) => (before: string) => `${before}\n${text}`
  test.each<[string, string, (text: string) => string, number, RegExp]>([
    ['a helmfile that is no YAML', 'helmfile.yaml', add('releases: ['), 65, /helmfile\.yaml.*line \d+/],
    [
      'a template that does not know a function',
      'helmfile.yaml',
      add('x: {{ nope }}'),
      65,
      /function "nope" not defined/,
    ],
    ['values that are no YAML', 'values.yaml', add('a: ['), 65, /yaml: line \d+/],
    [
      'a chart that is not there',
      'helmfile.yaml',
      text => text.replaceAll('wmf-stable/paintbox', 'wmf-stable/nosuch'),
      65,
      /nosuch[\s\S]*helm repo update/,
    ],
    [
      'a service setting',
      'deploy.yaml',
      () => 'window: {staging: soon}\n',
      78,
      /deploy\.yaml:1:19: window\.staging/,
    ],
    ['a service setting that is no YAML', 'deploy.yaml', () => 'window: [\n', 78, /deploy\.yaml:\d+:\d+/],
  ])('%s', async (_, file, change, exitCode, words) => {
    await host.edit(`${directory}/${file}`, change)
    const ran = await refused(['diff', ...staging])
    expect(ran.said).toMatch(words)
    expect(ran.said).not.toMatch(/COMMAND:|ARGS:/)
    expect(ran.exitCode).toBe(exitCode)
  })

  test('a setting of the repository that there is not', async () => {
    await host.edit('deploy.yaml', () => 'windo:\n  staging: 1s\n')
    const ran = await refused(['diff', ...staging])
    expect(ran.said).toMatch(/deploy\.yaml:1:1: windo/)
    expect(ran.exitCode).toBe(78)
  })

  test('a directory without a helmfile', async () => {
    await host.edit('helmfile.d/services/nothing/values.yaml', () => 'a: 1\n')
    const ran = await refused(['diff', 'nothing', '-e', 'staging'])
    expect(ran.said).toMatch(/no helmfile\.d\/\*\/nothing with a helmfile in it/)
    expect(ran.exitCode).toBe(66)
  })
})

describe('the host', () => {
  const configFor = async (name: string, change: (config: Record<string, unknown>) => void) => {
    const config = parse(await readFile(host.env.DEPLOY_CONFIG ?? '', 'utf8')) as Record<string, unknown>
    change(config)
    const file = join(host.home, `${name}.yaml`)
    await writeFile(file, stringify(config))
    return {DEPLOY_CONFIG: file}
  }

  test.each<[string, (text: string) => string, number, RegExp]>([
    [
      'nobody answers',
      text => text.replace(/https:\/\/\S+/, 'https://127.0.0.1:1'),
      69,
      /127\.0\.0\.1:1.*\n.*curl/,
    ],
    [
      'a token that is not accepted',
      text => text.replace(/token: .*/, 'token: nonsense'),
      77,
      /does not accept/,
    ],
    [
      "another namespace's identity",
      text => text,
      77,
      /cannot list resource "secrets"[\s\S]*kubectl auth can-i list secrets/,
    ],
    ['a kubeconfig that is no YAML', () => 'x: [', 69, /read kubeconfig/],
  ])('a cluster: %s', async (_, change, exitCode, words) => {
    const kubernetes = join(host.home, 'kubernetes')
    await mkdir(kubernetes, {recursive: true})
    const text = await readFile(sandbox().deployConfig('echo', 'staging'), 'utf8')
    await writeFile(join(kubernetes, `${SERVICE}-deploy-staging.config`), change(text))
    const env = await configFor('cluster', config => {
      config.substitutions = {...(config.substitutions as object), '/etc/kubernetes': kubernetes}
    })
    const ran = await refused([...staging, '--yes'], env)
    expect(ran.said).toMatch(words)
    expect(ran.exitCode).toBe(exitCode)
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['no helmfile', {}, /there is no helmfile on the PATH/],
    ['no helm', {helmfile: 'real'}, /asks for helm3\.1\d, and that is not on the PATH/],
    [
      'an old helmfile',
      {helmfile: 'echo helmfile v1.1.0; exit 1'},
      /it is 1\.1\.0, and 1\.2\.3 or newer is needed/,
    ],
    [
      'an old helm',
      {helmfile: 'real', 'helm3.19': 'echo v2.16.1', 'helm3.17': 'echo v2.16.1'},
      /helm 3 or newer is needed; helm3\.17 is 2\.16\.1/,
    ],
  ])('programs: %s', async (_, programs, words) => {
    const bin = join(host.home, 'bin')
    await rm(bin, {recursive: true, force: true})
    await mkdir(bin)
    for (const [name, script] of Object.entries(programs)) {
      if (script === 'real') await symlink(join(sandbox().bin, name), join(bin, name))
      else await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, {mode: 0o755})
    }
    const others = [
      'sh',
      'git',
      'tar',
      'rm',
      'cp',
      'mkdir',
      'date',
      'cat',
      'dirname',
      'readlink',
      'sleep',
      'node',
    ]
    for (const name of others) await symlink(await programPath(name), join(bin, name))
    const env = await configFor('programs', config => {
      config.path = [bin]
    })
    const ran = await refused(['diff', ...staging], {...env, PATH: bin})
    expect(ran.said).toMatch(words)
    expect(ran.exitCode).toBe(1)
  })

  test('a configuration that is not there', async () => {
    const ran = await host.deploy([...staging], {DEPLOY_CONFIG: join(host.home, 'nosuch.yaml')})
    expect(ran.said).toMatch(/nosuch\.yaml: there is no such file/)
    expect(ran.exitCode).toBe(78)
  })

  test('a TMPDIR that is not there', async () => {
    const ran = await refused(['diff', ...staging], {TMPDIR: join(host.home, 'nosuch')})
    expect(ran.said).toMatch(/make a private directory/)
    expect(ran.exitCode).toBe(1)
  })

  test.skipIf(process.getuid?.() !== 0).each(['64k', '400k'])('no room for our files: %s', async size => {
    const tiny = join(host.home, `tiny-${size}`)
    await mkdir(tiny)
    const mounted = await exec('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', tiny])
    if (mounted.failed) return console.log(`not tried: ${mounted.stderr.trim()}`)
    try {
      const ran = await refused(['diff', ...staging], {TMPDIR: tiny})
      expect(ran.said).toMatch(/there is no room in \S+tiny/)
      expect(ran.exitCode).toBe(1)
      expect(await readdir(tiny)).toEqual([])
    } finally {
      await exec('umount', [tiny])
    }
  })

  test.each([['<&-'], ['>&-'], ['2>&-']])('a closed stream: %s', async redirection => {
    const script = `"$0" "$@" ${redirection}`
    const words = ['diff', ...staging, ...host.words]
    const ran = await exec('sh', ['-c', script, join(PACKAGE_ROOT, 'bin', 'deploy'), ...words], {
      cwd: host.charts,
      env: {...host.env, DEPLOY_SANDBOX: sandbox().name},
    })
    expect(ran.exitCode).toBe(0)
    expect(await readdir(host.tmp)).toEqual([])
  })
})

async function programPath(name: string): Promise<string> {
  return name === 'node' ? process.execPath : (await exec('sh', ['-c', `command -v ${name}`])).stdout.trim()
}
