import {describe, expect, test} from 'vitest'
import {compareObjects} from '../../src/diff/changes.ts'
import type {KubernetesObject} from '../../src/diff/kubernetes-object.ts'
import type {ReleaseFacts} from '../../src/plan/facts.ts'
import type {VersionRequest} from '../../src/plan/intent.ts'
import {
  digestsOf,
  type ImageAnswer,
  newImages,
  withAnswers,
  worthTrying,
} from '../../src/plan/image-answers.ts'
import {makePlan} from '../../src/plan/make-plan.ts'
import {aDeployment, aRelease, aRun, anEnvironment, attended, facts, settings} from './facts.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const IMAGE = 'registry.test/shop:v2'
const wanted = [aDeployment('shop-main', IMAGE)]

function planOf(release: ReleaseFacts) {
  const compare = (one: ReleaseFacts) =>
    compareObjects(one.deployed?.objects ?? [], one.wanted, {contextLines: 3})
  return makePlan(facts([anEnvironment('staging', [release])]), compare, settings, {
    ...attended,
    isUnattended: true,
  })
}

function told(
  answer: ImageAnswer,
  given: Partial<ReleaseFacts> = {},
  image = IMAGE,
  version: VersionRequest = {kind: 'tag', tag: 'v2'},
) {
  const plan = planOf(aRelease('main', {wanted, ...given}))
  return withAnswers(plan, new Map([[image, answer]]), version)
}

const overridden = {versionOverride: {path: ['version'], value: 'v2', tag: 'v2'}}

describe('newImages', () => {
  test('what runs already is not asked for', () => {
    expect(newImages(aRelease('main', {wanted}))).toEqual([IMAGE])
    expect(newImages(aRelease('main', {wanted: [aDeployment('other', 'registry/shop:v1')]}))).toEqual([])
    expect(newImages(aRelease('main', {wanted, deployed: undefined}))).toEqual([IMAGE])
  })

  test('hooks that run on the way are, tests are not', () => {
    const hook = (events: string): KubernetesObject => {
      const job = aDeployment('hook', 'registry/migrate:v2')
      return {...job, body: {...job.body, metadata: {annotations: {'helm.sh/hook': events}}}}
    }
    const none = {wanted: []}
    expect(newImages(aRelease('main', {...none, wantedHooks: [hook('pre-install, pre-upgrade')]}))).toEqual([
      'registry/migrate:v2',
    ])
    expect(newImages(aRelease('main', {...none, wantedHooks: [hook('test')]}))).toEqual([])
  })

  test('what is never pulled is not', () => {
    const local = aDeployment('local', 'registry/local:1')
    local.body.spec.template.spec.containers[0].imagePullPolicy = 'Never'
    expect(newImages(aRelease('main', {wanted: [local]}))).toEqual([])
  })
})

describe('worthTrying', () => {
  const bad = (tag: string) =>
    aRun({isGood: false, isRolledBack: true, images: [`registry.test/shop:${tag}`]})
  const proposed = (nearest: readonly string[], past: ReleaseFacts['past']) =>
    worthTrying(
      new Map([[IMAGE, {kind: 'missing' as const, nearest}]]),
      facts([anEnvironment('staging', [aRelease('main', {past})])]),
    ).get(IMAGE)

  test('what was rolled back here is not proposed, unless it ran well since', () => {
    expect(proposed(['v3', 'v4', 'v5', 'v6'], [bad('v3')])).toMatchObject({nearest: ['v4', 'v5', 'v6']})
    const good = aRun({images: ['registry.test/shop:v3']})
    expect(proposed(['v3', 'v4', 'v5', 'v6'], [good, bad('v3')])).toMatchObject({nearest: ['v3', 'v4', 'v5']})
  })

  test('where nothing else is near, that is said', () => {
    const answer = proposed(['v3'], [bad('v3')])
    expect(answer).toEqual({kind: 'missing', nearest: [], areBad: true})
    expect(answer && told(answer).refusals[0]?.hint).toMatch(/were all rolled back here/)
  })
})

describe('withAnswers', () => {
  test('a digest goes into the plan, and from there into records', () => {
    const plan = told({kind: 'found', digest: DIGEST})
    const images = plan.stages[0]?.steps[0]?.images ?? []
    expect(images.map(({after, digest}) => [after, digest])).toEqual([[IMAGE, DIGEST]])
    expect(digestsOf(images)).toEqual({digests: {[IMAGE]: DIGEST}})
    expect(plan.refusals).toEqual([])
    expect(plan.warnings).toEqual([])
  })

  test('an asked version that is missing is refused with 66, before any other refusal', () => {
    const latest = {revision: 4, status: 'pending-upgrade'}
    const plan = told({kind: 'missing', nearest: ['v2.0', 'v1']}, {...overridden, latest})
    expect(plan.refusals.map(({exitKind}) => exitKind)).toEqual(['not-found', 'declined'])
    expect(plan.refusals[0]).toEqual({
      exitKind: 'not-found',
      message: 'registry.test has no shop:v2.',
      hint: 'Did you mean v2.0? (it also has v1)',
    })
  })

  test('a version that was given for a release is corrected for that release', () => {
    const version = {kind: 'per-release', tags: {main: 'v2'}} as const
    const {refusals} = told({kind: 'missing', nearest: ['v2.0']}, overridden, IMAGE, version)
    expect(refusals[0]?.hint).toBe('Did you mean main=v2.0?')
  })

  test("so is git's version", () => {
    const {refusals} = told({kind: 'missing', nearest: ['v2.0']})
    expect(refusals[0]?.exitKind).toBe('not-found')
    expect(refusals[0]?.hint).toBe(
      'The values in git name it: is its build done? Until then: --version v2.0.',
    )
  })

  test('a name that is missing', () => {
    const {refusals} = told({kind: 'missing', nearest: []}, overridden)
    expect(refusals[0]?.hint).toMatch(/no image of that name/)
  })

  test('of an image beside the asked one it is not asked whether another version was meant', () => {
    const {refusals} = told({kind: 'missing', nearest: ['1.2']}, overridden, 'registry.test/envoy:1.3')
    expect(refusals[0]?.hint).toMatch(/values in git/)
  })

  test.each(['denied', 'unreachable'] as const)('%s: one warning for each registry, and no refusal', kind => {
    const answerOf = (registry: string): ImageAnswer => ({kind, registry, reason: 'it refuses connections'})
    const answer = answerOf('registry.test')
    const plan = withAnswers(
      planOf(aRelease('main', {wanted})),
      new Map<string, ImageAnswer>([
        [IMAGE, answer],
        ['registry.test/envoy:1', answer],
        ['other.test/envoy:1', answerOf('other.test')],
      ]),
      {kind: 'from-git'},
    )
    expect(plan.refusals).toEqual([])
    expect(plan.warnings).toEqual([
      'registry.test could not be asked for shop:v2, envoy:1: it refuses connections. Whether it is there shows when it is pulled.',
      'other.test could not be asked for envoy:1: it refuses connections. Whether it is there shows when it is pulled.',
    ])
  })

  test('not asked: nothing to tell', () => {
    const plan = told({kind: 'not-asked'})
    expect([...plan.refusals, ...plan.warnings]).toEqual([])
    expect(digestsOf(plan.stages[0]?.steps[0]?.images ?? [])).toEqual({})
  })
})
