/** The tools a request offers, in the shapes of OpenAI chat, Ollama, Responses and Anthropic. */

export interface ToolParameter {
  readonly description: string;
  readonly format: string;
  /** A string, or a list of strings. */
  readonly isText: boolean;
}

export interface Tool {
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

/** `tools[].function.{name,description,parameters}`, `tools[].{name,parameters}`, `tools[].{name,input_schema}`, `functions[]`. */
export function readTools(body: Fields): ReadonlyMap<string, Tool> {
  const tools = new Map<string, Tool>();
  for (const list of [body['tools'], body['functions']]) {
    if (!Array.isArray(list)) continue;
    for (const one of list as readonly unknown[]) {
      if (!isFields(one) || tools.size >= MOST_TOOLS) continue;
      const declared = isFields(one['function']) ? one['function'] : one;
      const { name } = declared;
      if (typeof name !== 'string' || name === '') continue;
      tools.set(name, { name, description: textOf(declared['description']), parameters: readParameters(declared['parameters'] ?? declared['input_schema']) });
    }
  }
  return tools;
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

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
