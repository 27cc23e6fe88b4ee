import type {RunMode} from '../flow/run-plan.ts'
import type {PlanOptions} from '../plan/guards.ts'

type Consent = 'ask' | 'go' | 'stop'

/** Whether a person is there to be asked: with no terminal nobody is, and nothing is assumed. */
export function consentOf(flags: {yes: boolean; json: boolean; events: boolean; output: string}): Consent {
  if (flags.yes) return 'go'
  return isTerminal() && !flags.json && !flags.events && flags.output !== 'json' ? 'ask' : 'stop'
}

export function isTerminal(): boolean {
  return Boolean(process.stdin.isTTY && (process.stdout.isTTY || process.stderr.isTTY))
}

export function runModeOf(flags: {'dry-run': boolean}, consent: Consent): RunMode {
  return flags['dry-run'] ? {kind: 'preview', isDetailed: false} : {kind: 'carry-out', consent}
}

/** Going back asks for nothing that a deployment asks for: what ran before was agreed to once. */
export function goingBackOptions(consent: Consent): PlanOptions {
  return {
    isLocalTreeAllowed: true,
    isOverrideAllowed: true,
    override: 'take-git',
    isRetry: true,
    isUnattended: consent !== 'ask',
  }
}
