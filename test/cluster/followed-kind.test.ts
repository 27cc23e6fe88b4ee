import fc from 'fast-check'
import {expect, test} from 'vitest'
import {ExpiredError} from '../../src/cluster/faults.ts'
import {followKind, holdObjects} from '../../src/cluster/followed-kind.ts'
import {followNamespace} from '../../src/cluster/follow.ts'
import type {WatchEvent} from '../../src/cluster/watch-stream.ts'
import type {ApiObject} from '../../src/rollout/verdict.ts'
import {type Answer, aStatus, HANG_UP, json, withFakeServer} from './fake-server.ts'
import {until} from './scratch.ts'

/** What happened in the cluster, one version after the other. */
type Change = {uid: string; kind: 'write' | 'delete'}

const histories = fc.array(
  fc.record({
    uid: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom<Change['kind']>('write', 'write', 'delete'),
  }),
  {minLength: 1, maxLength: 20},
)

test('whatever lists come between the events, however late, the end is what the cluster holds', () => {
  fc.assert(
    fc.property(
      histories,
      fc.array(fc.record({taken: fc.nat(20), arrives: fc.nat(20)}), {maxLength: 5}),
      (history, lists) => {
        const held = holdObjects('Pod')
        held.replaceAll([], '0')
        let seen = 0
        history.forEach((_, index) => {
          // A list may have been taken before the events that came in meanwhile, or be ahead of the watch.
          for (const {taken, arrives} of lists) {
            if (arrives !== index) continue
            const version = Math.min(taken, history.length)
            held.replaceAll(stateAt(history, version), String(version))
            seen = Math.max(seen, version)
          }
          for (const event of eventAt(history, index)) held.apply(event)
          seen = Math.max(seen, index + 1)
          expect(versions(held.objects())).toEqual(versions(stateAt(history, seen)))
        })
      },
    ),
  )
})

test('a list ahead of the watch is not undone by the events it covers', () => {
  const held = holdObjects('Pod')
  held.replaceAll([anObject('a', 1)], '1')
  held.replaceAll([anObject('a', 9), anObject('b', 5)], '9')
  held.apply({type: 'MODIFIED', object: anObject('a', 4)})
  held.apply({type: 'DELETED', object: anObject('b', 4)})
  held.apply({type: 'ADDED', object: anObject('gone', 6)})
  expect(versions(held.objects())).toEqual({a: '9', b: '5'})
  expect(held.version()).toBe('9')
})

test('managedFields are not kept', () => {
  const held = holdObjects('Pod')
  const object = anObject('a', 1)
  held.replaceAll(
    [{...object, metadata: {...object.metadata, managedFields: []} as ApiObject['metadata']}],
    '1',
  )
  expect(held.objects()[0]?.metadata).not.toHaveProperty('managedFields')
})

test('a watch that has expired is begun anew with a list', () =>
  withFakeServer(
    [list('1'), aStatus(410, 'too old', 'Expired'), list('5', anObject('a', 5)), events()],
    async (cluster, paths) => {
      const ending = new AbortController()
      const followed = await followKind(
        cluster,
        {kind: 'Pod', namespace: 'shop'},
        {
          isNeeded: true,
          mode: 'list-and-watch',
          signal: ending.signal,
          onChange() {},
        },
      )
      await until(followed.objects, objects => objects.length === 1)
      await until(
        () => paths.length,
        count => count === 4,
      )
      expect(paths[3]).toContain('resourceVersion=5')
      expect(followed.fault()).toBeUndefined()
      ending.abort()
      await followed.ended
    },
  ))

test('an ERROR event tells the same as a 410', () =>
  withFakeServer(
    [events({type: 'ERROR', object: {kind: 'Status', code: 410, message: 'too old'}})],
    async cluster => {
      const opened = await cluster.watch({kind: 'Pod', namespace: 'shop'}, {}, new AbortController().signal)
      await expect(opened.next()).rejects.toBeInstanceOf(ExpiredError)
    },
  ))

test('a lost connection is a fault until the watch is open again, and nothing is forgotten', () =>
  withFakeServer(
    [list('1', anObject('a', 1)), HANG_UP, HANG_UP, events({type: 'ADDED', object: anObject('b', 2)})],
    async cluster => {
      const ending = new AbortController()
      const followed = await followKind(
        cluster,
        {kind: 'Pod', namespace: 'shop'},
        {
          isNeeded: true,
          mode: 'list-and-watch',
          signal: ending.signal,
          onChange() {},
        },
      )
      await until(followed.fault, fault => fault !== undefined)
      expect(followed.objects()).toHaveLength(1)
      await until(followed.objects, objects => objects.length === 2)
      expect(followed.fault()).toBeUndefined()
      ending.abort()
      await followed.ended
    },
    {retry: {forMs: 0, firstPauseMs: 5, longestPauseMs: 5}},
  ))

test('a failed list is never an empty one', () =>
  withFakeServer([aStatus(503, 'shutting down')], async cluster => {
    await expect(followNamespace(cluster, 'shop', [{kind: 'Deployment'}])).rejects.toMatchObject({
      exitKind: 'unreachable',
    })
  }))

function list(resourceVersion: string, ...items: ApiObject[]): Answer {
  return json({metadata: {resourceVersion}, items})
}

/** A watch that tells these and stays open. */
function events(...told: object[]): Answer {
  return (_, response) => {
    response.writeHead(200, {'content-type': 'application/json'})
    response.flushHeaders()
    for (const event of told) response.write(`${JSON.stringify(event)}\n`)
  }
}

function anObject(uid: string, version: number): ApiObject {
  return {metadata: {name: uid, uid, resourceVersion: String(version)}}
}

/** The objects after so many changes: versions begin at 1. */
function stateAt(history: readonly Change[], changes: number): ApiObject[] {
  const objects = new Map<string, ApiObject>()
  history.slice(0, changes).forEach(({uid, kind}, index) => {
    if (kind === 'write') objects.set(uid, anObject(uid, index + 1))
    else objects.delete(uid)
  })
  return [...objects.values()]
}

function eventAt(history: readonly Change[], index: number): WatchEvent[] {
  const {uid, kind} = history[index] as Change
  const wasThere = stateAt(history, index).some(each => each.metadata.uid === uid)
  if (kind === 'delete' && !wasThere) return []
  return [
    {type: kind === 'delete' ? 'DELETED' : wasThere ? 'MODIFIED' : 'ADDED', object: anObject(uid, index + 1)},
  ]
}

function versions(objects: readonly ApiObject[]): Record<string, string | undefined> {
  return Object.fromEntries(
    objects
      .map(({metadata}) => [metadata.uid, metadata.resourceVersion] as const)
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  )
}
