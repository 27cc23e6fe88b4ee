import {cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {exec} from '../../src/tools/exec.ts'
import {testSandbox} from './test-sandbox.ts'
import {CHARTS, deploy, deployJson, helm, newTag, pushTag, sandbox} from './deploy.ts'

const ECHO = 'wikimedia/echo'

const binary = join(PACKAGE_ROOT, 'bin', 'deploy')
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-endings-'))
})
afterAll(() => rm(directory, {recursive: true, force: true}))

async function shell(script: string, args: readonly string[]) {
  return exec('bash', ['-c', script, binary, ...args], {cwd: CHARTS, env: {DEPLOY_SANDBOX: testSandbox()}})
}

/** deploy in the background of a shell; the signal is sent as soon as it says so. */
async function signalled(signal: string, when: string, args: readonly string[]) {
  const said = join(directory, `said-${signal}`)
  const hasSaid = `until grep -qs '${when}' "$said" || ! kill -0 $pid; do sleep 0.05; done`
  const script = `said=$1; shift; "$0" "$@" > "$said" 2>&1 & pid=$!; ${hasSaid}; kill -${signal} $pid; wait $pid`
  return shell(script, [said, ...args, '--yes', '--override'])
}

test('a full disk under the output does not keep a bad version from going back', async () => {
  await deployJson(['echo', '-e', 'staging', '--yes', '--take-git'])
  const before = await helm('staging', 'echo', ['get', 'manifest', 'main'])
  const ran = await shell('"$0" echo -e staging --version "$1" --yes > /dev/full', [
    await pushTag(ECHO, newTag('crash')),
  ])
  expect(ran.exitCode).toBe(10)
  expect(await helm('staging', 'echo', ['get', 'manifest', 'main'])).toBe(before)
})

test('a lost terminal: the environment under way is finished, the next one is not begun, 13', async () => {
  await deployJson(['echo', '-e', 'all', '--yes', '--take-git'])
  const before = await helm('codfw', 'echo', ['get', 'manifest', 'main'])
  const tag = await pushTag(ECHO, newTag('slow'))
  const ran = await signalled('HUP', 'written in', ['echo', '-e', 'staging,codfw', '--version', tag])
  expect(ran.exitCode).toBe(13)
  expect(await helm('staging', 'echo', ['get', 'manifest', 'main'])).toContain(tag)
  expect(await helm('codfw', 'echo', ['get', 'manifest', 'main'])).toBe(before)
  const undone = await deployJson(['abort', 'echo', '--yes'])
  expect(undone.exitCode).toBe(0)
  expect(await helm('staging', 'echo', ['get', 'manifest', 'main'])).not.toContain(tag)
})

test("the caller's KUBECONFIG and HELM_* decide nothing", async () => {
  const charts = join(directory, 'charts')
  await cp(CHARTS, charts, {recursive: true, verbatimSymlinks: true})
  const helmfile = join(charts, 'helmfile.d', 'services', 'echo', 'helmfile.yaml')
  const text = await readFile(helmfile, 'utf8')
  await writeFile(helmfile, text.replace(/^ {2}args:\n(?: {4}.*\n)+/m, ''))
  const home = join(directory, 'home')
  await mkdir(join(home, '.kube'), {recursive: true})
  await cp(sandbox().deployConfig('echo', 'staging'), join(home, '.kube', 'config'))
  const before = await helm('eqiad', 'echo', ['list', '--output', 'json'])
  const tag = await pushTag(ECHO, newTag())
  const args = [
    'echo',
    '-e',
    'staging',
    '--version',
    tag,
    '--yes',
    '--chdir',
    charts,
    '--config',
    sandbox().hostConfig,
  ]
  const env = {
    HOME: home,
    KUBECONFIG: sandbox().deployConfig('echo', 'eqiad'),
    HELM_NAMESPACE: 'pages',
    DEPLOY_SANDBOX: '',
  }
  const ran = await deploy(args, {env})
  expect(ran.said).not.toMatch(/deploy: /)
  expect(ran.exitCode).toBe(0)
  expect(await helm('staging', 'echo', ['get', 'manifest', 'main'])).toContain(tag)
  expect(await helm('eqiad', 'echo', ['list', '--output', 'json'])).toBe(before)
  await deployJson(['echo', '-e', 'staging', '--yes', '--take-git'])
})

test('SIGINT while reading ends at once, and nothing was touched', async () => {
  const tag = await pushTag('wikimedia/shop', newTag())
  const ran = await signalled('INT', 'reading', ['shop', '-e', 'all', '--version', tag])
  expect(ran.exitCode).toBe(12)
})
