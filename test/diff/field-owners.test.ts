import {expect, test} from 'vitest'
import {ownersOfChanges} from '../../src/diff/field-owners.ts'

const before = {
  spec: {replicas: 2, template: {spec: {containers: [{name: 'app', image: 'a:1'}, {name: 'x'}]}}},
}
const live = {spec: {replicas: 3, template: {spec: {containers: [{name: 'x'}, {name: 'app', image: 'a:2'}]}}}}
const entry = (manager: string, time: string | undefined, fieldsV1: unknown, subresource?: string) => ({
  manager,
  time,
  fieldsV1,
  subresource,
})
const image = (name: string) => ({
  'f:spec': {
    'f:template': {'f:spec': {'f:containers': {[`k:{"name":"${name}"}`]: {'.': {}, 'f:image': {}}}}},
  },
})

test('who owns a field that differs, newest first, each once', () => {
  const owners = ownersOfChanges(
    [
      entry('helm', '2026-11-01T00:00:00Z', {'f:spec': {'f:paused': {}}}),
      entry('kubectl', undefined, {'f:spec': {'f:replicas': {}}}, 'scale'),
      entry('kubectl-set', '2026-11-02T00:00:00Z', image('app')),
      entry('kubectl-edit', '2026-11-03T00:00:00Z', image('x')),
      entry('controller', '2026-11-04T00:00:00Z', {'f:spec': {'f:replicas': {}}}, 'status'),
      entry('kubectl-set', '2026-11-01T00:00:00Z', {'f:spec': {'f:replicas': {}}}),
    ],
    before,
    live,
  )
  expect(owners).toEqual([
    {name: 'kubectl-set', at: '2026-11-02T00:00:00Z'},
    {name: 'kubectl', at: undefined},
  ])
})

test('nobody, where the server noted nothing', () => {
  expect(ownersOfChanges(undefined, before, live)).toEqual([])
  expect(ownersOfChanges([{}], before, before)).toEqual([])
})
