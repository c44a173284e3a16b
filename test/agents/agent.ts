/** What there is to know of a coding agent to run it without a person and without an account. */

/** Where one run takes place. All are absolute, and only of this run. */
export interface Place {
  /** The folder the agent works in. */
  readonly project: string;
  /** Its home: settings go here, and whatever it leaves behind. */
  readonly home: string;
  /** Where its package is installed, and those beside it: a node_modules. */
  readonly modules: string;
  /** `http://127.0.0.1:PORT` of its model: the backend itself, or hotpatch. */
  readonly url: string;
}

/** A tool call as the model writes it. */
export interface Call {
  /** Of the server the tool belongs to, where the protocol tells it. */
  readonly namespace?: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Agent {
  /** Names the test and the transcript. */
  readonly name: string;
  readonly package: string;
  /** Exact: another one may ask for files in another way. */
  readonly version: string;
  /** Of `node_modules/.bin`. */
  readonly bin: string;
  /** Whether the package has to run a script when it is installed. Default: none is run. */
  readonly installScripts?: boolean;
  /** Packages it works with, as `name@version`. */
  readonly beside?: readonly string[];
  readonly protocol: 'OpenAI chat completions' | 'OpenAI Responses';
  readonly prompt: string;
  /** What the model asks for, under a path that does not exist. */
  readonly asks: (place: Place) => Call;
  /** The same arguments with the path that does. */
  readonly means: (place: Place) => Call['arguments'];
  /** What the tool says of the wrong path, and what of the right one. */
  readonly fails: RegExp;
  readonly reads: RegExp;
  /** Files of its home, its further environment, and its command line. */
  readonly files?: (place: Place) => Readonly<Record<string, string>>;
  readonly env?: (place: Place) => Readonly<Record<string, string>>;
  readonly args: (place: Place, prompt: string) => readonly string[];
  /** A sentence for the transcript. */
  readonly note?: string;
}
