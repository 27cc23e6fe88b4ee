import {beforeAll, describe, expect, test} from 'vitest'
import type {RunRecord} from '../../src/journal/record.ts'
import type {DeployEvent} from '../../src/plan/events.ts'
import {deploy, deployJson, helm, kubectl, newTag, pushTag, startDeploy} from './deploy.ts'

const service = 'shop'
const where = ['-e', 'staging,eqiad'] as const

const newVersion = (flavour: string) => pushTag('wikimedia/shop', newTag(flavour))

async function revisionOf(cluster: 'staging' | 'eqiad', release: string): Promise<number> {
  const listed = JSON.parse(await helm(cluster, service, ['list', '--all', '--output', 'json']))
  return Number(listed.find((one: {name: string}) => one.name === release)?.revision)
}

async function newestRecord(): Promise<RunRecord> {
  const path = 'jsonpath={.data.runs}'
  const name = `deploy-runs-${service}`
  return JSON.parse(await kubectl('eqiad', ['get', 'configmap', '-n', service, name, '-o', path]))[0]
}

async function lockOf(cluster: 'staging' | 'eqiad'): Promise<string> {
  const names = await kubectl(cluster, ['get', 'configmap', '-n', service, '-o', 'name'])
  return names.includes(`deploy-lock-${service}`) ? 'held' : 'free'
}

function eventsIn(text: string): DeployEvent[] {
  return text
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
}

beforeAll(async () => {
  expect((await deployJson([service, ...where, '--yes', '--take-git', '--retry'])).exitCode).toBe(0)
})

test('a run that was killed while its canary baked: resume bakes it again, and does the rest', async () => {
  const tag = await newVersion('production')
  const args = [...where, '--version', tag, '--yes', '--override', '--events', '--bake', '5s']
  const running = startDeploy([service, ...args])
  await running.says('"stage":"eqiad canary","windowMs"')
  expect((await deploy(['status', service])).stdout).toMatch(/! The deploy \S+ of .* is under way\./)
  await running.killTree()
  expect((await deploy(['status', service])).stdout).toMatch(
    /! The deploy .* was cut off: its process is gone/,
  )
  const canary = await revisionOf('eqiad', 'canary')

  const shown = await deploy(['resume', service, '--dry-run'])
  expect(shown.said).toMatch(/staging main: was revision \d+, is the new version now/)
  expect(shown.said).toMatch(/canary · as in revision \d+ already; its health is verified/)
  const resumed = await deploy(['resume', service, '--yes', '--events', '--bake', '2s'])
  expect(resumed.exitCode).toBe(0)
  const told = eventsIn(resumed.stdout)
  const stages = told.flatMap(event => (event.kind === 'window-started' ? [event] : []))
  expect(stages).toMatchObject([{stage: 'eqiad canary', windowMs: 2000}, {stage: 'eqiad'}])
  expect(await revisionOf('eqiad', 'canary')).toBe(canary)
  expect(await helm('eqiad', service, ['get', 'manifest', 'main'])).toContain(tag)
  expect([await lockOf('staging'), await lockOf('eqiad')]).toEqual(['free', 'free'])
  const record = await newestRecord()
  expect(record).toMatchObject({outcome: 'deployed', request: {version: {tag}}})
  const shownRun = await deploy(['history', service, record.runId])
  expect(shownRun.said).toMatch(/resumed +by /)
})

describe('a bad version that was written when its run was killed', () => {
  test('is judged by resume, and everything goes back, what was healthy before as well', async () => {
    await deployJson([service, ...where, '--yes', '--take-git', '--retry'])
    const before = await helm('eqiad', service, ['get', 'manifest', 'canary'])
    const tag = await newVersion('crash')
    const args = ['-e', 'eqiad', '--version', tag, '--yes', '--override', '--events']
    const running = startDeploy([service, ...args])
    await running.says('release-applied')
    await running.killTree()
    const {exitCode, outcome} = await deployJson(['resume', service, '--yes'])
    expect(outcome.failure).toMatchObject({kind: 'doomed', release: {name: 'canary'}})
    expect(exitCode).toBe(10)
    expect(outcome.next).toBe(`deploy history ${service} ${(await newestRecord()).runId}`)
    expect(await helm('eqiad', service, ['get', 'manifest', 'canary'])).toBe(before)
    expect(await lockOf('eqiad')).toBe('free')
  })
})

test('a paused run keeps its lock: others are told who and what to type, and resume takes it over', async () => {
  await deployJson([service, ...where, '--yes', '--take-git', '--retry'])
  const tag = await newVersion('slow')
  const running = startDeploy([service, ...where, '--version', tag, '--yes', '--override', '--json'], {
    env: {SUDO_USER: 'alice'},
  })
  await expect
    .poll(() => helm('staging', service, ['get', 'manifest', 'main']), {timeout: 60_000})
    .toContain(tag)
  process.kill(running.pid, 'SIGHUP')
  const paused = await running.ended
  expect(paused.exitCode).toBe(13)
  expect(JSON.parse(paused.said).next).toBe(`deploy resume ${service}, or deploy abort ${service} to undo it`)
  expect([await lockOf('staging'), await lockOf('eqiad')]).toEqual(['held', 'held'])

  const status = await deploy(['status', service])
  expect(status.stdout).toMatch(
    /! The deploy \S+ of alice from .* is paused\. deploy resume shop goes on with it/,
  )
  const again = [service, ...where, '--version', tag, '--yes', '--override']
  const others = await deploy(again, {env: {SUDO_USER: 'bob'}})
  expect(others.exitCode).toBe(75)
  expect(others.said).toMatch(/of alice from .* is paused/)
  expect(others.said).toContain(`deploy resume ${service}`)
  expect((await deploy(again, {env: {SUDO_USER: 'alice'}})).exitCode).toBe(12)

  const {exitCode, outcome} = await deployJson(['resume', service, '--yes'], {env: {SUDO_USER: 'bob'}})
  expect(outcome.kind).toBe('deployed')
  expect(exitCode).toBe(0)
  expect(await helm('eqiad', service, ['get', 'manifest', 'main'])).toContain(tag)
  expect([await lockOf('staging'), await lockOf('eqiad')]).toEqual(['free', 'free'])
})
