import {restartValueOf} from '../charts/restart-value.ts'
import {DeployError} from '../errors.ts'
import type {ServiceFacts} from '../plan/facts.ts'
import type {GivenValue} from '../plan/intent.ts'
import {readHelmfiles} from './helmfile-texts.ts'

/**
 * The state value that makes a service's helmfile replace all pods.
 * @param tree the copy of the charts repository
 * @throws DeployError `usage` where its helmfile has none
 */
export async function restartGiven(tree: string, service: ServiceFacts): Promise<GivenValue> {
  const {name} = service
  const value = restartValueOf(await readHelmfiles(tree, service))
  if (value === undefined)
    throw new DeployError('usage', `restart ${name}: its helmfile knows no roll_restart.`, {
      hint: `kubectl rollout restart deployment --namespace NAMESPACE restarts it by hand.`,
    })
  if (value === 'mixed')
    throw new DeployError(
      'usage',
      `restart ${name}: its helmfile wants roll_restart as a number and as a text.`,
      {
        hint: 'Make them one in its helmfile; until then no value works.',
      },
    )
  return value
}
