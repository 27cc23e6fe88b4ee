import {expect, test} from 'vitest'
import type {Failure} from '../../src/plan/events.ts'
import {failureText} from '../../src/view/failure-text.ts'
import {aCrash, aProgress, IMAGE, releaseRef} from './events.ts'

const OPTIONS = {width: 80, color: 0, stage: 'eqiad'} as const

const release = releaseRef('main')

const FAILURES: Record<string, Failure> = {
  'crash-loop': aCrash(),
  'crash-without-a-word': {...doomed(), logs: []},
  'crash-of-a-changed-limit': {
    ...doomed(),
    cause: 'containers[citoid-main].resources.limits.memory 512Mi → 48Mi',
  },
  'image-not-found': {
    ...doomed(),
    doom: {
      reason: 'image-not-found',
      message: `image ${IMAGE} is not in the registry`,
      pod: 'citoid-main-7d9f4c6b8-x2x4z',
      container: 'citoid-main',
      image: IMAGE,
      evidence: `ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": not found`,
      shownAtMs: undefined,
    },
    logs: [],
  },
  'job-failed': {
    ...doomed(),
    workload: {kind: 'Job', namespace: 'citoid', name: 'citoid-migrate'},
    doom: {
      reason: 'job-failed',
      message: 'the Job has failed 3 times, as often as it may',
      pod: undefined,
      container: undefined,
      image: undefined,
      evidence: 'BackoffLimitExceeded',
      shownAtMs: undefined,
    },
    logs: [],
  },
  'timed-out': {
    kind: 'timed-out',
    release,
    timeoutMs: 600_000,
    waitingFor: [
      aProgress('main', [3, 1, 1], '1 of 3 pods ready; not scheduled 9 min (citoid-main-7d9f4c6b8-x2x4z)'),
      aProgress('extra', [1, 1, 0], '0 of 1 pod ready'),
    ],
  },
  'helm-failed': {
    kind: 'helm-failed',
    release,
    message:
      'Error: UPGRADE FAILED: cannot patch "citoid-main" with kind Deployment: spec.selector: field is immutable\n',
  },
  'helmfile-failed': {
    kind: 'helmfile-failed',
    message: 'hook[prepare] command `/usr/local/bin/log_sal` exited 1',
  },
  'changed-by-others': {kind: 'changed-by-others', release, expectedRevision: 12, foundRevision: 13},
  'removed-by-others': {kind: 'changed-by-others', release, expectedRevision: 12, foundRevision: undefined},
  'not-as-recorded': {kind: 'not-as-recorded', release, toRevision: 12},
  interrupted: {kind: 'interrupted', signal: 'SIGTERM'},
  'interrupted-by-hand': {kind: 'interrupted', signal: 'SIGINT'},
  aborted: {kind: 'interrupted', signal: 'abort'},
  infrastructure: {
    kind: 'infrastructure',
    message: 'https://k8s.eqiad.example:6443 does not answer: connection refused',
  },
}

test('every failure in words', async () => {
  const texts = Object.entries(FAILURES).map(
    ([name, failure]) => `# ${name}\n${failureText(failure, OPTIONS)}`,
  )
  await expect(texts.join('\n')).toMatchFileSnapshot('golden/failures.txt')
})

test('in colour, and of a long log only the end', async () => {
  const logs = Array.from({length: 40}, (_, index) => `line ${index}`)
  await expect(failureText({...doomed(), logs}, {...OPTIONS, color: 1})).toMatchFileSnapshot(
    'golden/failure-in-colour.txt',
  )
})

test('what a container writes is not obeyed by the terminal, and a line without end is cut', () => {
  const text = failureText(
    {...doomed(), logs: ['\u001b[2J\u001b[31mcleared\u0007', 'x'.repeat(10_000)]},
    OPTIONS,
  )
  expect(text).toContain('  │ cleared\n')
  expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(300)
})

function doomed() {
  const failure = aCrash()
  if (failure.kind !== 'doomed') throw new Error('a crash is a doom')
  return failure
}
