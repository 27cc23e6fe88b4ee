import {describe, expect, test} from 'vitest'
import {parseAllDocuments} from 'yaml'
import {FAILURE_TAGS, type FailureTag, imagePattern} from '../../src/sandbox/failure-tags.ts'
import {podStages, stagesText} from '../../src/sandbox/stages.ts'

type Stage = {
  metadata: {name: string}
  spec: {selector: {matchExpressions: {key: string; operator: string}[]}; next: {statusTemplate?: string}}
}

const TAGS = Object.keys(FAILURE_TAGS) as FailureTag[]
const STAGES = podStages() as Stage[]

describe('failure tags', () => {
  test.each([
    ['registry/shop:2026-11-01-crash', true],
    ['registry:5000/shop:1.2-crash-2', true],
    ['registry/shop:1.2-crash@sha256:ab', true],
    ['registry/shop:1.2', false],
    ['registry:5000/team-crash/shop:1.2', false],
    ['registry/shop-crash:1.2', false],
  ])('%s crashes: %s', (image, crashes) => {
    expect(new RegExp(imagePattern('crash')).test(image)).toBe(crashes)
  })

  test.each(TAGS)('an image tagged -%s starts by exactly one stage', tag => {
    const starting = STAGES.filter(stage => startsFor(stage, `registry/shop:1-${tag}`))
    expect(starting.map(stage => stage.metadata.name)).toHaveLength(1)
    expect(starting[0]?.metadata.name).not.toBe('pod-ready')
  })

  test('an ordinary image starts by pod-ready alone', () => {
    const starting = STAGES.filter(stage => startsFor(stage, 'registry/shop:1'))
    expect(starting.map(stage => stage.metadata.name)).toEqual(['pod-ready'])
  })
})

describe('stages', () => {
  test('are documents of kwok with balanced templates', () => {
    for (const document of parseAllDocuments(stagesText())) {
      expect(document.errors).toEqual([])
      const stage = document.toJS() as Stage
      expect(stage).toMatchObject({apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Stage'})
      expect(openBlocks(stage.spec.next.statusTemplate ?? '')).toBe(0)
    }
  })

  test('leave pods alone that are being deleted', () => {
    for (const stage of STAGES.filter(({metadata}) => metadata.name !== 'pod-delete')) {
      expect(stage.spec.selector.matchExpressions).toContainEqual({
        key: '.metadata.deletionTimestamp',
        operator: 'DoesNotExist',
      })
    }
  })
})

/** Whether a stage takes up a pod with one container of this image, as kwok's jq would decide. */
function startsFor(stage: Stage, image: string): boolean {
  const {matchExpressions} = stage.spec.selector
  if (!matchExpressions.some(({key}) => key === '.status.containerStatuses')) return false
  return matchExpressions.every(({key, operator}) => {
    const pattern = /^\.spec\.containers\[\]\.image \| select\(test\("(.*)"\)\)$/.exec(key)?.[1]
    if (pattern === undefined) return true
    return new RegExp(pattern).test(image) === (operator === 'Exists')
  })
}

function openBlocks(template: string): number {
  const opened = template.match(/\{\{-? *(range|if|with|define)\b/g)?.length ?? 0
  const closed = template.match(/\{\{-? *end\b/g)?.length ?? 0
  return opened - closed
}
