import {releaseKey} from '../plan/release-ref.ts'
import type {Facts} from '../plan/facts.ts'
import {type ImageAnswer, newImages, worthTrying} from '../plan/image-answers.ts'
import type {Plan} from '../plan/plan.ts'
import type {Registry} from '../registry/registry.ts'

/** Ask for every image that the plan brings to a cluster. Those that were asked for while rendering answer at once. */
export async function askRegistry(
  plan: Plan,
  facts: Facts,
  registry: Registry,
): Promise<ReadonlyMap<string, ImageAnswer>> {
  const images = plan.stages.flatMap(stage => {
    const planned = new Set(stage.steps.map(step => releaseKey(step.release)))
    const releases = facts.environments.find(one => one.name === stage.environment)?.releases ?? []
    return releases.filter(release => planned.has(releaseKey(release))).flatMap(newImages)
  })
  const distinct = [...new Set(images)]
  const answers = await Promise.all(distinct.map(async image => [image, await registry.ask(image)] as const))
  return worthTrying(new Map(answers), facts)
}
