import {stringify} from 'yaml'
import type {KubernetesObject} from '../diff/manifests.ts'

/** One release as it was rendered; values of Secrets are masked already. */
export type ShownManifest = {
  environment: string
  name: string
  objects: readonly KubernetesObject[]
}

/** The manifest of one release, with a comment that says whose it is. */
export function manifestText({environment, name, objects}: ShownManifest): string {
  return [`# ${environment} / ${name}\n`, ...objects.map(objectText)].join('')
}

function objectText({source, body}: KubernetesObject): string {
  const comment = source === undefined ? '' : `# Source: ${source}\n`
  return `---\n${comment}${yamlText(body)}`
}

// Kubernetes reads YAML 1.1, where an unquoted `yes` or `0755` is no text.
function yamlText(body: unknown): string {
  const text = stringify(body, {version: '1.1', lineWidth: 0, aliasDuplicateObjects: false})
  // Without a fingerprint the mask of a value ends in an empty one.
  return text.replaceAll(/(<hidden, \d+ bytes), #>/g, '$1>')
}
