import {tagOf} from '../diff/images.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {exec} from '../tools/exec.ts'
import {findProgram} from '../tools/find-program.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {World} from './world.ts'

type Sites = ReadonlyMap<string, EnvironmentSite>

/** One line at the start. helmfile's own hooks are silenced, since they would say DONE after a failure, too. */
export async function announceStart(
  plan: Plan,
  message: string | undefined,
  sites: Sites,
  world: World,
): Promise<void> {
  const where = [...new Set(plan.stages.map(stage => stage.environment))].join(', ')
  const images = plan.stages.flatMap(stage =>
    stage.steps.flatMap(step => step.images.flatMap(image => image.after ?? [])),
  )
  const what = [plan.service.name, ...new Set(images.map(tagOf))].join(' ')
  await announce(
    `START ${plan.kind} ${what} to ${where}${message === undefined ? '' : ` (${message})`}`,
    sites,
    world,
  )
}

/** One line at the end, by the outcome. */
export async function announceEnd(plan: Plan, outcome: Outcome, sites: Sites, world: World): Promise<void> {
  const word = outcome.exitCode === 0 ? 'DONE' : outcome.kind === 'paused' ? 'PAUSED' : 'FAILED'
  const seconds = Math.round(outcome.durationMs / 1000)
  await announce(`${word} ${plan.kind} ${plan.service.name}: ${outcome.summary} (${seconds} s)`, sites, world)
}

async function announce(text: string, sites: Sites, world: World): Promise<void> {
  // Services whose helmfile tells the log are told of there; others never were.
  if (![...sites.values()].some(site => site.hasAnnouncingHooks)) return
  const program = await findProgram('helmfile_log_sal', world.toolEnv.PATH ?? '')
  if (program === undefined) return
  const env = {
    ...world.toolEnv,
    SUPPRESS_SAL: process.env.SUPPRESS_SAL ?? 'false',
    SUDO_USER: world.actor.identity.user,
  }
  const said = world.secrecy.mask(text)
  const result = await exec(program, ['apply', said], {env, timeoutMs: 5000, detached: true})
  world.emit(
    result.failed
      ? {kind: 'noted', text: 'The announcement could not be made.'}
      : {kind: 'announced', text: said},
  )
}
