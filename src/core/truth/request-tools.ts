/** The tools a request offers, in the shapes of OpenAI chat, Ollama, Responses (also in namespaces) and Anthropic. */

export interface ToolParameter {
  readonly description: string;
  readonly format: string;
  /** A string, or a list of strings. */
  readonly isText: boolean;
}

export interface Tool {
  /** With its namespace, as `mcp__files__read_file`. */
  readonly name: string;
  readonly description: string;
  /** By name; only the top level of the schema. */
  readonly parameters: ReadonlyMap<string, ToolParameter>;
}

/** Agents offer some thirty. */
const MOST_TOOLS = 512;
const MOST_PARAMETERS = 64;
/** Of a description its beginning says what the tool does. */
const MOST_DESCRIPTION = 1_024;

type Fields = Readonly<Record<string, unknown>>;

/**
 * `tools[].function.{name,description,parameters}`, `tools[].{name,parameters}`, `tools[].{name,input_schema}`, `functions[]`, and
 * `tools[].{type: namespace,name,tools}`. A tool of a namespace is found under both of its names, under the short one where no other has it.
 */
export function readTools(body: Fields): ReadonlyMap<string, Tool> {
  const tools = new Map<string, Tool>();
  const short = new Map<string, Tool | null>();
  for (const list of [body['tools'], body['functions']]) {
    for (const one of fieldsOf(list)) {
      if (one['type'] !== 'namespace') addTool(tools, one, '');
      else if (typeof one['name'] === 'string') for (const inner of fieldsOf(one['tools'])) addTool(tools, inner, `${one['name']}__`, short);
    }
  }
  for (const [name, tool] of short) if (tool !== null && !tools.has(name)) tools.set(name, tool);
  return tools;
}

function addTool(tools: Map<string, Tool>, one: Fields, prefix: string, short: Map<string, Tool | null> | null = null): void {
  if (tools.size >= MOST_TOOLS) return;
  const declared = isFields(one['function']) ? one['function'] : one;
  const { name } = declared;
  if (typeof name !== 'string' || name === '') return;
  const tool: Tool = { name: prefix + name, description: textOf(declared['description']), parameters: readParameters(declared['parameters'] ?? declared['input_schema']) };
  tools.set(tool.name, tool);
  short?.set(name, short.has(name) ? null : tool);
}

function readParameters(schema: unknown): ReadonlyMap<string, ToolParameter> {
  const parameters = new Map<string, ToolParameter>();
  const properties = isFields(schema) ? schema['properties'] : undefined;
  if (!isFields(properties)) return parameters;
  for (const [name, property] of Object.entries(properties).slice(0, MOST_PARAMETERS)) {
    if (!isFields(property)) continue;
    const { type, items } = property;
    const isText = isString(type) || (type === 'array' && isFields(items) && isString(items['type']));
    parameters.set(name, { description: textOf(property['description']), format: textOf(property['format']), isText });
  }
  return parameters;
}

/** `string`, or a list of types with it, as where it may be null. */
function isString(type: unknown): boolean {
  return type === 'string' || (Array.isArray(type) && type.includes('string'));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MOST_DESCRIPTION) : '';
}

function fieldsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter(isFields) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
