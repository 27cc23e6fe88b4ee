import {INSTANT_PATTERN} from './failure-tags.ts'
import {
  ALL_TAGS,
  containersWith,
  CRASHING,
  ENDS,
  IS_KEPT,
  IS_RUNNING,
  STARTING,
  tagged,
  type StageParts,
} from './stage-parts.ts'
import {changeTemplate, COMPLETE_TEMPLATE, RUNNING, startTemplate} from './stage-templates.ts'

const INSTANT = `.spec.containers[].image | select(test("${INSTANT_PATTERN}"))`

/** A pod that starts, works, does its work or is deleted; and those that do not become ready, or not soon. */
export function lifeStages(): StageParts[] {
  return [
    {
      name: 'pod-ready',
      when: [
        ...STARTING,
        {key: INSTANT, operator: 'DoesNotExist'},
        {key: tagged(ALL_TAGS), operator: 'DoesNotExist'},
      ],
      delayMs: 500,
      jitterMs: 900,
      event: {type: 'Normal', reason: 'Started', message: 'Started container'},
      statusTemplate: startTemplate({phase: 'Running'}),
    },
    {
      name: 'pod-ready-at-once',
      when: [
        ...STARTING,
        {key: INSTANT, operator: 'Exists'},
        {key: tagged(ALL_TAGS), operator: 'DoesNotExist'},
      ],
      delayMs: 0,
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

const IS_POD_READY = '.status.conditions.[] | select(.type == "Ready") | .status'
