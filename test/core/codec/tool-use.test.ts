import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argumentKind, toolUse } from '../../../src/core/codec/tool-use.js';
import { readTools, type Tool } from '../../../src/core/truth/request-tools.js';

function toolOf(name: string, description: string, properties: Readonly<Record<string, unknown>> = {}): Tool {
  return readTools({ tools: [{ type: 'function', function: { name, description, parameters: { type: 'object', properties } } }] }).get(name)!;
}

const USES: Readonly<Record<'read' | 'write' | 'edit' | 'none', string>> = {
  read: 'read Read read_file readFile readfile ReadFile read_many_files view view_file open_file cat ls list list_dir listDirectory list_directory listdir LS Glob glob grep Grep grep_search search_files ' +
    'file_search get_file get_file_contents getFile fs_read fs.readFile mcp__filesystem__read_text_file filesystem-read_file read_multiple_files directory_tree stat head tail find_files get_symbols show_file check_file_exists ' +
    'list_code_definition_names codebase_search search_code',
  write: 'write write_file WriteFile write_to_file create_file edit Edit MultiEdit edit_file apply_patch apply_diff replace replace_in_file search_and_replace insert_content delete_file remove_file rm move_file mv ' +
    'rename copy_file mkdir append_to_file fs_write read_and_write update_file patch writefile create_directory save_file',
  edit: 'str_replace_editor str_replace_based_edit_tool text_editor',
  none: 'bash Bash shell run_command execute_command exec run_terminal_cmd python get_weather search web_search fetch fetch_url browser_open open_url http_get sql_query list_issues get_issue github_get_file_contents ' +
    'task think todo ask_user use_mcp_tool get list_resources git_diff git_show readme thread overview',
};

for (const [use, names] of Object.entries(USES)) {
  test(`tool use: ${use}`, () => {
    for (const name of names.split(' ')) {
      // A verb alone that lists, and no more, may list anything: only what its arguments name tells.
      if (use === 'none' && ['list_issues', 'list_resources'].includes(name)) assert.notEqual(toolUse(name, undefined), 'write');
      assert.equal(toolUse(name, undefined) ?? 'none', use, name);
    }
  });
}

test('tool use: a description tells where the name does not', () => {
  assert.equal(toolUse('peruse', toolOf('peruse', 'Reads a file from disk. It can also follow links.')), 'read');
  assert.equal(toolUse('peruse', toolOf('peruse', 'Use this tool to list the directories of the project')), 'read');
  assert.equal(toolUse('peruse', toolOf('peruse', 'Reads and writes a file')), null);
  assert.equal(toolUse('peruse', toolOf('peruse', 'Reads the weather')), null);
  assert.equal(toolUse('peruse', toolOf('peruse', 'A file of whatever')), null);
  assert.equal(toolUse('ingest', undefined), null);
});

test('tool use: what reads another place than the workspace is none of ours', () => {
  assert.equal(toolUse('get_file_contents', toolOf('get_file_contents', '', { owner: { type: 'string' }, repo: { type: 'string' }, path: { type: 'string' } })), null);
  assert.equal(toolUse('read_object', toolOf('read_object', '', { bucket: { type: 'string' }, path: { type: 'string' } })), null);
});

type Place = readonly (string | number)[];
const place = (path: Place, names: readonly string[] = [], command: string | null = null) => ({ path, names, command });

const KINDS: readonly { readonly tool: string; readonly path: Place; readonly kind: 'read_path' | 'written_path' | null; readonly names?: readonly string[]; readonly command?: string }[] = [
  ...['path', 'file_path', 'filePath', 'filepath', 'filename', 'fileName', 'file', 'target_file', 'old_path', 'cwd', 'dir', 'directory', 'relative_workspace_path', 'AbsolutePath'].map(
    (key) => ({ tool: 'read_file', path: [key], kind: 'read_path' as const }),
  ),
  { tool: 'read_files', path: ['paths', 0], kind: 'read_path' },
  { tool: 'read_files', path: ['files', 3], kind: 'read_path' },
  { tool: 'read_files', path: ['files', 3, 'path'], kind: 'read_path' },
  { tool: 'read_files', path: ['args', 'file', 'path'], kind: 'read_path' },
  { tool: 'read_files', path: ['files', 0, 0], kind: null },
  { tool: 'read_files', path: ['filter', 'path'], kind: null },
  { tool: 'read_files', path: [0, 'path'], kind: 'read_path' },
  { tool: 'read_file', path: [], kind: null },
  { tool: 'write_file', path: ['path'], kind: 'written_path' },
  { tool: 'edit', path: ['file_path'], kind: 'written_path' },
  { tool: 'rename', path: ['old_path'], kind: 'written_path' },
  ...['content', 'contents', 'text', 'patch', 'diff', 'old_string', 'new_string', 'new_str', 'search', 'replace', 'command', 'query', 'pattern', 'glob', 'include', 'url', 'new_path', 'destination', 'prompt', 'code'].flatMap((key) =>
    ['read_file', 'write_file', 'grep', 'rename', 'apply_patch', 'bash'].map((tool) => ({ tool, path: [key], kind: null })),
  ),
  { tool: 'bash', path: ['cwd'], kind: null },
  { tool: 'bash', path: ['path'], kind: null },
  { tool: 'anything', path: ['path'], kind: null },
  { tool: '', path: ['path'], kind: null },
  { tool: 'get', path: ['file_path'], kind: 'read_path' },
  { tool: 'get', path: ['path'], kind: null },
  { tool: 'get_page', path: ['path'], kind: null },
  { tool: 'read_file', path: ['path'], names: ['owner', 'repo', 'path'], kind: null },
  { tool: 'str_replace_based_edit_tool', path: ['path'], command: 'view', kind: 'read_path' },
  { tool: 'str_replace_based_edit_tool', path: ['path'], command: 'create', kind: 'written_path' },
  { tool: 'str_replace_based_edit_tool', path: ['path'], kind: 'written_path' },
  { tool: 'read_file', path: ['encoding'], kind: null },
];

test('argument kinds: the table of names', () => {
  for (const { tool, path, kind, names, command } of KINDS) assert.equal(argumentKind(tool, undefined, place(path, names, command ?? null)), kind, `${tool} ${path.join('/')}`);
});

const SCHEMAS: readonly { readonly key: string; readonly schema: unknown; readonly path?: Place; readonly kind: 'read_path' | null }[] = [
  { key: 'which', schema: { type: 'string', description: 'The path of the file to read' }, kind: 'read_path' },
  { key: 'which', schema: { type: 'string', description: 'Absolute path, please' }, kind: 'read_path' },
  { key: 'which', schema: { type: 'string', description: 'Name of the file' }, kind: 'read_path' },
  { key: 'which', schema: { type: ['string', 'null'], format: 'path' }, kind: 'read_path' },
  { key: 'which', schema: { type: 'array', items: { type: 'string' }, description: 'File paths' }, path: ['which', 0], kind: 'read_path' },
  { key: 'which', schema: { type: 'string', description: 'A glob of file paths' }, kind: null },
  { key: 'which', schema: { type: 'string', description: 'What to look for in the file' }, kind: null },
  { key: 'which', schema: { type: 'number', description: 'The path of the file to read' }, kind: null },
  { key: 'content', schema: { type: 'string', description: 'The path of the file to read' }, kind: null },
  { key: 'path', schema: { type: 'string', description: 'JSONPath query into the document' }, kind: null },
  { key: 'path', schema: { type: 'string', description: 'The route of the endpoint' }, kind: null },
  { key: 'path', schema: { type: 'string', description: 'File or directory to search in; no glob' }, kind: 'read_path' },
  { key: 'path', schema: { type: 'string' }, kind: 'read_path' },
];

test('argument kinds: what the request\'s schemas tell', () => {
  for (const { key, schema, path, kind } of SCHEMAS) {
    assert.equal(argumentKind('read_file', toolOf('read_file', '', { [key]: schema }), place(path ?? [key])), kind, JSON.stringify(schema));
  }
});
