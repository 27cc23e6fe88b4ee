import {mkdtemp, readFile, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {openCluster} from '../../src/cluster/client.ts'
import {ConflictError} from '../../src/cluster/faults.ts'
import {kubeconfigPath, withScratchNamespace} from './scratch.ts'

test('an object is made, read, changed, listed and deleted', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const ref = {kind: 'ConfigMap', namespace, name: 'note'}
    const object = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'note', namespace}, data: {a: '1'}}
    expect(await cluster.get(ref)).toBeUndefined()
    const made = await cluster.create(object)
    expect(made.metadata.uid).toMatch(/.+-.+/)
    const patched = await cluster.patch(ref, {kind: 'merge', body: {data: {b: '2'}}})
    expect(patched.data).toEqual({a: '1', b: '2'})
    const list = await cluster.list({kind: 'ConfigMap', namespace}, {fieldSelector: 'metadata.name=note'})
    expect(list.items.map(each => each.metadata.name)).toEqual(['note'])
    expect(await cluster.delete(ref)).toBe(true)
    expect(await cluster.delete(ref)).toBe(false)
  }))

test('who writes second is told so', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const object = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'lock', namespace}, data: {}}
    const mine = await cluster.create(object)
    await expect(cluster.create(object)).rejects.toMatchObject({reason: 'already-exists'})
    await cluster.replace({...mine, data: {who: 'me'}})
    const late = cluster.replace({...mine, data: {who: 'other'}})
    await expect(late).rejects.toBeInstanceOf(ConflictError)
    await expect(late).rejects.toMatchObject({reason: 'changed-meanwhile'})
    const stale = {uid: mine.metadata.uid ?? '', resourceVersion: mine.metadata.resourceVersion ?? ''}
    const removal = cluster.delete({kind: 'ConfigMap', namespace, name: 'lock'}, stale)
    await expect(removal).rejects.toBeInstanceOf(ConflictError)
  }))

test('a dry run changes nothing, and what the cluster refuses is told', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const object = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'dry', namespace}, data: {}}
    await cluster.create(object, {dryRun: true})
    expect(await cluster.get({kind: 'ConfigMap', namespace, name: 'dry'})).toBeUndefined()
    const bad = {...object, metadata: {name: 'Not A Name', namespace}}
    await expect(cluster.create(bad)).rejects.toMatchObject({exitKind: 'bad-render'})
  }))

test('a kind that is not in the table is found by discovery', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const ref = {apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace}
    expect((await cluster.list(ref)).items).toEqual([])
    const unknown = {apiVersion: 'example.org/v1', kind: 'Unicorn', namespace}
    await expect(cluster.list(unknown)).rejects.toMatchObject({exitKind: 'not-found'})
  }))

test('what the deployer may not do is named', async () => {
  const cluster = await openCluster(kubeconfigPath('echo-deploy-staging'))
  expect(cluster.namespace).toBe('echo')
  const refused = cluster.list({kind: 'HorizontalPodAutoscaler', namespace: 'echo'})
  await expect(refused).rejects.toMatchObject({
    exitKind: 'forbidden',
    message: expect.stringContaining('list horizontalpodautoscalers in echo: not permitted'),
  })
  await cluster.close()
})

test('a server with another certificate authority is not trusted, and it is said so', async () => {
  const config = parse(await readFile(kubeconfigPath('echo-deploy-staging'), 'utf8'))
  const other = parse(await readFile(kubeconfigPath('echo-deploy-eqiad'), 'utf8'))
  config.clusters[0].cluster['certificate-authority-data'] =
    other.clusters[0].cluster['certificate-authority-data']
  const path = join(await mkdtemp(join(tmpdir(), 'deploy-test-')), 'kubeconfig')
  await writeFile(path, JSON.stringify(config), {mode: 0o600})
  const cluster = await openCluster(path)
  await expect(cluster.list({kind: 'Pod', namespace: 'echo'})).rejects.toMatchObject({
    exitKind: 'unreachable',
    message: expect.stringContaining(cluster.server),
    hint: expect.stringContaining('certificate-authority'),
  })
})

test('connections are kept: many requests, few handshakes', async () => {
  const cluster = await openCluster(kubeconfigPath('echo-deploy-staging'))
  const startedMs = performance.now()
  for (let i = 0; i < 50; i += 1) await cluster.list({kind: 'ConfigMap', namespace: 'echo'}, {limit: 1})
  expect(cluster.requestCount()).toBe(50)
  // A TLS handshake each would take several times that.
  expect((performance.now() - startedMs) / 50).toBeLessThan(50)
  await cluster.close()
})
