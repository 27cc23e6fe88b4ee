import {cp} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {FleetOutcome} from '../../src/plan/fleet-outcome.ts'
import {expectDocument} from './documents.ts'
import {type DeployHost, openDeployHost} from './deploy-host.ts'
import {deploy, helm, newTag, pushTag, readyImages} from './deploy.ts'

const CLUSTERS = ['staging', 'codfw', 'eqiad'] as const
const COUNT = 30
const names = Array.from({length: COUNT}, (_, index) => `unit-${String(index + 1).padStart(2, '0')}`)
const BAD = 'unit-17'

let host: DeployHost

/** Services of one's own in echo's namespace: they differ in name, port and nothing else. */
async function generate(): Promise<void> {
  const services = join(host.charts, 'helmfile.d', 'services')
  for (const [index, name] of names.entries()) {
    await cp(join(services, 'echo'), join(services, name), {recursive: true})
    const at = (file: string) => `helmfile.d/services/${name}/${file}`
    await host.edit(at('helmfile.yaml'), text =>
      text
        .replaceAll('[main]', `[${name}]`)
        .replace('- name: main', `- name: ${name}`)
        .replaceAll('helmfile.d/services/echo', `helmfile.d/services/${name}`)
        .replaceAll('wmf-stable/echo', '../../../charts/echo'),
    )
    await host.edit(at('values.yaml'), text =>
      text.replace('replicas: 2', 'replicas: 1').replace('nodePort: 4001', `nodePort: ${4200 + index}`),
    )
  }
}

beforeAll(async () => {
  host = await openDeployHost()
  await generate()
}, 60_000)

afterAll(async () => {
  await host?.remove()
  for (const cluster of CLUSTERS) {
    const releases = (await helm(cluster, 'echo', ['list', '--short', '--filter', '^unit-'])).trim()
    if (releases !== '') await helm(cluster, 'echo', ['uninstall', ...releases.split('\n')])
  }
})

async function fleet(args: readonly string[]): Promise<FleetOutcome> {
  const ran = await deploy([...args, '--json', '--chdir', host.charts], {
    cwd: host.charts,
    env: host.env,
    timeoutMs: 400_000,
  })
  expect(ran.stderr).toBe('')
  expectDocument('fleet', JSON.parse(ran.stdout))
  return JSON.parse(ran.stdout)
}

describe('thirty services', () => {
  test('one of them is bad: the others are deployed everywhere, it is back where it was', async () => {
    const flags = ['-e', 'all', '--yes', '--window', '0ms', '--override']
    await host.deploy([BAD, '-e', 'staging', '--yes', '--window', '0ms'])
    const before = await readyImages('staging', 'echo', BAD)
    const tag = await pushTag('wikimedia/echo', newTag('crash'))
    const outcome = await fleet(['service', 'unit-*', `${BAD}@${tag}`, ...flags])
    expect(outcome).toMatchObject({kind: 'rolled-back', exitCode: 10})
    const kinds = outcome.services.map(end => ('outcome' in end ? [end.service, end.outcome.kind] : end))
    expect(kinds).toEqual(names.map(name => [name, name === BAD ? 'rolled-back' : 'deployed']))
    expect(await readyImages('staging', 'echo', BAD)).toEqual(before)
    for (const cluster of CLUSTERS) {
      const listed = JSON.parse(
        await helm(cluster, 'echo', ['list', '--filter', '^unit-', '--output', 'json']),
      )
      const expected = names.filter(name => name !== BAD || cluster === 'staging')
      expect(listed.map((release: {name: string; status: string}) => [release.name, release.status])).toEqual(
        expected.map(name => [name, 'deployed']),
      )
    }
  }, 420_000)
})

describe('some services', () => {
  const two = ['unit-01', 'unit-02']

  test('one that cannot be deployed keeps the others from being begun', async () => {
    const tag = await pushTag('wikimedia/echo', newTag())
    const outcome = await fleet([
      `unit-01@${tag}`,
      'unit-02@1970-01-01-000000-production',
      '-e',
      'staging',
      '--yes',
    ])
    expect(outcome).toMatchObject({kind: 'not-found', exitCode: 66})
    expect(await readyImages('staging', 'echo', 'unit-01')).not.toContain(
      `docker-registry.discovery.wmnet/wikimedia/echo:${tag}`,
    )
  })

  test('without a terminal and without --yes nothing is changed; a preview says what would', async () => {
    const tag = await pushTag('wikimedia/echo', newTag())
    const args = [...two.map(name => `${name}@${tag}`), '-e', 'staging']
    expect(await fleet(args)).toMatchObject({kind: 'declined', exitCode: 12})
    expect(await fleet(['diff', ...args, '--detailed-exitcode'])).toMatchObject({exitCode: 2})
  })

  test('every event says of which service it is; the document is the last line', async () => {
    const tag = await pushTag('wikimedia/echo', newTag())
    const ran = await host.deploy([
      ...two.map(name => `${name}@${tag}`),
      '-e',
      'staging',
      '--yes',
      '--events',
      '--window',
      '0ms',
    ])
    const lines = ran.stdout.trim().split('\n')
    const last = JSON.parse(lines.pop() ?? '')
    expectDocument('fleet', last)
    expect(last.exitCode).toBe(0)
    const events = lines.map(line => JSON.parse(line))
    for (const event of events) expectDocument('event', event)
    const services = new Set<string>(events.map(event => event.service))
    expect([...services].toSorted()).toEqual(two)
  })

  test('all of staging is done before production begins', async () => {
    const tag = await pushTag('wikimedia/echo', newTag())
    const ran = await host.deploy([
      ...two.map(name => `${name}@${tag}`),
      '-e',
      'staging,eqiad',
      '--yes',
      '--override',
      '--parallel',
      '1',
      '--events',
      '--window',
      '0ms',
    ])
    const stages = ran.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .filter(event => event.kind === 'stage-finished')
      .map(event => event.stage)
    expect(stages).toEqual(['staging', 'staging', 'eqiad', 'eqiad'])
  })

  test('as one transaction a healthy one goes back with the one that failed', async () => {
    const [good, bad] = await Promise.all([
      pushTag('wikimedia/echo', newTag()),
      pushTag('wikimedia/echo', newTag('crash')),
    ])
    const words = [
      `${two[0]}@${good}`,
      `${two[1]}@${bad}`,
      '-e',
      'eqiad',
      '--yes',
      '--override',
      '--together',
    ]
    const ran = await host.deploy([...words, '--json', '--window', '0ms'])
    expect(ran.exitCode, ran.said).toBe(10)
    const {services} = JSON.parse(ran.stdout) as FleetOutcome
    const outcomes = services.flatMap(one => ('outcome' in one ? [one.outcome] : []))
    expect(outcomes.map(({kind}) => kind)).toEqual(['rolled-back', 'rolled-back'])
    expect(outcomes[0]?.failure).toEqual({kind: 'others-failed', services: [two[1]]})
    // Removed where this test runs alone: then it was a first installation.
    expect(['restored', 'removed']).toContain(outcomes[0]?.releases[0]?.state)
    expectDocument('fleet', JSON.parse(ran.stdout))
  })

  test('words that mean no service, and a version said twice', async () => {
    expect((await host.deploy(['nothing-*', 'unit-01', '-e', 'staging'])).exitCode).toBe(66)
    expect(
      (await host.deploy(['unit-01@1', 'unit-02', '-e', 'staging', '--version', '2', '--json'])).said,
    ).toMatch(/behind a name/)
    expect((await host.deploy(['unit-01@1', '-e', 'staging', '--version', '2'])).exitCode).toBe(64)
  })
})
