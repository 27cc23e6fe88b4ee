import type {DigestedFiles} from './facts.ts'

/** What comes along with a release beside the version that was asked for. */
export type RideAlong = {
  since: LastDeployed
  /** Commits that touched its chart or values and were not deployed yet, newest first. */
  commits: CommitList
  /** Commits that what runs was made with and that this tree does not have: their changes are taken back. */
  takenBack: CommitList
  /** Files outside the charts repository that its values come from. */
  outside: readonly OutsideChange[]
}

/** What made the live revision. By time: the commits that are younger than it. */
export type LastDeployed =
  | {kind: 'run'; runId: string; commit: string; at: string}
  | {kind: 'time'; revision: number; at: string; why: 'not-by-deploy' | 'commit-unknown-here'}

export type CommitList = {
  newest: readonly Commit[]
  total: number
  /** There are more than were counted. */
  isCut: boolean
  /** What shows all of them, in the charts repository. */
  command: string
}

export type Commit = {hash: string; subject: string; author: string; committedAt: string}

/** `unknown`: its digest was made with another key. */
export type OutsideChange = {path: string; kind: 'changed' | 'new' | 'gone' | 'unknown'}

/**
 * How the files differ from those of the run that made the live revision.
 * @param names the files of one release; others of the environment are not its business
 * @returns nothing when that run recorded none
 */
export function outsideChanges(
  before: DigestedFiles | undefined,
  now: DigestedFiles | undefined,
  names: readonly string[],
): OutsideChange[] {
  if (before === undefined || now === undefined) return []
  const [old, current] = [digestsOf(before), digestsOf(now)]
  const isSameKey = before.key === now.key
  return names.flatMap((path): OutsideChange[] => {
    const [was, is] = [old.get(path), current.get(path)]
    if (isSameKey && was === is) return []
    if (was !== undefined && is === undefined) return [{path, kind: 'gone'}]
    if (!isSameKey) return [{path, kind: 'unknown'}]
    return [{path, kind: was === undefined ? 'new' : 'changed'}]
  })
}

function digestsOf({files}: DigestedFiles): Map<string, string> {
  return new Map(files.map(({path, digest}) => [path, digest]))
}
