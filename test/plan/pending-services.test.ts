import {expect, test} from 'vitest'
import {pendingServices} from '../../src/plan/pending-services.ts'
import type {ServiceStatus} from '../../src/plan/status.ts'

const behind = {kind: 'differs', images: [{after: 'shop:2'}], changedObjects: 1}

function service(name: string, ...releases: object[]): ServiceStatus {
  return {service: `services/${name}`, environments: [{name: 'eqiad', releases}]} as unknown as ServiceStatus
}

test('what git wants changed is pending; what is otherwise on purpose is named', () => {
  const unfinished = {...service('g', {git: behind}), unfinished: [{}]} as unknown as ServiceStatus
  const found = pendingServices([
    service('a', {git: {kind: 'as-in-git'}}, {git: behind}),
    service('b', {git: {kind: 'as-in-git'}}),
    service('c', {git: behind, override: '1'}),
    service('d', {git: behind, rolledBack: {runId: 'r', images: ['shop:2']}}),
    service('e', {git: behind, rolledBack: {runId: 'r', images: ['shop:1']}}),
    service('f'),
    unfinished,
    service('h', {git: {kind: 'never-deployed'}}),
  ])
  expect(found.pending).toEqual(['services/a', 'services/e'])
  expect(found.leftOut).toEqual([
    'Left out, a run of it is unfinished: services/g',
    'Left out, what runs is not from git: services/c, services/d',
    'Left out, it was never deployed there: services/h',
    'Left out, it cannot be read (deploy status --pending says why): services/f',
  ])
})
