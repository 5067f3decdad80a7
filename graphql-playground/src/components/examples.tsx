import { useGraphiQL, type GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useRef, useState } from 'react';
import type { Operation } from '../config';
import { unfilledIn } from '../placeholders';
import { usePlayground } from '../playground';
import { useValue } from '../store';
import { useOpenExample } from './editors';

export const EXAMPLES_PLUGIN: GraphiQLPlugin = { title: 'Examples', icon: ExamplesIcon, content: Examples };

function ExamplesIcon() {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d="M3 3.5h18v13.5H11.5L6.5 21v-4H3z" />
      <path d="M7.5 8.5h9M7.5 12h5.5" />
    </svg>
  );
}

function Examples() {
  const { config } = usePlayground();
  const [wanted, setWanted] = useState('');
  const operations = config.operations.filter((operation) => matches(operation, wanted));
  return (
    <section className="bc-examples" aria-label="Examples">
      <header>
        <h2>Examples</h2>
        <input
          type="search"
          placeholder="Filter"
          aria-label="Filter examples"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      </header>
      {byFolder(operations).map(([folder, members]) => (
        <Folder key={folder} name={folder} operations={members} />
      ))}
      {operations.length === 0 && (
        <p className="bc-hint">{wanted ? 'No example has that in its name.' : 'This server has no examples.'}</p>
      )}
    </section>
  );
}

function Folder({ name, operations }: { name: string; operations: Operation[] }) {
  return (
    <div role="group" aria-label={readable(name)}>
      <h3>{readable(name)}</h3>
      <ul>
        {operations.map((operation) => (
          <Example key={operation.name} operation={operation} />
        ))}
      </ul>
    </div>
  );
}

function Example({ operation }: { operation: Operation }) {
  const { folder, name, title, description, query } = operation;
  const open = useOpenExample();
  const kind = kindOf(operation);
  const isOpen = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.query === query);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isOpen) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  return (
    <li ref={item}>
      <button
        type="button"
        className="bc-example"
        title={description}
        aria-current={isOpen}
        data-example={`${folder}/${name}`}
        onClick={() => void open(operation)}
      >
        <span className="bc-example-title">{title}</span>
        <span className="bc-kind" data-kind={kind}>
          {kind}
        </span>
        {isOpen && description && <span className="bc-example-text">{description}</span>}
      </button>
      {isOpen && <Unfilled />}
    </li>
  );
}

/** What the variables in front still lack. */
function Unfilled() {
  const { sessions } = usePlayground();
  const { current } = useValue(sessions.store);
  const variables = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.variables ?? '');
  const names = unfilledIn(variables);
  if (names.length === 0) return null;
  return (
    <p className="bc-hint" role="status">
      {current === null ? 'Sign in to have this filled in: ' : 'There is none yet, so this is yours to replace: '}
      {names.map((name) => (
        <code key={name}>{`{{${name}}}`}</code>
      ))}
    </p>
  );
}

function matches({ name, folder, title, description }: Operation, wanted: string): boolean {
  return [name, folder, title, description].some((text) => text.toLowerCase().includes(wanted.trim().toLowerCase()));
}

function byFolder(operations: Operation[]): [string, Operation[]][] {
  const folders = new Map<string, Operation[]>();
  for (const operation of operations)
    folders.set(operation.folder, [...(folders.get(operation.folder) ?? []), operation]);
  return [...folders];
}

function readable(folder: string): string {
  const words = folder.replaceAll('-', ' ') || 'Basics';
  return words[0]!.toUpperCase() + words.slice(1);
}

function kindOf({ query }: Operation): string {
  return /^\s*(query|mutation|subscription)\b/m.exec(query)?.[1] ?? 'query';
}
