/** What the server tells the page: `GET /playground/config.json` (see `app/playground.py`). */

export interface DemoPerson {
  handle: string;
  displayName: string;
  /** A `data:` URL, or null where the person has no picture. */
  avatar: string | null;
}

export interface Demo {
  password: string;
  people: DemoPerson[];
}

export interface Operation {
  name: string;
  /** The panel's heading; empty for an operation that is in no folder. */
  folder: string;
  title: string;
  description: string;
  query: string;
  /** JSON text, perhaps with `{{placeholders}}`; null where the operation takes no variables. */
  variables: string | null;
}

export interface PlaygroundConfig {
  graphqlPath: string;
  demo: Demo | null;
  operations: Operation[];
}

/** Throws an error fit for people when the server does not answer with a configuration. */
export async function loadConfig(): Promise<PlaygroundConfig> {
  const response = await fetch('/playground/config.json');
  if (!response.ok) throw new Error(`The server answered ${response.status} to its own configuration.`);
  return (await response.json()) as PlaygroundConfig;
}
