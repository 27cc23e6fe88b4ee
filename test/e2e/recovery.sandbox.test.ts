import {beforeAll, describe, expect, test} from 'vitest'
import type {RunRecord} from '../../src/journal/record.ts'
import {deploy, deployJson, helm, helmfile, kubectl, newTag, pushTag, startDeploy} from './deploy.ts'

const service = 'ledger'
const IMAGE = 'repos/fundraising-tech/ledger'

async function records(cluster: 'staging' | 'eqiad'): Promise<RunRecord[]> {
  const path = `jsonpath={.data.runs}`
  const name = `deploy-runs-${service}`
  // None before the first run that changes something.
  const words = ['get', 'configmap', '--ignore-not-found', '-n', service, name, '-o', path]
  return JSON.parse((await kubectl(cluster, words)) || '[]')
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

async function until<T>(read: () => Promise<T | undefined>, ended?: Promise<{said: string}>): Promise<T> {
  let said: string | undefined
  void ended?.then(end => {
    said = end.said
  })
  for (;;) {
    const found = await read()
    if (found !== undefined) return found
    if (said !== undefined) throw new Error(`it ended too soon: ${said}`)
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
  expect((await deployJson(['abort', service, '--yes'])).exitCode).toBe(0)
})

describe('a run whose process is killed', () => {
  let before: string
  beforeAll(async () => {
    const {exitCode} = await deployJson([service, '-e', 'staging,eqiad', '--yes', '--take-git'])
    expect(exitCode).toBe(0)
    before = await helm('staging', service, ['get', 'manifest', 'main'])
  })

  test('in mid-rollout: abort puts back what it touched, and nothing else', async () => {
    const {runId} = await killedWhen('begun', ['-e', 'staging,eqiad', '--version', await slowTag()])
    const elsewhere = await helm('eqiad', service, ['list', '--output', 'json'])
    const shown = await deploy(['abort', service, '--dry-run'])
    expect(shown.said).toContain(`run     ${runId}`)
    expect(shown.said).toMatch(/staging main: was revision \d+, is the new version now \(revision \d+\)/)
    expect(shown.said).toMatch(/eqiad main: revision \d+, not touched/)

    const {exitCode, outcome} = await deployJson(['abort', service, '--yes'])
    expect(outcome.releases.map(one => [one.environment, one.release.name, one.state])).toEqual([
      ['staging', 'main', 'restored'],
    ])
    expect(exitCode).toBe(0)
    expect(await helm('staging', service, ['get', 'manifest', 'main'])).toBe(before)
    expect(await helm('eqiad', service, ['list', '--output', 'json'])).toBe(elsewhere)
    expect(await locks()).toBe('')
    const [record] = await records('staging')
    expect(record).toMatchObject({runId, outcome: 'interrupted', finishedBy: {runId: outcome.runId}})
    expect((await records('eqiad'))[0]).toMatchObject({runId, outcome: 'interrupted'})
  })

  test('a second abort has nothing to do', async () => {
    const {exitCode, outcome} = await deployJson(['abort', service, '--yes'])
    expect(exitCode).toBe(0)
    expect(outcome.summary).toContain('no unfinished run')
  })

  test('what someone else changed since is left as it is, and said (11)', async () => {
    await killedWhen('begun', ['-e', 'staging', '--version', await slowTag()])
    await helmfile(service, ['-e', 'staging', '-l', 'name=main', 'sync', '--set', 'resources.replicas=2'])
    const theirs = await helm('staging', service, ['list', '--output', 'json'])
    const {exitCode, outcome} = await deployJson(['abort', service, '--yes'])
    expect(exitCode).toBe(11)
    expect(outcome.summary).toMatch(/someone else has changed it since/)
    expect(await helm('staging', service, ['list', '--output', 'json'])).toBe(theirs)
    await deployJson([service, '-e', 'staging', '--yes', '--take-git'])
  })
})

async function slowTag(): Promise<string> {
  return pushTag(IMAGE, newTag('slow'))
}

/** Start a deployment in a process group of its own and kill it, children and all, when the record says so of staging. */
async function killedWhen(state: string, args: readonly string[]): Promise<RunRecord> {
  const last = (await records('staging'))[0]?.runId
  const killed = startDeploy([service, ...args, '--yes', '--override'])
  const record = await until(async () => {
    const [newest] = await records('staging')
    return newest?.runId !== last && newest?.stages?.[0]?.state === state ? newest : undefined
  }, killed.ended)
  await new Promise(resolve => setTimeout(resolve, 3000))
  await killed.killTree()
  return record
}

async function locks(): Promise<string> {
  const found = await Promise.all(
    (['staging', 'eqiad', 'codfw'] as const).map(cluster =>
      kubectl(cluster, ['get', 'configmap', '-n', service, '-o', 'name']),
    ),
  )
  return found
    .flatMap(text => text.split('\n'))
    .filter(name => name.includes('deploy-lock'))
    .join(' ')
}

describe('the next run where one was cut off', () => {
  let bad: string
  let before: string
  beforeAll(async () => {
    await deployJson([service, '-e', 'staging', '--yes', '--take-git'])
    before = await helm('staging', service, ['get', 'manifest', 'main'])
    bad = await pushTag(IMAGE, newTag('crash'))
    const running = startDeploy([service, '-e', 'staging', '--version', bad, '--yes', '--events'])
    await running.says('release-applied')
    await running.killTree()
  })

  test('does not take what was written for unchanged: it stops, and says what stands where', async () => {
    const again = await deploy([service, '-e', 'staging', '--version', bad, '--yes'])
    expect(again.exitCode).toBe(12)
    expect(again.said).toMatch(/was cut off: its process is gone/)
    expect(again.said).toMatch(/staging main: was revision \d+, is the new version now \(revision \d+\)/)
    expect(again.said).toContain(`deploy abort ${service}`)
    const shown = await deploy(['diff', service, '-e', 'staging', '--version', bad])
    expect(shown.said).toMatch(/was cut off: its process is gone/)
    expect((await deploy(['rollback', service, '-e', 'staging', '--yes'])).exitCode).toBe(12)
    expect(await helm('staging', service, ['get', 'manifest', 'main'])).toContain(bad)
  })

  test('--on-unfinished abort undoes it first, and what is asked for is deployed and judged', async () => {
    const decided = ['--yes', '--on-unfinished', 'abort']
    const {exitCode, outcome} = await deployJson([service, '-e', 'staging', '--version', bad, ...decided])
    expect(outcome.failure).toMatchObject({kind: 'doomed'})
    expect(exitCode).toBe(10)
    expect(await helm('staging', service, ['get', 'manifest', 'main'])).toBe(before)
    expect(await locks()).toBe('')
  })
})
