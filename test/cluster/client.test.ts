import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {openCluster} from '../../src/cluster/client.ts'
import {ConflictError, ExpiredError} from '../../src/cluster/faults.ts'
import {
  aStatus,
  HALF_AN_ANSWER,
  HANG_UP,
  json,
  SILENCE,
  withFakeServer,
  writeKubeconfig,
} from './fake-server.ts'

const PODS = {kind: 'Pod', namespace: 'shop'}
const NOTE = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'note', namespace: 'shop'}}
const EMPTY_LIST = json({metadata: {resourceVersion: '7'}, items: []})

describe('a read is tried again', () => {
  test.each([
    ['after a 429', aStatus(429, 'too many requests')],
    ['after a 500', aStatus(500, 'etcdserver: leader changed')],
    ['after a 503', aStatus(503, 'apiserver is shutting down')],
  ])('%s', (_, failure) =>
    withFakeServer([failure, failure, EMPTY_LIST], async cluster => {
      expect(await cluster.list(PODS)).toEqual({resourceVersion: '7', items: []})
      expect(cluster.requestCount()).toBe(3)
    }),
  )

  test('when the connection is cut, once the server has answered before', () =>
    withFakeServer([EMPTY_LIST, HANG_UP, HANG_UP, EMPTY_LIST], async cluster => {
      await cluster.list(PODS)
      expect(await cluster.list(PODS)).toMatchObject({resourceVersion: '7'})
    }))

  test('when the answer is cut in the middle', () =>
    withFakeServer([HALF_AN_ANSWER, EMPTY_LIST], async cluster => {
      expect(await cluster.list(PODS)).toMatchObject({resourceVersion: '7'})
    }))

  test('as late as the server wishes', () =>
    withFakeServer([json({}, 429, {'retry-after': '0.2'}), EMPTY_LIST], async cluster => {
      const startedMs = performance.now()
      await cluster.list(PODS)
      expect(performance.now() - startedMs).toBeGreaterThan(190)
    }))

  test('for a bounded time', () =>
    withFakeServer([aStatus(503, 'shutting down')], async cluster => {
      const startedMs = performance.now()
      await expect(cluster.list(PODS)).rejects.toMatchObject({exitKind: 'unreachable'})
      expect(performance.now() - startedMs).toBeLessThan(2_000)
    }))
})

describe('is not tried again', () => {
  test('a write that may have been done', () =>
    withFakeServer([EMPTY_LIST, HANG_UP, json(NOTE)], async (cluster, paths) => {
      await cluster.list(PODS)
      await expect(cluster.create(NOTE)).rejects.toMatchObject({exitKind: 'unreachable'})
      expect(paths).toHaveLength(2)
    }))

  test('an address that never answered', () =>
    withFakeServer([HANG_UP], async cluster => {
      await expect(cluster.list(PODS)).rejects.toMatchObject({exitKind: 'unreachable'})
      expect(cluster.requestCount()).toBe(1)
    }))
})

describe('a fault says what was asked of which server', () => {
  test.each([
    [
      403,
      'pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "shop"',
      'forbidden',
      'list pods in shop: not permitted',
    ],
    [401, 'Unauthorized', 'forbidden', "does not accept the kubeconfig's credentials"],
    [400, 'bad selector', 'bad-render', 'list pods in shop: the cluster refuses it: bad selector'],
    [404, 'page not found', 'not-found', 'list pods in shop'],
  ])('%i', (code, message, exitKind, words) =>
    withFakeServer([aStatus(code, message)], async cluster => {
      const failed = cluster.list(PODS)
      await expect(failed).rejects.toMatchObject({exitKind, message: expect.stringContaining(words)})
    }),
  )

  test('a 403 of admission is not about permissions', () =>
    withFakeServer([aStatus(403, 'admission webhook "w" denied the request: no')], async cluster => {
      await expect(cluster.create(NOTE)).rejects.toMatchObject({exitKind: 'bad-render'})
    }))

  test('nobody listens', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'deploy-test-'))
    const cluster = await openCluster(await writeKubeconfig(directory, 'http://127.0.0.1:1'))
    await expect(cluster.list(PODS)).rejects.toMatchObject({
      exitKind: 'unreachable',
      message: expect.stringContaining('http://127.0.0.1:1'),
      hint: expect.stringContaining('curl -k http://127.0.0.1:1/version'),
    })
  })

  test('no answer comes', () =>
    withFakeServer(
      [SILENCE],
      async cluster => {
        const message = expect.stringContaining('no answer within 0.05 s')
        await expect(cluster.list(PODS)).rejects.toMatchObject({exitKind: 'unreachable', message})
      },
      {timeoutMs: 50},
    ))

  test('a read that waits for a connection has its whole time when it is sent', () =>
    withFakeServer(
      [SILENCE, SILENCE, SILENCE, SILENCE, json({items: []})],
      async cluster => {
        const all = await Promise.allSettled(Array.from({length: 5}, async () => cluster.list(PODS)))
        expect(all.map(({status}) => status)).toEqual([...Array<string>(4).fill('rejected'), 'fulfilled'])
      },
      {timeoutMs: 1000},
    ))

  test('no connection is waited for without end', () =>
    withFakeServer(
      [SILENCE],
      async (cluster, paths) => {
        const all = await Promise.allSettled(Array.from({length: 40}, async () => cluster.list(PODS)))
        expect(all.filter(({status}) => status === 'fulfilled')).toEqual([])
        expect(all.at(-1)).toMatchObject({
          reason: {message: expect.stringContaining('no free connection within 0.2 s')},
        })
        expect(paths.length).toBeLessThan(40)
      },
      {timeoutMs: 50},
    ))
})

test('conflicts and lost versions have types of their own', () =>
  withFakeServer(
    [
      aStatus(409, 'there', 'AlreadyExists'),
      aStatus(409, 'changed', 'Conflict'),
      aStatus(410, 'too old', 'Expired'),
    ],
    async cluster => {
      await expect(cluster.create(NOTE)).rejects.toBeInstanceOf(ConflictError)
      await expect(cluster.replace(NOTE)).rejects.toMatchObject({reason: 'changed-meanwhile'})
      const watch = cluster.watch(PODS, {resourceVersion: '1'}, new AbortController().signal)
      await expect(watch).rejects.toBeInstanceOf(ExpiredError)
    },
  ))

test('a request is given up when its signal says so', () =>
  withFakeServer([SILENCE], async cluster => {
    const list = cluster.list(PODS, {}, AbortSignal.timeout(30))
    await expect(list).rejects.toMatchObject({name: 'AbortError'})
  }))

test('queries and paths are as the API wants them', () =>
  withFakeServer([EMPTY_LIST, json(NOTE), json(NOTE)], async (cluster, paths) => {
    await cluster.list({kind: 'Secret', namespace: 'shop'}, {labelSelector: 'owner=helm,name in (a,b)'})
    await cluster.patch(
      {kind: 'Deployment', namespace: 'shop', name: 'x'},
      {kind: 'apply', body: {}},
      {dryRun: true, fieldManager: 'deploy', force: true},
    )
    await cluster.get({kind: 'Node', name: 'n'})
    expect(paths).toEqual([
      'GET /api/v1/namespaces/shop/secrets?labelSelector=owner%3Dhelm%2Cname+in+%28a%2Cb%29',
      'PATCH /apis/apps/v1/namespaces/shop/deployments/x?dryRun=All&fieldManager=deploy&force=true',
      'GET /api/v1/nodes/n',
    ])
  }))
