import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everySplit } from '../../helpers/every-split.js';
import { scan, told } from './path-helpers.js';

/** What is made, unmade or absent, in the words of several languages. `@` stands for the path. */
const MADE: readonly string[] = [
  'Erstelle die Datei `@`.', 'Ich lege `@` neu an.', 'Die Datei `@` wird neu erstellt.', '`@` existiert nicht.', 'Créez le fichier `@`.', 'Le fichier `@` n’existe pas.', 'Crea el archivo `@`.', 'El archivo `@` no existe.',
  'Crie o arquivo `@`.', 'Crea il file `@`.', '创建 `@` 文件。', '`@` 不存在。', '新しいファイル `@` を作成します。', '`@` は存在しません。', 'Создайте файл `@`.', 'Файл `@` не существует.', '새 파일 `@`를 만듭니다.', 'Utwórz plik `@`.',
  'If `@` exists, it is loaded.', 'Wenn `@` da ist, wird es geladen.', 'Another project has its own `@`.', 'It is in `@` in the Linux sources.',
];

/** Near misses: the same sort of words, and the path is one that should be there. */
const THERE: readonly string[] = [
  'Der Fehler steht in `@`.', 'Die neue Logik steht in `@`.', 'Le problème se trouve dans `@`.', 'Consulte el archivo `@` para más detalles.', 'La configuración nueva está en `@`.', '问题出在 `@` 文件中。', '请查看 `@`。', '`@` を確認してください。',
  'Ошибка находится в файле `@`.', '설정은 `@` 파일에 있습니다.', 'Zobacz plik `@`.', 'The parser is in `@` in the project.', 'It is `@` in our repository.', 'Den Fehler finden Sie in `@`.',
];

test('what another language says is made or absent is neither corrected nor called an invention', () => {
  for (const words of MADE) {
    for (const path of ['src/server/ruoter.ts', 'src/billing/invoices.ts']) everySplit(words.replace('@', path), (pieces) => assert.deepEqual(told(scan(pieces).findings), [], `${words} ${path}`));
  }
});

test('what another language says of a file that should be there is judged', () => {
  for (const words of THERE) {
    everySplit(words.replace('@', 'src/server/ruoter.ts'), (pieces) => assert.deepEqual(told(scan(pieces).findings), ['replace src/server/ruoter.ts -> src/server/router.ts'], words));
    assert.deepEqual(told(scan([words.replace('@', 'src/billing/invoices.ts')]).findings), ['insert src/billing/invoices.ts'], words);
  }
});
