import fc from 'fast-check'

/** Texts that YAML readers are known to stumble over, among harmless ones. */
const anyText = fc.oneof(
  fc.constantFrom(
    'yes',
    'off',
    '010',
    '1:30',
    '1.10',
    'e5',
    '',
    ' ',
    '-',
    '- a',
    'a: b',
    'a #b',
    '#',
    '~',
    'null',
  ),
  fc.constantFrom(
    'a\nb',
    'a\nb\n',
    'a\n\n',
    '\n',
    ' a\n  b\n',
    '\na',
    'x: |\n  y\n',
    'tab\tin',
    '"',
    "it's",
    '{',
    '[a',
  ),
  fc.constantFrom(
    'a\n \nb\n',
    '  a',
    'a ',
    '--- a',
    '---',
    '%',
    '@',
    '`',
    '!x',
    '&a',
    '*a',
    '<<',
    '?',
    ': ',
    'ü€😀',
    '\u0007',
    'a\rb',
  ),
  fc.string({maxLength: 12}),
)

const anyScalar = fc.oneof(
  anyText,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(0.5, 1.25, 1e21),
)

const anyKey = fc.oneof(
  fc.stringMatching(/^[a-z][a-zA-Z./-]{0,8}$/),
  fc.constantFrom('yes', '1', 'a b', 'config.yaml', 'x:y', ''),
)

/** Any object a chart may render: mappings, sequences and scalars. */
export const anyBody = fc.dictionary(
  anyKey,
  fc.letrec(tie => ({
    node: fc.oneof(
      {maxDepth: 4, depthSize: 'small'},
      anyScalar,
      fc.array(tie('node'), {maxLength: 4}),
      fc.dictionary(anyKey, tie('node'), {maxKeys: 4}),
    ),
  })).node,
  {minKeys: 1, maxKeys: 5},
)
