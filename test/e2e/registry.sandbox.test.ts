import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {registryUrl} from '../../src/sandbox/registry.ts'
import {readState} from '../../src/sandbox/state.ts'
import {CHARTS, deploy, deployJson, helm, kubectl, mustDeploy, newTag, pushTag, sandbox} from './deploy.ts'

const IMAGE = 'repos/content/atlas'
const SERVICE = 'services/atlas'
const inStaging = [SERVICE, '-e', 'staging', '--yes']

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-registry-'))
  await mustDeploy([...inStaging, '--take-git'])
})
afterAll(async () => {
  await mustDeploy([...inStaging, '--take-git'])
  await rm(directory, {recursive: true, force: true})
})

/** The host's configuration with something else in it. */
async function configWith(name: string, change: (host: Record<string, unknown>) => object): Promise<string> {
  const host = parse(await readFile(sandbox().hostConfig, 'utf8'))
  const file = join(directory, `${name}.yaml`)
  await writeFile(file, stringify({...host, ...change(host)}))
  return file
}

const records = () => kubectl('staging', ['-n', 'atlas', 'get', 'configmaps', '-o', 'yaml'])

test('a tag that the registry does not have: 66 with the nearest ones, and nothing is touched', async () => {
  const [manifest, before] = [await helm('staging', 'atlas', ['get', 'manifest', 'main']), await records()]
  const ran = await deploy([...inStaging, '--version', '2026-11-20-09300'])
  expect(ran.exitCode).toBe(66)
  expect(ran.said).toMatch(
    /docker-registry\.discovery\.wmnet has no repos\/content\/atlas:2026-11-20-09300\./,
  )
  expect(ran.said).toMatch(/Did you mean 2026-11-20-093000\?/)
  expect(await helm('staging', 'atlas', ['get', 'manifest', 'main'])).toBe(manifest)
  expect(await records()).toBe(before)

  const {outcome} = await deployJson([...inStaging, '--version', '2026-11-20-09300'])
  expect(outcome).toMatchObject({kind: 'not-found', exitCode: 66})
  const preview = await deploy(['diff', SERVICE, '-e', 'staging', '--version', '2026-11-20-09300'])
  expect(preview.said).toMatch(/has no repos\/content\/atlas/)
})

test("so is git's version", async () => {
  const charts = join(directory, 'charts')
  await cp(CHARTS, charts, {recursive: true, verbatimSymlinks: true})
  const values = join(charts, 'helmfile.d', 'services', 'atlas', 'values.yaml')
  const text = await readFile(values, 'utf8')
  await writeFile(values, text.replace(/version: .*/, 'version: 2026-11-30-120000'))
  const ran = await deploy([...inStaging, '--take-git', '--chdir', charts])
  expect(ran.exitCode).toBe(66)
  expect(ran.said).toMatch(/The values in git name it: is its build done\?/)
})

test('the digest is in the plan, the outcome, the record and the history of the run', async () => {
  const tag = await pushTag(IMAGE, newTag())
  const image = `docker-registry.discovery.wmnet/${IMAGE}:${tag}`
  const {outcome: preview} = await deployJson(['diff', SERVICE, '-e', 'staging', '--version', tag])
  const digest = preview.plan?.stages[0]?.steps[0]?.images[0]?.digest ?? ''
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)

  const {outcome, exitCode} = await deployJson([...inStaging, '--version', tag])
  expect(exitCode).toBe(0)
  expect(outcome.releases[0]?.digests).toEqual({[image]: digest})
  expect(await records()).toContain(digest)
  const {stdout} = await deploy(['history', outcome.runId])
  expect(stdout).toContain(`atlas:${tag}\n        ${digest}\n`)
})

test('a registry that does not answer is told, and the run goes on', async () => {
  const tag = await pushTag(IMAGE, newTag())
  const mirrors = {'docker-registry.discovery.wmnet': 'http://127.0.0.1:1'}
  const config = await configWith('down', () => ({registry: {mirrors}}))
  const ran = await deploy([...inStaging, '--version', tag, '--config', config])
  expect(ran.exitCode).toBe(0)
  expect(ran.said.replaceAll(/\s+/g, ' ')).toMatch(
    /! docker-registry\.discovery\.wmnet could not be asked for repos\/content\/atlas:\S+ it refuses connections\./,
  )
})

test('nothing is asked where the settings say so', async () => {
  const config = await configWith('silent', () => ({registry: {ask: false}}))
  const {exitCode, outcome} = await deployJson([...inStaging, '--version', newTag(), '--config', config])
  expect(exitCode).toBe(0)
  expect(outcome.releases[0]?.digests).toBeUndefined()
})

test('an image that is deleted after the preview is judged by what the nodes say', async () => {
  const state = await readState(sandbox())
  if (state === undefined) throw new Error('there is no sandbox')
  const tag = await pushTag(IMAGE, newTag('unpullable'))
  const url = `${registryUrl(state.ports)}/v2/${IMAGE}/manifests`
  // The first announcement comes after the plan: then the image goes. Hooks of reading commands are silenced.
  const saying = join(directory, 'helmfile_log_sal')
  const script = `#!${process.execPath}
    if (process.env.SUPPRESS_SAL !== 'false') process.exit()
    const accept = 'application/vnd.oci.image.manifest.v1+json'
    const {headers} = await fetch('${url}/${tag}', {method: 'HEAD', headers: {accept}})
    await fetch('${url}/' + headers.get('docker-content-digest'), {method: 'DELETE'})
  `
  await writeFile(saying, script, {mode: 0o755})
  await writeFile(join(directory, 'package.json'), '{"type": "module"}')
  const config = await configWith('deleting', host => ({path: [directory, ...(host.path as string[])]}))
  const {exitCode, outcome} = await deployJson([...inStaging, '--version', tag, '--config', config])
  expect(exitCode).toBe(10)
  expect(outcome.failure?.kind === 'doomed' && outcome.failure.doom.reason).toBe('image-not-found')
  expect((await deployJson([...inStaging, '--version', tag, '--retry'])).exitCode).toBe(66)
})
