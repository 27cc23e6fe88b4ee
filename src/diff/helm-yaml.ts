import {parseAllDocuments, type ScalarTag} from 'yaml'
import {DeployError} from '../errors.ts'
import {parseBlockYaml} from './block-yaml.ts'
import {MAY_BE_SPECIAL, plainScalar} from './yaml-scalars.ts'

/**
 * YAML as helm and Kubernetes read it; `<<` merges.
 * @param what that is read, for the error: `what echo/templates/service.yaml rendered`
 * @returns the value of each document
 * @throws DeployError `bad-render` with the parser's words
 */
export function parseHelmYaml(text: string, what: string): unknown[] {
  const simple = parseBlockYaml(text)
  return simple === undefined ? parseFully(text, what) : [simple.value]
}

/** The texts between the lines `---`. */
export function splitDocuments(text: string): string[] {
  return text.split(DOCUMENT_START)
}

const DOCUMENT_START = /^---[ \t]*(?:#.*)?\r?$\n?/m

function parseFully(text: string, what: string): unknown[] {
  return parseAllDocuments(text, {
    schema: 'failsafe',
    customTags: [PLAIN_SCALAR],
    merge: true,
    uniqueKeys: false,
    logLevel: 'error',
  }).map(parsed => {
    const [error] = parsed.errors
    if (error === undefined) return parsed.toJS()
    // Without the excerpt below it: that may be the Secret itself, which nobody could read yet.
    const [told = ''] = error.message.split('\n')
    throw new DeployError('bad-render', `read ${what}: ${told.replace(/:$/, '')}`)
  })
}

const PLAIN_SCALAR: ScalarTag = {
  tag: 'tag:yaml.org,2002:plain',
  default: true,
  test: MAY_BE_SPECIAL,
  resolve: plainScalar,
}
