import {stringify} from 'yaml'
import {type FailureTag, imagePattern} from './failure-tags.ts'
import {nodeStages} from './node-stages.ts'
import {
  BACKOFF_MESSAGE,
  changeTemplate,
  COMPLETE_TEMPLATE,
  ENDED,
  READY_WITHOUT_PROBE,
  RESTARTED,
  RUNNING,
  startTemplate,
  WAITING,
} from './stage-templates.ts'

export type Condition = {key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[]}

type StageParts = {
  name: string
  when: Condition[]
  delayMs: number
  /** A jq expression that gives a duration, instead of delayMs. */
  delayFrom?: string
  jitterMs?: number
  event?: {type: 'Normal' | 'Warning'; reason: string; message: string}
  statusTemplate?: string
  delete?: boolean
}

const CRASHING: FailureTag[] = ['crash', 'oom']
const ALL_TAGS: FailureTag[] = ['crash', 'oom', 'unpullable', 'never-ready', 'slow', 'missing-secret']

const IS_KEPT: Condition = {key: '.metadata.deletionTimestamp', operator: 'DoesNotExist'}
const HAS_NOT_STARTED: Condition = {key: '.status.containerStatuses', operator: 'DoesNotExist'}
const IS_ON_A_NODE: Condition = {key: '.spec.nodeName', operator: 'Exists'}
const RESTARTS: Condition = {key: '.spec.restartPolicy', operator: 'NotIn', values: ['Never']}
const RESTARTS_NEVER: Condition = {key: '.spec.restartPolicy', operator: 'In', values: ['Never']}
const ENDS: Condition = {key: '.spec.restartPolicy', operator: 'In', values: ['Never', 'OnFailure']}
const IS_RUNNING: Condition = {key: '.status.phase', operator: 'In', values: ['Running']}
const STARTING = [IS_KEPT, IS_ON_A_NODE, HAS_NOT_STARTED]

/** The configuration file of kwok: how simulated nodes and their pods live, fail and end. */
export function stagesText(): string {
  return [...nodeStages(), ...podStages()].map(stage => stringify(stage, {lineWidth: 0})).join('---\n')
}

export function podStages(): object[] {
  return [...lifeStages(), ...crashStages(), ...imageStages()].map(podStage)
}

function lifeStages(): StageParts[] {
  return [
    {
      name: 'pod-ready',
      when: [...STARTING, {key: tagged(ALL_TAGS), operator: 'DoesNotExist'}],
      delayMs: 500,
      jitterMs: 900,
      event: {type: 'Normal', reason: 'Started', message: 'Started container'},
      statusTemplate: startTemplate({phase: 'Running'}),
    },
    {
      name: 'pod-start-unready',
      when: [...STARTING, {key: tagged(['never-ready', 'slow']), operator: 'Exists'}],
      delayMs: 500,
      event: {type: 'Normal', reason: 'Started', message: 'Started container'},
      statusTemplate: startTemplate({
        phase: 'Running',
        apart: {tags: ['never-ready', 'slow'], status: RUNNING('false'), ready: 'false'},
      }),
    },
    {
      name: 'pod-slow-ready',
      when: [
        IS_KEPT,
        IS_RUNNING,
        {key: containersWith(['slow'], '.ready'), operator: 'In', values: ['false']},
      ],
      delayMs: 7500,
      statusTemplate: changeTemplate({
        tags: ['slow'],
        status: `restartCount: {{ .restartCount }}, ready: true, started: true, state: {{ toJson .state }}, containerID: {{ .containerID | Quote }}`,
        ready: 'true',
      }),
    },
    {
      name: 'pod-complete',
      when: [
        IS_KEPT,
        IS_RUNNING,
        ENDS,
        {key: IS_POD_READY, operator: 'In', values: ['True']},
        {key: tagged(CRASHING), operator: 'DoesNotExist'},
      ],
      delayMs: 500,
      statusTemplate: COMPLETE_TEMPLATE,
    },
    {
      name: 'pod-delete',
      when: [{key: '.metadata.deletionTimestamp', operator: 'Exists'}],
      delayMs: 300,
      delete: true,
    },
  ]
}

/** A container starts, ends badly, is restarted at once, ends again, and is from then on backed off. */
function crashStages(): StageParts[] {
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

/** A container that never gets as far as starting. */
function imageStages(): StageParts[] {
  const notFound =
    'printf "rpc error: code = NotFound desc = failed to pull and unpack image \\"%s\\": failed to resolve reference \\"%s\\": %s: not found" .image .image .image'
  const pulling = containersWith(['unpullable'], '.state.waiting.reason')
  const failed = {type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull'} as const
  return [
    {
      name: 'pod-image-pull-fails',
      when: [...STARTING, {key: tagged(['unpullable']), operator: 'Exists'}],
      delayMs: 600,
      event: failed,
      statusTemplate: startTemplate({
        phase: 'Pending',
        apart: {tags: ['unpullable'], status: WAITING('ErrImagePull', notFound), ready: 'false'},
      }),
    },
    {
      name: 'pod-image-pull-backs-off',
      when: [IS_KEPT, {key: pulling, operator: 'In', values: ['ErrImagePull']}],
      delayMs: 1500,
      event: {type: 'Normal', reason: 'BackOff', message: 'Back-off pulling image'},
      statusTemplate: changeTemplate({
        tags: ['unpullable'],
        status: `restartCount: 0, ${WAITING('ImagePullBackOff', `printf "Back-off pulling image \\"%s\\": ErrImagePull: %s" .image (${notFound})`)}`,
        ready: 'false',
      }),
    },
    {
      name: 'pod-image-pull-fails-again',
      when: [IS_KEPT, {key: pulling, operator: 'In', values: ['ImagePullBackOff']}],
      delayMs: 15_000,
      event: failed,
      statusTemplate: changeTemplate({
        tags: ['unpullable'],
        status: `restartCount: 0, ${WAITING('ErrImagePull', notFound)}`,
        ready: 'false',
      }),
    },
    {
      name: 'pod-secret-is-missing',
      when: [...STARTING, {key: tagged(['missing-secret']), operator: 'Exists'}],
      delayMs: 600,
      event: {type: 'Warning', reason: 'Failed', message: 'Error: secret not found'},
      statusTemplate: startTemplate({
        phase: 'Pending',
        apart: {
          tags: ['missing-secret'],
          status: WAITING('CreateContainerConfigError', 'printf "secret \\"%s-secret\\" not found" .name'),
          ready: 'false',
        },
      }),
    },
  ]
}

const IS_POD_READY = '.status.conditions.[] | select(.type == "Ready") | .status'

function podStage(parts: StageParts): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: {name: parts.name},
    spec: {
      resourceRef: {apiGroup: 'v1', kind: 'Pod'},
      selector: {matchExpressions: parts.when},
      delay: {
        durationMilliseconds: parts.delayMs,
        ...(parts.delayFrom === undefined ? {} : {durationFrom: {expressionFrom: parts.delayFrom}}),
        ...(parts.jitterMs === undefined ? {} : {jitterDurationMilliseconds: parts.jitterMs}),
      },
      next: {
        ...(parts.event === undefined ? {} : {event: parts.event}),
        ...(parts.statusTemplate === undefined ? {} : {statusTemplate: parts.statusTemplate}),
        ...(parts.delete ? {finalizers: {empty: true}, delete: true} : {}),
      },
    },
  }
}

/** jq: the images of a pod that have one of these tags. */
function tagged(tags: FailureTag[]): string {
  return `.spec.containers[].image | select(test("${imagePattern(...tags)}"))`
}

/** jq: something of each container status whose image has one of these tags. */
function containersWith(tags: FailureTag[], expression: string): string {
  return `.status.containerStatuses[]? | select(.image | test("${imagePattern(...tags)}")) | ${expression}`
}

/** jq: whether such a container was restarted before. */
function restartsOf(tags: FailureTag[]): string {
  return containersWith(tags, 'if (.restartCount // 0) == 0 then "first" else "later" end')
}
