import {beforeAll, describe, expect, test} from 'vitest'
import type {RunRecord} from '../../src/journal/record.ts'
import {deploy, deployJson, kubectl, newTag, pushTag} from './deploy.ts'

const service = 'ledger'
const IMAGE = 'repos/fundraising-tech/ledger'

async function records(cluster: 'staging' | 'eqiad'): Promise<RunRecord[]> {
  const path = `jsonpath={.data.runs}`
  const name = `deploy-runs-${service}`
  return JSON.parse(await kubectl(cluster, ['get', 'configmap', '-n', service, name, '-o', path]))
}

describe('the record of a run', () => {
  beforeAll(async () => {
    await deployJson([service, '-e', 'staging,eqiad', '--yes', '--take-git'])
  })

  test('tells before each step what is about to happen, and what it was before', async () => {
    const running = deployJson([
      service,
      '-e',
      'staging,eqiad',
      '--version',
      await pushTag(IMAGE, newTag('slow')),
      '--yes',
      '--override',
    ])
    // The new version needs 8 s to become ready: the record is read while staging is under way.
    const seen = await until(async () => {
      const [newest] = await records('staging')
      return newest?.endedAt === undefined ? newest : undefined
    })
    const [elsewhere] = await records('eqiad')
    expect(seen).toMatchObject({
      schema: 1,
      kind: 'deploy',
      environment: 'staging',
      environments: ['staging', 'eqiad'],
      stages: [{name: 'staging', environmentClass: 'staging', state: 'begun'}],
      request: {version: {kind: 'tag'}, selectors: []},
    })
    const main = seen.releases.find(one => one.name === 'main')
    expect(main).toMatchObject({namespace: service, stage: 'staging', action: {kind: 'upgrade'}, after: null})
    expect(main?.before).toBe(main?.latestBefore)
    expect(elsewhere).toMatchObject({runId: seen.runId, planId: seen.planId, stages: [{state: 'waiting'}]})

    const {outcome} = await running
    expect(outcome.kind).toBe('deployed')
    const [ended] = await records('staging')
    expect(ended).toMatchObject({runId: seen.runId, outcome: 'deployed', stages: [{state: 'healthy'}]})
    expect(ended?.releases.find(one => one.name === 'main')?.after).toBe((main?.before ?? 0) + 1)
  })

  test('keeps the evidence of a failure, which history RUN shows', async () => {
    const tag = await pushTag(IMAGE, newTag('crash'))
    const {outcome} = await deployJson([service, '-e', 'staging', '--version', tag, '--yes'])
    expect(outcome.kind).toBe('rolled-back')
    const [record] = await records('staging')
    expect(record?.stages).toEqual([{name: 'staging', environmentClass: 'staging', state: 'back'}])
    const shown = await deploy(['history', service, outcome.runId])
    expect(shown.said).toContain('main will not become healthy')
    expect(shown.said).toMatch(/its last \d+ lines?/)
  })
})

async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await read()
    if (found !== undefined) return found
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

test('a lock that someone removes in mid-run stops it before the next step, and nothing is taken back', async () => {
  await deployJson([service, '-e', 'staging,eqiad', '--yes', '--take-git'])
  const tag = await pushTag(IMAGE, newTag('slow'))
  const running = deployJson([service, '-e', 'staging,eqiad', '--version', tag, '--yes', '--override'])
  await until(async () => {
    const [newest] = await records('staging')
    return newest?.stages?.[0]?.state === 'begun' ? true : undefined
  })
  await kubectl('eqiad', ['delete', 'configmap', '-n', service, `deploy-lock-${service}`])
  const {exitCode, outcome} = await running
  expect(outcome.failure).toMatchObject({kind: 'lock-lost', environment: 'eqiad'})
  expect(exitCode).toBe(13)
  expect(outcome.releases.filter(one => one.environment === 'eqiad').map(one => one.state)).toContain(
    'not-reached',
  )
})
