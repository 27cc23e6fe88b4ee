import type {DeployEvent} from '../../src/plan/events.ts'
import {aCrash, anEnd, anOutcome, aProgress, eventsAt, IMAGE, releaseRef} from './events.ts'
import {aVersionChange, NEW, OLD} from './plans.ts'

/** A version that is healthy in staging, crashes in the canary, and is put back there. */
export function aRunThatGoesBack(): DeployEvent[] {
  const [main, canary] = [releaseRef('main'), releaseRef('canary')]
  const [staging, eqiad] = ['staging', 'eqiad canary']
  return eventsAt(
    [
      0,
      {
        kind: 'run-started',
        runId: '20240611-101230-ab12',
        service: 'citoid',
        environments: ['staging', 'eqiad'],
      },
    ],
    [0, {kind: 'reading-started', what: 'what helmfile makes of citoid'}],
    [0.6, {kind: 'plan-made', plan: aVersionChange()}],
    [2, {kind: 'announced', text: 'alice started to deploy citoid to staging, eqiad'}],
    [2, {kind: 'stage-started', stage: staging, releases: [main]}],
    [2, {kind: 'command-run', command: 'helmfile -e staging apply --skip-diff-on-install'}],
    [2.3, {kind: 'release-started', stage: staging, release: main}],
    [3.1, {kind: 'release-applied', stage: staging, release: main, durationMs: 800}],
    [
      3.2,
      {
        kind: 'release-progressed',
        stage: staging,
        release: main,
        workloads: [aProgress('main', [2, 1, 1], '1 of 2 pods ready; 1 new pod is not there yet')],
        budgetLeftMs: 598_000,
      },
    ],
    [
      4,
      {
        kind: 'release-progressed',
        stage: staging,
        release: main,
        workloads: [
          aProgress('main', [2, 2, 1], '1 of 2 pods ready; ContainerCreating 2 s (citoid-main-5c8)'),
        ],
        budgetLeftMs: 597_000,
      },
    ],
    [
      5.6,
      {
        kind: 'release-progressed',
        stage: staging,
        release: main,
        workloads: [aProgress('main', [2, 2, 2])],
        budgetLeftMs: 596_000,
      },
    ],
    [5.6, {kind: 'release-ready', stage: staging, release: main, durationMs: 3300}],
    [5.6, {kind: 'window-started', stage: staging, windowMs: 10_000, role: 'whole'}],
    [15.6, {kind: 'stage-finished', stage: staging, durationMs: 13_600}],
    [16, {kind: 'stage-started', stage: eqiad, releases: [canary]}],
    [16.2, {kind: 'release-started', stage: eqiad, release: canary}],
    [17, {kind: 'release-applied', stage: eqiad, release: canary, durationMs: 800}],
    [
      17.1,
      {
        kind: 'release-progressed',
        stage: eqiad,
        release: canary,
        workloads: [
          aProgress(
            'canary',
            [1, 1, 0],
            '0 of 1 pod ready; CrashLoopBackOff 3 s (citoid-canary-7d9f4c6b8-x2x4z)',
          ),
        ],
        budgetLeftMs: 599_000,
      },
    ],
    [20.4, {kind: 'stage-failed', stage: eqiad, failure: aCrash('canary')}],
    [20.5, {kind: 'fallback-started', stage: eqiad, steps: 1, reason: 'the new version failed'}],
    [
      21.2,
      {
        kind: 'fallback-progressed',
        stage: eqiad,
        release: canary,
        workloads: [aProgress('canary', [1, 1, 0], '0 of 1 pod ready')],
      },
    ],
    [23, {kind: 'release-restored', stage: eqiad, release: canary, toRevision: 12}],
    [23.1, {kind: 'fallback-verified', stage: eqiad, durationMs: 2600}],
    [23.2, {kind: 'announced', text: 'alice: citoid failed in eqiad canary and was put back'}],
    [23.2, {kind: 'run-finished', outcome: aFailedOutcome()}],
  )
}

export function aFailedOutcome() {
  return anOutcome({
    kind: 'rolled-back',
    exitCode: 10,
    summary: 'citoid failed; everything that was touched is back and verified healthy.',
    releases: [
      anEnd('staging', 'main'),
      anEnd('eqiad', 'canary', {
        state: 'restored',
        revision: 14,
        toRevision: 12,
        images: [IMAGE.replace(NEW, OLD)],
      }),
      anEnd('eqiad', 'main', {state: 'not-reached', revision: undefined}),
    ],
    failure: aCrash('canary'),
    timings: {verdictMs: 400, backMs: 2700},
    durationMs: 23_200,
    next: 'deploy logs citoid -e staging',
  })
}
