import {expect, test} from 'vitest'
import {readKeptObjects} from '../../src/journal/kept-objects.ts'
import {readLock} from '../../src/journal/lock.ts'
import {readRecords} from '../../src/journal/record.ts'
import {json, mayNotList, withFakeServer} from '../cluster/fake-server.ts'

const run = {schema: 1, runId: '20261122T100000-abcd', startedAt: '2026-11-22T10:00:00Z', releases: []}
const holder = {runId: 'a', by: 'ada', from: 'deploy1', since: '2026-11-22T10:00:00Z', state: 'frozen'}
const recorded = {metadata: {name: 'deploy-runs-shop'}, data: {runs: JSON.stringify([run])}}
const runs = json(recorded)
const listed = json({
  items: [recorded, {metadata: {name: 'deploy-lock'}, data: holder}],
})
const place = {namespace: 'shop', service: 'shop', environment: 'eqiad'}

test('runs and locks of a namespace come with one request', () =>
  withFakeServer([listed], async (cluster, paths) => {
    const kept = await readKeptObjects(cluster, 'shop')
    const here = {...place, cluster}
    expect(await readRecords(here, kept)).toMatchObject([{runId: run.runId}])
    expect(await readLock(here, async () => false, kept)).toEqual({kind: 'free'})
    expect(await readLock({...here, covers: 'namespace'}, async () => false, kept)).toMatchObject({
      kind: 'held',
      holder: {by: 'ada', state: 'frozen'},
    })
    expect(paths).toHaveLength(1)
  }))

test('who may not list may still read each of them', () =>
  withFakeServer([mayNotList('configmaps'), runs], async cluster => {
    const kept = await readKeptObjects(cluster, 'shop')
    expect(kept).toBeUndefined()
    expect(await readRecords({...place, cluster}, kept)).toMatchObject([{runId: run.runId}])
  }))
