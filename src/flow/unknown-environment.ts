import {UnknownEnvironmentError} from '../charts/environments.ts'
import {DeployError} from '../errors.ts'
import type {LauncherSite} from '../tools/capture.ts'
import {listEnvironments} from '../tools/helmfile.ts'

/** What to say where helmfile has no such environment, or no release of it fits the selectors. */
export async function unknownEnvironment(
  name: string,
  selectors: readonly string[],
  site: LauncherSite,
): Promise<DeployError> {
  const known = await listEnvironments(site).catch((): readonly string[] => [])
  if (known.includes(name)) {
    return new DeployError(
      'not-found',
      `find releases in ${name} for the selector ${selectors.join(', ')}: there are none.`,
      {
        hint: `Leave -l out, or try helmfile -e ${name} list.`,
      },
    )
  }
  return new UnknownEnvironmentError(name, known)
}
