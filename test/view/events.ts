import type {DeployEvent, EventBody, Failure} from '../../src/plan/events.ts'
import type {Outcome, ReleaseEnd} from '../../src/plan/outcome.ts'
import type {WorkloadProgress} from '../../src/rollout/verdict.ts'
import {NEW, NOW_MS} from './plans.ts'

/** Events with their times: seconds after the run began, and what happened. */
export function eventsAt(...steps: readonly [seconds: number, event: EventBody][]): DeployEvent[] {
  return steps.map(([seconds, event]) => ({atMs: NOW_MS + seconds * 1000, ...event}) as DeployEvent)
}

export function releaseRef(name: string) {
  return {namespace: 'citoid', name}
}

export function aProgress(
  release: string,
  [wanted, updated, ready]: readonly [number, number, number],
  waitingFor = '',
): WorkloadProgress {
  return {
    workload: {kind: 'Deployment', namespace: 'citoid', name: `citoid-${release}`},
    wanted,
    updated,
    ready,
    waitingFor,
  }
}

export const IMAGE = `docker-registry.discovery.wmnet/wikimedia/mediawiki-services-citoid:${NEW}`

export function aCrash(release = 'main'): Failure {
  return {
    kind: 'doomed',
    release: releaseRef(release),
    workload: {kind: 'Deployment', namespace: 'citoid', name: `citoid-${release}`},
    doom: {
      reason: 'crash-loop',
      message: `container citoid-${release} exits with code 1 soon after it starts (2 times since this rollout began)`,
      pod: `citoid-${release}-7d9f4c6b8-x2x4z`,
      container: `citoid-${release}`,
      image: IMAGE,
      evidence: `back-off 10s restarting failed container=citoid-${release} pod=citoid-${release}-7d9f4c6b8-x2x4z: Error: exit code 1`,
      shownAtMs: NOW_MS + 20_000,
    },
    sawAtMs: NOW_MS + 20_400,
    logs: [
      'node:internal/modules/cjs/loader:1228',
      '  throw err;',
      '  ^',
      '',
      "Error: Cannot find module 'express-openapi'",
      'Require stack:',
      '- /srv/service/app.js',
    ],
  }
}

export function anEnd(environment: string, release: string, more: Partial<ReleaseEnd> = {}): ReleaseEnd {
  return {
    environment,
    release: releaseRef(release),
    state: 'deployed',
    revision: 13,
    images: [IMAGE],
    ...more,
  }
}

export function anOutcome(more: Partial<Outcome> = {}): Outcome {
  return {
    schema: 1,
    kind: 'deployed',
    exitCode: 0,
    action: 'deploy',
    runId: '20240611-101230-ab12',
    service: 'citoid',
    summary: 'citoid is deployed and healthy in staging, eqiad.',
    releases: [anEnd('staging', 'main'), anEnd('eqiad', 'canary'), anEnd('eqiad', 'main')],
    durationMs: 102_000,
    ...more,
  }
}
