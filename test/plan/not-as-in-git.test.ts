import {expect, test} from 'vitest'
import {notAsInGit} from '../../src/plan/not-as-in-git.ts'
import type {ReleaseStatus, ServiceStatus} from '../../src/plan/status.ts'

const release: ReleaseStatus & {git: {kind: string}} = {
  namespace: 'shop',
  name: 'main',
  status: 'deployed',
  revision: 1,
  chart: 'shop-1.2.4',
  images: ['shop:1'],
  since: '2026-10-12T09:45:12Z',
  git: {kind: 'as-in-git'},
}
const service = (name: string, ...releases: ReleaseStatus[]): ServiceStatus => ({
  service: name,
  environments: [{name: 'eqiad', releases}],
})
const canary = {...release, name: 'canary', git: {kind: 'differs'}}

test('what is as in git is left out, and counted', () => {
  const services = [service('a', release), service('b', release, canary), service('c', release)]
  expect(notAsInGit(services)).toEqual({services: [service('b', canary)], asInGit: 2})
})

test.each<[string, ServiceStatus]>([
  ['was never deployed', service('a', {...release, git: {kind: 'never-deployed'}} as ReleaseStatus)],
  ['helm left pending', service('a', {...release, status: 'pending-upgrade'})],
  ['was put back', service('a', {...release, rolledBack: {runId: 'r', images: ['shop:2']}})],
  ['was changed by hand', service('a', {...release, changedByHand: ['Deployment shop']})],
  ['cannot be read', {service: 'a', environments: [{name: 'eqiad', problem: 'unreachable', releases: []}]}],
  ['has nothing installed', service('a')],
])('what %s stays', (_, one) => {
  expect(notAsInGit([one])).toEqual({services: [one], asInGit: 0})
})

test('a run that has no end, and a lock, are told of what is as in git as well', () => {
  const locked = {...service('a', release), locked: []}
  expect(notAsInGit([locked])).toEqual({services: [{...locked, environments: []}], asInGit: 0})
})
