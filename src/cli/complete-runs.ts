import type {Line, Offer} from '../completion/grammar.ts'
import type {HistoryRun} from '../flow/history.ts'
import type {Host} from './host.ts'

/** How long a person waits for the Tab key. */
const PATIENCE_MS = 2000

/** The runs that the clusters remember, newest first. */
export async function runOffers(service: string, line: Line, host: Host): Promise<Offer[]> {
  const runs = await runsOf(service, line, host)
  return runs.map(run => ({word: run.runId, about: aboutOf(run)}))
}

/** This asks helmfile and the clusters: it is the slow one. */
export async function runsOf(service: string, line: Line, host: Host): Promise<HistoryRun[]> {
  const {historyAt} = await import('./read-session-history.ts')
  const environments = line.environments.length > 0 ? line.environments : ['all']
  const {runs} = await historyAt(
    host,
    {name: service, environments, given: []},
    AbortSignal.timeout(PATIENCE_MS),
  )
  // A lock that was removed is no run to go back to.
  return runs.filter(run => run.kind !== 'unlock')
}

function aboutOf(run: {
  kind: string
  by: string
  outcome?: string
  environments: readonly {name: string}[]
}): string {
  return `${run.kind} to ${run.environments.map(one => one.name).join(', ')} by ${run.by}: ${run.outcome ?? 'not ended'}`
}
