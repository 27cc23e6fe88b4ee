import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {exec} from '../../src/tools/exec.ts'
import {substitute} from '../../src/tools/tree.ts'
import {CHARTS, deploy, newTag, pushTag, sandbox} from './deploy.ts'

const recorders = join(PACKAGE_ROOT, 'fixtures', 'bin')
let directory: string
let config: string
let host: {substitutions: Record<string, string>; env: Record<string, string>}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-hooks-'))
  host = parse(await readFile(sandbox().hostConfig, 'utf8'))
  config = join(directory, 'deploy.yaml')
  await writeFile(config, stringify({...host, path: [recorders, sandbox().bin]}))
  await cp(CHARTS, join(directory, 'charts'), {recursive: true, verbatimSymlinks: true})
  substitute(join(directory, 'charts', 'helmfile.d', 'services'), host.substitutions)
})
afterAll(() => rm(directory, {recursive: true, force: true}))

/** What hooks were called with and what helm changed, in order, by one plain `helmfile apply` for each stage. */
async function plainCalls(
  service: string,
  environment: string,
  tag: string,
  stages: {selector: string[]; changed: string[]}[],
): Promise<string[]> {
  const record = join(directory, `plain-${service}`)
  await writeFile(record, '')
  for (const {selector, changed} of stages) {
    const ran = await exec(
      join(sandbox().bin, 'helmfile'),
      ['-e', environment, ...selector, 'apply', '--set', `main_app.version=${tag}`],
      {
        cwd: join(directory, 'charts', 'helmfile.d', 'services', service),
        env: {
          ...host.env,
          HELMFILE_RENDER_YAML: 'true',
          PATH: `${recorders}:${sandbox().bin}:${process.env.PATH}`,
          RECORD: record,
          CHANGED: changed.join(' '),
        },
      },
    )
    expect(ran.stderr).not.toMatch(/rror/)
    expect(ran.exitCode).toBe(0)
  }
  return readCalls(record)
}

async function deployCalls(service: string, environment: string, tag: string): Promise<string[]> {
  const record = join(directory, `deploy-${service}`)
  await writeFile(record, '')
  const args = [
    service,
    '-e',
    environment,
    '--version',
    tag,
    '--yes',
    '--override',
    '--local-tree',
    '--config',
    config,
  ]
  const ran = await deploy(args, {env: {RECORD: record, CHANGED: '', IS_DEPLOY: '1', DEPLOY_SANDBOX: ''}})
  expect(ran.said).not.toMatch(/deploy: /)
  expect(ran.exitCode).toBe(0)
  // What only reads is not announced, and no script is run to find that out.
  expect(await readFile(record, 'utf8')).not.toMatch(READING)
  return readCalls(record)
}

const READING = /^hook <(build|template|list|diff)>/m

// Reading commands run prepare and cleanup hooks as well, when plain helmfile does; the deployment itself is compared.
async function readCalls(record: string): Promise<string[]> {
  const lines = (await readFile(record, 'utf8')).split('\n').filter(Boolean)
  return lines.filter(line => !READING.test(line))
}

test.each([
  {
    service: 'ledger',
    image: 'repos/fundraising-tech/ledger',
    environment: 'staging',
    stages: [{selector: [], changed: ['main']}],
  },
  {
    service: 'shop',
    image: 'wikimedia/shop',
    environment: 'eqiad',
    stages: [
      {selector: ['-l', 'name=canary'], changed: ['canary']},
      {selector: [], changed: ['main']},
    ],
  },
  {
    service: 'echo',
    image: 'wikimedia/echo',
    environment: 'codfw',
    stages: [{selector: [], changed: ['main']}],
  },
])(
  '$service in $environment: hooks and helm are called as plain helmfile calls them',
  async ({service, image, environment, stages}) => {
    await deploy([service, '-e', environment, '--yes', '--take-git'])
    const plain = await plainCalls(service, environment, newTag(), stages)
    const ours = await deployCalls(service, environment, await pushTag(image, newTag()))
    expect(ours).toEqual(plain)
    expect(ours.some(line => line.startsWith('hook <apply>'))).toBe(true)
    await deploy([service, '-e', environment, '--yes', '--take-git'])
  },
)
