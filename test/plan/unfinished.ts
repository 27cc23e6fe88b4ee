import type {
  LiveRevision,
  UnfinishedEnvironment,
  UnfinishedRelease,
  UnfinishedRun,
} from '../../src/plan/unfinished.ts'
import {aDeployment, aRevision} from './facts.ts'

export const before = aRevision(3, [aDeployment('shop-main', 'registry/shop:v1')])
export const planned = [aDeployment('shop-main', 'registry/shop:v2')]

/** A release that was at revision 3 before the run. */
export function aTouched(name: string, given: Partial<UnfinishedRelease> = {}): UnfinishedRelease {
  return {
    namespace: 'shop',
    name,
    stage: 'eqiad',
    timeoutMs: 600_000,
    before: {kind: 'kept', facts: before},
    latestBefore: 3,
    live: aLive(3, 'before'),
    planned: {
      chart: 'shop-1.0.0',
      images: ['registry/shop:v2'],
      digests: {},
      override: undefined,
      values: undefined,
      target: undefined,
    },
    ...given,
  }
}

export function aLive(
  revision: number,
  content: LiveRevision['content'],
  status: LiveRevision['status'] = 'deployed',
): LiveRevision {
  const objects = content === 'before' ? before.objects : planned
  return {revision, status, content, facts: {...aRevision(revision, objects), status}}
}

export function anUnfinishedEnvironment(
  name: string,
  releases: readonly UnfinishedRelease[],
  state: UnfinishedEnvironment['stages'][number]['state'] = 'begun',
): UnfinishedEnvironment {
  return {
    name,
    environmentClass: name.startsWith('staging') ? 'staging' : 'production',
    server: `https://${name}:6443`,
    stages: [{name, state}],
    releases: releases.map(release => ({...release, stage: name})),
    outside: undefined,
  }
}

export function anUnfinishedRun(environments: readonly UnfinishedEnvironment[]): UnfinishedRun {
  return {
    runId: '20261121T100000-ab12',
    workers: ['20261121T100000-ab12'],
    kind: 'deploy',
    by: 'ada',
    from: 'deploy1',
    startedAt: '2026-11-21T10:00:00Z',
    message: undefined,
    commit: 'a'.repeat(40),
    request: {version: {kind: 'from-git'}, selectors: [], given: []},
    isFromCommit: true,
    state: 'dead',
    environments,
    unread: [],
    unrecorded: [],
  }
}
