import {DeployError} from '../errors.ts'
import {imagesOf, pulledImagesOf, shortImage} from '../diff/images.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {splitImage} from '../version/tag.ts'
import type {Facts, ReleaseFacts} from './facts.ts'
import type {VersionRequest} from './intent.ts'
import type {PastRelease} from './origin.ts'
import {isKnownBad} from './past.ts'
import type {ImageDigests} from './outcome.ts'
import type {ImageChange, Plan, Refusal} from './plan.ts'

/** What a registry said of an image before anything was touched. */
export type ImageAnswer =
  /** Of an image for several platforms: the digest of its index. */
  | {kind: 'found'; digest: string}
  /** The registry answered, and does not have it; `nearest` are versions of the same image that it has. `areBad`: all of them were rolled back. */
  | {kind: 'missing'; nearest: readonly string[]; areBad?: true}
  | {kind: 'denied'; registry: string; reason: string}
  | {kind: 'unreachable'; registry: string; reason: string}
  /** The settings say so, or it is no name that a registry could know. */
  | {kind: 'not-asked'}

type Answers = ReadonlyMap<string, ImageAnswer>

/** The images that a registry has to have before a release is touched: those that do not run there already. */
export function newImages(release: Pick<ReleaseFacts, 'wanted' | 'wantedHooks' | 'deployed'>): string[] {
  const {objects = [], hooks = []} = release.deployed ?? {}
  const running = new Set([...objects, ...hooks].flatMap(imagesOf).map(({image}) => image))
  const wanted = [...release.wanted, ...release.wantedHooks.filter(runsNow)].flatMap(pulledImagesOf)
  return [...new Set(wanted)].filter(image => !running.has(image))
}

// Tests are run by `helm test`, and never on the way.
function runsNow({body}: KubernetesObject): boolean {
  const events: string = body.metadata?.annotations?.['helm.sh/hook'] ?? ''
  return events.split(',').some(event => /^(pre|post)-(install|upgrade)$/.test(event.trim()))
}

/** The answers with those neighbours only that are worth trying here: none that was rolled back in one of the environments. */
export function worthTrying(answers: Answers, {environments}: Facts): Answers {
  const pasts = environments.flatMap(({releases}) => releases.map(({past}) => past))
  return new Map([...answers].map(([image, answer]) => [image, withoutBad(image, answer, pasts)]))
}

function withoutBad(
  image: string,
  answer: ImageAnswer,
  pasts: readonly (readonly PastRelease[])[],
): ImageAnswer {
  if (answer.kind !== 'missing') return answer
  const {name} = splitImage(image)
  const nearest = answer.nearest.filter(tag => !pasts.some(past => isKnownBad(past, `${name}:${tag}`)))
  const areBad = nearest.length === 0 && answer.nearest.length > 0
  return {kind: 'missing', nearest: nearest.slice(0, PROPOSED), ...(areBad ? {areBad} : {})}
}

const PROPOSED = 3

/** The plan with what the registries said: a refusal for what is not there, a warning for what is not known, digests. */
export function withAnswers(plan: Plan, answers: Answers, version: VersionRequest): Plan {
  return {
    ...plan,
    stages: plan.stages.map(stage => ({
      ...stage,
      steps: stage.steps.map(step => ({
        ...step,
        images: step.images.map(image => withDigest(image, answers)),
      })),
    })),
    // Before the others: whatever else is in the way, this version cannot be deployed.
    refusals: [...missingImages(answers, plan, version), ...plan.refusals],
    warnings: [...plan.warnings, ...unknownImages(answers)],
  }
}

/** For a record or an outcome; nothing where nothing is known. */
export function digestsOf(images: readonly ImageChange[]): {digests?: ImageDigests} {
  const known = images.flatMap(({after, digest}) =>
    after === undefined || digest === undefined ? [] : [[after, digest] as const],
  )
  return known.length === 0 ? {} : {digests: Object.fromEntries(known)}
}

function withDigest(change: ImageChange, answers: Answers): ImageChange {
  const answer = change.after === undefined ? undefined : answers.get(change.after)
  return answer?.kind === 'found' ? {...change, digest: answer.digest} : change
}

/**
 * For who writes a version into git.
 * @throws DeployError `not-found` for an image that a registry does not have
 */
export function refuseMissing(answers: Answers, command: string): void {
  for (const [image, answer] of answers) {
    if (answer.kind !== 'missing') continue
    const [best] = answer.nearest
    throw new DeployError('not-found', `${hostOf(image)} has no ${shortImage(image)}.`, {
      hint: best === undefined ? missingHint(answer, '', true) : `Did you mean ${command} ${best}?`,
    })
  }
}

function missingImages(answers: Answers, {stages, service}: Plan, version: VersionRequest): Refusal[] {
  const steps = stages.flatMap(stage => stage.steps)
  return [...answers].flatMap(([image, answer]) => {
    if (answer.kind !== 'missing') return []
    const asked = steps.find(
      step => step.override !== undefined && step.images.some(change => change.after === image),
    )
    const place = version.kind === 'per-release' && asked !== undefined ? `${asked.release.name}=` : ''
    return [
      {
        exitKind: 'not-found' as const,
        message: `${hostOf(image)} has no ${shortImage(image)}.`,
        hint:
          version.kind === 'by-environment' && asked !== undefined
            ? goneHint(answer, service.name)
            : missingHint(answer, place, asked !== undefined),
      },
    ]
  })
}

// It was there when it was deployed: nobody has typed it.
function goneHint({nearest: [best]}: Extract<ImageAnswer, {kind: 'missing'}>, service: string): string {
  return best === undefined
    ? 'It has been removed there: ask who keeps the registry, or build it again.'
    : `It has been removed there. deploy ${service} --version ${best} deploys one that is there.`
}

// A mistyped tag has its right one close by; of what git names, most likely the build is not done.
function missingHint(
  {nearest: [best, ...others], areBad}: Extract<ImageAnswer, {kind: 'missing'}>,
  place: string,
  isAskedFor: boolean,
): string {
  if (areBad)
    return 'The tags near it that it has were all rolled back here: has the build of this one finished?'
  const also = others.length === 0 ? '' : ` (it also has ${others.join(', ')})`
  if (best === undefined)
    return 'It has no image of that name: is the name right, and has it ever been built?'
  return isAskedFor
    ? `Did you mean ${place}${best}?${also}`
    : `The values in git name it: is its build done? Until then: --version ${best}${also}.`
}

// Every image of a registry that does not answer would say the same.
function unknownImages(answers: Answers): string[] {
  const unknown = [...answers].flatMap(([image, answer]) =>
    answer.kind === 'denied' || answer.kind === 'unreachable' ? [{image, answer}] : [],
  )
  const groups = Map.groupBy(unknown, ({answer}) => `${answer.registry}\n${answer.reason}`)
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const images = group.map(({image}) => shortImage(image)).join(', ')
    return [
      `${first.answer.registry} could not be asked for ${images}: ${first.answer.reason}. Whether it is there shows when it is pulled.`,
    ]
  })
}

function hostOf(image: string): string {
  const short = shortImage(image)
  return short === image ? 'docker.io' : image.slice(0, -short.length - 1)
}
