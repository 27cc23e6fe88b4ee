import {exec} from './exec.ts'
import {GIT_ARGS} from './tree.ts'

/** How many commits after one touched these paths; nothing where the repository does not know that one. */
export async function commitsSince(
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<number | undefined> {
  const range = ['rev-list', '--count', '--no-merges', `${commit}..HEAD`, '--', ...paths]
  const {stdout, failed} = await exec('git', [...GIT_ARGS, ...range], {cwd: root})
  return failed ? undefined : Number(stdout.trim())
}
