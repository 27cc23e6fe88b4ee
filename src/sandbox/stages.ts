import {stringify} from 'yaml'
import {crashStages} from './crash-stages.ts'
import {imageStages} from './image-stages.ts'
import {lifeStages} from './life-stages.ts'
import {nodeStages} from './node-stages.ts'
import type {StageParts} from './stage-parts.ts'

/** The configuration file of kwok: how simulated nodes and their pods live, fail and end. */
export function stagesText(): string {
  return [...nodeStages(), ...podStages()].map(stage => stringify(stage, {lineWidth: 0})).join('---\n')
}

export function podStages(): object[] {
  return [...lifeStages(), ...crashStages(), ...imageStages()].map(podStage)
}

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
