import type {RunMode} from '../flow/run-plan.ts'
import type {PlanOptions} from '../plan/guards.ts'
import type {OnUnfinished} from '../plan/intent.ts'

type Consent = 'ask' | 'go' | 'stop'

/** Whether a person is there to be asked: with no terminal nobody is, and nothing is assumed. */
export function consentOf(flags: {yes: boolean; json: boolean; events: boolean; output: string}): Consent {
  if (flags.yes) return 'go'
  return isTerminal() && !flags.json && !flags.events && flags.output !== 'json' ? 'ask' : 'stop'
}

export function isTerminal(): boolean {
  return Boolean(process.stdin.isTTY && (process.stdout.isTTY || process.stderr.isTTY))
}

export function runModeOf(
  flags: {'dry-run': boolean; 'on-unfinished'?: OnUnfinished | undefined},
  consent: Consent,
): RunMode {
  if (flags['dry-run']) return {kind: 'preview', isDetailed: false}
  const onUnfinished = flags['on-unfinished'] ?? (consent === 'ask' ? 'ask' : 'fail')
  return {kind: 'carry-out', consent, onUnfinished}
}

/** Going back asks for nothing that a deployment asks for: what ran before was agreed to once. By its image alone it deploys a tree. */
export function goingBackOptions(
  consent: Consent,
  flags: {retry: boolean; 'image-only'?: boolean; 'local-tree'?: boolean},
): PlanOptions {
  const isImageOnly = flags['image-only'] ?? false
  return {
    isLocalTreeAllowed: !isImageOnly || (flags['local-tree'] ?? false),
    isOverrideAllowed: !isImageOnly,
    override: 'take-git',
    isRetry: flags.retry,
    isUnattended: consent !== 'ask',
  }
}
