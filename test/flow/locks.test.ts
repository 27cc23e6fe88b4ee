import {expect, test} from 'vitest'
import {freeze} from '../../src/flow/freeze.ts'
import {holdingLocks} from '../../src/flow/locks.ts'
import {byLock, type LockPlace} from '../../src/journal/lock.ts'
import type {World} from '../../src/flow/world.ts'
import type {Outcome} from '../../src/plan/outcome.ts'
import {type Answer, json, withFakeServer} from '../cluster/fake-server.ts'

const ours = json({metadata: {name: 'deploy-lock-shop', namespace: 'shop', resourceVersion: '1'}})
const missing = json({kind: 'Status', reason: 'NotFound', message: 'there is none'}, 404)
// Nobody has locked everything.
const written: Answer = (request, response) =>
  (request.url?.endsWith('/deploy-lock') ? missing : ours)(request, response)

const placesOf = (cluster: LockPlace['cluster']): LockPlace[] =>
  ['blue', 'green'].map(environment => ({cluster, namespace: 'shop', service: 'shop', environment}))

const world = {
  runId: 'run1',
  startedAt: '2026-11-21T10:00:00Z',
  actor: {user: 'ada', host: 'deploy1', identity: {user: 'ada', groups: [], job: undefined}},
  settings: {scap: {lock: '/nonexistent', config: '/nonexistent'}} as World['settings'],
  nowMs: Date.now,
}

const outcome: Outcome = {
  schema: 1,
  kind: 'deployed',
  exitCode: 0,
  action: 'deploy',
  runId: 'run1',
  service: 'shop',
  summary: 'done',
  releases: [],
  durationMs: 0,
}

const posts = (paths: readonly string[]) => paths.filter(path => path.startsWith('POST'))

test('environments that share a namespace have one lock, which a run takes once', () =>
  withFakeServer([written], async (cluster, paths) => {
    const holding = {places: placesOf(cluster), message: undefined, finishes: undefined}
    const ended = await holdingLocks(holding, world, async holdings => {
      await holdings.confirm('green')
      expect(holdings.lost.aborted).toBe(false)
      return outcome
    })
    expect(ended).toBe(outcome)
    expect(posts(paths)).toHaveLength(1)
    expect(paths.at(-1)).toMatch(/^DELETE .*deploy-lock-shop/)
  }))

test('and a person takes it once', () =>
  withFakeServer([written], async (cluster, paths) => {
    const {runId, startedAt: since} = world
    const holder = {runId, by: 'ada', from: 'deploy1', since, reason: 'why', state: 'frozen'} as const
    await freeze(placesOf(cluster), {...holder, process: undefined}, Date.now)
    expect(posts(paths)).toHaveLength(1)
  }))

test('other namespaces and services have their own', () =>
  withFakeServer([written], async cluster => {
    const [blue, green] = placesOf(cluster) as [LockPlace, LockPlace]
    const others = [
      {...blue, namespace: 'other'},
      {...blue, service: 'cart'},
    ]
    expect(byLock([blue, ...others, green])).toEqual([[blue, green], ...others.map(one => [one])])
  }))
