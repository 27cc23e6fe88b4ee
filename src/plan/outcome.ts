import type {ExitKind} from '../exit-codes.ts'
import type {Failure} from './events.ts'
import type {ReleaseRef} from './facts.ts'
import type {Plan} from './plan.ts'

/** How a run ended: the document of `--json` and the last line of `--events`. */
export type Outcome = {
  schema: 1
  kind: ExitKind
  exitCode: number
  /** What was asked for; `resume` goes on with another run. */
  action: 'deploy' | 'rollback' | 'resume' | 'abort'
  runId: string
  service: string
  /** One sentence for a person. */
  summary: string
  releases: readonly ReleaseEnd[]
  failure?: Failure
  /** What would be done; in previews only. */
  plan?: Plan
  /** What to type next, if there is something. */
  next?: string
  durationMs: number
  timings?: FailureTimings
}

/** Whether it changed anything. */
export function isTouched({releases}: Pick<Outcome, 'releases'>): boolean {
  return releases.some(({state}) => state !== 'not-reached' && state !== 'unchanged')
}

export type ReleaseEnd = {
  environment: string
  release: ReleaseRef
  /** `restored`: what ran before is back, because a change failed or somebody asked. */
  state: 'deployed' | 'unchanged' | 'restored' | 'removed' | 'not-reached' | 'not-restored'
  revision: number | undefined
  /** Of what was brought back: the revision that it was before. */
  toRevision?: number
  /** What it has now. */
  images: readonly string[]
  /** Of those images that the registry was asked for. */
  digests?: ImageDigests
}

/** Image, as the manifest names it → its digest in the registry. */
export type ImageDigests = Record<string, string>

/** Milliseconds; what a failing version cost. */
export type FailureTimings = {
  /** From the moment Kubernetes showed the decisive state to our verdict. */
  verdictMs: number
  /** From the verdict to the old version verified healthy, the stability window left out. */
  backMs: number
}
