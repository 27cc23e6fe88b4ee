import {DeployError} from '../errors.ts'

/**
 * What `-l` says, as helmfile selects: `name=canary`, `name!=canary,tier=web`; several mean any of them.
 * @throws DeployError `usage` for what is no KEY=VALUE: helmfile would have its own words for it, or none
 */
export function selectorsOf(values: readonly string[] | undefined): readonly string[] {
  const wrong = values?.find(value => !value.split(',').every(part => /^[^\s=!,]+!?=[^\s=!,]+$/.test(part)))
  if (wrong === undefined) return values ?? []
  const name = /^[\w.-]+$/.test(wrong) ? wrong : 'canary'
  throw new DeployError('usage', `read -l ${wrong}: a selector is KEY=VALUE.`, {
    hint: `For one release: -l name=${name}. Several parts: -l name=${name},namespace=NAMESPACE.`,
  })
}
