import 'graphiql/setup-workers/vite';
import './styles/index.css';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { loadConfig } from './config';
import { createPlayground, type Playground } from './playground';

const root = createRoot(document.getElementById('root')!);

loadConfig().then(
  (config) => {
    const playground = createPlayground(config);
    signInAsAsked(playground);
    root.render(<App playground={playground} />);
  },
  (error: Error) => root.render(<p className="bc-splash">The playground did not open. {error.message}</p>),
);

/** `/?as=mira` opens as a demo person: what a middle click on a person does. */
function signInAsAsked({ sessions }: Playground): void {
  const url = new URL(location.href);
  const handle = url.searchParams.get('as');
  if (handle === null) return;
  url.searchParams.delete('as');
  history.replaceState(null, '', url);
  if (sessions.isDemo(handle)) void sessions.switchTo(handle);
}
