import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import type {Outcome} from '../../src/plan/outcome.ts'
import {type Answer, type ApiProxy, openApiProxy, status} from './api-proxy.ts'
import {deployJson, helm, kubectl, mustDeploy, newTag, pushTag, startDeploy} from './deploy.ts'

const service = 'ledger'
const QUICK = ['--yes', '--override', '--retry', '--window', '200ms', '--on-unfinished', 'abort']

// The deploy host knows eqiad by the proxy's address, and staging by its own.
let proxy: ApiProxy
beforeAll(async () => {
  proxy = await openApiProxy('eqiad')
  await mustDeploy([service, '-e', 'staging,eqiad', '--yes', '--take-git'])
})
afterEach(async () => {
  proxy.meddle(undefined)
  proxy.shiftTimes(0)
  // One that failed half-way must not fail the others.
  if ((await locks()) !== '') await deployJson(['abort', service, '--yes'])
})
afterAll(async () => {
  await proxy.close()
  await deployJson(['abort', service, '--yes'])
  await mustDeploy([service, '-e', 'staging,eqiad', '--yes', '--take-git'])
})

/** The built tool, on the host that has the proxy. */
async function start(environments: string, flavour: string, more: readonly string[] = ['--timeout', '60s']) {
  const tag = await pushTag('repos/fundraising-tech/ledger', newTag(flavour))
  const words = [
    service,
    '-e',
    environments,
    '--version',
    tag,
    '--events',
    ...QUICK,
    ...more,
    ...proxy.host.words,
  ]
  const running = startDeploy(words, {env: proxy.host.env})
  const end = running.ended.then(({exitCode, said}) => {
    expect(said, 'a stack trace').not.toMatch(/\n\s+at .*\.(ts|js):\d+/)
    const last = said.split('\n').findLast(line => line.includes('"kind":"run-finished"'))
    return {exitCode, said, outcome: last === undefined ? undefined : (JSON.parse(last).outcome as Outcome)}
  })
  return {tag, says: running.says, end}
}

async function run(environments: string, flavour: string) {
  return (await start(environments, flavour)).end
}

async function finish(how: 'resume' | 'abort', words: readonly string[] = []) {
  const {exitCode, said} = await startDeploy([how, service, ...words, ...proxy.host.words, '--yes'], {
    env: proxy.host.env,
  }).ended
  expect(exitCode, said).toBe(0)
}

async function newest(cluster: 'staging' | 'eqiad'): Promise<{revision: number; status: string}> {
  return JSON.parse(await helm(cluster, service, ['list', '--all', '--output', 'json']))[0]
}

async function locks(): Promise<string> {
  const all = await Promise.all(
    (['staging', 'eqiad'] as const).map(cluster =>
      kubectl(cluster, ['get', 'configmaps', '-n', service, '-o', 'name']),
    ),
  )
  return (
    all
      .join('')
      .match(/deploy-lock\S*/g)
      ?.join() ?? ''
  )
}

/** Each request of the sort, so many times. */
function firstTimes(times: number, sort: RegExp, answer: Answer) {
  const seen = new Map<string, number>()
  return (request: string) => {
    if (!sort.test(request)) return undefined
    const count = seen.get(request) ?? 0
    seen.set(request, count + 1)
    return count < times ? answer : undefined
  }
}

const always = (sort: RegExp, answer: Answer) => (request: string) =>
  sort.test(request) ? answer : undefined

const BUSY = status(429, 'TooManyRequests', 'the server has received too many requests', {'retry-after': '1'})
const CONFLICT = status(
  409,
  'Conflict',
  'the object has been modified; please apply your changes to the latest version',
)
const FORBIDDEN = status(
  403,
  'Forbidden',
  'User "ledger:deploy" cannot list resource "pods" in API group "" in the namespace "ledger"',
)
const EXPIRED = status(410, 'Expired', 'too old resource version')
const WRITE = /^(POST|PUT|PATCH|DELETE) (?!.*dryRun)/
const RECORD = /^(POST|PUT) \S*\/configmaps(\/deploy-runs-ledger)?$/

describe('429: the server is busy', () => {
  test('once for each write and each watch: it is tried again', async () => {
    proxy.meddle(firstTimes(1, /^(POST|PUT|PATCH|DELETE) |watch=true/, BUSY))
    const {exitCode, said} = await run('eqiad', 'instant')
    expect(exitCode, said).toBe(0)
  })

  test('for every write: nothing is touched, 69', async () => {
    const before = await newest('eqiad')
    proxy.meddle(always(WRITE, BUSY))
    const {exitCode, said} = await run('eqiad', 'instant')
    expect(exitCode, said).toBe(69)
    expect(said).toContain('429')
    expect(await newest('eqiad')).toEqual(before)
  })
})

describe('409: somebody else wrote first', () => {
  test('twice for each record: it is read and written again', async () => {
    proxy.meddle(firstTimes(2, RECORD, CONFLICT))
    const {exitCode, said} = await run('eqiad', 'instant')
    expect(exitCode, said).toBe(0)
  })

  test('always: the run is not recorded, so nothing is touched, 69', async () => {
    const before = await newest('staging')
    proxy.meddle(always(RECORD, CONFLICT))
    const {exitCode, said} = await run('staging,eqiad', 'instant')
    expect(exitCode, said).toBe(69)
    expect(await newest('staging')).toEqual(before)
    expect(await locks()).toBe('')
  })
})

describe('the record cannot be written', () => {
  const DENIED = status(
    403,
    'Forbidden',
    'configmaps "deploy-runs-ledger" is forbidden: User "x" cannot update resource "configmaps" in API group "" in the namespace "ledger"',
  )

  test('in mid-run: the stage that it was for is not begun, what was reached stays, 13', async () => {
    const before = await newest('eqiad')
    const running = await start('staging,eqiad', 'slow')
    await running.says('"kind":"release-applied"')
    proxy.meddle(always(RECORD, DENIED))
    const {exitCode, outcome, said} = await running.end
    expect(exitCode, said).toBe(13)
    expect(outcome?.failure).toMatchObject({kind: 'infrastructure', isForbidden: true})
    const ends = outcome?.releases.filter(({state}) => state !== 'unchanged')
    expect(ends?.map(({environment, state}) => [environment, state])).toEqual([
      ['staging', 'deployed'],
      ['eqiad', 'not-reached'],
    ])
    expect(await newest('eqiad')).toEqual(before)
    proxy.meddle(undefined)
    await finish('abort')
  })

  test('while a bad version goes back: it goes back all the same, and that is told', async () => {
    const before = await helm('eqiad', service, ['get', 'manifest', 'main'])
    const running = await start('eqiad', 'crash')
    await running.says('"kind":"release-applied"')
    proxy.meddle(always(RECORD, DENIED))
    const {exitCode, said} = await running.end
    expect(exitCode, said).toBe(10)
    expect(said).toContain('The record of this run in eqiad could not be written')
    expect(await helm('eqiad', service, ['get', 'manifest', 'main'])).toBe(before)
    proxy.meddle(undefined)
    await finish('abort')
  })
})

describe('410 on every watch', () => {
  const meddle = always(/watch=true/, EXPIRED)

  test('a good version is seen to be healthy by lists alone', async () => {
    proxy.meddle(meddle)
    const {exitCode, said} = await run('eqiad', 'instant')
    expect(exitCode, said).toBe(0)
  })

  test('a bad one is seen to be bad, and goes back', async () => {
    proxy.meddle(meddle)
    const {exitCode, said} = await run('eqiad', 'crash')
    expect(exitCode, said).toBe(10)
  })
})

describe('the API server is gone', () => {
  test('for some seconds in mid-rollout: it is waited for', async () => {
    const running = await start('eqiad', 'slow')
    await running.says('"kind":"release-applied"')
    proxy.meddle(() => 'cut')
    await running.says('does not answer')
    proxy.meddle(undefined)
    const {exitCode, said} = await running.end
    expect(exitCode, said).toBe(0)
    expect(said).toContain('answers again')
  })

  test('for good: nothing is taken back, what is not known to be healthy is named with the command, 11', async () => {
    const running = await start('eqiad', 'slow', ['--timeout', '5s'])
    await running.says('"kind":"release-applied"')
    proxy.meddle(() => 'cut')
    const {exitCode, said, outcome} = await running.end
    expect(exitCode, said).toBe(11)
    expect(outcome?.failure?.kind).toBe('infrastructure')
    expect(outcome?.next).toMatch(/helm3.1\d rollback main/)
    proxy.meddle(undefined)
    await finish('resume')
  })
})

test('a kind that may not be read is left out of the verdict, and that is said', async () => {
  proxy.meddle(always(/^GET \S*\/(pods|replicasets)\b/, FORBIDDEN))
  const good = await run('eqiad', 'slow')
  expect(good.exitCode, good.said).toBe(0)
  expect(good.said).toMatch(/Pod/)
})

describe.each([
  ['ahead', 300_000],
  ['behind', -300_000],
])("the cluster's clock is 5 minutes %s", (_, shiftMs) => {
  test('a good version is deployed, a bad one goes back, and a second run is refused', async () => {
    proxy.shiftTimes(shiftMs)
    const first = await start('eqiad', 'slow')
    await first.says('"kind":"release-applied"')
    const second = await run('eqiad', 'instant')
    expect(second.exitCode, second.said).toBe(75)
    const good = await first.end
    expect(good.exitCode, good.said).toBe(0)
    const bad = await run('eqiad', 'crash')
    expect(bad.exitCode, bad.said).toBe(10)
  })
})
