/** Sentences, tables, listings and code an answer names a file in. `@` stands for the path. */

/** Carriers that take any path. */
export const CARRIERS: readonly string[] = [
  'The bug is in `@`, where the guard is inverted.', 'I\'ll read `@` first.', 'Let me look at `@` to see how it is wired.', 'See @ for details.', 'Open "@" and search for the handler.',
  'The handler lives in \'@\' today.', '**@**', '**`@`**: the entry point.', '- `@`: parses the input', '* @ - the parser', '1. `@`\n2. then the rest', '| `@` | parses input |', '| @ | parses input |',
  'The [parser](@) does it.', '![Diagram](@)', 'File: @\n=========', '**File**: `@`\n\n```\nx = 1\n```', '### `@`\n\nThis one parses.', '```sh\ncat @\n```', '```bash\n$ grep -n "TODO" @\n```',
  '```\n@:42: error: expected `;`\n```', 'In `@:42` the value is lost.', 'It fails at @:10:5 with a type error.', 'Look at `@#L10-L20`.', 'See @#L7.', 'The check at `@(10,5)` is wrong.',
  '`@:parseInput` is the function.', 'Defined in @, line 12.', '> As `@` shows, it is cached.', '(see `@`)', '(@)', 'It reads @, and then returns.', 'The change touches `@`.', 'Is it `@`?', 'Both `@` and the README say so.',
  'The `@` file has the settings.', 'According to the imports at the top of `@`, it is unused.', 'Here\'s what `@` does:', 'Running `node @` prints it.', 'Check `@` → `handle()`.', '<file>@</file>', 'Location: `@`\n',
  '```python\n# @\nx = 1\n```', '```ts\n// @\nexport const x = 1;\n```', 'At the end of `@`:\n\n```\nx\n```', 'Both are in “@”.', '`@`\'s exports are small.', 'The relevant code (`@`, lines 10–20) is short.',
  'Den Fehler finden Sie in `@`.', 'Die Datei `@` enthält die Logik.', 'Le problème se trouve dans `@`.', 'Le fichier @ contient la configuration.', 'El error está en `@`.', 'Consulte el archivo `@` para más detalles.',
  '问题出在 `@` 文件中。', '请查看 `@`。', '`@` を確認してください。', '設定は `@` にあります。', 'Ошибка находится в файле `@`.', 'Смотрите `@` для подробностей.', '설정은 `@` 파일에 있습니다.', 'Zobacz plik `@`.',
];

/** Carriers where a wrong path is told of, and never changed: diffs, imports, traces, listings. Caught there is enough. */
export const TOLD: readonly string[] = [
  '```diff\n--- a/@\n+++ b/@\n```', 'Traceback (most recent call last):\n  File "@", line 3, in <module>', '    at parse (@:10:5)',
];

/** Carriers in which a path need not exist. */
export const CREATING: readonly string[] = [
  'Create `@` with this content:', 'Create a new file `@`:', 'I\'ll create `@` for that.', 'Let\'s add a new file at `@`.', 'I created `@`.', 'We could move it to `@`.', 'Save this as `@`:', 'Write the result to `@`.',
  'Rename it to `@`.', '`@` (new)', '| `@` | new | holds the cache |', 'Add `@`:', 'Then generate `@` from it.', '```sh\ntouch @\n```', '```sh\nmkdir -p x && cp a.txt @\n```', '```sh\nrm @\n```', 'There is no `@` in this project.',
  '`@` does not exist.', 'You would have a file such as `@`.', 'I deleted `@`.', 'The file `@` was removed in the last release.', 'Split it out into `@`.', '### New file: `@`', '**Create `@`**', '1. Create `@`', 'Next, I will scaffold `@`.',
  'Erstelle die Datei `@`.', 'Créez le fichier `@`.', 'Crea el archivo `@`.', '创建 `@` 文件。', '新しいファイル `@` を作成します。', 'Создайте файл `@`.', 'Ich lege `@` neu an.', 'Add a test in `tests/` such as `@`.', '```ts\n// @ (new file)\nexport const x = 1;\n```',
  'Extract the class into `@`.', 'For example, `@` could hold it.', 'It should be placed in `@`.', 'The build writes `@`.', 'Output goes to `@`.', 'If `@` exists, it is loaded.',
];

/** The text of a carrier with a path in it. */
export function carry(carrier: string, path: string): { readonly text: string; readonly start: number; readonly end: number } {
  const start = carrier.indexOf('@');
  return { text: carrier.replaceAll('@', () => path), start, end: start + path.length };
}
