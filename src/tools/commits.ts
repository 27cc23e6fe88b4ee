import type {CommitList} from '../plan/ride-along.ts'
import {exec} from './exec.ts'
import {GIT_ARGS} from './tree.ts'

/** A commit that is told of has a short line; nobody reads more than a few dozen. */
const MAX_COMMITS = 100

export type CommitsBetween = {added: CommitList; takenBack: CommitList}

/**
 * The commits that touched some paths, and are in one of two states of a repository only.
 * @returns nothing when this repository does not know one of them
 */
export async function commitsBetween(
  root: string,
  from: string,
  to: string,
  paths: readonly string[],
): Promise<CommitsBetween | undefined> {
  const [added, takenBack] = await Promise.all([
    logOf(root, [`${from}..${to}`], paths),
    logOf(root, [`${to}..${from}`], paths),
  ])
  return added && takenBack && {added, takenBack}
}

/** The commits up to a state that touched some paths and are younger than a time (RFC 3339). */
export function commitsAfter(
  root: string,
  since: string,
  to: string,
  paths: readonly string[],
): Promise<CommitList | undefined> {
  return logOf(root, [`--since=${since}`, to], paths)
}

/** Whether a commit after the one wrote a word into some paths; no when this repository does not know them. */
export async function isWrittenBetween(
  root: string,
  {from, to}: {from: string; to: string},
  word: string,
  paths: readonly string[],
): Promise<boolean> {
  if (from === to) return false
  const search = ['log', '--no-merges', '--format=', '--patch', '--unified=0', `-S${word}`]
  const {stdout, failed} = await exec('git', [...GIT_ARGS, ...search, `${from}..${to}`, '--', ...paths], {
    cwd: root,
  })
  const added = stdout.split('\n').filter(line => line.startsWith('+') && !line.startsWith('+++ '))
  return !failed && added.some(line => line.split(/[^\w.-]+/).includes(word))
}

/** RFC 3339; nothing when this repository does not know the commit. */
export async function timeOfCommit(root: string, commit: string): Promise<string | undefined> {
  const {stdout, failed} = await exec('git', [...GIT_ARGS, 'log', '-1', '--format=%cI', commit, '--'], {
    cwd: root,
  })
  return failed ? undefined : stdout.trim()
}

async function logOf(
  root: string,
  range: readonly string[],
  paths: readonly string[],
): Promise<CommitList | undefined> {
  const result = await exec(
    'git',
    [
      ...GIT_ARGS,
      'log',
      '--no-merges',
      '-z',
      '--format=%H%n%cI%n%an%n%s',
      `--max-count=${MAX_COMMITS + 1}`,
      ...range,
      '--',
      ...paths,
    ],
    {cwd: root},
  )
  if (result.failed) return undefined
  const commits = result.stdout.split('\0').filter(Boolean)
  return {
    newest: commits.slice(0, MAX_COMMITS).map(commitOf),
    total: Math.min(commits.length, MAX_COMMITS),
    isCut: commits.length > MAX_COMMITS,
    command: ['git', '-C', root, 'log', '--oneline', ...range.map(shortHashes), '--', ...paths]
      .map(quoted)
      .join(' '),
  }
}

function commitOf(text: string) {
  const [hash = '', committedAt = '', author = '', subject = ''] = text.split('\n')
  return {hash, committedAt, author, subject}
}

// For a person's shell; ours never sees it.
function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

function shortHashes(argument: string): string {
  return argument.replaceAll(/[\da-f]{40}/g, hash => hash.slice(0, 10))
}
