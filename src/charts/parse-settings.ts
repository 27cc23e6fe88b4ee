import * as v from 'valibot'
import {type Document, isMap, isNode, isScalar, LineCounter, parseDocument} from 'yaml'
import {DeployError} from '../errors.ts'
import {settingsSchema, type WrittenSettings} from './settings-schema.ts'

/**
 * Read one `deploy.yaml`.
 * @param text its content
 * @param file its name, for messages
 * @throws DeployError `bad-config` that names every problem with line, column and what was expected
 */
export function parseSettings(text: string, file: string): WrittenSettings {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {lineCounter, prettyErrors: false})
  const broken = document.errors.map(error => at(file, lineCounter, error.pos[0], error.message))
  if (broken.length > 0) throw badConfig(broken)

  const result = v.safeParse(settingsSchema, document.toJS() ?? {})
  if (result.success) return result.output
  throw badConfig(
    result.issues.map(issue => {
      const path = (issue.path ?? []).map(item => item.key)
      return at(
        file,
        lineCounter,
        offsetOf(document, path, isUnknownKey(issue)),
        `${path.join('.') || 'the file'}: ${wording(issue)}`,
      )
    }),
  )
}

function wording(issue: v.BaseIssue<unknown>): string {
  if (isUnknownKey(issue)) return 'is not a setting'
  return issue.type === 'regex' ? issue.message : `expected ${issue.expected}, found ${issue.received}`
}

function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never'
}

// The key is pointed at where it is the fault, else its value, else the nearest thing above it.
function offsetOf(document: Document, path: readonly unknown[], isKey: boolean): number {
  if (isKey) {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
    const key = isMap(parent)
      ? parent.items.find(item => isScalar(item.key) && item.key.value === path.at(-1))?.key
      : undefined
    if (isNode(key) && key.range) return key.range[0]
  }
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

function at(file: string, lineCounter: LineCounter, offset: number, message: string): string {
  const {line, col} = lineCounter.linePos(offset)
  return `${file}:${line}:${col}: ${message}`
}

function badConfig(problems: readonly string[]): DeployError {
  return new DeployError(
    'bad-config',
    `read the configuration:\n${problems.map(problem => `  ${problem}`).join('\n')}`,
    {
      hint: 'Correct the lines named above; docs/configuration.md lists every setting.',
    },
  )
}
