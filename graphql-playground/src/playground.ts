import { createContext, useContext } from 'react';
import { ActivityLog } from './activity';
import type { PlaygroundConfig } from './config';
import { createFetcher } from './fetcher';
import { Live } from './live';
import { Sessions } from './sessions';

/** The parts of a page that is up and running. */
export interface Playground {
  config: PlaygroundConfig;
  sessions: Sessions;
  log: ActivityLog;
  fetcher: ReturnType<typeof createFetcher>;
}

export function createPlayground(config: PlaygroundConfig): Playground {
  const path = config.graphqlPath;
  const sessions = new Sessions(path, config.demo);
  const log = new ActivityLog();
  const live = new Live(path, sessions, log);
  return { config, sessions, log, fetcher: createFetcher({ path, sessions, live, log }) };
}

export const PlaygroundContext = createContext<Playground | null>(null);

export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (!playground) throw new Error('A component of the playground is used outside of it.');
  return playground;
}
