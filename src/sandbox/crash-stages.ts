import {imagePattern} from './failure-tags.ts'
import {
  containersWith,
  CRASHING,
  IS_KEPT,
  RESTARTS,
  RESTARTS_NEVER,
  restartsOf,
  STARTING,
  tagged,
  type StageParts,
} from './stage-parts.ts'
import {
  BACKOFF_MESSAGE,
  changeTemplate,
  ENDED,
  READY_WITHOUT_PROBE,
  RESTARTED,
  RUNNING,
  startTemplate,
} from './stage-templates.ts'

/** A container starts, ends badly, is restarted at once, ends again, and is from then on backed off. */
export function crashStages(): StageParts[] {
  const running = containersWith(CRASHING, '.state.running')
  const backOff = {
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off restarting failed container',
  } as const
  const ended = `restartCount: {{ .restartCount }}, ready: false, started: false`
  return [
    {
      name: 'pod-crash-start',
      when: [...STARTING, {key: tagged(CRASHING), operator: 'Exists'}],
      delayMs: 400,
      event: {type: 'Normal', reason: 'Started', message: 'Started container'},
      statusTemplate: startTemplate({
        phase: 'Running',
        apart: {tags: CRASHING, status: RUNNING(READY_WITHOUT_PROBE), ready: READY_WITHOUT_PROBE},
      }),
    },
    {
      name: 'pod-crash-first-exit',
      when: [
        IS_KEPT,
        RESTARTS,
        {key: running, operator: 'Exists'},
        {key: restartsOf(CRASHING), operator: 'In', values: ['first']},
      ],
      delayMs: 700,
      statusTemplate: changeTemplate({
        tags: CRASHING,
        status: `${ended}, state: {terminated: {${ENDED}}}`,
        ready: 'false',
      }),
    },
    {
      name: 'pod-crash-first-restart',
      when: [IS_KEPT, RESTARTS, {key: containersWith(CRASHING, '.state.terminated'), operator: 'Exists'}],
      delayMs: 500,
      statusTemplate: changeTemplate({tags: CRASHING, status: RESTARTED, ready: 'not $spec.readinessProbe'}),
    },
    {
      name: 'pod-crash-next-exit',
      when: [
        IS_KEPT,
        RESTARTS,
        {key: running, operator: 'Exists'},
        {key: restartsOf(CRASHING), operator: 'In', values: ['later']},
      ],
      delayMs: 700,
      event: backOff,
      statusTemplate: changeTemplate({
        tags: CRASHING,
        status: `${ended}, state: {waiting: {reason: CrashLoopBackOff, message: {{ ${BACKOFF_MESSAGE} | Quote }}}}, lastState: {terminated: {${ENDED}}}`,
        ready: 'false',
      }),
    },
    {
      name: 'pod-crash-next-restart',
      when: [
        IS_KEPT,
        RESTARTS,
        {
          key: containersWith(CRASHING, '.state.waiting.reason'),
          operator: 'In',
          values: ['CrashLoopBackOff'],
        },
      ],
      delayMs: 10_000,
      delayFrom: `[.status.containerStatuses[] | select(.image | test("${imagePattern(...CRASHING)}")) | .restartCount] | max | if . <= 1 then "10s" elif . == 2 then "20s" elif . == 3 then "40s" elif . == 4 then "80s" elif . == 5 then "160s" else "300s" end`,
      statusTemplate: changeTemplate({tags: CRASHING, status: RESTARTED, ready: 'not $spec.readinessProbe'}),
    },
    {
      name: 'pod-fail',
      when: [IS_KEPT, RESTARTS_NEVER, {key: running, operator: 'Exists'}],
      delayMs: 700,
      statusTemplate: changeTemplate({
        tags: CRASHING,
        status: `${ended}, state: {terminated: {${ENDED}}}`,
        ready: 'false',
        phase: 'Failed',
      }),
    },
  ]
}
