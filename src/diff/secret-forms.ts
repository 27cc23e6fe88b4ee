import {encodeBase64, MIN_SECRET_CHARS} from './secret-values.ts'

/** Every form a value commonly takes in what programs print; those that are too short to be told from other words are left out. */
export function formsOf(value: string): string[] {
  const trimmed = value.trim()
  const forms = [
    trimmed,
    ...escapedForms(trimmed),
    ...base64Forms(trimmed),
    ...(value === trimmed ? [] : base64Forms(value)),
  ]
  return [...new Set(forms)].filter(form => form.trim().length >= MIN_SECRET_CHARS)
}

function escapedForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  const url = encodeURIComponent(value.toWellFormed())
  const strictUrl = url.replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return [
    json,
    // Go escapes what could be HTML, too.
    json.replace(/[<>&]/g, char => `\\u00${char.charCodeAt(0).toString(16)}`),
    // A single-quoted text in YAML.
    value.replaceAll("'", "''"),
    ...exponentForms(value),
    // Put on one line.
    value.replace(/\s+/g, ' '),
    ...[url, strictUrl].flatMap(form => [form, form.replaceAll('%20', '+'), form.replace(/%../g, lower)]),
  ]
}

/** Go takes a large number in YAML or JSON for a fraction, and prints it so. */
function exponentForms(value: string): string[] {
  if (!/^\d{8,}$/.test(value)) return []
  const [mantissa = '', exponent = ''] = Number(value).toExponential().split('e+')
  return [`${mantissa}e+${exponent.padStart(2, '0')}`]
}

function lower(text: string): string {
  return text.toLowerCase()
}

/**
 * base64 packs three bytes into four characters, so a value has three forms, by where it starts. The characters
 * at both ends that its neighbours share in are left out.
 */
function base64Forms(value: string): string[] {
  const whole = encodeBase64(value)
  const inner = [0, 1, 2].map(offset => {
    const encoded = encodeBase64('\0'.repeat(offset) + value).replace(/=+$/, '')
    return encoded.slice(offset === 0 ? 0 : offset + 1, encoded.length % 4 === 0 ? undefined : -1)
  })
  return [whole, ...inner, ...linesOf(whole, 64), ...linesOf(whole, 76)].flatMap(form => [
    form,
    form.replaceAll('+', '-').replaceAll('/', '_'),
  ])
}

/** PEM and MIME break long base64 into lines. */
function linesOf(encoded: string, columns: number): string[] {
  return encoded.length <= columns ? [] : (encoded.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [])
}
