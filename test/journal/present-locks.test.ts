import {expect, test} from 'vitest'
import type {Cluster} from '../../src/cluster/client.ts'
import {namespaceLock, type LockPlace, refOf} from '../../src/journal/lock.ts'
import {presentLocks} from '../../src/journal/present-locks.ts'
import {json, mayNotList, withFakeServer} from '../cluster/fake-server.ts'

const placesOf = (cluster: Cluster): LockPlace[] => {
  const place = {cluster, namespace: 'shop', service: 'shop', environment: 'eqiad'}
  return [place, namespaceLock(place)]
}
const namesOf = (places: readonly LockPlace[]) => places.map(place => refOf(place).name)
const listed = json({items: [{metadata: {name: 'deploy-runs-shop'}}, {metadata: {name: 'deploy-lock'}}]})

test('one list tells which locks are there', () =>
  withFakeServer([listed], async (cluster, paths) => {
    expect(namesOf(await presentLocks(placesOf(cluster)))).toEqual(['deploy-lock'])
    expect(paths).toEqual([
      expect.stringContaining('/configmaps?labelSelector=app.kubernetes.io%2Fmanaged-by%3Ddeploy'),
    ])
  }))

test('who may not list has to read each of them', () =>
  withFakeServer([mayNotList('configmaps')], async cluster => {
    expect(namesOf(await presentLocks(placesOf(cluster)))).toEqual(['deploy-lock-shop', 'deploy-lock'])
  }))
