import type {Plan} from '../plan/plan.ts'

/** A command that shows what a preview left out, and what kind of plan it shows. */
export type InFull = {verb: 'diff' | 'rollback' | 'resume' | 'abort'; command: string}

/** What shows just this plan, and everything of it; of others than deployments a dry run cuts nothing. */
export function inFullText(plan: Plan, detail: 'short' | 'full', width: number, asked?: InFull): string {
  const whole = commandOf(plan, asked)
  const [lead, command] =
    detail === 'full'
      ? ['What is new in full:', whole.replace(/^deploy diff/, 'deploy render')]
      : ['Everything in full:', whole]
  const line = `${lead} ${command}`
  // A command is not broken: it is there to be copied.
  return line.length <= width ? line : `${lead}\n  ${command}`
}

/** `deploy diff` and `deploy render` show what git's values make, and no other plan. */
export function isOfGit(plan: Plan): boolean {
  return verbOf(plan) === 'diff'
}

// A run that has to be finished first is shown by a command that was asked for something else.
function commandOf(plan: Plan, asked: InFull | undefined): string {
  const verb = verbOf(plan)
  if (asked?.verb === verb) return asked.command
  const name = plan.service.name
  if (verb === 'resume' || verb === 'abort')
    return `deploy ${verb} ${name} --run ${plan.finishes?.runId ?? ''} --dry-run`
  const environments = [...new Set(plan.stages.map(stage => stage.environment))].join(',')
  if (verb === 'diff') return `deploy diff ${name} -e ${environments}`
  const scope = plan.kind === 'image-rollback' ? ' --image-only' : ''
  return `deploy rollback ${name} -e ${environments}${scope} --dry-run`
}

function verbOf({kind, finishes}: Plan): InFull['verb'] {
  if (kind === 'abort') return 'abort'
  if (finishes !== undefined) return 'resume'
  return kind === 'deploy' ? 'diff' : 'rollback'
}
