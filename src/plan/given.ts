import type {GivenValue} from './intent.ts'

/** As it was typed; together they deploy the same again. */
export function givenText({flag, word}: GivenValue): string {
  return `--${flag} ${word}`
}

/** What was given with `--set`, from recorded texts; nothing when a value was hidden in the record. */
export function setWordsOf(texts: readonly string[]): string[] | undefined {
  if (texts.some(text => text.includes(HIDDEN))) return undefined
  return texts.filter(text => text.startsWith(SET)).map(text => text.slice(SET.length))
}

/** What was given, from recorded texts; nothing when a value was hidden in the record. */
export function givenOf(texts: readonly string[]): GivenValue[] | undefined {
  const given = texts.flatMap(text => {
    const [, flag, word] = /^--(set|state-values-set|state-values-set-string) (.*)$/s.exec(text) ?? []
    if (flag === undefined || word === undefined) return []
    return [{flag: flag as GivenValue['flag'], word}]
  })
  return given.length < texts.length || texts.some(text => text.includes(HIDDEN)) ? undefined : given
}

/** The texts that hold a key which is not given now; a key that is given another value is no surprise. */
export function notGivenNow(before: readonly string[], now: readonly string[]): string[] {
  const keysNow = new Set(now.flatMap(keysOf))
  return before.filter(text => keysOf(text).some(key => !keysNow.has(key)))
}

/** For people and records: without values whose key says that they are secret, or that `mask` knows. */
export function hideGiven(texts: readonly string[], mask: (text: string) => string): string[] {
  return texts.map(text =>
    mask(text.replaceAll(PAIR, (whole, key: string) => (SECRET_NAME.test(key) ? `${key}=${HIDDEN}` : whole))),
  )
}

/** The same of values that have a name each, at any depth: what is beneath a secret name is as secret. */
export function hideValues<T>(values: T): T {
  return JSON.parse(JSON.stringify(values), (key, value) => (SECRET_NAME.test(key) ? HIDDEN : value))
}

function keysOf(text: string): string[] {
  const kind = text.startsWith(SET) ? 'set' : 'state'
  return [...text.matchAll(PAIR)].map(match => `${kind} ${match[1]}`)
}

const SET = '--set '
const HIDDEN = '<hidden>'
const SECRET_NAME = /pass|secret|token|key|credential|auth|salt|private|cookie|sign/i
/** Of `a.b=1,c={x,y}`; a comma behind a backslash, or between braces, belongs to the value. */
const PAIR = /([^\s=,]+)=((?:\{(?:\\.|[^}\\])*\}|\\.|[^,\\])*)/g
