import * as v from 'valibot'
import {isNode, LineCounter, parseDocument, type Document} from 'yaml'
import {DeployError} from '../errors.ts'
import {settingsSchema, type WrittenSettings} from './settings.ts'

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
        offsetOf(document, path),
        `${path.join('.') || 'the file'}: ${wording(issue)}`,
      )
    }),
  )
}

function wording(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'is not a setting'
  return issue.type === 'regex' ? issue.message : `expected ${issue.expected}, found ${issue.received}`
}

// An unknown key has no value node of its own, so the nearest thing above it is pointed at.
function offsetOf(document: Document, path: readonly unknown[]): number {
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
