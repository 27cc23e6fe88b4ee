import {nearest} from '../charts/nearest.ts'
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
  const close = nearest(name, [...known, 'production', 'all'])
  return new DeployError(
    'not-found',
    `find the environment ${name}: this service has ${known.join(', ') || 'none'}.`,
    {
      hint:
        close === undefined
          ? `Use -e with one of: ${[...known, 'production', 'all'].join(', ')}.`
          : `Did you mean -e ${close}?`,
    },
  )
}
