import {readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import type {FleetOutcome} from '../../src/plan/fleet-outcome.ts'
import {type DeployHost, openDeployHost} from './deploy-host.ts'
import {mustDeploy, newTag, pushTag} from './deploy.ts'

const KEPT = ['echo', 'ledger', 'almanac', 'global.yaml']

let host: DeployHost
beforeAll(async () => {
  for (const service of ['echo', 'ledger', 'almanac'])
    await mustDeploy([service, '-e', 'staging', '--yes', '--take-git', '--retry'])
  host = await openDeployHost()
  // Three services are all there is.
  const all = join(host.charts, 'helmfile.d')
  for (const group of await readdir(all)) {
    if (group !== 'services') await rm(join(all, group), {recursive: true})
  }
  for (const name of await readdir(join(all, 'services'))) {
    if (!KEPT.includes(name)) await rm(join(all, 'services', name), {recursive: true})
  }
  for (const service of ['echo', 'ledger'])
    await host.edit(`helmfile.d/services/${service}/values-staging.yaml`, text =>
      text.replace('replicas: 1', 'replicas: 2'),
    )
})
afterAll(async () => {
  await host.remove()
  for (const service of ['echo', 'ledger'])
    await mustDeploy([service, '-e', 'staging', '--yes', '--take-git', '--retry'])
})

async function run(more: readonly string[] = []) {
  const {exitCode, stdout, stderr} = await host.deploy([
    '--pending',
    '-e',
    'staging',
    '--yes',
    '--json',
    ...more,
  ])
  return {exitCode, stderr, outcome: JSON.parse(stdout) as FleetOutcome}
}

test('everything that is merged and not deployed goes as one run; what runs beside git on purpose is named', async () => {
  const tag = await pushTag('repos/fundraising-tech/ledger', newTag('instant'))
  await mustDeploy(['ledger', '-e', 'staging', '--yes', '--version', tag, '--retry'])
  const first = await run()
  expect(first.exitCode, first.stderr).toBe(0)
  expect(first.outcome.services.map(({service}) => service)).toEqual(['echo'])
  expect(first.stderr).toContain('what runs is not from git: services/ledger')

  const second = await run()
  expect(second.exitCode, second.stderr).toBe(0)
  expect(second.outcome.services).toEqual([])
  expect(second.outcome.summary).toMatch(/[Nn]othing/)

  const {stdout} = await host.deploy(['status', '--pending', '-e', 'staging'])
  expect(stdout).toContain('services/ledger')
  expect(stdout).not.toContain('services/echo')
  expect(stdout).toMatch(/^\d+ services? (is|are) as in git\.$/m)
})

test('with names it is wrong usage: 64', async () => {
  expect((await host.deploy(['echo', '--pending', '-e', 'staging'])).exitCode).toBe(64)
})
