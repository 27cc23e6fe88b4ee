/**
 * Plain (unquoted) YAML scalars as helm and Kubernetes read them: sigs.k8s.io/yaml, that is go-yaml v2.
 * It is YAML 1.1 with `yes`, `on` and `y` as booleans and `010` as octal, but without base-60 numbers, and dates
 * stay text. A reader that follows either specification to the letter would show changes that are none.
 */
export function plainScalar(text: string): string | number | boolean | null {
  if (!MAY_BE_SPECIAL.test(text)) return text
  const word = WORDS.get(text)
  return word === undefined ? numberOf(text) : word
}

/** Any other first letter begins a text. */
export const MAY_BE_SPECIAL = /^(?:$|[-+.\d~yYnNtTfFoO])/

const WORDS: ReadonlyMap<string, number | boolean | null> = new Map<string, number | boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    word => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    word => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map(word => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    word => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map(word => [word, Number.NEGATIVE_INFINITY] as const),
])

function numberOf(text: string): string | number {
  if (!/^[-+]?\.?\d/.test(text)) return text
  const plain = text.replaceAll('_', '')
  const integer = integerOf(plain)
  if (integer !== undefined) return Number.isSafeInteger(integer) ? integer : text
  return FLOAT.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : text
}

const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/

/** As Go's ParseInt with base 0: `0x`, `0b`, `0o` and a leading zero choose the base. */
function integerOf(plain: string): number | undefined {
  const match = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/.exec(plain)
  if (match === null) return undefined
  const [, sign, hex, binary, octal, decimal] = match
  const value =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : binary !== undefined
        ? Number.parseInt(binary, 2)
        : octal !== undefined
          ? Number.parseInt(octal, 8)
          : Number(decimal)
  return sign === '-' ? 0 - value : value
}
