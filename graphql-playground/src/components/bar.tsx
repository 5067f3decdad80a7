import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import icon from '../icon.svg';
import type { PlaygroundConfig } from '../config';
import { usePlayground } from '../playground';
import type { SessionsState } from '../sessions';
import { useValue } from '../store';
import { Avatar, type Person } from './person';
import { SignInForm, SignInMenu } from './sign-in-form';

/** The line at the top: who is signed in, and everyone one can be. */
export function Bar() {
  const { config, sessions } = usePlayground();
  const state = useValue(sessions.store);
  const people = everyone(config, state);
  const current = people.find(({ handle }) => handle === state.current);
  return (
    <>
      <header className="bc-bar">
        <span className="bc-brand">
          <img src={icon} alt="" />
          Backchannel
        </span>
        {people.length > 0 && <People people={people} state={state} />}
        {config.demo ? <SignInMenu /> : !current && <SignInForm />}
        {config.demo === null && current && <SignInMenu />}
        <span className="bc-space" />
        {current ? <Current person={current} /> : <span className="bc-signed-out">Signed out</span>}
        <ThemeButton />
      </header>
      {state.problem !== null && <Problem text={state.problem} />}
    </>
  );
}

/** The demo people, then whoever else has signed in here. */
function everyone({ demo }: PlaygroundConfig, { accounts }: SessionsState): Person[] {
  const people: Person[] = demo?.people ?? [];
  const others = accounts.filter(({ handle }) => !people.some((person) => person.handle === handle));
  return [...people, ...others.map(({ handle, displayName }) => ({ handle, displayName, avatar: null }))];
}

function People({ people, state }: { people: Person[]; state: SessionsState }) {
  return (
    <nav className="bc-people" aria-label="People">
      {state.current === null && <span className="bc-prompt">Sign in as</span>}
      {people.map((person) => (
        <PersonLink key={person.handle} person={person} state={state} />
      ))}
    </nav>
  );
}

/** A link, so that a middle click opens another browser tab as that person. */
function PersonLink({ person, state }: { person: Person; state: SessionsState }) {
  const { sessions } = usePlayground();
  const { handle, displayName } = person;
  const isCurrent = state.current === handle;
  const hasTokens = state.accounts.some((account) => account.handle === handle && account.tokens !== null);
  return (
    <a
      className="bc-person"
      href={`?as=${encodeURIComponent(handle)}`}
      rel="noopener"
      title={`${displayName} · @${handle}${isCurrent ? ' (you)' : ''}`}
      aria-label={`${isCurrent ? 'Signed in as' : hasTokens ? 'Switch to' : 'Sign in as'} ${displayName}`}
      aria-current={isCurrent}
      aria-busy={state.busy === handle}
      data-handle={handle}
      data-signed-in={hasTokens}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if (!isCurrent) void sessions.switchTo(handle);
      }}
    >
      <Avatar person={person} />
    </a>
  );
}

function Current({ person }: { person: Person }) {
  const { sessions } = usePlayground();
  return (
    <div className="bc-current" role="group" aria-label="Signed in">
      <Avatar person={person} />
      <span className="bc-name">
        <b>{person.displayName}</b>
        <small>@{person.handle}</small>
      </span>
      <button type="button" className="bc-button" onClick={() => void sessions.signOut()}>
        Sign out
      </button>
    </div>
  );
}

function Problem({ text }: { text: string }) {
  const { sessions } = usePlayground();
  return (
    <p className="bc-problem" role="alert">
      {text}
      <button type="button" aria-label="Dismiss" onClick={() => sessions.dismissProblem()}>
        ×
      </button>
    </p>
  );
}

function ThemeButton() {
  const theme = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  const isDark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const label = isDark ? 'Light theme' : 'Dark theme';
  return (
    <button
      type="button"
      className="bc-icon-button"
      aria-label={label}
      title={label}
      onClick={() => setTheme(isDark ? 'light' : 'dark')}
    >
      <svg
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {isDark ? (
          <path d="M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4" />
        ) : (
          <path d="M20 14.5A8.3 8.3 0 0 1 9.5 4a8.3 8.3 0 1 0 10.5 10.5Z" />
        )}
      </svg>
    </button>
  );
}
